//! Frontier's journeys beyond the token, in its three dialects: who am I, keys and secrets through its API.

mod checking;
mod clocks;
mod closed_keys;
mod expected_issuer;
mod refused_keys;
mod subjects;

use crate::providers::account::{Account, Enrolled, ORG_ID, enrol};
use crate::providers::files;
use mintage_core::copy_form::CopyForm;
use mintage_core::credential::{Credential, CredentialKind, CredentialState};
use mintage_core::ids::ServiceUserId;
use mintage_core::mint::{Ask, ImportRequest, KeyComparison, ProvisionRequest, RotationRequest};
use mintage_testbed::issuer::{RegisteredToken, System};

fn dialects() -> Vec<Account> {
    vec![
        Account::with_key("shield", System::FrontierRest, files::FRONTIER),
        Account::with_key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID),
        Account::with_key("frontier-connect", System::FrontierConnect, files::FRONTIER).with("orgId", ORG_ID),
    ]
}

async fn credentials(enrolled: &Enrolled, id: ServiceUserId) -> Vec<Credential> {
    enrolled.setup.mint.service_user(id).await.expect("it is there").credentials
}

#[tokio::test(flavor = "multi_thread")]
async fn who_am_i_is_answered_with_the_token_or_where_that_is_unknown_with_the_credential() {
    for account in dialects() {
        let enrolled = enrol(&account).await;
        enrolled.setup.mint.token(enrolled.id, Ask::default()).await.expect("a token is minted");
        let userinfo = enrolled.setup.mint.userinfo(enrolled.id).await;
        let userinfo = userinfo.unwrap_or_else(|error| panic!("{}: {}", account.name(), error.problem().report));
        assert_eq!(userinfo.subject_matches, Some(true), "{}: {}", account.name(), userinfo.json);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_makes_compares_and_removes_keys_and_secrets() {
    for account in dialects() {
        let name = account.name();
        let enrolled = enrol(&account).await;
        enrolled.make_administrator();
        let mint = &enrolled.setup.mint;
        for kind in [CredentialKind::PrivateKey, CredentialKind::ClientSecret] {
            let request =
                ProvisionRequest { service_user: enrolled.id, by: enrolled.id, kind, title: "made by Mintage".into() };
            let made = mint.provision(&request).await;
            let made = made.unwrap_or_else(|error| panic!("{name} {kind:?}: {}", error.problem().report));
            let stored = credentials(&enrolled, enrolled.id).await;
            let stored = stored.iter().find(|credential| credential.id == made.credential).expect("it is stored");
            assert_eq!((stored.kind, stored.state), (kind, CredentialState::Active), "{name}");

            // What was created can get a token.
            mint.make_default(enrolled.id, made.credential).await.expect("it is there");
            let ask = Ask { fresh: true, ..Ask::default() };
            mint.token(enrolled.id, ask)
                .await
                .unwrap_or_else(|error| panic!("{name} {kind:?}: {}", error.problem().report));

            if kind == CredentialKind::PrivateKey {
                let compared = mint.compare_key(made.credential, enrolled.id).await;
                let compared = compared.unwrap_or_else(|error| panic!("{name}: {}", error.problem().report));
                assert_eq!(compared, KeyComparison::Same, "{name}");
            }
            let first = credentials(&enrolled, enrolled.id)
                .await
                .iter()
                .find(|other| other.id != made.credential)
                .map(|c| c.id);
            mint.make_default(enrolled.id, first.expect("the imported one is still there")).await.expect("it is there");
            mint.unprovision(made.credential, enrolled.id, None)
                .await
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(
                credentials(&enrolled, enrolled.id).await.iter().all(|other| other.id != made.credential),
                "{name}"
            );
        }
    }
}

/// The server says 200 to removing what it doesn't have, so the guard is ours.
#[tokio::test(flavor = "multi_thread")]
async fn the_last_key_is_removed_at_the_server_only_by_its_id() {
    for account in dialects() {
        let (name, enrolled) = (account.name(), enrol(&account).await);
        let admin = enrolled.administrator().await;
        let mint = &enrolled.setup.mint;
        let last = credentials(&enrolled, enrolled.id).await.remove(0);
        let refused = mint.unprovision(last.id, admin, None).await.expect_err("it is the last one");
        assert_eq!((refused.code(), enrolled.keys()), ("last-credential", 1), "{name}: {refused}");
        mint.unprovision(last.id, admin, Some(last.shown_id())).await.expect("it was asked for by name");
        assert_eq!((credentials(&enrolled, enrolled.id).await.len(), enrolled.keys()), (0, 0), "{name}");
    }
}

/// Secrets and tokens are in one table there; what is held here tells them apart.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_made_proven_and_replaced_and_is_not_taken_for_a_secret() {
    for account in dialects() {
        let (name, enrolled) = (account.name(), enrol(&account).await);
        let by = Some(enrolled.administrator().await);
        let mint = &enrolled.setup.mint;
        let token = CredentialKind::PersonalToken;
        let mut request = RotationRequest { adds: Some(token), by, ..RotationRequest::of(enrolled.id) };
        for _ in 0..2 {
            let id = mint.start_rotation(&request).await.expect("it may").rotation.id;
            let done = mint.continue_rotation(id, &|_| {}).await;
            let done = done.unwrap_or_else(|error| panic!("{name}: {}", error.problem().report)).rotation;
            assert!(done.succeeded(), "{name}: {done:?}");
            let made = done.new_key_id.expect("it has an id");
            assert_eq!(enrolled.tokens(), std::slice::from_ref(&made), "{name}");
            for (kind, expected) in [(token, true), (CredentialKind::ClientSecret, false)] {
                let listed = mint.server_credentials(enrolled.id, by, kind).await.expect("it may");
                let shown = listed.credentials.iter().any(|one| one.id == made && one.credential == done.new);
                assert_eq!(shown, expected, "{name}: {kind:?}");
                assert!(!listed.credentials.iter().any(|one| one.id == made && !expected), "{name}: {kind:?}");
            }
            request = RotationRequest { credential: done.new, adds: None, ..request };
        }
        let tried = mint.try_credential(request.credential.expect("it was made"), Ask::default(), false).await;
        assert!(tried.is_ok(), "{name}: {tried:?}");
    }
}

/// Nothing in a list says which of the two somebody else's is, so Mintage says neither; and it is on the radar once.
#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_a_secret_or_a_token_of_somebody_else_is_said_to_be_either() {
    const COLLEAGUES: &str = "colleagues-token";
    for account in dialects() {
        let (name, enrolled) = (account.name(), enrol(&account).await);
        let by = Some(enrolled.administrator().await);
        let mint = &enrolled.setup.mint;
        let mut user = enrolled.issuer.users().into_iter().find(|user| user.user_id == "acme-client").expect("known");
        user.tokens = vec![RegisteredToken::new(COLLEAGUES, "opaque")];
        enrolled.issuer.add_user(user);
        let (secret, token) = (CredentialKind::ClientSecret, CredentialKind::PersonalToken);
        for (kind, other) in [(secret, token), (token, secret)] {
            let listed = mint.server_credentials(enrolled.id, by, kind).await.expect("it may").credentials;
            let found = listed.iter().find(|one| one.id == COLLEAGUES).expect("each list has both");
            assert_eq!((found.kind, &found.may_be[..]), (kind, &[other][..]), "{name}");
        }
        let shown = async || {
            let foreign = mint.radar().await.expect("the catalogue answers").foreign;
            foreign.iter().filter(|row| row.credential.id == COLLEAGUES).count()
        };
        assert_eq!(shown().await, 1, "{name}");
        mint.remove_server_credential(enrolled.id, by, secret, COLLEAGUES, None).await.expect("nobody needs it");
        assert_eq!((shown().await, enrolled.tokens().len()), (0, 0), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_no_administrator_is_told_so_and_nothing_is_stored() {
    for account in dialects() {
        let enrolled = enrol(&account).await;
        let request = ProvisionRequest {
            service_user: enrolled.id,
            by: enrolled.id,
            kind: CredentialKind::PrivateKey,
            title: String::new(),
        };
        let refused = enrolled.setup.mint.provision(&request).await.map(|_| ()).expect_err(&account.name());
        assert_eq!(refused.code(), "refused", "{}: {refused}", account.name());
        assert_eq!(credentials(&enrolled, enrolled.id).await.len(), 1, "{}", account.name());
    }
}

/// `base64("token-id-1:opaque-frontier-token-4711")`, computed beforehand.
const OPAQUE_BASIC: &str = "Authorization: Basic dG9rZW4taWQtMTpvcGFxdWUtZnJvbnRpZXItdG9rZW4tNDcxMQ==";

#[tokio::test(flavor = "multi_thread")]
async fn an_opaque_token_is_sent_as_basic_and_never_exchanged() {
    for account in dialects() {
        let name = account.name();
        let enrolled = enrol(&account).await;
        let mint = &enrolled.setup.mint;
        let mut user = enrolled.issuer.users().into_iter().find(|user| !user.keys.is_empty()).expect("it has a key");
        user.tokens.push(RegisteredToken::new("token-id-1", "opaque-frontier-token-4711"));
        let user_id = user.user_id.clone();
        enrolled.issuer.add_user(user);

        // The response of `POST …/tokens`, as its API returns it.
        let file = r#"{"token":{"id":"token-id-1","title":"laptop","token":"opaque-frontier-token-4711","created_at":"2026-10-01T08:00:00Z"}}"#;
        let review = enrolled.setup.review(file).await;
        let facts = review.facts.expect("it is read");
        assert_eq!(facts.kind, CredentialKind::PersonalToken, "{name}");
        let request = ImportRequest {
            name: "laptop".into(),
            user_id: Some(user_id.clone()),
            ..ImportRequest::of(review.id, mint.service_user(enrolled.id).await.expect("it is there").environment.id)
        };
        let imported = mint.import(&request).await.unwrap_or_else(|error| panic!("{name}: {}", error.problem().report));
        mint.make_default(imported.service_user, imported.credential).await.expect("it is there");
        let asked_before = enrolled.issuer.requests().len();
        let (header, _) = mint.copy(imported.service_user, CopyForm::Header, Ask::default()).await.expect("copied");
        assert_eq!(header.expose(), OPAQUE_BASIC, "{name}");
        let (json, _) = mint.copy(imported.service_user, CopyForm::Json, Ask::default()).await.expect("copied");
        assert!(json.expose().contains(r#""id":"token-id-1","token_type":"Basic""#), "{name}");
        let (curl, _) = mint.copy(imported.service_user, CopyForm::Curl, Ask::default()).await.expect("copied");
        let posts = curl.expose().contains("-H 'Content-Type: application/json' -d '{}'");
        assert_eq!(posts, name.starts_with("frontier-connect"), "{name}: {}", curl.expose());
        assert!(curl.expose().contains(OPAQUE_BASIC), "{name}");
        assert_eq!(enrolled.issuer.requests().len(), asked_before, "{name}: nothing was exchanged");

        let userinfo = mint.userinfo(imported.service_user).await;
        let userinfo = userinfo.unwrap_or_else(|error| panic!("{name}: {}", error.problem().report));
        // The token itself has no subject to compare the response with.
        assert_eq!(userinfo.subject_matches, None, "{name}");
        assert!(userinfo.json.contains(&user_id), "{name}: {}", userinfo.json);
        let asked = enrolled.issuer.requests();
        let asked = asked.last().and_then(|request| request.header("authorization")).expect("it said who asks");
        assert_eq!(format!("Authorization: {asked}"), OPAQUE_BASIC, "{name}");
    }
}
