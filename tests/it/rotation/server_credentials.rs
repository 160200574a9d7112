//! The keys **at the server**: those that Mintage holds, and those that it doesn't.

use mintage_core::credential::CredentialKind::{PersonalToken, PrivateKey};
use mintage_core::credential::Source;
use mintage_core::mint::{ImportRequest, RotationRequest};
use mintage_core::secret::Secret;
use mintage_testbed::issuer::{Era, Membership, RegisteredKey, RegisteredToken};
use mintage_testbed::setup::{KEY_ID, NOON, USER_ID, fixture_key, key_file};
use time::Duration;

use super::Enrolled;

const FOREIGN: &str = "100509901696068000";

async fn with_foreign_key(era: Era) -> Enrolled {
    let enrolled = Enrolled::at(era).await;
    let users = enrolled.issuer.users();
    let own = users.into_iter().find(|user| user.user_id == USER_ID).expect("it is there").keys.remove(0);
    let expires_at = Some(NOON - Duration::DAY);
    enrolled.issuer.add_key(USER_ID, RegisteredKey { key_id: FOREIGN.into(), expires_at, ..own.clone() });
    let expires_at = Some(NOON + Duration::days(20));
    enrolled.issuer.add_key(USER_ID, RegisteredKey { expires_at, ..own });
    enrolled
}

#[tokio::test]
async fn foreign_and_expired_keys_are_shown_and_the_expiry_is_learnt() {
    for era in [Era::V4, Era::V2_55] {
        let enrolled = with_foreign_key(era).await;
        let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
        let by = (era == Era::V2_55).then_some(admin);
        let listed = enrolled.setup.mint.server_credentials(enrolled.user, by, PrivateKey).await.expect("it may");
        let shown: Vec<_> =
            listed.credentials.iter().map(|one| (one.id.as_str(), one.credential.is_some(), one.expired)).collect();
        assert!(shown.contains(&(KEY_ID, true, false)) && shown.contains(&(FOREIGN, false, true)), "{shown:?}");
        assert!(listed.removable && listed.unlisted.is_empty());
        let radar = enrolled.setup.mint.radar().await.expect("the catalogue answers");
        assert_eq!(radar.expiring[0].expires_at, Some(NOON + Duration::days(20)));
    }
}

#[tokio::test]
async fn a_foreign_key_is_removed_and_the_last_own_one_only_by_name() {
    let enrolled = with_foreign_key(Era::V4).await;
    let remove = |id: &'static str, named: Option<&'static str>| {
        let mint = std::sync::Arc::clone(&enrolled.setup.mint);
        let user = enrolled.user;
        async move { mint.remove_server_credential(user, None, PrivateKey, id, named).await }
    };
    remove(FOREIGN, None).await.expect("nobody needs it");
    assert_eq!(enrolled.keys(), [KEY_ID]);
    let refused = remove(KEY_ID, None).await.expect_err("it is the last one");
    assert_eq!(refused.code(), "last-credential");
    let refused = remove(KEY_ID, Some("another")).await.expect_err("that isn't its name");
    assert_eq!(refused.code(), "last-credential");
    remove(KEY_ID, Some(KEY_ID)).await.expect("it was asked for by name");
    assert_eq!((enrolled.keys().len(), enrolled.held().await.len()), (0, 0));
}

/// What asking the servers found stays on the radar, with the time of asking, until it is removed or imported.
#[tokio::test]
async fn foreign_keys_are_on_the_radar_once_the_servers_were_asked() {
    let enrolled = with_foreign_key(Era::V4).await;
    let mint = &enrolled.setup.mint;
    let foreign = async || mint.radar().await.expect("the catalogue answers").foreign;
    assert!(foreign().await.is_empty(), "nobody asked");
    mint.refresh_expiry().await.expect("the catalogue answers");
    let found = foreign().await;
    let shown: Vec<_> = found.iter().map(|row| (row.credential.id.as_str(), row.listed_at, row.removable)).collect();
    assert_eq!(shown, [(FOREIGN, NOON, true)]);
    enrolled.setup.set_clock(NOON + Duration::DAY);
    assert_eq!(foreign().await, found, "it is remembered, and when that was");

    let review = enrolled
        .setup
        .review(&key_file(USER_ID, FOREIGN, "").replace(&one_line(&fixture_key()), &one_line(&other_key())))
        .await;
    let import = ImportRequest { name: String::new(), ..ImportRequest::of(review.id, enrolled.environment.id) };
    mint.import(&import).await.expect("it is another key of the same service user");
    assert!(foreign().await.is_empty(), "Mintage holds it");
}

fn one_line(pem: &str) -> String {
    pem.replace('\n', "\\n")
}

fn other_key() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/throwaway-rsa-2048-b.pkcs1.pem");
    std::fs::read_to_string(path).expect("the fixture is in the repository")
}

#[tokio::test]
async fn a_removed_foreign_key_leaves_the_radar() {
    let enrolled = with_foreign_key(Era::V4).await;
    let mint = &enrolled.setup.mint;
    mint.refresh_expiry().await.expect("the catalogue answers");
    mint.remove_server_credential(enrolled.user, None, PrivateKey, FOREIGN, None).await.expect("nobody needs it");
    assert!(mint.radar().await.expect("the catalogue answers").foreign.is_empty());
}

#[tokio::test]
async fn what_the_server_no_longer_lists_is_pointed_out() {
    let enrolled = Enrolled::at(Era::V4).await;
    let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
    let id = enrolled.start(&RotationRequest { grace_seconds: 60, ..enrolled.request() }).await;
    enrolled.go_on(id).await.expect("it works");
    enrolled.issuer.remove_key(USER_ID, KEY_ID);
    let listed = enrolled.setup.mint.server_credentials(enrolled.user, Some(admin), PrivateKey).await.expect("it may");
    assert_eq!((listed.credentials.len(), listed.unlisted.len()), (1, 1));
}

/// A token that was imported comes without its id, so any that the server lists may be it.
#[tokio::test]
async fn a_held_token_whose_id_is_not_known_is_not_taken_for_somebody_elses() {
    for key_works in [false, true] {
        let enrolled = Enrolled::at(Era::V4).await;
        let mint = &enrolled.setup.mint;
        let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
        let mut user = enrolled.issuer.users().into_iter().find(|user| user.user_id == USER_ID).expect("it is there");
        user.tokens = vec![RegisteredToken::new("700", "the-text-of-a-token")];
        enrolled.issuer.add_user(user);
        let review = mint.review_secret(PersonalToken, &Secret::new("the-text-of-a-token".into()), Source::Form).await;
        let request = ImportRequest {
            user_id: Some(USER_ID.into()),
            ..ImportRequest::of(review.expect("it is one").id, enrolled.environment.id)
        };
        assert_eq!(mint.import(&request).await.expect("the import works").service_user, enrolled.user);
        assert!(enrolled.mints().await, "with the key");
        if !key_works {
            enrolled.issuer.remove_key(USER_ID, KEY_ID);
        }
        let removed = mint.remove_server_credential(enrolled.user, Some(admin), PersonalToken, "700", None).await;
        match key_works {
            true => removed.expect("the key works"),
            false => {
                assert_eq!(removed.expect_err("nothing else works").code(), "last-credential");
                let named =
                    mint.remove_server_credential(enrolled.user, Some(admin), PersonalToken, "700", Some("700"));
                named.await.expect("it was asked for by name");
            }
        }
        let users = enrolled.issuer.users();
        assert!(users.iter().all(|user| user.tokens.is_empty()), "it is gone there");
    }
}

/// That it worked once says nothing: somebody may have removed it in the console.
#[tokio::test]
async fn a_credential_that_the_server_no_longer_has_is_no_reason_to_remove_the_last_one() {
    let enrolled = Enrolled::at(Era::V4).await;
    let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
    let id = enrolled.start(&RotationRequest { adds: Some(PrivateKey), ..enrolled.request() }).await;
    let second = enrolled.go_on(id).await.expect("it works").rotation.new_key_id.expect("it has an id");
    assert!(enrolled.mints().await);
    enrolled.issuer.remove_key(USER_ID, &second);
    let mint = &enrolled.setup.mint;
    let refused = mint.remove_server_credential(enrolled.user, Some(admin), PrivateKey, KEY_ID, None).await;
    assert_eq!(refused.expect_err("nothing else works").code(), "last-credential");
    assert_eq!(enrolled.keys(), [KEY_ID]);
}
