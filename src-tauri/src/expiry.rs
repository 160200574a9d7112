//! Telling the desktop of keys that **expire**. When a key is told of is the core's; here are the words.

use std::time::Duration;

use mintage_core::error::Error;
use mintage_core::guard::guarded;
use mintage_core::mint::{ExpiryNotice, Mint};
use tauri::{AppHandle, Manager};
use time::OffsetDateTime;
use tokio::time::MissedTickBehavior;

use crate::app::App;
use crate::desktop::Wish;
use crate::label::plain;
use crate::notification::{self, Notification};

/// How often one looks. Keys expire by the day.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// More keys than this are told of in one notification.
const MOST: usize = 3;

/// Looks now and every hour until the app ends.
pub(crate) async fn watch(handle: AppHandle) {
    let mut hourly = tokio::time::interval(EVERY);
    hourly.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        hourly.tick().await;
        let app = handle.state::<App>();
        if let Ok(mint) = app.mint().await {
            // What could not be looked up now is looked up in an hour.
            let _: Result<Result<(), Error>, Error> = guarded(tell(&handle, mint)).await;
        }
    }
}

async fn tell(handle: &AppHandle, mint: &Mint) -> Result<(), Error> {
    if !mint.settings().await?.expiry_notifications {
        return Ok(());
    }
    let due = mint.expiry_notices().await?;
    for (notices, told) in worded(&due, mint.now()) {
        if notification::show(handle, &told).await.is_err() {
            return Ok(());
        }
        mint.note_told(notices).await?;
    }
    Ok(())
}

/// Words for what is due, beside what they tell of.
fn worded(due: &[ExpiryNotice], now: OffsetDateTime) -> Vec<(&[ExpiryNotice], Notification)> {
    match due {
        [] => Vec::new(),
        few if few.len() <= MOST => few.chunks(1).map(|one| (one, of_one(&one[0], now))).collect(),
        many => vec![(many, of_many(many))],
    }
}

fn of_one(notice: &ExpiryNotice, now: OffsetDateTime) -> Notification {
    let (name, environment) = (plain(&notice.row.service_user_name), plain(&notice.row.environment_name));
    let left = notice.expires_at - now;
    let (when, then) = match left.whole_days() {
        _ if !left.is_positive() => ("has expired".to_owned(), "No token can be minted with it any more."),
        0 => ("expires within a day".to_owned(), "Replace it before then."),
        1 => ("expires in a day".to_owned(), "Replace it before then."),
        days => (format!("expires in {days} days"), "Replace it before then."),
    };
    Notification {
        summary: format!("The key of {name} {when}"),
        body: format!("{environment}. {then}"),
        leads_to: Some(Wish::Radar),
    }
}

fn of_many(notices: &[ExpiryNotice]) -> Notification {
    let names: Vec<String> = notices.iter().take(MOST).map(|notice| plain(&notice.row.service_user_name)).collect();
    Notification {
        summary: format!("{} keys have expired or expire soon", notices.len()),
        body: format!("{} and {} more.", names.join(", "), notices.len() - names.len()),
        leads_to: Some(Wish::Radar),
    }
}

#[cfg(test)]
mod tests {
    use mintage_core::credential::CredentialId;
    use mintage_core::environment::{EnvironmentId, Tier};
    use mintage_core::mint::RadarRow;
    use mintage_core::service_user::ServiceUserId;
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
            key_id: "1".to_owned(),
            issued_at: None,
            expires_at: Some(expires_at),
            imported_at: NOW,
            last_used_at: None,
        };
        ExpiryNotice { row, expires_at, threshold: 14 }
    }

    #[test]
    fn a_notification_says_whose_key_expires_and_when() {
        let check = |hours, expected: &str| {
            let due = [notice("deploy-bot", hours)];
            let told = worded(&due, NOW);
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
    fn many_keys_are_one_notification_that_stands_for_all_of_them() {
        let due: Vec<_> = ["a", "b", "c", "d", "e"].map(|name| notice(name, -1)).into();
        let told = worded(&due, NOW);
        assert_eq!((told.len(), told[0].0.len()), (1, 5));
        assert_eq!(told[0].1.summary, "5 keys have expired or expire soon");
        assert_eq!(told[0].1.body, "a, b, c and 2 more.");
        assert_eq!(worded(&due[..3], NOW).len(), 3);
        assert!(worded(&[], NOW).is_empty());
    }
}
