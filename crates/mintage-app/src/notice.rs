//! **Notices**: what a shell says without being asked, about keys that expire, tokens that were copied and programs that
//! ask for one. When a key is due is the core's decision; here are the words, harmless on a locked screen.

use mintage_agent_protocol::{GrantRow, QuestionRow};
use mintage_core::mint::{Copied, ExpiryNotice};
use time::OffsetDateTime;

use crate::label::plain;

/// Above this number, keys share one notice.
const MOST: usize = 3;

/// What is said: a line, and a line below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What happened.
    pub summary: String,
    /// Where, and what follows.
    pub body: String,
}

/// Words for keys that expire, beside the keys that they are about.
pub fn of_expiry(due: &[ExpiryNotice], now: OffsetDateTime) -> Vec<(&[ExpiryNotice], Notice)> {
    match due {
        [] => Vec::new(),
        few if few.len() <= MOST => few.chunks(1).map(|one| (one, of_one(&one[0], now))).collect(),
        many => vec![(many, of_many(many))],
    }
}

/// Words for a token that was copied, or that something else was copied before.
pub fn of_copied(copied: &Copied) -> Notice {
    let (user, environment) = (plain(&copied.service_user), plain(&copied.environment));
    if copied.overtaken {
        let body = format!("{environment}. The clipboard keeps what you copied meanwhile.");
        return Notice { summary: format!("Token of {user} minted"), body };
    }
    Notice {
        summary: format!("Token of {user} copied"),
        body: format!("{environment}. Mintage clears the clipboard in {} s.", copied.clears_after),
    }
}

/// Words for a program that asks for a token and waits.
pub fn of_question(question: &QuestionRow) -> Notice {
    let asker = question.choices.first().map(|choice| &choice.process).or(question.chain.first());
    let asker = asker.map_or("A program".to_owned(), |process| plain(&process.name));
    Notice {
        summary: format!("{asker} asks for a token of {}", plain(&question.service_user)),
        body: format!("{}. Open Mintage to allow or deny it.", plain(&question.environment)),
    }
}

/// Words for grants that began without a question. There is at least one.
pub fn of_untold(grants: &[GrantRow]) -> Notice {
    let (mut programs, mut users) =
        (names(grants, |grant| &grant.holder.name), names(grants, |grant| &grant.service_user));
    let places = names(grants, |grant| &grant.environment);
    for list in [&mut programs, &mut users] {
        let more = list.len().saturating_sub(MOST);
        list.truncate(MOST);
        list.extend((more > 0).then(|| format!("{more} more")));
    }
    Notice {
        summary: format!("{} got tokens without asking", programs.join(", ")),
        body: format!("{} in {}, as you set it up", users.join(", "), places.join(", ")),
    }
}

/// What these grants have there, each once.
fn names(grants: &[GrantRow], of: impl Fn(&GrantRow) -> &String) -> Vec<String> {
    let mut names: Vec<String> = grants.iter().map(|grant| plain(of(grant))).collect();
    names.sort();
    names.dedup();
    names
}

fn of_one(notice: &ExpiryNotice, now: OffsetDateTime) -> Notice {
    let (name, environment) = (plain(&notice.row.service_user_name), plain(&notice.row.environment_name));
    let left = notice.expires_at - now;
    let (when, then) = match left.whole_days() {
        _ if !left.is_positive() => ("has expired".to_owned(), "It can no longer mint tokens."),
        0 => ("expires within a day".to_owned(), "Replace it before then."),
        1 => ("expires in a day".to_owned(), "Replace it before then."),
        days => (format!("expires in {days} days"), "Replace it before then."),
    };
    Notice { summary: format!("The key of {name} {when}"), body: format!("{environment}. {then}") }
}

fn of_many(notices: &[ExpiryNotice]) -> Notice {
    let names: Vec<String> = notices.iter().take(MOST).map(|notice| plain(&notice.row.service_user_name)).collect();
    Notice {
        summary: format!("{} keys have expired or expire soon", notices.len()),
        body: format!("{} and {} more.", names.join(", "), notices.len() - names.len()),
    }
}

#[cfg(test)]
mod tests {
    use mintage_core::credential::CredentialKind;
    use mintage_core::environment::Tier;
    use mintage_core::ids::{CredentialId, EnvironmentId, ServiceUserId};
    use mintage_core::mint::RadarRow;
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-22 12:00:00 UTC);

    fn notice(name: &str, hours: i64) -> ExpiryNotice {
        let expires_at = NOW + time::Duration::hours(hours);
        let row = RadarRow {
            credential: CredentialId(Uuid::nil()),
            service_user: ServiceUserId(Uuid::nil()),
            service_user_name: name.to_owned(),
            environment: EnvironmentId(Uuid::nil()),
            environment_name: "Acme".to_owned(),
            tier: Tier::Production,
            kind: CredentialKind::PrivateKey,
            key_id: "1".to_owned(),
            issued_at: None,
            expires_at: Some(expires_at),
            expiry_provenance: None,
            snoozed_until: None,
            imported_at: NOW,
            last_used_at: None,
        };
        ExpiryNotice { row, expires_at, threshold: 14 }
    }

    #[test]
    fn a_notice_says_whose_key_expires_and_when() {
        let check = |hours, expected: &str| {
            let due = [notice("deploy-bot", hours)];
            let told = of_expiry(&due, NOW);
            assert_eq!(told[0].1.summary, format!("The key of deploy-bot {expected}"), "{hours}");
        };
        check(14 * 24, "expires in 14 days");
        check(3 * 24 - 1, "expires in 2 days");
        check(30, "expires in a day");
        check(23, "expires within a day");
        check(0, "has expired");
        check(-999, "has expired");
    }

    #[test]
    fn many_keys_are_one_notice_that_stands_for_all_of_them() {
        let due: Vec<_> = ["a", "b", "c", "d", "e"].map(|name| notice(name, -1)).into();
        let told = of_expiry(&due, NOW);
        assert_eq!((told.len(), told[0].0.len()), (1, 5));
        assert_eq!(told[0].1.summary, "5 keys have expired or expire soon");
        assert_eq!(told[0].1.body, "a, b, c and 2 more.");
        assert_eq!(of_expiry(&due[..3], NOW).len(), 3);
        assert!(of_expiry(&[], NOW).is_empty());
    }
}
