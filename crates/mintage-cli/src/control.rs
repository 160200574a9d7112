//! **Control** of the agent: who holds grants, what waits for an answer, what was handed out, and the lock.

use std::io::{IsTerminal, Write};

use mintage_agent_protocol::client::{ClientError, Connection};
use mintage_agent_protocol::{Answer, Request};
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::agent::Agent;
use crate::args::{ActivityArgs, AgentArgs, AgentVerb, CopyArgs, Global, ListArgs, Names, Verb};
use crate::failure::{Exit, Failure, escaped};
use crate::output::{self, Columns};
use crate::request::{Name, TokenRequest};

mod answering;
mod json;
mod rows;

use json::to_json;

/// Carries out a verb that only needs the agent, and gives its exit code. `None` means that it needs more.
///
/// # Errors
/// The agent's, and `no-agent` where none runs.
pub fn run(verb: &Verb, global: &Global, agent: &Agent, now: OffsetDateTime) -> Result<Option<u8>, Failure> {
    match verb {
        Verb::Lock => done(agent, &Request::Lock),
        Verb::Unlock => done(agent, &Request::Unlock),
        Verb::Approve(args) => answering::approve(agent, global, args.id.as_deref()),
        Verb::Deny(args) => answering::deny(agent, args.id.as_deref()),
        Verb::Ls(args) => list(agent, global, args, now),
        Verb::Complete { kind } => complete(agent, *kind),
        Verb::Activity(args) => activity(agent, global, args),
        Verb::Copy(args) => copy(agent, global, args),
        Verb::Agent(AgentArgs { verb: AgentVerb::Serve }) => return Ok(None),
        Verb::Agent(args) => agent_verb(agent, global, &args.verb),
        _ => return Ok(None),
    }
    .map(|()| Some(Exit::Success.code()))
}

fn agent_verb(agent: &Agent, global: &Global, verb: &AgentVerb) -> Result<(), Failure> {
    match verb {
        AgentVerb::Status | AgentVerb::Start => match agent.ask(&hello(), true)? {
            Answer::Hello(hello) => show_one(&hello, &rows::status(&hello), global),
            _ => Err(unexpected()),
        },
        // One that doesn't run is what was wanted.
        AgentVerb::Stop => match done(agent, &Request::TakeOver) {
            Err(failure) if failure.code == "no-agent" => Ok(()),
            done => done,
        },
        AgentVerb::Lock => done(agent, &Request::Lock),
        AgentVerb::Revoke { id } => done(agent, &Request::Revoke { grant: id.clone() }),
        AgentVerb::Grants => match agent.ask(&Request::Grants, true)? {
            Answer::Grants(grants) => show(&grants, rows::grants(&grants), global),
            _ => Err(unexpected()),
        },
        AgentVerb::Log { follow: false } => log(agent, global, None, usize::MAX),
        AgentVerb::Log { follow: true } => follow(agent),
        AgentVerb::Serve => Ok(()),
    }
}

fn hello() -> Request {
    Request::Hello { program: env!("CARGO_PKG_VERSION").to_owned() }
}

fn done(agent: &Agent, request: &Request) -> Result<(), Failure> {
    agent.ask(request, true).map(drop)
}

/// Lets the desktop app copy a token. An agent without a window has no clipboard, and none is started for that.
fn copy(agent: &Agent, global: &Global, args: &CopyArgs) -> Result<(), Failure> {
    let typed = Name { user: Some(args.user.clone()), environment: global.environment.clone() };
    let wanted = &args.wanted;
    let request = TokenRequest {
        name: typed.or(Name::from_environment(&|name| std::env::var(name).ok())),
        asker: "copy",
        scopes: wanted.scopes.clone(),
        audience: wanted.audience.clone(),
        min_valid: wanted.min_valid,
        fresh: wanted.fresh,
        reason: wanted.reason.clone(),
        no_input: global.no_input,
        ..TokenRequest::default()
    };
    let copied = agent.copy(&request, args.form).map_err(|failure| match failure.code.as_str() {
        "no-agent" => Failure::new(Exit::Failed, "clipboard-needs-desktop", "the desktop app isn't running")
            .with_help("Start Mintage and try again, or run the program that needs the token with `mintage exec`"),
        _ => failure,
    })?;
    if global.json {
        return output::write((to_json(&copied).to_string() + "\n").as_bytes());
    }
    if !global.quiet {
        let (user, environment) = (escaped(&copied.service_user), escaped(&copied.environment));
        let line = format!(
            "copied a token of {user} in {environment}; the clipboard is cleared after {} s\n",
            copied.clears_after
        );
        _ = std::io::stderr().write_all(line.as_bytes());
    }
    Ok(())
}

fn activity(agent: &Agent, global: &Global, args: &ActivityArgs) -> Result<(), Failure> {
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    log(agent, global, args.user.as_deref(), limit)?;
    if args.follow { follow(agent) } else { Ok(()) }
}

fn log(agent: &Agent, global: &Global, user: Option<&str>, limit: usize) -> Result<(), Failure> {
    let Answer::Log(mut records) = agent.ask(&Request::Log, true)? else { return Err(unexpected()) };
    let environment = global.environment.as_deref();
    records.retain(|record| user.is_none_or(|user| record.service_user == user));
    records.retain(|record| environment.is_none_or(|environment| record.environment == environment));
    records.truncate(limit);
    show(&records, rows::records(&records), global)
}

/// Prints an event a line, as JSON, until either side ends.
fn follow(agent: &Agent) -> Result<(), Failure> {
    let mut connection = agent.open(&Request::Subscribe)?;
    while let Some(answer) = next(&mut connection)? {
        if let Answer::Event(event) = answer {
            output::write((to_json(&event).to_string() + "\n").as_bytes())?;
        }
    }
    Ok(())
}

fn next(connection: &mut Connection) -> Result<Option<Answer>, Failure> {
    loop {
        match connection.next_answer() {
            // Nothing happens for minutes: that's no failure here.
            Err(ClientError::Silent) => {}
            Err(error) => return Err(crate::agent::unanswered(&error)),
            Ok(answer) => return Ok(answer),
        }
    }
}

fn list(agent: &Agent, global: &Global, args: &ListArgs, now: OffsetDateTime) -> Result<(), Failure> {
    let Answer::List(mut users) = agent.ask(&Request::List { text: args.text.clone() }, true)? else {
        return Err(unexpected());
    };
    let has_any = !users.is_empty();
    let typed = Name { user: None, environment: global.environment.clone() };
    if let Some(environment) = typed.or(Name::from_environment(&|name| std::env::var(name).ok())).environment {
        // Names are unique, ignoring case.
        users.retain(|user| user.environment.to_lowercase() == environment.to_lowercase());
    }
    if let Some(within) = args.expiring {
        let ends = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
        users.retain(|user| user.key_expires_at.as_deref().and_then(ends).is_some_and(|end| end <= now + within));
    }
    if global.json {
        return output::write((to_json(&users).to_string() + "\n").as_bytes());
    }
    if users.is_empty() && !global.quiet && std::io::stdout().is_terminal() {
        let filtered = has_any || args.text.is_some();
        let words = if filtered { "none match\n" } else { "none yet; `mintage import FILE -e ENV` adds one\n" };
        _ = std::io::stderr().write_all(words.as_bytes());
    }
    print(&rows::users(&users))
}

fn complete(agent: &Agent, kind: Names) -> Result<(), Failure> {
    let Answer::List(users) = agent.ask(&Request::List { text: None }, true)? else { return Err(unexpected()) };
    let mut names: Vec<String> = users
        .into_iter()
        .map(|user| escaped(if kind == Names::Users { &user.name } else { &user.environment }) + "\n")
        .collect();
    names.sort();
    names.dedup();
    output::write(names.concat().as_bytes())
}

/// Shows a list: JSON lines, or columns.
fn show<T: Serialize>(rows: &[T], columns: Columns, global: &Global) -> Result<(), Failure> {
    if !global.json {
        return print(&columns);
    }
    let lines: String = rows.iter().map(|row| to_json(row).to_string() + "\n").collect();
    output::write(lines.as_bytes())
}

fn show_one(value: &impl Serialize, text: &str, global: &Global) -> Result<(), Failure> {
    let text = if global.json { to_json(value).to_string() + "\n" } else { text.to_owned() };
    output::write(text.as_bytes())
}

fn print(columns: &Columns) -> Result<(), Failure> {
    let text = if std::io::stdout().is_terminal() { columns.aligned() } else { columns.tabs() };
    output::write(text.as_bytes())
}

fn unexpected() -> Failure {
    Failure::new(Exit::Failed, "agent-unreadable", "the agent answered something else")
}
