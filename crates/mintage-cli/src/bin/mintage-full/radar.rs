//! `mintage radar`: keys that expire soon, with an exit code for cron.

use std::time::Duration;

use mintage_app::export;
use mintage_cli::args::{Global, RadarArgs};
use mintage_cli::failure::{Exit, Failure, escaped};
use mintage_cli::output::{self, Columns, Moment};
use mintage_core::mint::{ExpiryRefresh, ForeignRow, RadarRow};
use serde_json::json;
use time::OffsetDateTime;

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
    let environment = environment_of(global).map(|name| name.to_lowercase());
    let is_wanted = |name: &str| environment.as_ref().is_none_or(|wanted| name.to_lowercase() == *wanted);
    if args.yes {
        for environment in session.environments().await?.iter().filter(|one| is_wanted(&one.settings.name)) {
            session.mint.confirm_production(environment.id);
        }
    }
    if args.refresh {
        tell(&Box::pin(session.mint.refresh_expiry()).await.map_err(failure)?, global);
    }
    let radar = session.mint.radar().await.map_err(failure)?;
    if args.foreign {
        let rows: Vec<_> = radar.foreign.into_iter().filter(|row| is_wanted(&row.environment_name)).collect();
        return foreign(&rows, global);
    }
    let now = session.mint.now();
    let mut rows = radar.expiring;
    if args.snoozed || args.ics {
        rows.extend(radar.snoozed.into_iter().filter(|row| row.expires_at.is_some()));
        rows.sort_by_key(|row| row.expires_at);
    }
    rows.retain(|row| is_wanted(&row.environment_name));
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

fn moment(at: Option<OffsetDateTime>) -> String {
    at.map(|at| Moment(at).rfc3339()).unwrap_or_default()
}

/// Lists what Mintage doesn't hold, and exits with 1 if there is any.
fn foreign(rows: &[ForeignRow], global: &Global) -> Result<u8, Failure> {
    if global.json {
        print_json(&serde_json::to_value(rows).unwrap_or_default())?;
    } else {
        let mut columns = Columns::new(&["CREATED", "SERVICE USER", "ENVIRONMENT", "KIND", "ID", "EXPIRES", "LISTED"]);
        for row in rows {
            let ForeignRow { service_user_name, environment_name, kind, credential, listed_at, .. } = row;
            let [created, expires, listed] =
                [credential.created_at, credential.expires_at, Some(*listed_at)].map(moment);
            let id = &*credential.id;
            let kinds: Vec<_> = std::iter::once(kind).chain(&credential.may_be).map(|one| one.as_str()).collect();
            let kinds = kinds.join(" or ");
            columns.push([&*created, service_user_name, environment_name, &kinds, id, &expires, &listed]);
        }
        print(&columns)?;
    }
    Ok(if rows.is_empty() { Exit::Success.code() } else { Exit::Failed.code() })
}

/// Says which servers couldn't be asked; what they told is in the list.
fn tell(refresh: &ExpiryRefresh, global: &Global) {
    if global.quiet || global.json {
        return;
    }
    for left_out in &refresh.left_out {
        let name = escaped(&left_out.name);
        complain(&format!("left out {name}: it is a production environment; `--yes` asks it too"));
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
