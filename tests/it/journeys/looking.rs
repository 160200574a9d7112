//! Inspecting tokens and past actions: two tokens compared, an issuer that is only named, and the record searched and
//! exported.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mintage_core::activity::{Action, ActivityFilter, ExportForm, Outcome};
use mintage_core::claims::Change;
use mintage_core::environment::{EnvironmentDraft, Tier};
use mintage_core::mint::{Ask, NamedIssuer, TokenSource};
use mintage_core::provider::ProviderId;
use mintage_core::secret::Secret;
use mintage_core::service_user::ServiceUserDraft;
use mintage_core::verify::Verdict;
use mintage_testbed::issuer::{DemoIssuer, TokenForm};

use crate::journeys::{FRESH, KEY_ID, USER_ID};
use mintage_testbed::setup::{Setup, enrolled};

const ROLES: &str = "urn:zitadel:iam:org:project:roles";

fn named(issuer: &str) -> NamedIssuer {
    NamedIssuer { issuer: issuer.to_owned(), confirmed_hosts: Vec::new() }
}

fn pasted(text: &str) -> TokenSource {
    TokenSource::Pasted(Secret::new(text.to_owned()))
}

/// A token with a signature of nobody's.
fn jwt(payload: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.c2ln", part(r#"{"alg":"RS256"}"#), part(payload))
}

fn asked_for_keys(issuer: &DemoIssuer) -> usize {
    issuer.requests().iter().filter(|request| request.path.ends_with("/keys")).count()
}

#[tokio::test]
async fn the_scope_that_was_added_is_what_two_tokens_differ_in() {
    let (setup, _issuer, _, id) = enrolled(Tier::Development, TokenForm::Jwt).await;
    setup.mint.token(id, Ask::default()).await.expect("a token is minted");
    let before = setup.mint.reveal(id).await.expect("it is in memory");

    let user = setup.mint.service_user(id).await.expect("it is there").service_user;
    let mut scopes = user.settings.scopes.clone();
    scopes.push("urn:zitadel:iam:org:project:id:221440129785921540:aud".to_owned());
    let draft = ServiceUserDraft { scopes, ..user.settings };
    setup.save_service_user(id, draft).await.expect("it is edited");
    setup.mint.token(id, FRESH).await.expect("another is minted");

    let found = setup.mint.compare(TokenSource::Pasted(before), TokenSource::Minted(id)).await.expect("both are there");
    assert_eq!((found.before, found.after), (None, None));
    let payload = found.difference.expect("both are JWTs").payload;
    let of = |name: &str| payload.iter().find(|claim| claim.name == name).expect("both have it");
    assert_eq!((of("iss").change, of("sub").change), (Change::Same, Change::Same));
    let audience = of("aud");
    assert_eq!((audience.change, audience.passing), (Change::Changed, false));
    let added: Vec<&str> = audience
        .members
        .iter()
        .filter(|member| member.change == Change::Added)
        .map(|member| member.name.as_str())
        .collect();
    assert_eq!(added, ["221440129785921540"]);
    assert!(of("jti").passing && of("jti").change == Change::Changed);
}

#[tokio::test]
async fn what_cannot_be_compared_is_a_finding_with_its_side() {
    let (setup, _issuer, _, id) = enrolled(Tier::Development, TokenForm::Opaque).await;
    let none = setup.mint.compare(pasted("no token here"), TokenSource::Minted(id)).await.expect("a finding");
    assert_eq!(none.before.expect("there is none").code, "token-not-found");
    assert_eq!(none.after.expect("none was minted").code, "no-token");
    assert!(none.difference.is_none());
    setup.mint.token(id, Ask::default()).await.expect("a token is minted");
    let opaque = setup.mint.compare(pasted("no token here"), TokenSource::Minted(id)).await.expect("a finding");
    assert_eq!(opaque.after.expect("it is opaque").code, "token-opaque");
}

#[tokio::test]
async fn a_token_is_verified_against_an_issuer_that_is_only_named_and_its_keys_are_fetched_once() {
    let (setup, issuer, _, id) = enrolled(Tier::Development, TokenForm::Jwt).await;
    setup.mint.token(id, Ask::default()).await.expect("a token is minted");
    let token = setup.mint.reveal(id).await.expect("it is in memory");
    let header = format!("Authorization: Bearer {}", token.expose());

    // The token names its issuer; that alone sends nothing anywhere.
    let before = issuer.requests().len();
    let read = setup.mint.inspect_text(&header, None).await.expect("it is read");
    assert!(read.verification.is_none() && read.claims.is_some());
    assert_eq!(issuer.requests().len(), before);

    for _ in 0..2 {
        let found = setup.mint.inspect_at(pasted(&header), &named(issuer.issuer())).await.expect("it is checked");
        assert_eq!(found.verification.expect("it was checked").verdict, Verdict::Valid);
    }
    assert_eq!(asked_for_keys(&issuer), 1);
    assert!(!issuer.requests().iter().any(|request| request.form.iter().any(|(_, value)| value == token.expose())));
    assert_eq!(setup.mint.environments().await.expect("the list works").len(), 1, "it was not added");

    let other = setup.issuer().await;
    let found = setup.mint.inspect_at(pasted(&header), &named(other.issuer())).await.expect("it is checked");
    assert!(!matches!(found.verification.expect("it was checked").verdict, Verdict::Valid));
}

#[tokio::test]
async fn a_token_names_the_environment_whose_issuer_is_written_the_same_or_else_differs_by_a_slash() {
    let setup = Setup::new().await;
    let mut ids = Vec::new();
    for issuer in ["https://a.example/", "https://a.example", "https://b.example/"] {
        let draft = EnvironmentDraft::new(issuer, ProviderId("generic".into()), Tier::Staging, issuer);
        ids.push(setup.mint.add_environment(draft, false).await.expect("it is added").id);
    }
    let cases = [
        (r#"{"iss":"https://a.example/"}"#, Some(ids[0])),
        (r#"{"iss":"https://a.example"}"#, Some(ids[1])),
        (r#"{"iss":"https://b.example"}"#, Some(ids[2])),
        (r#"{"iss":"https://b.example/realm"}"#, None),
        (r#"{"sub":"https://a.example"}"#, None),
    ];
    for (payload, expected) in cases {
        let read = setup.mint.inspect_text(&jwt(payload), None).await.expect("it is read");
        assert_eq!(read.named_environment, expected, "{payload}");
    }
}

#[tokio::test]
async fn an_issuer_that_cannot_be_one_or_cannot_be_had_is_explained() {
    let setup = Setup::new().await;
    let error =
        setup.mint.inspect_at(pasted("a.b.c"), &named("http://auth.example.com")).await.expect_err("plain http");
    assert_eq!(error.code(), "issuer-invalid");
    let token = "eyJhbGciOiJSUzI1NiJ9.e30.c2ln";
    let found = setup.mint.inspect_at(pasted(token), &named("http://127.0.0.1:1")).await.expect("a finding");
    assert_eq!(found.unchecked.expect("nothing listens there").code, "unreachable");
    assert_eq!(found.unconfirmed_host, None);
}

#[tokio::test]
async fn roles_are_laid_open_though_no_environment_is_named() {
    let token = jwt(&format!(r#"{{"{ROLES}":{{"admin":{{"77":"acme.example"}}}},"client_id":"x"}}"#));
    let setup = Setup::new().await;
    let claims = setup.mint.inspect_text(&token, None).await.expect("it is read").claims.expect("it is a JWT");
    assert_eq!(claims.payload[0].entries[0].name, "admin");
    // A short name may mean anything if no provider was named.
    assert_eq!(claims.payload[1].meaning.as_deref(), Some("the client the token was issued to"));
}

#[tokio::test]
async fn the_record_is_searched_and_exported_without_any_secret() {
    let (setup, issuer, _, id) = enrolled(Tier::Development, TokenForm::Jwt).await;
    setup.mint.token(id, Ask::default()).await.expect("a token is minted");
    for _ in 0..3 {
        setup.mint.inspect(id).await.expect("it is inspected");
    }
    assert!(issuer.remove_key(USER_ID, KEY_ID));
    setup.mint.token(id, FRESH).await.expect_err("the key is gone");

    let all = setup.mint.find_activity(&ActivityFilter::default()).await.expect("it is kept");
    let actions: Vec<Action> = all.entries.iter().map(|entry| entry.action).collect();
    assert_eq!(
        actions,
        [Action::Mint, Action::Inspect, Action::Mint, Action::Import],
        "a token is noted once as inspected"
    );
    assert_eq!((all.found, all.kept), (4, 4));
    assert_eq!((all.entries[1].detail.as_str(), all.entries[2].detail.as_str()), ("verified", "valid for 11 h 59 min"));

    let failed = ActivityFilter { outcome: Some(Outcome::Failed), ..ActivityFilter::default() };
    let found = setup.mint.find_activity(&failed).await.expect("it is kept");
    assert_eq!((found.found, found.kept), (1, 4));
    let token = setup.mint.reveal(id).await.expect("the first is still in memory");
    for form in [ExportForm::Csv, ExportForm::Json] {
        let text = setup.mint.export_activity(&ActivityFilter::default(), form).await.expect("it is written");
        assert!(text.contains("deploy-bot") && text.contains("valid for 11 h 59 min"));
        let signature = token.expose().rsplit('.').next().expect("a JWT ends with its signature");
        assert!(!text.contains(signature) && !text.contains("BEGIN"));
        let few = setup.mint.export_activity(&failed, form).await.expect("it is written");
        assert!(few.len() < text.len() && few.contains("mint"));
    }
}
