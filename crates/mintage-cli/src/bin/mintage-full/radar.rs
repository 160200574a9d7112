//! `mintage radar`: keys that expire soon, with an exit code for cron.

use std::time::Duration;

use mintage_app::export;
use mintage_cli::args::{Global, RadarArgs};
use mintage_cli::failure::{Exit, Failure, escaped};
use mintage_cli::output::{self, Columns, Moment};
use mintage_core::mint::{ExpiryRefresh, RadarRow};
use serde_json::json;

use crate::problem::failure;
use crate::rotate::complain;
use crate::session::Session;
use crate::stored::environment_of;
use crate::{print, print_json};

/// Lists the keys that expire within a time, and exits with 1 if there are any.
///
/// # Errors
/// What the catalogue reports.
pub(crate) async fn radar(args: &RadarArgs, global: &Global) -> Result<u8, Failure> {
    Session::with(async |session| match (&args.snooze, &args.wake) {
        (Some(user), _) => snooze(session, user, Some(args.lasting), global).await,
        (_, Some(user)) => snooze(session, user, None, global).await,
        _ => Box::pin(list(session, args, global)).await,
    })
    .await
}

async fn list(session: &Session, args: &RadarArgs, global: &Global) -> Result<u8, Failure> {
    if args.refresh {
        tell(&Box::pin(session.mint.refresh_expiry()).await.map_err(failure)?, global);
    }
    let radar = session.mint.radar().await.map_err(failure)?;
    let now = session.mint.now();
    let environment = environment_of(global).map(|name| name.to_lowercase());
    let mut rows = radar.expiring;
    if args.snoozed || args.ics {
        rows.extend(radar.snoozed.into_iter().filter(|row| row.expires_at.is_some()));
        rows.sort_by_key(|row| row.expires_at);
    }
    rows.retain(|row| environment.as_ref().is_none_or(|name| row.environment_name.to_lowercase() == *name));
    if args.ics {
        return output::write(export::calendar(&rows, now).as_bytes()).map(|()| Exit::Success.code());
    }
    let end = now + args.within;
    rows.retain(|row| row.expires_at.is_some_and(|at| at <= end));
    if global.json {
        print_json(&serde_json::to_value(&rows).unwrap_or_default())?;
    } else {
        print(&columns(&rows))?;
    }
    Ok(if rows.is_empty() { Exit::Success.code() } else { Exit::Failed.code() })
}

fn columns(rows: &[RadarRow]) -> Columns {
    let with_snoozed = rows.iter().any(|row| row.snoozed_until.is_some());
    let mut names = vec!["EXPIRES", "SERVICE USER", "ENVIRONMENT", "KEY"];
    names.extend(with_snoozed.then_some("SNOOZED UNTIL"));
    let mut columns = Columns::new(&names);
    let moment = |at: Option<time::OffsetDateTime>| at.map(|at| Moment(at).rfc3339()).unwrap_or_default();
    for row in rows {
        let mut cells = vec![
            moment(row.expires_at),
            row.service_user_name.clone(),
            row.environment_name.clone(),
            row.key_id.clone(),
        ];
        cells.extend(with_snoozed.then(|| moment(row.snoozed_until)));
        columns.push(cells.iter().map(String::as_str));
    }
    columns
}

/// Says which servers couldn't be asked; what they told is in the list.
fn tell(refresh: &ExpiryRefresh, global: &Global) {
    if global.quiet || global.json {
        return;
    }
    for name in &refresh.left_out {
        complain(&format!("left out {}: it is a production environment", escaped(name)));
    }
    for failed in &refresh.failed {
        complain(&format!("couldn't ask as {}: {}", escaped(&failed.name), escaped(&failed.problem.message)));
    }
}

/// Leaves a service user's keys out of the radar for a while, or no longer.
async fn snooze(session: &Session, user: &str, lasting: Option<Duration>, global: &Global) -> Result<u8, Failure> {
    let (user, _) = session.user(user, global).await?;
    let until = lasting.map(|lasting| session.mint.now() + lasting);
    let detail = session.mint.service_user(user.id).await.map_err(failure)?;
    for credential in &detail.credentials {
        session.mint.snooze(credential.id, until).await.map_err(failure)?;
    }
    let name = &user.settings.name;
    if global.json {
        let until = until.map(|at| Moment(at).rfc3339());
        return print_json(&json!({ "serviceUser": name, "snoozedUntil": until, "keys": detail.credentials.len() }));
    }
    let text = match until {
        Some(at) => format!("Snoozed {} until {}\n", escaped(name), Moment(at).rfc3339()),
        None => format!("{} is no longer snoozed\n", escaped(name)),
    };
    output::write(text.as_bytes()).map(|()| Exit::Success.code())
}
