//! What a program was given, as an entry of the **record** of activity.

use mintage_agent_protocol::{ProcessRow, RecordRow};
use mintage_core::activity::{Action, ActivityEntry, Repeated};
use mintage_core::ids::{EnvironmentId, ServiceUserId};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// One entry for everything that was handed out under a grant.
pub(super) fn entry(row: &RecordRow, id: Option<ServiceUserId>, environment: Option<EnvironmentId>) -> ActivityEntry {
    // The agent writes these times itself.
    let time = |text: &str| OffsetDateTime::parse(text, &Rfc3339).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    ActivityEntry {
        at: time(&row.first),
        action: Action::Program,
        environment,
        environment_name: row.environment.clone(),
        service_user: id,
        service_user_name: row.service_user.clone(),
        error_code: None,
        detail: detail(&row.holder, row.replaced),
        repeated: Some(Repeated { times: u32::try_from(row.count).unwrap_or(u32::MAX), last: time(&row.last) }),
    }
}

fn detail(holder: &ProcessRow, replaced: u64) -> String {
    let name = match &holder.program {
        _ if holder.pid == 0 => "unknown program".to_owned(),
        Some(program) => format!("{} ({program})", holder.name),
        None => holder.name.clone(),
    };
    match replaced {
        0 => name,
        1 => format!("{name}, 1 refused token replaced"),
        several => format!("{name}, {several} refused tokens replaced"),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn hundreds_of_requests_are_one_entry_that_says_how_many() {
        let holder = ProcessRow {
            pid: 7,
            name: "git".into(),
            program: Some("/usr/bin/git".into()),
            folder: None,
            started_at: None,
        };
        let row = RecordRow {
            grant: "g1".into(),
            holder,
            user: String::new(),
            service_user: "ci-bot".into(),
            environment: "Acme".into(),
            first: "2026-11-29T09:00:00Z".into(),
            last: "2026-11-29T09:05:00Z".into(),
            count: 300,
            replaced: 2,
        };
        let entry = entry(&row, None, None);
        assert_eq!(entry.at, datetime!(2026-11-29 09:00 UTC));
        assert_eq!(entry.repeated, Some(Repeated { times: 300, last: datetime!(2026-11-29 09:05 UTC) }));
        assert_eq!(entry.detail, "git (/usr/bin/git), 2 refused tokens replaced");
    }
}
