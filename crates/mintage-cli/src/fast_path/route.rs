//! What a command line asks for, as far as the fast path knows.

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal};
use std::path::Path;

use crate::failure::Failure;
use crate::form::Form;
use crate::helpers::Tool;
use crate::helpers::call::Call;
use crate::output::{Color, ErrorFormat};
use crate::request::{Name, PROJECT_FILE, TokenRequest};
use crate::scan::{self, Word};

/// What a command line asks for.
#[derive(Clone, Debug)]
pub enum Route {
    /// A tool wants an answer.
    Helper(Tool, Result<Box<Call>, Failure>),
    /// Someone wants a token.
    Token(Box<TokenCommand>),
    /// Anything else.
    Full,
}

/// `mintage token`, as far as the fast path knows it.
#[derive(Clone, Debug, Default)]
pub struct TokenCommand {
    /// What to ask for.
    pub request: TokenRequest,
    /// How to print it.
    pub form: Form,
    /// Whether a terminal may see it.
    pub show: bool,
    /// How failures are reported; as JSON, so is the token.
    pub error_format: ErrorFormat,
}

/// The options of `mintage token` that take a value.
const VALUES: [&str; 8] = ["-e", "--env", "--scope", "--audience", "--min-valid", "--form", "--reason", "--color"];

/// Reads a command line, whose first word is the program's name.
pub fn route(argv: &[OsString], variable: &dyn Fn(&str) -> Option<String>) -> Route {
    let Some(words) = argv.iter().map(|word| word.to_str().map(str::to_owned)).collect::<Option<Vec<_>>>() else {
        return Route::Full;
    };
    let Some((program, args)) = words.split_first() else { return Route::Full };
    if let Some((tool, named)) = by_program_name(Path::new(program)) {
        let call = Call::parse(tool, args).map(|call| Call { name: call.name.or(named), ..call });
        return helper(tool, call, variable);
    }
    match args {
        [flag, ..] if flag == "--cargo-plugin" => helper(Tool::Cargo, Call::parse(Tool::Cargo, args), variable),
        [verb, name, rest @ ..] if verb == "helper" => match Tool::find(name) {
            Some(tool) if !asks_for_help(rest) => helper(tool, Call::parse(tool, rest), variable),
            _ => Route::Full,
        },
        [verb, rest @ ..] if verb == "token" => {
            token(rest, variable).map_or(Route::Full, |command| Route::Token(Box::new(command)))
        }
        _ => Route::Full,
    }
}

/// A helper that no configuration names a service user for may be in a folder that does.
fn helper(tool: Tool, call: Result<Call, Failure>, variable: &dyn Fn(&str) -> Option<String>) -> Route {
    let nameless = |call: &Call| call.name.clone().or(Name::from_environment(variable)).user.is_none();
    if call.as_ref().is_ok_and(nameless) && may_be_in_project() {
        return Route::Full;
    }
    Route::Helper(tool, call.map(Box::new))
}

/// Whether the current folder or one above it has a project file, which may be none that counts.
fn may_be_in_project() -> bool {
    std::env::current_dir().is_ok_and(|folder| folder.ancestors().any(|folder| folder.join(PROJECT_FILE).exists()))
}

fn asks_for_help(args: &[String]) -> bool {
    args.iter().any(|arg| arg == "--help" || arg == "-h")
}

/// Tools find their helpers by program names; a link with such a name is that helper.
fn by_program_name(program: &Path) -> Option<(Tool, Name)> {
    let name = program.file_name().and_then(OsStr::to_str)?;
    let name = name.strip_suffix(".exe").unwrap_or(name);
    let nobody = Name::default();
    match name {
        "git-credential-mintage" => Some((Tool::Git, nobody)),
        "docker-credential-mintage" => Some((Tool::Docker, nobody)),
        "terraform-credentials-mintage" => Some((Tool::Terraform, nobody)),
        "keyring" => Some((Tool::Keyring, nobody)),
        // Tools that give a helper no arguments: `mintage-pnpm-ci-bot`, `docker-credential-mintage-ci-bot@staging`.
        _ => {
            let (tool, name) = match name.strip_prefix("docker-credential-mintage-") {
                Some(name) => ("docker", name),
                None => name.strip_prefix("mintage-")?.split_once('-')?,
            };
            let (user, environment) = match name.split_once('@') {
                Some((user, environment)) => (user, Some(environment.to_owned())),
                None => (name, None),
            };
            Some((Tool::find(tool)?, Name { user: Some(user.to_owned()), environment }))
        }
    }
}

fn token(args: &[String], variable: &dyn Fn(&str) -> Option<String>) -> Option<TokenCommand> {
    let mut command = TokenCommand::default();
    let request = &mut command.request;
    request.asker = "token";
    for word in scan::words(args, &VALUES) {
        match word.ok()? {
            Word::Plain(user) if request.name.user.is_none() => request.name.user = Some(user.to_owned()),
            Word::Plain(_) => return None,
            Word::Value("-e" | "--env", value) => request.name.environment = Some(value.to_owned()),
            Word::Value("--scope", value) => request.scopes.push(value.to_owned()),
            Word::Value("--audience", value) => request.audience.push(value.to_owned()),
            Word::Value("--min-valid", value) => request.min_valid = Some(scan::duration(value).ok()?),
            Word::Value("--reason", value) => request.reason = Some(value.to_owned()),
            Word::Value("--form", value) => command.form = Form::find(value)?,
            Word::Flag("--fresh") => request.fresh = true,
            Word::Flag("--no-input") => request.no_input = true,
            Word::Flag("--show") => command.show = true,
            Word::Flag("--json") => command.error_format.json = true,
            _ => return None,
        }
    }
    // What is missing of the name, the folder's `.mintage.toml` may say.
    request.name = std::mem::take(&mut request.name).or(Name::from_environment(variable));
    request.name.user.as_ref()?;
    if !request.name.is_complete() && may_be_in_project() {
        return None;
    }
    request.no_input |= variable("MINTAGE_NO_INPUT").is_some_and(|value| !value.is_empty());
    command.error_format.color = Color::Auto.applies(io::stderr().is_terminal(), variable);
    Some(command)
}

/// Writes a command line so that the full program understands it without its name: on Windows a program can't be
/// given another one.
pub fn for_full_program(argv: &[OsString]) -> Vec<OsString> {
    let args = argv.get(1..).unwrap_or_default();
    let named = argv.first().and_then(|program| by_program_name(Path::new(program)));
    let (tool, name) = match named {
        Some(found) => found,
        None if args.first().is_some_and(|flag| flag == "--cargo-plugin") => (Tool::Cargo, Name::default()),
        None => return args.to_vec(),
    };
    let mut words: Vec<OsString> = vec!["helper".into(), tool.name().into()];
    words.extend(name.environment.map(|environment| format!("--env={environment}").into()));
    words.extend(name.user.map(Into::into));
    words.extend_from_slice(args);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Route {
        route(&line.split(' ').map(OsString::from).collect::<Vec<_>>(), &|_| None)
    }

    #[test]
    fn helpers_are_found_by_program_name_and_by_verb() {
        for (line, tool, user, environment) in [
            ("/usr/bin/git-credential-mintage ci-bot -e staging get", Tool::Git, Some("ci-bot"), Some("staging")),
            ("docker-credential-mintage get", Tool::Docker, None, None),
            ("docker-credential-mintage-ci-bot@staging get", Tool::Docker, Some("ci-bot"), Some("staging")),
            ("terraform-credentials-mintage get x.example", Tool::Terraform, None, None),
            ("/opt/keyring.exe get https://x bob", Tool::Keyring, None, None),
            ("/b/mintage-pnpm-ci-bot", Tool::Pnpm, Some("ci-bot"), None),
            ("/b/mintage-pnpm-ci-bot@staging", Tool::Pnpm, Some("ci-bot"), Some("staging")),
            ("mintage --cargo-plugin", Tool::Cargo, None, None),
            ("mintage helper uv ci-bot get", Tool::Bazel, Some("ci-bot"), None),
            ("mintage helper mcp ci-bot", Tool::Headers, Some("ci-bot"), None),
        ] {
            let Route::Helper(found, Ok(call)) = of(line) else { panic!("{line}") };
            assert_eq!(
                (found, call.name.user.as_deref(), call.name.environment.as_deref()),
                (tool, user, environment),
                "{line}"
            );
        }
    }

    #[test]
    fn a_token_with_a_name_takes_the_fast_path() {
        let line = "mintage token ci-bot -e staging --scope=a --scope b --audience x --min-valid 5m --form header --fresh --show --json --no-input --reason why";
        let Route::Token(command) = of(line) else { panic!("not short") };
        let request = &command.request;
        assert_eq!(
            (request.name.user.as_deref(), request.name.environment.as_deref()),
            (Some("ci-bot"), Some("staging"))
        );
        assert_eq!((&request.scopes[..], &request.audience[..]), (&["a".into(), "b".into()][..], &["x".into()][..]));
        assert_eq!((request.min_valid.unwrap().as_secs(), request.fresh, request.no_input), (300, true, true));
        assert_eq!((command.form, command.show, command.error_format.json), (Form::Header, true, true));
        assert_eq!(request.reason.as_deref(), Some("why"));
    }

    #[test]
    fn the_full_program_reads_the_same_from_a_line_without_program_names() {
        for line in [
            "docker-credential-mintage get",
            "/b/mintage-pnpm-ci-bot@staging",
            "git-credential-mintage ci-bot -e staging get",
            "mintage --cargo-plugin",
            "mintage helper git ci-bot get",
        ] {
            let argv: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let again: Vec<OsString> = std::iter::once("mintage".into()).chain(for_full_program(&argv)).collect();
            let (Route::Helper(tool, call), Route::Helper(tool_again, call_again)) =
                (of(line), route(&again, &|_| None))
            else {
                panic!("{line}")
            };
            assert_eq!((tool, call.unwrap()), (tool_again, call_again.unwrap()), "{line}");
        }
        assert_eq!(for_full_program(&["mintage".into(), "ls".into()]), ["ls"]);
    }

    #[test]
    fn whatever_is_unusual_goes_to_the_full_program() {
        for line in [
            "mintage",
            "mintage ls",
            "mintage token",
            "mintage token --help",
            "mintage token a b",
            "mintage token a --wat",
            "mintage token a --form wat",
            "mintage token a --min-valid soon",
            "mintage token a --color always",
            "mintage token a -v",
            "mintage -e staging token a",
            "mintage helper",
            "mintage helper wat",
            "mintage helper git --help",
        ] {
            assert!(matches!(of(line), Route::Full), "{line}");
        }
    }
}
