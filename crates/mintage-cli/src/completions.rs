//! **Completions** for shells: verbs and options from the definitions, and names of service users and environments
//! from `mintage __complete`, which only reads the catalogue's file and asks nobody anything.

use clap::{Command, CommandFactory};
use clap_complete::Shell;

use crate::args::Cli;

/// Verbs whose first words are names of service users.
const TAKE_USERS: &str = "token exec file copy show claims verify userinfo introspect diff check activity rotate keys";

/// Writes a shell's script.
pub fn script(shell: Shell) -> String {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut visible(), "mintage", &mut bytes);
    let script = String::from_utf8(bytes).expect("clap writes UTF-8");
    match shell {
        Shell::Bash => script + &bash(),
        // The hints of the definitions mark where names go.
        Shell::Zsh => script
            .replace(":_users'", ":_mintage_users'")
            .replace(":_hosts'", ":_mintage_environments'")
            .replacen("_mintage() {", &format!("{}\n_mintage() {{", zsh()), 1),
        Shell::Fish => {
            script
                .replace("(__fish_complete_users)", "(mintage __complete users 2>/dev/null)")
                .replace("(__fish_print_hostnames)", "(mintage __complete environments 2>/dev/null)")
                + &fish()
        }
        Shell::PowerShell => {
            script.replacen("    $completions = @(switch", &format!("{}    $completions = @(switch", powershell()), 1)
        }
        _ => script,
    }
}

/// The definitions without verbs that only scripts use.
fn visible() -> Command {
    let all = Cli::command();
    let verbs = all.get_subcommands().filter(|verb| !verb.is_hide_set()).cloned();
    Command::new("mintage").args(all.get_arguments().cloned()).subcommands(verbs)
}

fn bash() -> String {
    format!(
        r#"
# Names come from mintage; bash completes everything else with the function above.
_mintage_names() {{
    _mintage "$@"
    local word kind= at=1 cur="${{COMP_WORDS[COMP_CWORD]}}" prev="${{COMP_WORDS[COMP_CWORD-1]}}"
    # The verb follows options, of which some have a value.
    while [[ "${{COMP_WORDS[at]}}" == -* ]]; do
        case "${{COMP_WORDS[at]}}" in -e|--env|--color|--agent) ((++at)) ;; esac
        ((++at))
    done
    case "$prev" in
        -e|--env) kind=environments ;;
        --by|--user) kind=users ;;
        -*) ;;
        *)
            if [[ "$cur" != -* ]] && ((COMP_CWORD > at)); then
                case "${{COMP_WORDS[at]}} ${{COMP_WORDS[at+1]}}" in
                    "setup "*) ((COMP_CWORD > at + 1)) && kind=users ;;
                    "env show"|"env export"|"env hosts") ((COMP_CWORD > at + 1)) && kind=environments ;;
                esac
                for word in {TAKE_USERS}; do
                    [[ "${{COMP_WORDS[at]}}" == "$word" ]] && kind=users
                done
            fi
            ;;
    esac
    [[ -n "$kind" ]] && COMPREPLY=()
    if [[ -n "$kind" ]]; then
        while IFS= read -r word; do
            [[ "$word" == "$cur"* ]] && COMPREPLY+=("$(printf '%q' "$word")")
        done < <(mintage __complete "$kind" 2>/dev/null)
    fi
}}
complete -F _mintage_names -o bashdefault -o default mintage
"#
    )
}

fn zsh() -> &'static str {
    r#"_mintage_users() {
    local -a names
    names=("${(@f)$(mintage __complete users 2>/dev/null)}")
    compadd -a names
}

_mintage_environments() {
    local -a names
    names=("${(@f)$(mintage __complete environments 2>/dev/null)}")
    compadd -a names
}
"#
}

fn fish() -> String {
    format!(
        "\n# Names come from mintage.\ncomplete -c mintage -n \"__fish_seen_subcommand_from {TAKE_USERS}\" -f -a \"(mintage __complete users 2>/dev/null)\"\n"
    )
}

fn powershell() -> String {
    format!(
        r#"    # Names come from mintage; everything else is below.
    $words = @($commandElements | Select-Object -Skip 1 | ForEach-Object {{ "$_" }})
    if ($wordToComplete) {{ $words = @($words | Select-Object -SkipLast 1) }}
    # The verb follows options, of which some have a value.
    $at = 0
    while ("$($words | Select-Object -Skip $at -First 1)".StartsWith('-')) {{
        if ('-e', '--env', '--color', '--agent' -ccontains "$($words | Select-Object -Skip $at -First 1)") {{ $at++ }}
        $at++
    }}
    $verb, $next, $null = @($words | Select-Object -Skip $at -First 2) + '', ''
    $last = "$($words | Select-Object -Last 1)"
    $kind = if ('-e', '--env' -ccontains $last) {{ 'environments' }}
    elseif ('--by', '--user' -ccontains $last) {{ 'users' }}
    elseif ($last.StartsWith('-') -or $wordToComplete.StartsWith('-')) {{ '' }}
    elseif ('{TAKE_USERS}' -split ' ' -ccontains $verb) {{ 'users' }}
    elseif ($verb -ceq 'setup' -and $next) {{ 'users' }}
    elseif ($verb -ceq 'env' -and 'show', 'export', 'hosts' -ccontains $next) {{ 'environments' }}
    if ($kind) {{
        return @(mintage __complete $kind 2>$null).Where{{ $_ -clike "$([WildcardPattern]::Escape($wordToComplete))*" }} |
            ForEach-Object {{
                # A name with a space or a sign of the shell's is quoted.
                $text = if ($_ -match '^[\w./-]+$') {{ $_ }} else {{ "'$($_ -replace "'", "''")'" }}
                [CompletionResult]::new($text, $_, [CompletionResultType]::ParameterValue, $_)
            }}
    }}

"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_ask_for_names_where_names_go() {
        for (shell, users, environments) in [
            (Shell::Zsh, ":_mintage_users'", ":_mintage_environments'"),
            (
                Shell::Fish,
                "-a \"(mintage __complete users 2>/dev/null)\"",
                "(mintage __complete environments 2>/dev/null)",
            ),
            (Shell::Bash, "mintage __complete \"$kind\"", "kind=environments"),
            (Shell::PowerShell, "mintage __complete $kind", "'-e', '--env' -ccontains $last) { 'environments' }"),
        ] {
            let script = script(shell);
            assert!(script.contains(users) && script.contains(environments), "{shell}: {script}");
        }
    }

    /// Runs the script in a real bash, with a `mintage` that knows three names.
    #[test]
    fn bash_completes_verbs_options_and_names() {
        let test = format!(
            r#"
            {}
            mintage() {{ [[ "$2" == users ]] && printf 'ci-bot\nci bot\ndeployer\n' || printf 'staging\n'; }}
            try() {{
                COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
                _mintage_names mintage "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD-1]}}"
                (IFS=,; echo "${{COMPREPLY[*]}}")
            }}
            try mintage tok
            try mintage token ci
            try mintage token --min
            try mintage token -e st
            try mintage exec de
            try mintage keys de
            try mintage -e staging token de
            try mintage --quiet show ci
            try mintage rotate ci-bot --by de
            try mintage setup gi
            try mintage setup git de
            try mintage env show st
            try mintage env export st
            try mintage _
            "#,
            script(Shell::Bash)
        );
        let Ok(run) = std::process::Command::new("bash").args(["--norc", "-c", &test]).output() else { return };
        assert_eq!(
            String::from_utf8_lossy(&run.stdout),
            "token\nci-bot,ci\\ bot\n--min-valid\nstaging\ndeployer\ndeployer\ndeployer\nci-bot,ci\\ bot\ndeployer\ngit\ndeployer\nstaging\nstaging\n\n",
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
    }
}
