//! The **full program**: every verb, for what the fast path leaves.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::Path;

use clap::Parser;
use time::OffsetDateTime;

use crate::args::{Cli, Global, HelperArgs, Verb};
use crate::failure::{Exit, Failure};
use crate::helpers::Tool;
use crate::helpers::call::Call;
use crate::output::{self, ErrorFormat};
use crate::project::Project;
use crate::request::{Name, TokenSource};
use crate::{completions, fast_path, man};

mod requests;
mod running;
mod setting_up;

use requests::InProject;
pub(crate) use requests::request;
pub use requests::{token_command, user, user_if_named};
use running::{run_with_file, run_with_tokens};

/// Whoever owns the keys, seen from the verbs.
pub trait Owner {
    /// Gives the source of tokens.
    ///
    /// # Errors
    /// There is none.
    fn tokens(&mut self, global: &Global) -> Result<Box<dyn TokenSource + Send>, Failure>;

    /// Offers to add the environment that a project file names, on the terminal, and says whether it was added.
    ///
    /// # Errors
    /// Nobody can be asked, or it can't be added.
    fn offer_environment(&mut self, project: &Project, file: &Path, global: &Global) -> Result<bool, Failure>;

    /// Finds a service user, lets its environment's tokens go to a host, and says whether that changed anything. Without
    /// `write`, only says whether it would.
    ///
    /// # Errors
    /// There is no such service user or environment.
    fn bind_host(&mut self, user: &str, host: Option<&str>, write: bool, global: &Global) -> Result<bool, Failure>;

    /// Carries out a verb that needs more than tokens, and gives the exit code.
    ///
    /// # Errors
    /// The verb's.
    fn run(&mut self, verb: Verb, global: &Global) -> Result<u8, Failure>;
}

/// Runs a command line, whose first word is the program's name, and gives the exit code.
pub fn run(argv: &[OsString], owner: &mut dyn Owner) -> u8 {
    let cli = match Cli::try_parse_from(argv) {
        Ok(cli) => cli,
        Err(error) => return not_parsed(&error, argv),
    };
    let error_format = error_format(&cli.global, &variable);
    verb(cli, owner).unwrap_or_else(|failure| {
        error_format.report(&failure);
        failure.exit.code()
    })
}

/// Shows help and versions on standard output, and what can't be understood as any other failure.
fn not_parsed(error: &clap::Error, argv: &[OsString]) -> u8 {
    if !error.use_stderr() {
        _ = error.print();
        return Exit::Success.code();
    }
    let text = error.render().to_string();
    let Some(said) = text.strip_prefix("error: ") else {
        // Without any argument: the help text is the answer.
        _ = error.print();
        return Exit::Usage.code();
    };
    // The first paragraph is the sentence, with a list of arguments under some.
    let mut lines = said.lines().map(str::trim);
    let sentence: Vec<&str> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
    let mut failure = Failure::new(Exit::Usage, "usage", sentence.join(" "));
    failure.help = lines.find_map(|line| match line.strip_prefix("tip: ") {
        Some(tip) => Some(capitalised(tip)),
        None => line.strip_prefix("Usage: ").map(str::to_owned),
    });
    let json = argv.iter().any(|word| word == "--json");
    ErrorFormat { json, color: false }.report(&failure);
    Exit::Usage.code()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

fn verb(cli: Cli, owner: &mut dyn Owner) -> Result<u8, Failure> {
    let global = cli.global;
    match cli.verb {
        // With a key file it's the mint that signs, and nothing is stored.
        Verb::Token(args) if args.key_file.is_none() => in_project(owner, &global, |owner| {
            let command = token_command(&args, &global, &variable)?;
            fast_path::print_token(&command, &mut *owner.tokens(&global)?).map(|()| Exit::Success.code())
        }),
        Verb::Exec(args) => {
            in_project(owner, &global, |owner| run_with_tokens(&args, &global, &mut *owner.tokens(&global)?))
        }
        Verb::File(args) => in_project(owner, &global, |owner| run_with_file(&args, &global, owner.tokens(&global)?)),
        Verb::Helper(args) => helper(&args, &global, &mut InProject(&mut *owner.tokens(&global)?)),
        Verb::Setup(args) => setting_up::set_up(args, &global, owner),
        Verb::Completions { shell } => output::write(completions::script(shell).as_bytes()).map(|()| 0),
        Verb::Man { dir: None } => output::write(&man::page()).map(|()| 0),
        Verb::Man { dir: Some(folder) } => man::write_all(&folder).map(|()| 0).map_err(|error| {
            Failure::new(Exit::Failed, "output", format!("couldn't write to `{}`", folder.display())).caused_by(&error)
        }),
        verb @ (Verb::Copy(_) | Verb::Show(_) | Verb::Import(_) | Verb::Userinfo(_) | Verb::Check(_)) => {
            in_project(owner, &global, |owner| owner.run(verb.clone(), &global))
        }
        other => owner.run(other, &global),
    }
}

/// Offers to add the folder's environment if that is what is missing, and then tries again.
fn in_project(
    owner: &mut dyn Owner,
    global: &Global,
    work: impl Fn(&mut dyn Owner) -> Result<u8, Failure>,
) -> Result<u8, Failure> {
    let failure = match work(owner) {
        Err(failure) if failure.code == "environment-not-found" => failure,
        ended => return ended,
    };
    match Project::here()? {
        Some((file, project)) if project.issuer.is_some() && is_meant(&project, global) => {
            if owner.offer_environment(&project, &file, global)? { work(owner) } else { Err(failure) }
        }
        _ => Err(failure),
    }
}

fn is_meant(project: &Project, global: &Global) -> bool {
    let named = global.environment.clone().or_else(|| variable("MINTAGE_ENV").filter(|name| !name.is_empty()));
    named.is_none() || named == project.environment
}

fn error_format(global: &Global, variable: &dyn Fn(&str) -> Option<String>) -> ErrorFormat {
    ErrorFormat { json: global.json, color: global.color.applies(std::io::stderr().is_terminal(), variable) }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Reads the clock.
#[expect(clippy::disallowed_methods, reason = "a shell owns the clock")]
pub fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

fn helper(args: &HelperArgs, global: &Global, source: &mut dyn TokenSource) -> Result<u8, Failure> {
    let tool = Tool::find(&args.tool)
        .ok_or_else(|| Failure::new(Exit::Usage, "usage", format!("`{}` isn't a tool", args.tool)))?;
    let before = Name { user: None, environment: global.environment.clone() };
    let call = Call::parse(tool, &args.args).map(|call| Call {
        name: call.name.or(before),
        no_input: call.no_input || global.no_input,
        ..call
    });
    let code = fast_path::helper(tool, call, source);
    code.or_else(|error| output::finish(Err(error)).map(|()| 0))
}
