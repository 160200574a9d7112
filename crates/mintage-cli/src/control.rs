//! **Control** of the agent: who holds grants, what waits for an answer, what was handed out, and the lock.

use std::io::{IsTerminal, Write};

use mintage_agent_protocol::client::{ClientError, Connection};
use mintage_agent_protocol::{Answer, Event, Request};
use mintage_app::rows::UserRow;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::agent::{Agent, unexpected};
use crate::args::{ActivityArgs, AgentArgs, AgentVerb, CopyArgs, Global, ListArgs, Verb};
use crate::failure::{Exit, Failure, escaped};
use crate::full::request;
use crate::output::{self, Columns};

mod answering;
mod json;
mod rows;

use json::to_json;

/// Carries out a verb that only needs the agent, and gives its exit code. `None` means that it needs more.
///
/// # Errors
/// The agent's, and `no-agent` where none runs.
pub fn run(verb: &Verb, global: &Global, agent: &Agent) -> Result<Option<u8>, Failure> {
    match verb {
        Verb::Lock => done(agent, &Request::Lock),
        Verb::Unlock => done(agent, &Request::Unlock),
        Verb::Approve(args) => answering::approve(agent, global, args.id.as_deref()),
        Verb::Deny(args) => answering::deny(agent, args.id.as_deref()),
        Verb::Activity(args) => activity(agent, global, args),
        Verb::Copy(args) => copy(agent, global, args),
        Verb::Agent(AgentArgs { verb: AgentVerb::Serve { .. } }) => return Ok(None),
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
        AgentVerb::Log { follow: false } => {
            log(agent, global, &Only { user: None, environment: global.environment() }, usize::MAX)
        }
        AgentVerb::Log { follow: true } => {
            follow(agent, global, &Only { user: None, environment: global.environment() })
        }
        AgentVerb::Serve { .. } => Ok(()),
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
    let variable = |name: &str| std::env::var(name).ok();
    let request = request(args.user.as_deref(), &args.wanted, global, "copy", &variable)?;
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
    let only = Only { user: args.user.clone(), environment: global.environment() };
    log(agent, global, &only, limit)?;
    if args.follow { follow(agent, global, &only) } else { Ok(()) }
}

/// What is shown: that of one service user, by its name, `ENV/NAME` or its id, and of one environment; or all.
struct Only {
    user: Option<String>,
    environment: Option<String>,
}

impl Only {
    fn has(&self, id: &str, user: &str, environment: &str) -> bool {
        let is_path = |named: &str| {
            named.strip_suffix(user).and_then(|of| of.strip_suffix('/')).is_some_and(|of| is_same(of, environment))
        };
        let is_user = |named: &String| named == user || named == id || is_path(named);
        self.user.as_ref().is_none_or(is_user) && self.environment.as_ref().is_none_or(|one| is_same(one, environment))
    }

    /// What isn't about a service user is about all.
    fn has_event(&self, event: &Event) -> bool {
        match event {
            Event::Question { question: row, .. } => self.has(&row.user, &row.service_user, &row.environment),
            Event::HandedOut { record: row } => self.has(&row.user, &row.service_user, &row.environment),
            Event::Granted { grant: row } => self.has(&row.user, &row.service_user, &row.environment),
            _ => true,
        }
    }
}

/// Names of environments are unique, ignoring case.
fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn log(agent: &Agent, global: &Global, only: &Only, limit: usize) -> Result<(), Failure> {
    let Answer::Log(mut records) = agent.ask(&Request::Log, true)? else { return Err(unexpected()) };
    records.retain(|record| only.has(&record.user, &record.service_user, &record.environment));
    records.truncate(limit);
    show(&records, rows::records(&records), global)
}

/// Prints what happens until either side ends: each hand-out as its row of the log, or each event as JSON.
fn follow(agent: &Agent, global: &Global, only: &Only) -> Result<(), Failure> {
    let mut connection = agent.open(&Request::Subscribe)?;
    while let Some(answer) = next(&mut connection)? {
        let Answer::Event(event) = answer else { continue };
        let line = match &event {
            event if !only.has_event(event) => continue,
            event if global.json => to_json(event).to_string() + "\n",
            Event::HandedOut { record } => rows::records(std::slice::from_ref(record)).tabs(),
            _ => continue,
        };
        output::write(line.as_bytes())?;
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

/// Shows the service users with the text of `mintage ls` in them, as far as its options let them through.
///
/// # Errors
/// Standard output can't be written.
pub fn show_users(
    mut users: Vec<UserRow>,
    global: &Global,
    args: &ListArgs,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let has_any = !users.is_empty();
    if let Some(environment) = global.environment() {
        users.retain(|user| is_same(&user.environment, &environment));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_user_and_an_environment_are_meant_as_everywhere() {
        let has = |user: Option<&str>, environment: Option<&str>| {
            let owned = |text: Option<&str>| text.map(str::to_owned);
            Only { user: owned(user), environment: owned(environment) }.has("id-7", "team/ci-bot", "Dev")
        };
        assert!(has(None, None) && has(None, Some("dev")) && has(None, Some("DEV")));
        assert!(!has(None, Some("live")) && !has(Some("team/ci-bot"), Some("live")));
        for user in ["team/ci-bot", "dev/team/ci-bot", "id-7"] {
            assert!(has(Some(user), None), "{user}");
        }
        for other in ["ci-bot", "live/team/ci-bot", "team", "Team/ci-bot", "id-70"] {
            assert!(!has(Some(other), None), "{other}");
        }
    }
}
