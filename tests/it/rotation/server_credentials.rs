//! The keys **at the server**: those that Mintage holds, and those that it doesn't.

use mintage_core::credential::CredentialKind::{PersonalToken, PrivateKey};
use mintage_core::credential::Source;
use mintage_core::mint::{ImportRequest, RotationRequest};
use mintage_core::secret::Secret;
use mintage_testbed::issuer::{Era, Membership, RegisteredKey, RegisteredToken};
use mintage_testbed::setup::{KEY_ID, NOON, USER_ID, fixture_key, key_file};
use time::Duration;

use super::Scene;

const FOREIGN: &str = "100509901696068000";

async fn with_foreign_key(era: Era) -> Scene {
    let scene = Scene::at(era).await;
    let users = scene.issuer.users();
    let own = users.into_iter().find(|user| user.user_id == USER_ID).expect("it is there").keys.remove(0);
    let expires_at = Some(NOON - Duration::DAY);
    scene.issuer.add_key(USER_ID, RegisteredKey { key_id: FOREIGN.into(), expires_at, ..own.clone() });
    let expires_at = Some(NOON + Duration::days(20));
    scene.issuer.add_key(USER_ID, RegisteredKey { expires_at, ..own });
    scene
}

#[tokio::test]
async fn foreign_and_expired_keys_are_shown_and_the_expiry_is_learnt() {
    for era in [Era::V4, Era::V2_55] {
        let scene = with_foreign_key(era).await;
        let admin = scene.administrator(&[Membership::OrgUserManager]).await;
        let by = (era == Era::V2_55).then_some(admin);
        let listed = scene.setup.mint.server_credentials(scene.user, by, PrivateKey).await.expect("it may");
        let shown: Vec<_> =
            listed.credentials.iter().map(|one| (one.id.as_str(), one.credential.is_some(), one.expired)).collect();
        assert!(shown.contains(&(KEY_ID, true, false)) && shown.contains(&(FOREIGN, false, true)), "{shown:?}");
        assert!(listed.removable && listed.unlisted.is_empty());
        let radar = scene.setup.mint.radar().await.expect("the catalogue answers");
        assert_eq!(radar.expiring[0].expires_at, Some(NOON + Duration::days(20)));
    }
}

#[tokio::test]
async fn a_foreign_key_is_removed_and_the_last_own_one_only_by_name() {
    let scene = with_foreign_key(Era::V4).await;
    let remove = |id: &'static str, named: Option<&'static str>| {
        let mint = std::sync::Arc::clone(&scene.setup.mint);
        let user = scene.user;
        async move { mint.remove_server_credential(user, None, PrivateKey, id, named).await }
    };
    remove(FOREIGN, None).await.expect("nobody needs it");
    assert_eq!(scene.keys(), [KEY_ID]);
    let refused = remove(KEY_ID, None).await.expect_err("it is the last one");
    assert_eq!(refused.code(), "last-credential");
    let refused = remove(KEY_ID, Some("another")).await.expect_err("that isn't its name");
    assert_eq!(refused.code(), "last-credential");
    remove(KEY_ID, Some(KEY_ID)).await.expect("it was asked for by name");
    assert_eq!((scene.keys().len(), scene.held().await.len()), (0, 0));
}

/// What asking the servers found stays on the radar, with the time of asking, until it is removed or imported.
#[tokio::test]
async fn foreign_keys_are_on_the_radar_once_the_servers_were_asked() {
    let scene = with_foreign_key(Era::V4).await;
    let mint = &scene.setup.mint;
    let foreign = async || mint.radar().await.expect("the catalogue answers").foreign;
    assert!(foreign().await.is_empty(), "nobody asked");
    mint.refresh_expiry().await.expect("the catalogue answers");
    let found = foreign().await;
    let shown: Vec<_> = found.iter().map(|row| (row.credential.id.as_str(), row.listed_at, row.removable)).collect();
    assert_eq!(shown, [(FOREIGN, NOON, true)]);
    scene.setup.set_clock(NOON + Duration::DAY);
    assert_eq!(foreign().await, found, "it is remembered, and when that was");

    let review = scene
        .setup
        .review(&key_file(USER_ID, FOREIGN, "").replace(&one_line(&fixture_key()), &one_line(&other_key())))
        .await;
    let import = ImportRequest { name: String::new(), ..ImportRequest::of(review.id, scene.environment.id) };
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
    let scene = with_foreign_key(Era::V4).await;
    let mint = &scene.setup.mint;
    mint.refresh_expiry().await.expect("the catalogue answers");
    mint.remove_server_credential(scene.user, None, PrivateKey, FOREIGN, None).await.expect("nobody needs it");
    assert!(mint.radar().await.expect("the catalogue answers").foreign.is_empty());
}

#[tokio::test]
async fn what_the_server_no_longer_lists_is_pointed_out() {
    let scene = Scene::at(Era::V4).await;
    let admin = scene.administrator(&[Membership::OrgUserManager]).await;
    let id = scene.start(&RotationRequest { grace_seconds: 60, ..scene.request() }).await;
    scene.go_on(id).await.expect("it works");
    scene.issuer.remove_key(USER_ID, KEY_ID);
    let listed = scene.setup.mint.server_credentials(scene.user, Some(admin), PrivateKey).await.expect("it may");
    assert_eq!((listed.credentials.len(), listed.unlisted.len()), (1, 1));
}

/// A token that was imported comes without its id, so any that the server lists may be it.
#[tokio::test]
async fn a_held_token_whose_id_is_not_known_is_not_taken_for_somebody_elses() {
    for key_works in [false, true] {
        let scene = Scene::at(Era::V4).await;
        let mint = &scene.setup.mint;
        let admin = scene.administrator(&[Membership::OrgUserManager]).await;
        let mut user = scene.issuer.users().into_iter().find(|user| user.user_id == USER_ID).expect("it is there");
        user.tokens = vec![RegisteredToken::new("700", "the-text-of-a-token")];
        scene.issuer.add_user(user);
        let review = mint.review_secret(PersonalToken, &Secret::new("the-text-of-a-token".into()), Source::Form).await;
        let request = ImportRequest {
            user_id: Some(USER_ID.into()),
            ..ImportRequest::of(review.expect("it is one").id, scene.environment.id)
        };
        assert_eq!(mint.import(&request).await.expect("the import works").service_user, scene.user);
        assert!(scene.mints().await, "with the key");
        if !key_works {
            scene.issuer.remove_key(USER_ID, KEY_ID);
        }
        let removed = mint.remove_server_credential(scene.user, Some(admin), PersonalToken, "700", None).await;
        match key_works {
            true => removed.expect("the key works"),
            false => {
                assert_eq!(removed.expect_err("nothing else works").code(), "last-credential");
                let named = mint.remove_server_credential(scene.user, Some(admin), PersonalToken, "700", Some("700"));
                named.await.expect("it was asked for by name");
            }
        }
        let users = scene.issuer.users();
        assert!(users.iter().all(|user| user.tokens.is_empty()), "it is gone there");
    }
}

/// That it worked once says nothing: somebody may have removed it in the console.
#[tokio::test]
async fn a_credential_that_the_server_no_longer_has_is_no_reason_to_remove_the_last_one() {
    let scene = Scene::at(Era::V4).await;
    let admin = scene.administrator(&[Membership::OrgUserManager]).await;
    let id = scene.start(&RotationRequest { adds: Some(PrivateKey), ..scene.request() }).await;
    let second = scene.go_on(id).await.expect("it works").rotation.new_key_id.expect("it has an id");
    assert!(scene.mints().await);
    scene.issuer.remove_key(USER_ID, &second);
    let mint = &scene.setup.mint;
    let refused = mint.remove_server_credential(scene.user, Some(admin), PrivateKey, KEY_ID, None).await;
    assert_eq!(refused.expect_err("nothing else works").code(), "last-credential");
    assert_eq!(scene.keys(), [KEY_ID]);
}
