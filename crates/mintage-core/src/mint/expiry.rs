//! Notifying about keys that expire: 14 days before, 3 days before and when it has happened, once each.
//!
//! Rule: a notice is recorded only after it was shown, so that a desktop that couldn't show it gets it again. The
//! demo's keys are ignored, and so are those whose reminder a person postponed.

use std::collections::BTreeMap;

use time::{Duration, OffsetDateTime};

use super::Mint;
use super::periods::Periods;
use super::radar::RadarRow;
use crate::error::Error;
use crate::ids::CredentialId;

/// The settings store the shown notices under this name: the days of each credential's last notice.
const NOTIFIED: &str = "expiry-notices";

/// How many days before its expiry a key gets a notice, the last notice first.
const THRESHOLDS: [i64; 3] = [0, Periods::MINTAGE.last_notice_days, Periods::MINTAGE.soon_days];

/// The days of the last notice, by credential.
type Notified = BTreeMap<CredentialId, i64>;

/// A key that needs a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpiryNotice {
    /// The credential, and its service user.
    pub row: RadarRow,
    /// When it expires, or has.
    pub expires_at: OffsetDateTime,
    /// The threshold that was reached, in days.
    pub threshold: i64,
}

impl Mint {
    /// Returns the keys that have reached a threshold without a notice.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn expiry_notices(&self) -> Result<Vec<ExpiryNotice>, Error> {
        let rows = self.radar_rows(|environment| !environment.demo).await?;
        Ok(due(&rows, &self.notified().await?, self.now()))
    }

    /// Records that these were shown.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn note_notified(&self, notices: &[ExpiryNotice]) -> Result<(), Error> {
        let rows = self.radar_rows(|_| true).await?;
        let mut notified = self.notified().await?;
        // Notices of removed credentials are dropped with them.
        notified.retain(|credential, _| rows.iter().any(|row| row.credential == *credential));
        notified.extend(notices.iter().map(|notice| (notice.row.credential, notice.threshold)));
        let text = serde_json::to_string(&notified).expect("ids and numbers are always representable as JSON");
        Ok(self.catalog.set_setting(NOTIFIED, &text).await?)
    }

    async fn notified(&self) -> Result<Notified, Error> {
        let text = self.catalog.setting(NOTIFIED).await?.unwrap_or_default();
        // Unreadable text only costs a repeated notice.
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }
}

/// The notices that are due now: for each key the last threshold that it has reached, unless it was shown.
fn due(rows: &[RadarRow], notified: &Notified, now: OffsetDateTime) -> Vec<ExpiryNotice> {
    let mut notices: Vec<ExpiryNotice> = rows
        .iter()
        .filter(|row| row.snoozed_until.is_none())
        .filter_map(|row| {
            let expires_at = row.expires_at?;
            let threshold = THRESHOLDS.into_iter().find(|days| expires_at - now <= Duration::days(*days))?;
            let is_news = notified.get(&row.credential).is_none_or(|last| threshold < *last);
            is_news.then(|| ExpiryNotice { row: row.clone(), expires_at, threshold })
        })
        .collect();
    notices.sort_by_key(|notice| (notice.expires_at, notice.row.credential));
    notices
}

#[cfg(test)]
mod tests {
    use super::super::radar::tests::{NOW, days, plain};
    use super::*;

    fn expiring(at: OffsetDateTime) -> RadarRow {
        RadarRow { expires_at: Some(at), ..plain(1) }
    }

    #[test]
    fn a_key_is_told_of_at_14_3_and_0_days() {
        let second = Duration::SECOND;
        let check = |at: OffsetDateTime, expected: Option<i64>| {
            let found = due(&[expiring(at)], &Notified::new(), NOW);
            assert_eq!(found.first().map(|notice| notice.threshold), expected, "{at}");
        };
        check(days(14) + second, None);
        check(days(14), Some(14));
        check(days(3) + second, Some(14));
        check(days(3), Some(3));
        check(NOW + second, Some(3));
        check(NOW, Some(0));
        check(days(-53), Some(0));
        assert!(due(&[plain(1)], &Notified::new(), NOW).is_empty(), "a key that never expires");
        let snoozed = RadarRow { snoozed_until: Some(days(1)), ..expiring(days(2)) };
        assert!(due(&[snoozed], &Notified::new(), NOW).is_empty(), "a key whose reminder was postponed");
    }

    #[test]
    fn each_threshold_is_told_once_however_often_one_looks() {
        let row = expiring(days(14));
        let mut notified = Notified::new();
        let mut heard = Vec::new();
        for hour in 0..(16 * 24) {
            for notice in due(std::slice::from_ref(&row), &notified, NOW + Duration::hours(hour)) {
                heard.push((hour / 24, notice.threshold));
                notified.insert(notice.row.credential, notice.threshold);
            }
        }
        assert_eq!(heard, [(0, 14), (11, 3), (14, 0)]);
    }

    #[test]
    fn what_was_missed_meanwhile_is_one_notice_not_three() {
        let found = due(&[expiring(days(-1))], &Notified::from([(plain(1).credential, 14)]), NOW);
        assert_eq!(found.iter().map(|notice| notice.threshold).collect::<Vec<_>>(), [0]);
        assert!(due(&[expiring(days(2))], &Notified::from([(plain(1).credential, 0)]), NOW).is_empty());
    }

    #[test]
    fn several_keys_are_told_of_in_the_order_of_their_expiry() {
        let rows =
            [(1, 10), (2, -2), (3, 2)].map(|(number, at)| RadarRow { expires_at: Some(days(at)), ..plain(number) });
        let found = due(&rows, &Notified::from([(plain(3).credential, 3)]), NOW);
        let notified: Vec<_> = found.iter().map(|notice| (notice.row.credential, notice.threshold)).collect();
        assert_eq!(notified, [(plain(2).credential, 0), (plain(1).credential, 14)]);
    }
}
