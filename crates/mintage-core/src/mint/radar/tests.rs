use time::macros::datetime;
use uuid::Uuid;

use super::*;

pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-22 12:00:00 UTC);

/// A credential about which nothing is known except that it was imported and used today.
pub(crate) fn plain(number: u32) -> RadarRow {
    RadarRow {
        credential: CredentialId(Uuid::from_u128(number.into())),
        service_user: ServiceUserId(Uuid::from_u128(number.into())),
        service_user_name: format!("user {number}"),
        environment: EnvironmentId(Uuid::from_u128(1)),
        environment_name: "Acme".to_owned(),
        tier: Tier::Production,
        kind: CredentialKind::PrivateKey,
        key_id: format!("key {number}"),
        issued_at: None,
        expires_at: None,
        expiry_provenance: None,
        snoozed_until: None,
        imported_at: NOW,
        last_used_at: Some(NOW),
    }
}

pub(crate) fn days(count: i64) -> OffsetDateTime {
    NOW + Duration::days(count)
}

fn numbers(rows: &[RadarRow]) -> Vec<u128> {
    rows.iter().map(|row| row.credential.0.as_u128()).collect()
}

#[test]
fn keys_with_an_expiry_date_come_with_the_soonest_first() {
    let rows = vec![
        RadarRow { expires_at: Some(days(400)), ..plain(1) },
        RadarRow { expires_at: Some(days(-53)), ..plain(2) },
        plain(3),
        RadarRow { expires_at: Some(days(6)), ..plain(4) },
    ];
    let radar = select(rows, NOW, 365);
    assert_eq!(numbers(&radar.expiring), [2, 4, 1]);
    assert_eq!((radar.credentials, radar.without_expiry), (4, 1));
    assert!(radar.old.is_empty() && radar.unused.is_empty());
}

#[test]
fn a_key_is_old_when_its_known_age_is_above_the_limit() {
    let check = |age: Option<i64>, limit: u32, expected: bool| {
        let row = RadarRow { issued_at: age.map(|age| days(-age)), ..plain(1) };
        assert_eq!(!select(vec![row], NOW, limit).old.is_empty(), expected, "{age:?} {limit}");
    };
    check(Some(366), 365, true);
    check(Some(365), 365, false);
    check(Some(365), 364, true);
    check(Some(-1), 30, false);
    check(None, 30, false);
    let two = [400, 1706].map(|age| RadarRow { issued_at: Some(days(-age)), ..plain(age as u32) });
    assert_eq!(numbers(&select(two.to_vec(), NOW, 365).old), [1706, 400]);
}

#[test]
fn a_credential_is_unused_after_90_days_but_not_before_it_was_90_days_in_hand() {
    let check = |imported: i64, used: Option<i64>, expected: bool| {
        let row = RadarRow { imported_at: days(-imported), last_used_at: used.map(|used| days(-used)), ..plain(1) };
        assert_eq!(!select(vec![row], NOW, 365).unused.is_empty(), expected, "{imported} {used:?}");
    };
    check(89, None, false);
    check(90, None, true);
    check(500, Some(89), false);
    check(500, Some(90), true);
    check(0, Some(0), false);
}

#[test]
fn credentials_of_one_moment_are_listed_by_name() {
    let named = |number, name: &str| RadarRow {
        service_user_name: name.to_owned(),
        expires_at: Some(days(1)),
        ..plain(number)
    };
    let radar = select(vec![named(1, "beta"), named(2, "Alpha"), named(3, "alpha")], NOW, 365);
    assert_eq!(numbers(&radar.expiring), [2, 3, 1]);
}
