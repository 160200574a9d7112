//! Frontier's journeys beyond the token, in its three dialects: who am I, keys and secrets through its API.

#[path = "support/world.rs"]
#[expect(dead_code, reason = "each test program uses a part of what they share")]
mod world;

#[path = "providers/actor.rs"]
#[expect(dead_code, reason = "each test program uses a part of what they share")]
mod actor;
#[path = "providers/files.rs"]
#[expect(dead_code, reason = "each test program uses a part of what they share")]
mod files;

#[path = "frontier/checking.rs"]
mod checking;
#[path = "frontier/clocks.rs"]
mod clocks;
#[path = "frontier/closed_keys.rs"]
mod closed_keys;
#[path = "frontier/expected_issuer.rs"]
mod expected_issuer;
#[path = "support/fault_server.rs"]
#[expect(dead_code, reason = "each test program uses a part of what they share")]
mod fault_server;
#[path = "frontier/refused_keys.rs"]
mod refused_keys;
#[path = "frontier/subjects.rs"]
mod subjects;

use actor::{Actor, ORG_ID, Stage, act};
use mintage_core::copy_form::CopyForm;
use mintage_core::credential::{Credential, CredentialKind, CredentialState};
use mintage_core::mint::{Ask, ImportRequest, KeyComparison, ProvisionRequest};
use mintage_core::service_user::ServiceUserId;
use mintage_demo_issuer::{RegisteredToken, System};

fn dialects() -> Vec<Actor> {
    vec![
        Actor::with_key("shield", System::FrontierRest, files::FRONTIER),
        Actor::with_key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID),
        Actor::with_key("frontier-connect", System::FrontierConnect, files::FRONTIER).with("orgId", ORG_ID),
    ]
}

async fn credentials(stage: &Stage, id: ServiceUserId) -> Vec<Credential> {
    stage.world.mint.service_user(id).await.expect("it is there").credentials
}

#[tokio::test(flavor = "multi_thread")]
async fn who_am_i_is_answered_with_the_token_or_where_that_is_unknown_with_the_credential() {
    for actor in dialects() {
        let stage = act(&actor).await;
        stage.world.mint.token(stage.id, Ask::default()).await.expect("a token is minted");
        let userinfo = stage.world.mint.userinfo(stage.id).await;
        let userinfo = userinfo.unwrap_or_else(|error| panic!("{}: {}", actor.name(), error.problem().report));
        assert_eq!(userinfo.subject_matches, Some(true), "{}: {}", actor.name(), userinfo.json);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_makes_compares_and_removes_keys_and_secrets() {
    for actor in dialects() {
        let name = actor.name();
        let stage = act(&actor).await;
        stage.make_administrator();
        let mint = &stage.world.mint;
        for kind in [CredentialKind::PrivateKey, CredentialKind::ClientSecret] {
            let request =
                ProvisionRequest { service_user: stage.id, by: stage.id, kind, title: "made by Mintage".into() };
            let made = mint.provision(&request).await;
            let made = made.unwrap_or_else(|error| panic!("{name} {kind:?}: {}", error.problem().report));
            let stored = credentials(&stage, stage.id).await;
            let stored = stored.iter().find(|credential| credential.id == made.credential).expect("it is stored");
            assert_eq!((stored.kind, stored.state), (kind, CredentialState::Active), "{name}");

            // What was made is good for a token.
            mint.make_default(stage.id, made.credential).await.expect("it is there");
            let ask = Ask { fresh: true, ..Ask::default() };
            mint.token(stage.id, ask)
                .await
                .unwrap_or_else(|error| panic!("{name} {kind:?}: {}", error.problem().report));

            if kind == CredentialKind::PrivateKey {
                let compared = mint.compare_key(made.credential, stage.id).await;
                let compared = compared.unwrap_or_else(|error| panic!("{name}: {}", error.problem().report));
                assert_eq!(compared, KeyComparison::Same, "{name}");
            }
            let first =
                credentials(&stage, stage.id).await.iter().find(|other| other.id != made.credential).map(|c| c.id);
            mint.make_default(stage.id, first.expect("the imported one is still there")).await.expect("it is there");
            mint.unprovision(made.credential, stage.id).await.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(credentials(&stage, stage.id).await.iter().all(|other| other.id != made.credential), "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_no_administrator_is_told_so_and_nothing_is_stored() {
    for actor in dialects() {
        let stage = act(&actor).await;
        let request = ProvisionRequest {
            service_user: stage.id,
            by: stage.id,
            kind: CredentialKind::PrivateKey,
            title: String::new(),
        };
        let refused = stage.world.mint.provision(&request).await.map(|_| ()).expect_err(&actor.name());
        assert_eq!(refused.code(), "refused", "{}: {refused}", actor.name());
        assert_eq!(credentials(&stage, stage.id).await.len(), 1, "{}", actor.name());
    }
}

/// `base64("token-id-1:opaque-frontier-token-4711")`, written down beforehand.
const OPAQUE_BASIC: &str = "Authorization: Basic dG9rZW4taWQtMTpvcGFxdWUtZnJvbnRpZXItdG9rZW4tNDcxMQ==";

#[tokio::test(flavor = "multi_thread")]
async fn an_opaque_token_is_sent_as_basic_and_never_exchanged() {
    for actor in dialects() {
        let name = actor.name();
        let stage = act(&actor).await;
        let mint = &stage.world.mint;
        let mut user = stage.issuer.users().into_iter().find(|user| !user.keys.is_empty()).expect("it has a key");
        user.tokens.push(RegisteredToken::new("token-id-1", "opaque-frontier-token-4711"));
        let user_id = user.user_id.clone();
        stage.issuer.add_user(user);

        // The answer of `POST …/tokens`, as its API gives it.
        let file = r#"{"token":{"id":"token-id-1","title":"laptop","token":"opaque-frontier-token-4711","created_at":"2026-10-01T08:00:00Z"}}"#;
        let review = stage.world.review(file).await;
        let facts = review.facts.expect("it is read");
        assert_eq!(facts.kind, CredentialKind::PersonalToken, "{name}");
        let request = ImportRequest {
            name: "laptop".into(),
            user_id: Some(user_id.clone()),
            ..ImportRequest::of(review.id, mint.service_user(stage.id).await.expect("it is there").environment.id)
        };
        let imported = mint.import(&request).await.unwrap_or_else(|error| panic!("{name}: {}", error.problem().report));
        mint.make_default(imported.service_user, imported.credential).await.expect("it is there");
        let asked_before = stage.issuer.requests().len();
        let (header, _) = mint.copy(imported.service_user, CopyForm::Header, Ask::default()).await.expect("copied");
        assert_eq!(header.expose(), OPAQUE_BASIC, "{name}");
        let (json, _) = mint.copy(imported.service_user, CopyForm::Json, Ask::default()).await.expect("copied");
        assert!(json.expose().contains(r#""id":"token-id-1","token_type":"Basic""#), "{name}");
        let (curl, _) = mint.copy(imported.service_user, CopyForm::Curl, Ask::default()).await.expect("copied");
        let posts = curl.expose().contains("-H 'Content-Type: application/json' -d '{}'");
        assert_eq!(posts, name.starts_with("frontier-connect"), "{name}: {}", curl.expose());
        assert!(curl.expose().contains(OPAQUE_BASIC), "{name}");
        assert_eq!(stage.issuer.requests().len(), asked_before, "{name}: nothing was exchanged");

        let userinfo = mint.userinfo(imported.service_user).await;
        let userinfo = userinfo.unwrap_or_else(|error| panic!("{name}: {}", error.problem().report));
        // The token itself names nobody whom the answer could be compared with.
        assert_eq!(userinfo.subject_matches, None, "{name}");
        assert!(userinfo.json.contains(&user_id), "{name}: {}", userinfo.json);
        let asked = stage.issuer.requests();
        let asked = asked.last().and_then(|request| request.header("authorization")).expect("it said who asks");
        assert_eq!(format!("Authorization: {asked}"), OPAQUE_BASIC, "{name}");
    }
}
