//! Every verb of `mintage`. People and tools run `mintage`, which becomes this program when it has to.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use mintage_cli::agent::Agent;
use mintage_cli::args::{AgentArgs, AgentUse, AgentVerb, EnvVerb, Global, TokenArgs, Verb};
use mintage_cli::control;
use mintage_cli::failure::{Exit, Failure, escaped};
use mintage_cli::full::{self, Owner};
use mintage_cli::hardening;
use mintage_cli::output::{self, Columns};
use mintage_cli::project::Project;
use mintage_cli::request::TokenSource;

mod activity;
mod asking;
mod check;
mod direct;
mod environments;
mod import;
mod input;
mod inspect;
mod key_file;
mod keys;
mod problem;
mod radar;
mod rotate;
mod serve;
mod session;
mod stored;

/// The agent owns the keys; what it has no answer for is done here, with the catalogue and the keychain.
struct Here;

impl Owner for Here {
    fn tokens(&mut self, global: &Global) -> Result<Box<dyn TokenSource + Send>, Failure> {
        match global.agent {
            AgentUse::Auto => Ok(Box::new(Agent::find(true)?.quiet(global.quiet))),
            AgentUse::Require => Ok(Box::new(Agent::find(false)?.quiet(global.quiet))),
            AgentUse::Never => Ok(Box::new(direct::Direct { global: global.clone() })),
        }
    }

    fn offer_environment(&mut self, project: &Project, file: &Path, global: &Global) -> Result<bool, Failure> {
        block_on(environments::offer(project, file, global))
    }

    fn bind_host(&mut self, user: &str, host: Option<&str>, write: bool, global: &Global) -> Result<bool, Failure> {
        block_on(environments::bind(user, host, write, global))
    }

    fn run(&mut self, verb: Verb, global: &Global) -> Result<u8, Failure> {
        match &verb {
            Verb::Agent(AgentArgs { verb: AgentVerb::Serve { detach: true } }) => return serve::detach(),
            Verb::Agent(AgentArgs { verb: AgentVerb::Serve { detach: false } }) => return block_on(serve::serve()),
            Verb::Token(args @ TokenArgs { key_file: Some(file), .. }) => {
                return block_on(key_file::token(file, args, global));
            }
            Verb::Ls(args) => return block_on(stored::list(args, global)),
            Verb::Complete { kind } => return block_on(stored::complete(*kind)),
            Verb::Show(args) => return block_on(stored::show(args, global)),
            Verb::Env(args) => return self.environments(args.verb.as_ref().unwrap_or(&EnvVerb::Ls), global),
            Verb::Import(args) => return block_on(import::import(args, global)),
            Verb::Rotate(args) => return block_on(rotate::rotate(args, global)),
            Verb::Keys(args) => return block_on(keys::keys(args, global)),
            Verb::Radar(args) => return block_on(radar::radar(args, global)),
            Verb::Claims(args) => return block_on(inspect::claims(args, global, || self.tokens(global))),
            Verb::Verify(args) => return block_on(inspect::verify(args, global, || self.tokens(global))),
            Verb::Diff(args) => return block_on(inspect::diff(args, global, || self.tokens(global))),
            Verb::Userinfo(args) => return block_on(asking::userinfo(args, global, || self.tokens(global))),
            Verb::Introspect(args) => return block_on(asking::introspect(args, global, || self.tokens(global))),
            Verb::Check(args) => return block_on(check::check(args, global, || self.tokens(global))),
            Verb::Activity(args) if !args.follow => return block_on(activity::activity(args, global)),
            _ => {}
        }
        if global.agent == AgentUse::Never {
            return Err(Failure::new(
                Exit::Usage,
                "usage",
                "this is the agent's, and `--agent never` forbids asking it",
            )
            .with_help("Leave out `--agent never`"));
        }
        // Looking at an agent doesn't start one; a lock does, which holds from then on.
        let looks = matches!(&verb, Verb::Agent(AgentArgs { verb }) if !matches!(verb, AgentVerb::Start | AgentVerb::Lock))
            || matches!(verb, Verb::Approve(_) | Verb::Deny(_) | Verb::Copy(_));
        let agent = Agent::find(!looks && global.agent == AgentUse::Auto)?.quiet(global.quiet);
        control::run(&verb, global, &agent)?.ok_or_else(|| nobody_s(&verb))
    }
}

impl Here {
    fn environments(&self, verb: &EnvVerb, global: &Global) -> Result<u8, Failure> {
        match verb {
            EnvVerb::Ls => block_on(stored::environments(global)),
            EnvVerb::Show { name } => block_on(stored::environment(name, global)),
            EnvVerb::Add(args) => block_on(environments::add(args, global)),
            EnvVerb::Hosts { name, add, remove } => block_on(environments::hosts(name, add, remove, global)),
            EnvVerb::Export { name, user, profile } => {
                block_on(environments::export(name, user.as_deref(), *profile, global))
            }
        }
    }
}

/// Says something on standard error. Nobody hears about a standard error that's closed.
fn say(words: &str) {
    let lines: String = words.lines().map(|line| escaped(line) + "\n").collect();
    _ = std::io::stderr().write_all(lines.as_bytes());
}

/// Every verb is carried out above, by the agent, or before it comes here.
fn nobody_s(verb: &Verb) -> Failure {
    Failure::new(Exit::Failed, "internal-error", format!("nothing carries out {verb:?}"))
        .with_help("Report it: this is a mistake in Mintage")
}

fn print(columns: &Columns) -> Result<u8, Failure> {
    let text = if std::io::stdout().is_terminal() { columns.aligned() } else { columns.tabs() };
    output::write(text.as_bytes()).map(|()| Exit::Success.code())
}

fn print_json(value: &serde_json::Value) -> Result<u8, Failure> {
    output::write(format!("{value}\n").as_bytes()).map(|()| Exit::Success.code())
}

fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(Exit::Failed, "runtime", "couldn't start").caused_by(&error))?;
    runtime.block_on(work)
}

fn main() -> ExitCode {
    hardening::harden();
    let argv: Vec<OsString> = std::iter::once("mintage".into()).chain(std::env::args_os().skip(1)).collect();
    ExitCode::from(full::run(&argv, &mut Here))
}
