//! What the servers tell about **expiry**, asked and unasked, and what a person postpones.

use mintage_core::credential::{CredentialKind, ExpirySource};
use mintage_core::environment::Tier;
use mintage_core::mint::{Ask, RotationRequest};
use mintage_testbed::issuer::{Era, Membership, RegisteredKey};
use mintage_testbed::setup::{KEY_ID, NOON, USER_ID};
use time::Duration;

use super::Enrolled;

const ENDS: Duration = Duration::days(20);

/// The server knows when the key expires; its file didn't say.
async fn enrolled(era: Era, tier: Tier) -> Enrolled {
    let enrolled = Enrolled::of(era, tier).await;
    let users = enrolled.issuer.users();
    let own = users.into_iter().find(|user| user.user_id == USER_ID).expect("it is there").keys.remove(0);
    enrolled.issuer.add_key(USER_ID, RegisteredKey { expires_at: Some(NOON + ENDS), ..own });
    enrolled
}

#[tokio::test]
async fn the_servers_are_asked_and_who_said_it_is_kept() {
    let enrolled = enrolled(Era::V4, Tier::Development).await;
    let mint = &enrolled.setup.mint;
    assert_eq!(mint.radar().await.expect("the catalogue answers").without_expiry, 1);
    let told = mint.refresh_expiry().await.expect("the catalogue answers");
    assert_eq!((told.listed, told.changed, told.failed.len()), (1, 1, 0), "{told:?}");
    let radar = mint.radar().await.expect("the catalogue answers");
    let row = &radar.expiring[0];
    assert_eq!((row.expires_at, radar.without_expiry), (Some(NOON + ENDS), 0));
    let source = row.expiry_provenance.expect("the server said so");
    assert_eq!((source.source, source.at), (ExpirySource::Server, NOON));
    assert_eq!(row.last_used_at, None, "to look isn't to use");

    mint.set_expiry(row.credential, None).await.expect("it is there");
    let radar = mint.radar().await.expect("the catalogue answers");
    assert_eq!((radar.expiring.len(), radar.without_expiry), (0, 0), "a person says that it doesn't expire");
}

#[tokio::test]
async fn unasked_nothing_is_asked_twice_a_day_and_production_never() {
    let enrolled = enrolled(Era::V4, Tier::Development).await;
    let mint = &enrolled.setup.mint;
    assert_eq!(mint.refresh_expiry_unasked().await.expect("the catalogue answers").changed, 1);
    let before = enrolled.issuer.requests().len();
    assert_eq!(mint.refresh_expiry_unasked().await.expect("the catalogue answers").listed, 0);
    assert_eq!(enrolled.issuer.requests().len(), before, "it was told today");
    enrolled.setup.set_clock(NOON + Duration::DAY);
    enrolled.issuer.change_quirks(|quirks| quirks.clock_offset = Duration::DAY);
    assert_eq!(mint.refresh_expiry_unasked().await.expect("the catalogue answers").listed, 1);
    mint.lock();
    assert_eq!(mint.refresh_expiry_unasked().await.expect("the catalogue answers").listed, 0, "it is locked");
    assert_eq!(mint.refresh_expiry().await.expect_err("it is locked").code(), "agent-locked");

    let live = self::enrolled(Era::V4, Tier::Production).await;
    let mint = &live.setup.mint;
    mint.refresh_expiry_unasked().await.expect("the catalogue answers");
    let told = mint.refresh_expiry().await.expect("the catalogue answers");
    assert_eq!((told.listed, told.left_out.len()), (0, 1), "nobody confirmed it");
    mint.confirm_production(live.environment.id);
    mint.refresh_expiry_unasked().await.expect("the catalogue answers");
    assert!(live.issuer.requests().is_empty(), "production isn't asked unasked, even once it was confirmed");
    assert_eq!(mint.refresh_expiry().await.expect("the catalogue answers").listed, 1);
}

/// A service user with credentials of two kinds is one that was asked, or one that failed.
#[tokio::test]
async fn a_service_user_counts_once_however_many_kinds_it_has() {
    let enrolled = enrolled(Era::V4, Tier::Development).await;
    let mint = &enrolled.setup.mint;
    let adds = Some(CredentialKind::PersonalToken);
    let id = enrolled.start(&RotationRequest { adds, ..enrolled.request() }).await;
    enrolled.go_on(id).await.expect("it works");
    assert_eq!(enrolled.held().await.len(), 2);
    let told = mint.refresh_expiry().await.expect("the catalogue answers");
    assert_eq!((told.listed, told.failed.len()), (1, 0), "{told:?}");
    enrolled.issuer.change_quirks(|quirks| quirks.html_instead = true);
    let told = mint.refresh_expiry().await.expect("the catalogue answers");
    assert_eq!((told.listed, told.failed.len()), (0, 1), "{told:?}");
}

#[tokio::test]
async fn where_a_service_user_may_not_look_the_administrator_does() {
    let enrolled = enrolled(Era::V2_55, Tier::Development).await;
    let mint = &enrolled.setup.mint;
    let told = mint.refresh_expiry().await.expect("the catalogue answers");
    assert_eq!((told.listed, told.failed[0].problem.code.as_str()), (0, "rotation-not-allowed"));
    let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
    mint.set_administrator(enrolled.environment.id, Some(admin)).await.expect("it is of that environment");
    let told = mint.refresh_expiry().await.expect("the catalogue answers");
    assert_eq!((told.listed, told.failed.len()), (2, 0), "{told:?}");
}

#[tokio::test]
async fn a_snoozed_key_is_in_a_list_of_its_own_until_its_time() {
    let enrolled = enrolled(Era::V4, Tier::Development).await;
    let mint = &enrolled.setup.mint;
    mint.refresh_expiry().await.expect("the catalogue answers");
    mint.token(enrolled.user, Ask::default()).await.expect("it works");
    let key = mint.radar().await.expect("the catalogue answers").expiring[0].credential;
    let until = NOON + Duration::days(7);
    mint.snooze(key, Some(until)).await.expect("the catalogue answers");
    let radar = mint.radar().await.expect("the catalogue answers");
    assert_eq!((radar.expiring.len(), radar.snoozed[0].snoozed_until), (0, Some(until)));
    assert_eq!((radar.snoozed[0].key_id.as_str(), radar.credentials), (KEY_ID, 1));
    enrolled.setup.set_clock(NOON + Duration::days(8));
    assert!(mint.radar().await.expect("the catalogue answers").snoozed.is_empty(), "its time is over");
    enrolled.setup.set_clock(NOON + Duration::days(6) + Duration::hours(1));
    assert!(mint.expiry_notices().await.expect("the catalogue answers").is_empty(), "it is still snoozed");
    mint.snooze(key, None).await.expect("the catalogue answers");
    assert_eq!(mint.expiry_notices().await.expect("the catalogue answers").len(), 1, "13 days are left");
}
