//! A key set that the server shows only to those it knows: what proves who asks, and what happens where nothing does.

use mintage_core::copy_form::CopyForm;
use mintage_core::credential::{CredentialKind, Source};
use mintage_core::environment::{EnvironmentDraft, Tier};
use mintage_core::mint::{Ask, ImportRequest, Inspection, KeyReader, ProofKind};
use mintage_core::secret::Secret;
use mintage_core::service_user::ServiceUserId;
use mintage_core::verify::Verdict;
use mintage_demo_issuer::{RegisteredSecret, RegisteredToken, System, User, UserState};
use time::Duration;

use crate::actor::{Actor, ORG_ID, Stage, act};
use crate::files;
use crate::world::{NOON, draft};

fn with_key() -> Actor {
    Actor::with_key("frontier-connect", System::FrontierConnect, files::FRONTIER).with("orgId", ORG_ID)
}

fn with_secret() -> Actor {
    Actor::with_secret("frontier-connect", System::FrontierConnect).with("orgId", ORG_ID)
}

/// A token of this stage's service user as somebody else would paste it: none is in memory any more.
async fn pasted(stage: &Stage) -> String {
    let mint = &stage.world.mint;
    let (token, _) = mint.copy(stage.id, CopyForm::Token, Ask::default()).await.expect("a token is minted");
    mint.drop_token(stage.id);
    token.expose().to_owned()
}

async fn verified(stage: &Stage, token: &str) -> Inspection {
    let environment = stage.world.mint.service_user(stage.id).await.expect("it is there").environment.id;
    stage.world.mint.inspect_text(token, Some(environment)).await.expect("it holds a token")
}

fn proof(inspection: &Inspection) -> Option<(&str, ProofKind)> {
    let KeyReader { service_user, proof } = inspection.keys_reader.as_ref()?;
    Some((service_user.as_str(), *proof))
}

fn verdict(inspection: &Inspection) -> Verdict {
    let problem = inspection.unchecked.as_ref().map(|problem| problem.report.clone());
    inspection.verification.as_ref().unwrap_or_else(|| panic!("{problem:?}")).verdict.clone()
}

/// A second service user, known to the server by a client secret.
async fn second_user(stage: &Stage, secret_at_server: &str) -> ServiceUserId {
    let mut user = User::new("second", "Second Bot", "second@acme.test");
    user.secrets = vec![RegisteredSecret::new("second-client", secret_at_server)];
    stage.issuer.add_user(user);
    let mint = &stage.world.mint;
    let environment = mint.service_user(stage.id).await.expect("it is there").environment.id;
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
    for (actor, expected) in [(with_key(), ProofKind::SelfSigned), (with_secret(), ProofKind::Secret)] {
        let stage = act(&actor).await;
        let token = pasted(&stage).await;
        let found = verified(&stage, &token).await;
        assert_eq!(verdict(&found), Verdict::Valid, "{}", actor.name());
        assert_eq!(proof(&found), Some(("deploy-bot", expected)), "{}", actor.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opaque_token_reads_the_keys_as_it_is_sent_anywhere() {
    let stage = act(&with_key()).await;
    let token = pasted(&stage).await;
    let mut user = stage.issuer.users().remove(0);
    user.keys.clear();
    user.tokens.push(RegisteredToken::new("token-id-1", "opaque-frontier-token-4711"));
    stage.issuer.add_user(user);
    let file = r#"{"token":{"id":"token-id-1","title":"t","token":"opaque-frontier-token-4711","created_at":"2026-10-01T08:00:00Z"}}"#;
    let review = stage.world.review(file).await;
    let environment = stage.world.mint.service_user(stage.id).await.expect("it is there").environment.id;
    let user_id = Some("acme-client".into());
    let request = ImportRequest { user_id, ..ImportRequest::of(review.id, environment) };
    stage.world.mint.import(&request).await.expect("it is imported");
    let found = verified(&stage, &token).await;
    assert_eq!((verdict(&found), proof(&found)), (Verdict::Valid, Some(("deploy-bot", ProofKind::ReadyMade))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_living_token_in_memory_is_proof_enough_and_an_expired_one_is_left_out() {
    let stage = act(&with_key()).await;
    let mint = &stage.world.mint;
    mint.token(stage.id, Ask::default()).await.expect("a token is minted");
    let found = mint.inspect(stage.id).await.expect("a token is in memory");
    assert_eq!((verdict(&found), proof(&found)), (Verdict::Valid, Some(("deploy-bot", ProofKind::AccessToken))));

    // Two hours later it has expired here and there, and what was known of the server is fetched anew.
    stage.world.set_clock(NOON + Duration::hours(2));
    stage.issuer.change_quirks(|quirks| quirks.clock_offset = Duration::hours(2));
    stage.change_environment(|draft| draft.name = "renamed".into()).await;
    let before = stage.issuer.requests().len();
    let found = mint.inspect(stage.id).await.expect("the token is still in memory");
    assert_eq!(proof(&found), Some(("deploy-bot", ProofKind::SelfSigned)));
    assert_eq!(verdict(&found), Verdict::ClaimsFail);
    // A stranger's question tells the server's time; the proof that follows is taken at once.
    assert_eq!(stage.issuer.requests().len() - before, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_one_credential_is_refused_the_next_one_is_tried() {
    let stage = act(&with_key()).await;
    let token = pasted(&stage).await;
    second_user(&stage, "second-secret").await;
    stage.remove_key();
    let found = verified(&stage, &token).await;
    assert_eq!((verdict(&found), proof(&found)), (Verdict::Valid, Some(("second-bot", ProofKind::Secret))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_self_signed_proof_is_dated_by_the_servers_clock() {
    for offset in [Duration::hours(-3), Duration::hours(3)] {
        let stage = act(&with_key()).await;
        let token = pasted(&stage).await;
        stage.issuer.change_quirks(|quirks| quirks.clock_offset = offset);
        stage.change_environment(|draft| draft.name = "renamed".into()).await;
        let found = verified(&stage, &token).await;
        assert_eq!(proof(&found), Some(("deploy-bot", ProofKind::SelfSigned)), "{offset}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_proves_who_asks_the_token_is_not_checked_and_nothing_is_called_failed() {
    let stage = act(&with_key()).await;
    let token = pasted(&stage).await;
    second_user(&stage, "another-secret-than-stored").await;
    stage.remove_key();
    let found = verified(&stage, &token).await;
    assert_eq!(found.verification, None);
    let problem = found.unchecked.expect("it is said why");
    assert_eq!(problem.code, "keys-closed");
    assert!(problem.message.ends_with("it refused both credentials that were tried"), "{}", problem.message);
    assert_eq!(problem.server_said.expect("the refusal is quoted").status, 401);

    let issuer = stage.issuer.issuer().to_owned();
    let empty = EnvironmentDraft { name: "nobody".into(), ..draft(&issuer, "frontier-connect", Tier::Staging) };
    let nobody = stage.world.mint.add_environment(empty, false).await.expect("the draft is sound");
    let found = stage.world.mint.inspect_text(&token, Some(nobody.id)).await.expect("it holds a token");
    let problem = found.unchecked.expect("it is said why");
    assert_eq!((problem.code.as_str(), problem.next), ("keys-closed", mintage_core::diagnosis::NextStep::ImportKey));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_than_six_proofs_are_shown_and_none_of_a_disabled_user_ends_the_search() {
    let stage = act(&with_key()).await;
    let token = pasted(&stage).await;
    let mint = &stage.world.mint;
    let environment = mint.service_user(stage.id).await.expect("it is there").environment.id;
    for number in 0..9 {
        let secret = Secret::new(format!("wrong-secret-{number}"));
        let review = mint.review_secret(CredentialKind::ClientSecret, &secret, Source::Form).await.expect("reviewed");
        let id = Some(format!("user-{number}"));
        let request = ImportRequest { user_id: id.clone(), client_id: id, ..ImportRequest::of(review.id, environment) };
        mint.import(&request).await.expect("it is imported");
    }
    assert!(stage.issuer.set_user_state("acme-client", UserState::Inactive), "the user is known");
    stage.change_environment(|draft| draft.name = "renamed".into()).await;
    let before = stage.issuer.requests().len();
    let found = verified(&stage, &token).await;
    assert_eq!(found.unchecked.expect("nothing proves it").code, "keys-closed");
    // One without a proof, and six with one.
    assert_eq!(stage.issuer.requests().len() - before, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_production_credential_is_shown_only_once_minting_was_confirmed() {
    let stage = act(&with_key()).await;
    let token = pasted(&stage).await;
    stage.change_environment(|draft| draft.tier = Tier::Production).await;
    let before = stage.issuer.requests().len();
    let found = verified(&stage, &token).await;
    let problem = found.unchecked.expect("nothing was confirmed");
    assert_eq!(
        (problem.code.as_str(), problem.help.as_str()),
        ("keys-closed", "Confirm that you want a production token")
    );
    assert!(stage.issuer.requests()[before..].iter().all(|request| request.header("authorization").is_none()));

    let environment = stage.world.mint.service_user(stage.id).await.expect("it is there").environment.id;
    stage.world.mint.confirm_production(environment);
    assert_eq!(verdict(&verified(&stage, &token).await), Verdict::Valid);
}
