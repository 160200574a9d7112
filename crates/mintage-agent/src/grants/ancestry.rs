//! Which of an asker's **ancestors** a grant may belong to.
//!
//! Rule: a grant belongs to the program that a person recognises as the asker. Shells and Mintage's own programs only
//! pass requests on. Multiplexers, terminals and service managers are ancestors of nearly everything, so nothing above
//! the first of them counts. A terminal can't hold a grant; the shell that leads its session can, because it is a
//! process and ends.

use mintage_agent_protocol::{ChoiceKind, Problem};

use crate::peer::Peer;
use crate::problems;
use crate::process::Process;

/// The role of a process in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// One of Mintage's programs.
    Own,
    /// A shell.
    Shell,
    /// A common ancestor of unrelated programs.
    Boundary,
    /// Anything else.
    Program,
}

/// How the names of Mintage's own programs begin; what follows may be the tool and the service user.
const OWN: &[&str] =
    &["mintage-", "git-credential-mintage", "docker-credential-mintage", "terraform-credentials-mintage"];

const SHELLS: &[&str] = &[
    "sh", "ash", "bash", "busybox", "csh", "dash", "elvish", "fish", "ksh", "mksh", "nu", "osh", "pwsh", "rbash",
    "tcsh", "xonsh", "zsh", "env", "sudo", "su", "doas", "setsid", "nohup", "timeout", "xargs", "script",
];

const BOUNDARIES: &[&str] = &[
    // service managers and what starts programs for them
    "init",
    "systemd",
    "launchd",
    "runit",
    "runsv",
    "s6-supervise",
    "s6-svscan",
    "supervisord",
    "openrc",
    "dinit",
    "cron",
    "crond",
    "atd",
    "anacron",
    "dbus-daemon",
    "dbus-broker",
    "dbus-broker-launch",
    "xdg-desktop-portal",
    // multiplexers
    "tmux",
    "tmux: server",
    "tmux: client",
    "screen",
    "zellij",
    "dtach",
    "abduco",
    "mosh-server",
    // logins and sessions
    "login",
    "sshd",
    "sshd-session",
    "sshd-auth",
    "gdm-session-worker",
    "gnome-session-binary",
    "gnome-shell",
    "plasmashell",
    "kwin_wayland",
    "kdeinit5",
    "sway",
    "Hyprland",
    "Xorg",
    "Xwayland",
    "xfce4-session",
    "cinnamon",
    "mate-session",
    "lightdm",
    "sddm",
    // containers
    "conmon",
    "containerd-shim",
    "containerd-shim-runc-v2",
    "dockerd",
    "docker-init",
    "tini",
    "dumb-init",
    "catatonit",
    // terminals
    "alacritty",
    "foot",
    "footclient",
    "ghostty",
    "gnome-terminal",
    "gnome-terminal-server",
    "kgx",
    "kitty",
    "konsole",
    "lxterminal",
    "mate-terminal",
    "ptyxis",
    "ptyxis-agent",
    "qterminal",
    "rio",
    "rxvt",
    "st",
    "terminator",
    "tilix",
    "urxvt",
    "wezterm-gui",
    "wezterm-mux-server",
    "xfce4-terminal",
    "xterm",
    "Terminal",
    "iTerm2",
];

/// Windows' shells, and its common ancestors: sessions, services, terminals.
const WINDOWS_SHELLS: &[&str] = &["cmd", "powershell"];

const WINDOWS_BOUNDARIES: &[&str] = &[
    "explorer",
    "services",
    "sihost",
    "svchost",
    "taskeng",
    "taskhostw",
    "userinit",
    "wininit",
    "winlogon",
    "RuntimeBroker",
    "conhost",
    "ConEmu64",
    "ConEmuC64",
    "mintty",
    "OpenConsole",
    "WindowsTerminal",
    "wslservice",
    "wsl",
];

/// The kernel truncates a process's name to 15 bytes.
const KERNEL_NAME: usize = 15;

pub(crate) fn part(process: &Process) -> Part {
    let file = process.program_name();
    // Terminals and service managers that are Python scripts have the interpreter as their file.
    let has_own_name = process.program.is_none() || file.starts_with("python");
    let is = |names: &[&str]| {
        let by_name = |name: &&str| name.get(..KERNEL_NAME).unwrap_or(name) == process.name;
        names.contains(&file) || has_own_name && names.iter().any(by_name)
    };
    let is_own = file == "mintage" || OWN.iter().any(|start| file.starts_with(start));
    let is_of_windows = |names: &[&str]| cfg!(windows) && names.iter().any(|name| name.eq_ignore_ascii_case(file));
    // tmux's server and client are the same file; only the process's name tells them apart.
    if process.id.pid == 1 || is(BOUNDARIES) || is_of_windows(WINDOWS_BOUNDARIES) || process.name.starts_with("tmux:") {
        Part::Boundary
    } else if is_own {
        Part::Own
    } else if is(SHELLS) || is_of_windows(WINDOWS_SHELLS) {
        Part::Shell
    } else {
        Part::Program
    }
}

/// The program that asks: the nearest one that isn't Mintage's own. `None` if that is a shell or a service manager,
/// which ask on behalf of many commands.
pub(crate) fn caller(chain: &[Process]) -> Option<&Process> {
    let nearest = chain.iter().find(|process| part(process) != Part::Own)?;
    (part(nearest) == Part::Program).then_some(nearest)
}

/// What a person may give the grant to, nearest first.
pub(crate) fn choices(chain: &[Process]) -> Vec<(ChoiceKind, Process)> {
    let below: Vec<&Process> = chain.iter().take_while(|process| part(process) != Part::Boundary).collect();
    let mut choices: Vec<_> = below
        .iter()
        .filter(|process| part(process) == Part::Program)
        .map(|process| (ChoiceKind::Program, (*process).clone()))
        .collect();
    if let Some((kind, _)) = choices.first_mut() {
        *kind = ChoiceKind::Command;
    }
    let session = chain.first().filter(|asker| asker.terminal.is_some()).map(|asker| asker.session);
    let leads = |process: &&&Process| Some(process.id.pid) == session && part(process) == Part::Shell;
    choices.extend(below.iter().find(leads).map(|shell| (ChoiceKind::Terminal, (*shell).clone())));
    choices
}

/// Checks that somebody else than the asker approves: at another terminal, and sharing no ancestor with the asker below a
/// terminal, multiplexer or service manager.
pub(crate) fn check_approver(approver: &Peer, asker: &Peer) -> Result<(), Problem> {
    if !approver.is_attended() || !approver.certain {
        return Err(problems::approver_unknown(approver.certain));
    }
    let is_askers = |process: &&Process| asker.chain.iter().any(|other| other.id == process.id);
    let shared = approver.chain.iter().find(is_askers);
    let terminal = |peer: &Peer| peer.chain.first().and_then(|process| process.terminal);
    let in_common = shared.filter(|process| part(process) != Part::Boundary);
    if in_common.is_some() || terminal(approver) == terminal(asker) {
        // A program, such as an editor, may have several terminals.
        let program = in_common.filter(|process| part(process) == Part::Program);
        return Err(problems::approver_is_asker(program.map(Process::program_name)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::tests::process;

    /// A chain out of programs, nearest first, all in the session of the one that is marked with `*`.
    fn chain(programs: &[&str]) -> Vec<Process> {
        let pid = |index: usize| 100 - u32::try_from(index).unwrap();
        let leader = programs.iter().position(|name| name.ends_with('*')).map_or(0, pid);
        programs
            .iter()
            .enumerate()
            .map(|(index, name)| process(pid(index), name.trim_end_matches('*'), leader))
            .collect()
    }

    fn check(programs: &[&str], expected: &[(ChoiceKind, &str)]) {
        let choices = choices(&chain(programs));
        let found: Vec<_> = choices.iter().map(|(kind, process)| (*kind, process.program_name())).collect();
        assert_eq!(found, expected, "{programs:?}");
    }

    #[test]
    fn a_grant_may_belong_to_programs_and_to_the_shell_that_leads_the_terminal() {
        use ChoiceKind::{Command, Program, Terminal};
        check(&["mintage", "zsh*", "gnome-terminal-server", "systemd"], &[(Terminal, "zsh")]);
        check(&["mintage", "git", "zsh*", "kitty"], &[(Command, "git"), (Terminal, "zsh")]);
        check(
            &["mintage", "git", "bash", "claude", "zsh*", "tmux: server", "systemd"],
            &[(Command, "git"), (Program, "claude"), (Terminal, "zsh")],
        );
        check(
            &["mintage", "sh", "make", "cargo", "bash*", "sshd"],
            &[(Command, "make"), (Program, "cargo"), (Terminal, "bash")],
        );
    }

    #[test]
    fn nothing_above_a_multiplexer_a_terminal_or_a_service_manager_is_offered() {
        use ChoiceKind::Command;
        check(&["curl", "systemd", "init"], &[(Command, "curl")]);
        check(&["curl", "tmux: server", "bash", "emacs"], &[(Command, "curl")]);
        check(&["mintage", "screen", "vim"], &[]);
        check(&["mintage", "cron"], &[]);
    }

    #[test]
    fn process_one_is_a_boundary_whatever_its_name() {
        let mut chain = chain(&["mintage", "odd-init"]);
        chain[1].id.pid = 1;
        assert_eq!(choices(&chain), []);
    }

    #[test]
    fn a_name_that_the_kernel_cut_off_is_recognised_where_the_file_is_unreadable() {
        let mut cut = process(9, "gnome-terminal-server", 0);
        cut.program = None;
        assert_eq!(cut.name, "gnome-terminal-");
        assert_eq!(part(&cut), Part::Boundary);
    }

    #[test]
    fn a_terminal_that_is_a_script_is_recognised_by_its_name() {
        let script = |name: &str| Process { name: name.into(), ..process(9, "python3.13", 0) };
        assert_eq!(
            ["terminator", "supervisord", "xonsh"].map(|name| part(&script(name))),
            [Part::Boundary, Part::Boundary, Part::Shell]
        );
        assert_eq!(part(&script("deploy.py")), Part::Program);
    }

    #[test]
    fn a_name_alone_makes_no_shell_of_a_program() {
        let mut renamed = process(9, "node", 0);
        renamed.name = "bash".into();
        assert_eq!(part(&renamed), Part::Program);
    }

    #[test]
    fn the_caller_is_the_program_that_started_the_helper() {
        let name = |programs: &[&str]| caller(&chain(programs)).map(|process| process.name.clone());
        assert_eq!(name(&["mintage", "kubectl", "zsh*"]).as_deref(), Some("kubectl"));
        assert_eq!(name(&["mintage-full", "kubectl", "zsh*"]).as_deref(), Some("kubectl"));
        assert_eq!(name(&["docker-credential-mintage-ci-bot", "docker"]).as_deref(), Some("docker"));
        assert_eq!(name(&["python3", "zsh*"]).as_deref(), Some("python3"));
        assert_eq!(name(&["mintage", "zsh*", "kitty"]), None);
        assert_eq!(name(&["mintage"]), None);
        assert_eq!(name(&[]), None);
    }

    #[test]
    fn nobody_approves_what_runs_in_their_own_tree_or_terminal() {
        let asker = chain(&["mintage", "bash", "claude", "zsh*", "kitty"]);
        let check = |chain: Vec<Process>, expected: Result<(), Problem>, where_: &str| {
            let approver = Peer { chain, certain: true };
            let asker = Peer { chain: asker.clone(), certain: true };
            assert_eq!(check_approver(&approver, &asker), expected, "{where_}");
        };
        let own = |terminal| vec![process(300, "mintage", terminal), process(299, "zsh", terminal)];
        let below = |index: usize| [own(299), asker[index..].to_vec()].concat();
        let refused = |program| Err(problems::approver_is_asker(program));
        check(asker.clone(), refused(None), "the asker");
        check(below(2), refused(Some("claude")), "started by the asking program, as in another terminal of an editor");
        check(below(3), refused(None), "started by the shell that it runs in");
        check(own(97), refused(None), "at the same terminal");
        check(below(4), Ok(()), "in another window of the terminal");
        check(own(299), Ok(()), "elsewhere");
        check(own(0), Err(problems::approver_unknown(true)), "without a terminal");
        check(vec![], Err(problems::approver_unknown(true)), "unknown");
    }

    #[test]
    fn an_approver_that_may_have_changed_approves_nothing() {
        let approver = Peer { chain: chain(&["mintage", "zsh*"]), certain: false };
        let refused = check_approver(&approver, &Peer::unknown()).unwrap_err();
        assert_eq!(refused, problems::approver_unknown(false));
        assert!(!refused.help.contains("mintage approve"), "the command that just failed: {}", refused.help);
        assert_eq!(check_approver(&Peer { certain: true, ..approver }, &Peer::unknown()), Ok(()));
    }
}
