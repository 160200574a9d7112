//! A **filter** of the record: which entries are wanted.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Action, ActivityEntry};
use crate::ids::{EnvironmentId, ServiceUserId};

/// How an action ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It succeeded.
    Succeeded,
    /// It failed.
    Failed,
}

/// Which entries are wanted: those that match everything that is set. The default matches all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct ActivityFilter {
    /// What was done.
    pub action: Option<Action>,
    /// The environment.
    pub environment: Option<EnvironmentId>,
    /// The service user.
    pub service_user: Option<ServiceUserId>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Words that must all appear in the names, the detail or the error's code, ignoring case.
    pub text: String,
}

impl ActivityEntry {
    /// How it ended.
    pub fn outcome(&self) -> Outcome {
        if self.error_code.is_some() { Outcome::Failed } else { Outcome::Succeeded }
    }
}

impl ActivityFilter {
    /// Keeps the matching entries, in order.
    pub fn of(&self, entries: Vec<ActivityEntry>) -> Vec<ActivityEntry> {
        let words: Vec<String> = self.text.split_whitespace().map(str::to_lowercase).collect();
        entries.into_iter().filter(|entry| self.wants(entry, &words)).collect()
    }

    fn wants(&self, entry: &ActivityEntry, words: &[String]) -> bool {
        self.action.is_none_or(|action| action == entry.action)
            && self.environment.is_none_or(|id| entry.environment == Some(id))
            && self.service_user.is_none_or(|id| entry.service_user == Some(id))
            && self.outcome.is_none_or(|outcome| outcome == entry.outcome())
            && holds_all(entry, words)
    }
}

fn holds_all(entry: &ActivityEntry, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let code = entry.error_code.as_deref().unwrap_or_default();
    let parts = [&entry.service_user_name, &entry.environment_name, &entry.detail, code, entry.action.as_str()];
    let text = parts.join("\n").to_lowercase();
    words.iter().all(|word| text.contains(word.as_str()))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;

    fn entry(number: u128, action: Action, name: &str, error_code: Option<&str>) -> ActivityEntry {
        ActivityEntry {
            at: datetime!(2026-11-23 14:37:02 UTC),
            action,
            environment: Some(EnvironmentId(Uuid::from_u128(number))),
            environment_name: "Straße".into(),
            service_user: Some(ServiceUserId(Uuid::from_u128(number))),
            service_user_name: name.into(),
            error_code: error_code.map(str::to_owned),
            detail: "as curl".into(),
            repeated: None,
        }
    }

    #[test]
    fn entries_fit_everything_that_is_set() {
        let all = vec![
            entry(1, Action::Mint, "deploy-bot", None),
            entry(2, Action::Copy, "deploy-bot", None),
            entry(1, Action::Mint, "Backup", Some("clock-ahead")),
        ];
        let check = |change: &dyn Fn(&mut ActivityFilter), expected: &[usize]| {
            let mut filter = ActivityFilter::default();
            change(&mut filter);
            let expected: Vec<_> = expected.iter().map(|at| all[*at].clone()).collect();
            assert_eq!(filter.of(all.clone()), expected, "{filter:?}");
        };
        check(&|_| {}, &[0, 1, 2]);
        check(&|filter| filter.action = Some(Action::Mint), &[0, 2]);
        check(&|filter| filter.environment = Some(EnvironmentId(Uuid::from_u128(2))), &[1]);
        check(&|filter| filter.service_user = Some(ServiceUserId(Uuid::from_u128(1))), &[0, 2]);
        check(&|filter| filter.service_user = Some(ServiceUserId(Uuid::from_u128(9))), &[]);
        check(&|filter| filter.outcome = Some(Outcome::Failed), &[2]);
        check(&|filter| filter.outcome = Some(Outcome::Succeeded), &[0, 1]);
        check(
            &|filter| {
                filter.action = Some(Action::Mint);
                filter.outcome = Some(Outcome::Succeeded);
            },
            &[0],
        );
        for (text, expected) in [
            ("BACKUP", &[2][..]),
            ("bot copy", &[1]),
            ("  ahead  clock ", &[2]),
            ("straße curl", &[0, 1, 2]),
            ("bot nothing", &[]),
            (" ", &[0, 1, 2]),
        ] {
            check(&|filter| text.clone_into(&mut filter.text), expected);
        }
    }
}
