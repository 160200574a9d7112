//! A key set that the server shows only to authenticated callers: what authenticates, and what happens if nothing does.

use mintage_core::copy_form::CopyForm;
use mintage_core::credential::{CredentialKind, Source};
use mintage_core::environment::{EnvironmentDraft, Tier};
use mintage_core::ids::ServiceUserId;
use mintage_core::mint::{Ask, ImportRequest, Inspection, KeyReader, KeyReaderAuthentication};
use mintage_core::secret::Secret;
use mintage_core::verify::Verdict;
use mintage_testbed::issuer::{RegisteredSecret, RegisteredToken, System, User, UserState};
use time::Duration;

use crate::providers::account::{Account, Enrolled, ORG_ID, enrol};
use crate::providers::files;
use mintage_testbed::setup::{NOON, draft};

fn with_key() -> Account {
    Account::with_key("frontier-connect", System::FrontierConnect, files::FRONTIER).with("orgId", ORG_ID)
}

fn with_secret() -> Account {
    Account::with_secret("frontier-connect", System::FrontierConnect).with("orgId", ORG_ID)
}

/// A token of this enrolled's service user as somebody else would paste it: none is in memory any more.
async fn pasted(enrolled: &Enrolled) -> String {
    let mint = &enrolled.setup.mint;
    let (token, _) = mint.copy(enrolled.id, CopyForm::Token, Ask::default()).await.expect("a token is minted");
    mint.drop_token(enrolled.id);
    token.expose().to_owned()
}

async fn verified(enrolled: &Enrolled, token: &str) -> Inspection {
    let environment = enrolled.setup.mint.service_user(enrolled.id).await.expect("it is there").environment.id;
    enrolled.setup.mint.inspect_text(token, Some(environment)).await.expect("it holds a token")
}

fn proof(inspection: &Inspection) -> Option<(&str, KeyReaderAuthentication)> {
    let KeyReader { service_user, proof } = inspection.keys_reader.as_ref()?;
    Some((service_user.as_str(), *proof))
}

fn verdict(inspection: &Inspection) -> Verdict {
    let problem = inspection.unchecked.as_ref().map(|problem| problem.report.clone());
    inspection.verification.as_ref().unwrap_or_else(|| panic!("{problem:?}")).verdict.clone()
}

/// A second service user, known to the server by a client secret.
async fn second_user(enrolled: &Enrolled, secret_at_server: &str) -> ServiceUserId {
    let mut user = User::new("second", "Second Bot", "second@acme.test");
    user.secrets = vec![RegisteredSecret::new("second-client", secret_at_server)];
    enrolled.issuer.add_user(user);
    let mint = &enrolled.setup.mint;
    let environment = mint.service_user(enrolled.id).await.expect("it is there").environment.id;
    let secret = Secret::new("second-secret".to_owned());
    let review = mint.review_secret(CredentialKind::ClientSecret, &secret, Source::Form).await.expect("reviewed");
    let request = ImportRequest {
        name: "second-bot".into(),
        user_id: Some("second".into()),
        client_id: Some("second-client".into()),
        ..ImportRequest::of(review.id, environment)
    };
    mint.import(&request).await.expect("it is imported").service_user
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_token_is_verified_with_the_credential_itself_where_nobody_minted() {
    for (account, expected) in
        [(with_key(), KeyReaderAuthentication::SelfSigned), (with_secret(), KeyReaderAuthentication::Secret)]
    {
        let enrolled = enrol(&account).await;
        let token = pasted(&enrolled).await;
        let found = verified(&enrolled, &token).await;
        assert_eq!(verdict(&found), Verdict::Valid, "{}", account.name());
        assert_eq!(proof(&found), Some(("deploy-bot", expected)), "{}", account.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opaque_token_reads_the_keys_as_it_is_sent_anywhere() {
    let enrolled = enrol(&with_key()).await;
    let token = pasted(&enrolled).await;
    let mut user = enrolled.issuer.users().remove(0);
    user.keys.clear();
    user.tokens.push(RegisteredToken::new("token-id-1", "opaque-frontier-token-4711"));
    enrolled.issuer.add_user(user);
    let file = r#"{"token":{"id":"token-id-1","title":"t","token":"opaque-frontier-token-4711","created_at":"2026-10-01T08:00:00Z"}}"#;
    let review = enrolled.setup.review(file).await;
    let environment = enrolled.setup.mint.service_user(enrolled.id).await.expect("it is there").environment.id;
    let user_id = Some("acme-client".into());
    let request = ImportRequest { user_id, ..ImportRequest::of(review.id, environment) };
    enrolled.setup.mint.import(&request).await.expect("it is imported");
    let found = verified(&enrolled, &token).await;
    assert_eq!(
        (verdict(&found), proof(&found)),
        (Verdict::Valid, Some(("deploy-bot", KeyReaderAuthentication::ReadyMade)))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_living_token_in_memory_is_proof_enough_and_an_expired_one_is_left_out() {
    let enrolled = enrol(&with_key()).await;
    let mint = &enrolled.setup.mint;
    mint.token(enrolled.id, Ask::default()).await.expect("a token is minted");
    let found = mint.inspect(enrolled.id).await.expect("a token is in memory");
    assert_eq!(
        (verdict(&found), proof(&found)),
        (Verdict::Valid, Some(("deploy-bot", KeyReaderAuthentication::AccessToken)))
    );

    // Two hours later it has expired on both sides, and what was known about the server is fetched again.
    enrolled.setup.set_clock(NOON + Duration::hours(2));
    enrolled.issuer.change_quirks(|quirks| quirks.clock_offset = Duration::hours(2));
    enrolled.change_environment(|draft| draft.name = "renamed".into()).await;
    let before = enrolled.issuer.requests().len();
    let found = mint.inspect(enrolled.id).await.expect("the token is still in memory");
    assert_eq!(proof(&found), Some(("deploy-bot", KeyReaderAuthentication::SelfSigned)));
    assert_eq!(verdict(&found), Verdict::ClaimsFail);
    // An unauthenticated request returns the server's time; the authentication that follows is accepted at once.
    assert_eq!(enrolled.issuer.requests().len() - before, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_one_credential_is_refused_the_next_one_is_tried() {
    let enrolled = enrol(&with_key()).await;
    let token = pasted(&enrolled).await;
    second_user(&enrolled, "second-secret").await;
    enrolled.remove_key();
    let found = verified(&enrolled, &token).await;
    assert_eq!(
        (verdict(&found), proof(&found)),
        (Verdict::Valid, Some(("second-bot", KeyReaderAuthentication::Secret)))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_self_signed_proof_is_dated_by_the_servers_clock() {
    for offset in [Duration::hours(-3), Duration::hours(3)] {
        let enrolled = enrol(&with_key()).await;
        let token = pasted(&enrolled).await;
        enrolled.issuer.change_quirks(|quirks| quirks.clock_offset = offset);
        enrolled.change_environment(|draft| draft.name = "renamed".into()).await;
        let found = verified(&enrolled, &token).await;
        assert_eq!(proof(&found), Some(("deploy-bot", KeyReaderAuthentication::SelfSigned)), "{offset}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_proves_who_asks_the_token_is_not_checked_and_nothing_is_called_failed() {
    let enrolled = enrol(&with_key()).await;
    let token = pasted(&enrolled).await;
    second_user(&enrolled, "another-secret-than-stored").await;
    enrolled.remove_key();
    let found = verified(&enrolled, &token).await;
    assert_eq!(found.verification, None);
    let problem = found.unchecked.expect("it is said why");
    assert_eq!(problem.code, "keys-closed");
    assert!(problem.message.ends_with("it refused both credentials that Mintage tried"), "{}", problem.message);
    assert_eq!(problem.server_response.expect("the refusal is quoted").status, 401);

    let issuer = enrolled.issuer.issuer().to_owned();
    let empty = EnvironmentDraft { name: "nobody".into(), ..draft(&issuer, "frontier-connect", Tier::Staging) };
    let nobody = enrolled.setup.mint.add_environment(empty, false).await.expect("the draft is sound");
    let found = enrolled.setup.mint.inspect_text(&token, Some(nobody.id)).await.expect("it holds a token");
    let problem = found.unchecked.expect("it is said why");
    assert_eq!((problem.code.as_str(), problem.next), ("keys-closed", mintage_core::diagnosis::NextStep::ImportKey));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_than_six_proofs_are_shown_and_none_of_a_disabled_user_ends_the_search() {
    let enrolled = enrol(&with_key()).await;
    let token = pasted(&enrolled).await;
    let mint = &enrolled.setup.mint;
    let environment = mint.service_user(enrolled.id).await.expect("it is there").environment.id;
    for number in 0..9 {
        let secret = Secret::new(format!("wrong-secret-{number}"));
        let review = mint.review_secret(CredentialKind::ClientSecret, &secret, Source::Form).await.expect("reviewed");
        let id = Some(format!("user-{number}"));
        let request = ImportRequest { user_id: id.clone(), client_id: id, ..ImportRequest::of(review.id, environment) };
        mint.import(&request).await.expect("it is imported");
    }
    assert!(enrolled.issuer.set_user_state("acme-client", UserState::Inactive), "the user is known");
    enrolled.change_environment(|draft| draft.name = "renamed".into()).await;
    let before = enrolled.issuer.requests().len();
    let found = verified(&enrolled, &token).await;
    assert_eq!(found.unchecked.expect("nothing proves it").code, "keys-closed");
    // One without authentication, and six with it.
    assert_eq!(enrolled.issuer.requests().len() - before, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_production_credential_is_shown_only_once_minting_was_confirmed() {
    let enrolled = enrol(&with_key()).await;
    let token = pasted(&enrolled).await;
    enrolled.change_environment(|draft| draft.tier = Tier::Production).await;
    let before = enrolled.issuer.requests().len();
    let found = verified(&enrolled, &token).await;
    let problem = found.unchecked.expect("nothing was confirmed");
    assert_eq!(
        (problem.code.as_str(), problem.help.as_str()),
        ("keys-closed", "Confirm that you want a production token")
    );
    assert!(enrolled.issuer.requests()[before..].iter().all(|request| request.header("authorization").is_none()));

    let environment = enrolled.setup.mint.service_user(enrolled.id).await.expect("it is there").environment.id;
    enrolled.setup.mint.confirm_production(environment);
    assert_eq!(verdict(&verified(&enrolled, &token).await), Verdict::Valid);
}
