//! The agent's rows as columns.

use mintage_agent_protocol::{GrantRow, Hello, Host, ProcessRow, RecordRow};
use mintage_app::rows::UserRow;

use crate::output::Columns;

pub(super) fn users(users: &[UserRow]) -> Columns {
    let mut columns = Columns::new(&["NAME", "ENVIRONMENT", "PROVIDER", "STATE", "KEY EXPIRES", "LAST MINTED", "ID"]);
    for user in users {
        let (expires, minted) = (user.key_expires_at.as_deref(), user.last_minted.as_deref());
        columns.push([
            &*user.name,
            &user.environment,
            &user.provider,
            user.state,
            expires.unwrap_or_default(),
            minted.unwrap_or_default(),
            &user.id,
        ]);
    }
    columns
}

pub(super) fn grants(grants: &[GrantRow]) -> Columns {
    let mut columns = Columns::new(&["GRANT", "HELD BY", "SERVICE USER", "ENVIRONMENT", "USED", "LAST", "ENDS"]);
    for grant in grants {
        let (holder, count) = (process(&grant.holder), grant.count.to_string());
        columns.push([
            &*grant.grant,
            &holder,
            &grant.service_user,
            &grant.environment,
            &count,
            &grant.last_used,
            &grant.ends_at,
        ]);
    }
    columns
}

pub(super) fn records(records: &[RecordRow]) -> Columns {
    let mut columns = Columns::new(&["LAST", "PROGRAM", "SERVICE USER", "ENVIRONMENT", "TIMES", "REPLACED", "FIRST"]);
    for record in records {
        let (holder, count, replaced) =
            (process(&record.holder), record.count.to_string(), record.replaced.to_string());
        columns.push([
            &*record.last,
            &holder,
            &record.service_user,
            &record.environment,
            &count,
            &replaced,
            &record.first,
        ]);
    }
    columns
}

pub(super) fn process(process: &ProcessRow) -> String {
    if process.pid == 0 { process.name.clone() } else { format!("{} ({})", process.name, process.pid) }
}

pub(super) fn status(hello: &Hello) -> String {
    let host = match hello.host {
        Host::Desktop => "the desktop app",
        Host::Headless => "a headless agent",
    };
    let state = if hello.locked { "locked" } else { "unlocked" };
    format!("{host} {}, {state}\n", hello.program)
}
