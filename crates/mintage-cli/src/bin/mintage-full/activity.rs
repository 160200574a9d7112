//! `mintage activity`: what was done with Mintage, and which programs got tokens, as one list.

use mintage_agent_protocol::{Answer, RecordRow, Request};
use mintage_cli::agent::Agent;
use mintage_cli::args::{ActivityArgs, Global};
use mintage_cli::failure::Failure;
use mintage_cli::output::{Columns, Moment};
use mintage_core::activity::ActivityEntry;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

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
    count: Option<u64>,
    /// Why it failed.
    error: Option<String>,
    detail: String,
}

/// Shows the newest entries, the newest first.
///
/// # Errors
/// There is no such service user; what the catalogue reports.
pub(crate) async fn activity(args: &ActivityArgs, global: &Global) -> Result<u8, Failure> {
    let (entries, only) = Session::with(async |session| {
        let user = match &args.user {
            Some(name) => Some(session.user(name, global).await?.0),
            None => None,
        };
        let of = user.as_ref().map(|user| user.id);
        let entries = session.mint.activity(of).await.map_err(failure)?;
        Ok((entries, user.map(|user| user.settings.name)))
    })
    .await?;
    let mut rows: Vec<Row> = entries.into_iter().map(done).collect();
    rows.extend(handed_out(only.as_deref()));
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

fn done(entry: ActivityEntry) -> Row {
    let action = serde_json::to_value(entry.action).ok().and_then(|word| word.as_str().map(str::to_owned));
    Row {
        at: Moment(entry.at).rfc3339(),
        at_epoch: entry.at.unix_timestamp(),
        action: action.unwrap_or_default(),
        service_user: entry.service_user_name,
        environment: entry.environment_name,
        program: None,
        count: None,
        error: entry.error_code,
        detail: entry.detail,
    }
}

/// What the agent handed out, if one runs.
fn handed_out(only: Option<&str>) -> Vec<Row> {
    let answered = Agent::find(false).and_then(|agent| agent.ask(&Request::Log, true));
    let Ok(Answer::Log(records)) = answered else { return Vec::new() };
    let records = records.into_iter().filter(|record| only.is_none_or(|name| record.service_user == name));
    records.map(of_program).collect()
}

fn of_program(record: RecordRow) -> Row {
    let at = OffsetDateTime::parse(&record.last, &Rfc3339).map_or(0, OffsetDateTime::unix_timestamp);
    let holder = &record.holder;
    let program = if holder.pid == 0 { holder.name.clone() } else { format!("{} ({})", holder.name, holder.pid) };
    Row {
        at: record.last,
        at_epoch: at,
        action: "hand-out".to_owned(),
        service_user: record.service_user,
        environment: record.environment,
        program: Some(program),
        count: Some(record.count),
        error: None,
        detail: if record.count == 1 { "once".to_owned() } else { format!("{} times", record.count) },
    }
}
