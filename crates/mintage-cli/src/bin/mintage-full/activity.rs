//! `mintage activity`: what was done with Mintage, and which programs got tokens, as one list.

use mintage_agent_protocol::Request;
use mintage_cli::agent::Agent;
use mintage_cli::args::{ActivityArgs, Global};
use mintage_cli::failure::Failure;
use mintage_cli::output::{Columns, Moment};
use mintage_core::activity::{Action, ActivityEntry, Repeated};
use serde::Serialize;

use crate::problem::failure;
use crate::session::Session;
use crate::stored::environment_of;
use crate::{print, print_json};

/// One line of the list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    at: String,
    at_epoch: i64,
    action: String,
    service_user: String,
    environment: String,
    /// The program that got tokens.
    program: Option<String>,
    /// How often it got one.
    count: Option<u32>,
    /// Why it failed.
    error: Option<String>,
    detail: String,
}

/// Shows the newest entries, the newest first.
///
/// # Errors
/// There is no such service user; what the catalogue reports.
pub(crate) async fn activity(args: &ActivityArgs, global: &Global) -> Result<u8, Failure> {
    // An agent stores what it handed out before it answers this. Without one, everything is stored.
    _ = Agent::find(false).and_then(|agent| agent.ask(&Request::Log, true));
    let entries = Session::with(async |session| {
        let user = match &args.user {
            Some(name) => Some(session.user(name, global).await?.0.id),
            None => None,
        };
        session.mint.activity(user).await.map_err(failure)
    })
    .await?;
    let mut rows: Vec<Row> = entries.into_iter().map(row).collect();
    if let Some(name) = environment_of(global) {
        rows.retain(|row| row.environment.to_lowercase() == name.to_lowercase());
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.at_epoch));
    rows.truncate(usize::try_from(args.limit).unwrap_or(usize::MAX));
    if global.json {
        return print_json(&serde_json::to_value(&rows).unwrap_or_default());
    }
    let mut columns = Columns::new(&["TIME", "ACTION", "SERVICE USER", "ENVIRONMENT", "PROGRAM", "RESULT", "DETAIL"]);
    for row in &rows {
        let result = row.error.as_deref().unwrap_or("ok");
        let program = row.program.as_deref().unwrap_or_default();
        columns.push([&*row.at, &row.action, &row.service_user, &row.environment, program, result, &row.detail]);
    }
    print(&columns)
}

fn row(entry: ActivityEntry) -> Row {
    let action = serde_json::to_value(entry.action).ok().and_then(|word| word.as_str().map(str::to_owned));
    let at = entry.repeated.map_or(entry.at, |repeated| repeated.last);
    // Of a program the detail is its name.
    let (program, detail) = match (entry.action, entry.repeated) {
        (Action::Program, Some(Repeated { times: 1, .. })) => (Some(entry.detail), "once".to_owned()),
        (Action::Program, Some(Repeated { times, .. })) => (Some(entry.detail), format!("{times} times")),
        _ => (None, entry.detail),
    };
    Row {
        at: Moment(at).rfc3339(),
        at_epoch: at.unix_timestamp(),
        action: action.unwrap_or_default(),
        service_user: entry.service_user_name,
        environment: entry.environment_name,
        program,
        count: entry.repeated.map(|repeated| repeated.times),
        error: entry.error_code,
        detail,
    }
}
