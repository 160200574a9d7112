//! Whole rotations at **every provider**, each against a server that is as strict as its documentation: the exact
//! requests, and that the new key works and the old one is gone.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use mintage_core::credential::CredentialKind;
use mintage_core::mint::{Ask, RotationRequest};
use mintage_core::rotation::Next;
use mintage_testbed::issuer::{DemoIssuer, Instead, Loss, System};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::providers::account::{Account, ORG_ID, enrol};
use crate::providers::files;

/// Each by whom it is done: by itself where the provider lets it, else by an administrator, which here is the service
/// user's own account with the right, where the provider doesn't forbid that.
pub(super) fn accounts() -> Vec<(Account, &'static str)> {
    let key = Account::with_key;
    let own = |account: Account| account;
    vec![
        (own(key("google", System::Google, files::GOOGLE).at_hand()), "itself"),
        (own(key("entra", System::Entra, files::CERTIFICATE)), "itself"),
        (own(key("okta", System::Okta, files::JWK).asking("okta.users.read")), "another"),
        (own(key("auth0", System::Auth0, files::PEM).with("apiIdentifier", "https://api.test")), "itself"),
        (own(key("keycloak", System::Keycloak, files::PEM).without_key_id().with("realm", "acme")), "itself"),
        (
            own(key("stackit", System::Stackit, files::STACKIT)
                .speaking_for("stackit-subject")
                .with("projectId", "project-1")),
            "itself",
        ),
        (own(key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID)), "another"),
        (own(key("frontier-connect", System::FrontierConnect, files::FRONTIER).with("orgId", ORG_ID)), "another"),
        (own(key("shield", System::FrontierRest, files::FRONTIER)), "another"),
    ]
}

/// The account at this provider.
pub(super) fn account_at(provider: &str) -> (Account, &'static str) {
    accounts().into_iter().find(|(account, _)| account.name().starts_with(provider)).expect("one is")
}

/// Requests of the API, with what differs from run to run replaced.
pub(super) fn calls(issuer: &DemoIssuer) -> String {
    let mut text = String::new();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for request in issuer.requests() {
        if ["token", "AuthToken"].iter().any(|end| request.path.ends_with(end)) || request.path.contains("well-known") {
            continue;
        }
        let body = match request.content_type.as_deref() {
            Some(multipart) if multipart.starts_with("multipart/") => parts_shown(multipart, &request.body),
            _ => body_shown(&request.body),
        };
        let path: Vec<String> = request.path.split('/').map(|part| shown(part, &mut names)).collect();
        let _ = writeln!(text, "{} {} {body}", request.method, path.join("/"));
    }
    text
}

/// Generated ids, by the order in which they occur.
fn shown(part: &str, names: &mut BTreeMap<String, String>) -> String {
    let generated =
        part.len() >= 16 && part.chars().any(|c| c.is_ascii_digit()) && !part.contains(['=', '?', '@', '.']);
    let (part, verb) = part.split_once(':').map_or((part, String::new()), |(part, verb)| (part, format!(":{verb}")));
    if !generated && !part.starts_with("kid") {
        return format!("{part}{verb}");
    }
    let next = format!("ID-{}", names.len() + 1);
    format!("{}{verb}", names.entry(part.to_owned()).or_insert(next))
}

/// Each part of a form (RFC 7578), without the key.
fn parts_shown(content_type: &str, body: &str) -> String {
    let (kind, boundary) = content_type.split_once("; boundary=").expect("it has one");
    let body = body.replace(boundary, "BOUNDARY").replace("\r\n", "\n  ");
    let (start, end) = ("-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----");
    let (before, rest) = body.split_once(start).expect("it has a key");
    let (_, after) = rest.split_once(end).expect("the key ends");
    format!("{kind}\n  {before}{start}…{end}{}", after.trim_end())
}

/// The members of a body, without the values that are generated.
fn body_shown(body: &str) -> String {
    let Ok(mut json) = serde_json::from_str::<serde_json::Value>(body) else {
        return body.lines().next().unwrap_or_default().to_owned();
    };
    shorten(&mut json);
    json.to_string()
}

fn shorten(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::String(text)
            if text.len() > 24 && !text.starts_with("iam.")
                || text.starts_with("Mintage ")
                || text.starts_with("cred_")
                // The new credential's expiry is unique to the second, so that it can be found by it.
                || OffsetDateTime::parse(text, &Rfc3339).is_ok() =>
        {
            *text = "…".to_owned();
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(shorten),
        serde_json::Value::Object(members) => {
            members.values_mut().for_each(shorten);
            // The server's.
            if let Some(id) = members.get_mut("keyId") {
                *id = "…".into();
            }
        }
        _ => {}
    }
}

#[tokio::test]
async fn a_key_is_replaced_at_every_provider_that_has_an_api_for_it() {
    let mut text = String::new();
    for (account, by) in accounts() {
        let name = account.name();
        let enrolled = enrol(&account).await;
        enrolled.make_administrator();
        enrolled.point_api_here().await;
        let mint = &enrolled.setup.mint;
        let by_another = if by == "another" { Some(enrolled.administrator().await) } else { None };
        let request = RotationRequest { by: by_another, confirmed: true, ..RotationRequest::of(enrolled.id) };
        let plan =
            mint.plan_rotation(&request).await.unwrap_or_else(|error| panic!("{name}: {}", error.problem().report));
        let started = mint.start_rotation(&request).await.expect("it was planned").rotation;
        let done = mint.continue_rotation(started.id, &|_| {}).await;
        let mut done = done.unwrap_or_else(|error| panic!("{name}: {}", error.problem().report));
        if done.next == Next::RemoveByHand {
            // An imported certificate's id at the server isn't known.
            mint.release_rotation(started.id, None).await.expect("it waits");
            done = mint.continue_rotation(started.id, &|_| {}).await.expect("it goes on");
            assert!(done.rotation.succeeded(), "{name}: {done:?}");
            // The one that Mintage made is removed there, too.
            enrolled.remove_first_key();
            let second = mint.start_rotation(&request).await.expect("it may again").rotation.id;
            done = mint.continue_rotation(second, &|_| {}).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        assert!(done.rotation.succeeded(), "{name}: {done:?}");
        let fresh = Ask { fresh: true, ..Ask::default() };
        mint.token(enrolled.id, fresh).await.unwrap_or_else(|error| panic!("{name}: {}", error.problem().report));
        let detail = mint.service_user(enrolled.id).await.expect("it is there");
        let keys = detail.credentials.iter().filter(|one| one.kind == CredentialKind::PrivateKey).count();
        assert_eq!(keys, 1, "{name}");
        let _ = writeln!(text, "# {name}: {:?}\n{}", plan.steps, calls(&enrolled.issuer));
    }
    insta::assert_snapshot!(text);
}

/// Clients whose secret is replaced, and whether they may never do it themselves.
fn clients() -> Vec<(Account, bool)> {
    let secret = Account::with_secret;
    vec![(secret("entra", System::Entra), false), (secret("okta", System::Okta).asking("okta.users.read"), true)]
}

#[tokio::test]
async fn a_client_secret_is_replaced_where_an_api_makes_them() {
    let mut text = String::new();
    for (account, never_itself) in clients() {
        let name = account.name();
        let enrolled = enrol(&account).await;
        enrolled.make_administrator();
        enrolled.point_api_here().await;
        let by = if never_itself { Some(enrolled.administrator().await) } else { None };
        let mint = &enrolled.setup.mint;
        // The imported one came without its id at the server.
        let first = mint.start_rotation(&RotationRequest { by, ..RotationRequest::of(enrolled.id) }).await;
        let first = first.unwrap_or_else(|error| panic!("{name}: {}", error.problem().report)).rotation.id;
        let done = mint.continue_rotation(first, &|_| {}).await;
        let done = done.unwrap_or_else(|error| panic!("{name}: {}", error.problem().report));
        assert_eq!(done.next, Next::RemoveByHand, "{name}");
        enrolled.remove_first_secret();
        mint.release_rotation(first, None).await.expect("it waits");
        let done = mint.continue_rotation(first, &|_| {}).await.expect("it goes on");
        assert!(done.rotation.succeeded(), "{name}");
        // The one that Mintage made is replaced from beginning to end.
        let plan = mint.plan_rotation(&RotationRequest { by, ..RotationRequest::of(enrolled.id) }).await;
        let plan = plan.unwrap_or_else(|error| panic!("{name}: {}", error.problem().report));
        let second = mint.start_rotation(&RotationRequest { by, ..RotationRequest::of(enrolled.id) }).await;
        let second = second.expect("it was planned").rotation.id;
        let done = mint.continue_rotation(second, &|_| {}).await;
        let done = done.unwrap_or_else(|error| panic!("{name}: {}", error.problem().report));
        assert!(done.rotation.succeeded(), "{name}: {done:?}");
        assert_eq!(enrolled.secrets(), 1, "{name}");
        mint.token(enrolled.id, Ask { fresh: true, ..Ask::default() }).await.unwrap_or_else(|_| panic!("{name}"));
        let _ = writeln!(text, "# {name}: {:?}\n{}", plan.steps, calls(&enrolled.issuer));
    }
    insta::assert_snapshot!(text);
}

/// Frontier's secrets and tokens, each made and then replaced.
#[tokio::test]
async fn secrets_and_tokens_are_replaced_at_each_dialect_of_frontier() {
    let mut text = String::new();
    for dialect in ["frontier-rest", "frontier-connect", "shield"] {
        for kind in [CredentialKind::ClientSecret, CredentialKind::PersonalToken] {
            let (account, _) = account_at(dialect);
            let enrolled = enrol(&account).await;
            let by = Some(enrolled.administrator().await);
            let mint = &enrolled.setup.mint;
            let mut request = RotationRequest { by, adds: Some(kind), ..RotationRequest::of(enrolled.id) };
            for _ in 0..2 {
                let id = mint.start_rotation(&request).await.expect("it may").rotation.id;
                let done =
                    mint.continue_rotation(id, &|_| {}).await.unwrap_or_else(|error| panic!("{dialect}: {error}"));
                assert!(done.rotation.succeeded(), "{dialect}: {done:?}");
                request = RotationRequest { adds: None, credential: done.rotation.new, ..request };
            }
            let _ = writeln!(text, "# {dialect} with a {}\n{}", kind.name(), calls(&enrolled.issuer));
        }
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn a_client_secret_whose_answer_was_lost_is_never_left_unseen() {
    // Okta gives a secret no title.
    for (account, shown) in clients() {
        let name = account.name();
        let enrolled = enrol(&account).await;
        enrolled.make_administrator();
        enrolled.point_api_here().await;
        let by = if shown { Some(enrolled.administrator().await) } else { None };
        let mint = &enrolled.setup.mint;
        let request = RotationRequest { by, ..RotationRequest::of(enrolled.id) };
        let id = mint.start_rotation(&request).await.expect("it may").rotation.id;
        let path_end = if shown { "/secrets" } else { "/addPassword" };
        let loss = Loss {
            method: "POST".into(),
            path_end: path_end.into(),
            done: true,
            after: 0,
            times: 1,
            instead: Instead::Cut,
        };
        enrolled.issuer.change_quirks(|quirks| quirks.losses = vec![loss]);
        mint.continue_rotation(id, &|_| {}).await.expect_err("the answer was lost");
        assert_eq!(enrolled.secrets(), 2, "{name}: the server has it");
        if shown {
            // Nothing identifies it, so a person is told, and removes it.
            let told = mint.continue_rotation(id, &|_| {}).await.expect_err("it may be somebody else's");
            assert_eq!(told.code(), "rotation-left-unknown", "{name}: {told}");
            enrolled.remove_last_secret();
        }
        let view = mint.continue_rotation(id, &|_| {}).await;
        let view = view.unwrap_or_else(|error| panic!("{name}: {}", error.problem().report));
        assert_eq!((view.next, enrolled.secrets()), (Next::RemoveByHand, 2), "{name}");
    }
}

#[tokio::test]
async fn a_client_without_the_right_hears_the_role_that_has_it() {
    for (account, itself_never) in clients() {
        let name = account.name();
        let enrolled = enrol(&account).await;
        enrolled.point_api_here().await;
        let refused = enrolled.setup.mint.start_rotation(&RotationRequest::of(enrolled.id)).await;
        let refused = refused.expect_err("it has no right").problem();
        let expected = if itself_never { "rotation-not-itself" } else { "rotation-not-allowed" };
        assert_eq!(refused.code, expected, "{name}: {}", refused.report);
        assert_eq!(enrolled.secrets(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_missing_right_is_told_at_every_provider() {
    for (account, by) in accounts() {
        let name = account.name();
        // An Entra app needs none.
        if name.starts_with("entra") {
            continue;
        }
        let enrolled = enrol(&account).await;
        enrolled.point_api_here().await;
        let request = RotationRequest { confirmed: true, ..RotationRequest::of(enrolled.id) };
        let refused = enrolled.setup.mint.start_rotation(&request).await.expect_err("it has no right").problem();
        let never_itself = name.starts_with("okta");
        assert_eq!(by == "another" && !never_itself, name.starts_with("frontier") || name.starts_with("shield"));
        let expected = if never_itself { "rotation-not-itself" } else { "rotation-not-allowed" };
        assert_eq!(refused.code, expected, "{name}: {}", refused.report);
        let detail = enrolled.setup.mint.service_user(enrolled.id).await.expect("it is there");
        assert_eq!(detail.credentials.len(), 1, "{name}: nothing was made");
    }
}
