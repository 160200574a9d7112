//! A refused key that another credential can ask about: what the server keeps under its id says whether it is to
//! blame.

use mintage_core::credential::{CredentialKind, Source};
use mintage_core::error::Error;
use mintage_core::mint::{Ask, ImportRequest};
use mintage_core::secret::Secret;
use mintage_demo_issuer::{Organisation, RegisteredSecret, System, User, UserState};

use crate::actor::{Actor, ORG_ID, Stage, act};
use crate::files;

fn actors() -> Vec<Actor> {
    vec![
        Actor::with_key("shield", System::FrontierRest, files::FRONTIER),
        Actor::with_key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID),
        Actor::with_key("frontier-connect", System::FrontierConnect, files::FRONTIER).with("orgId", ORG_ID),
    ]
}

/// Somebody else of this environment, with a secret that works.
async fn with_another(actor: &Actor) -> Stage {
    let stage = act(actor).await;
    let mut other = User::new("other", "Other Bot", "other@acme.test");
    other.administrator = true;
    other.organisation = Some(Organisation { id: ORG_ID.into(), name: "ACME".into(), domain: "acme.test".into() });
    other.secrets = vec![RegisteredSecret::new("other-client", "other-secret")];
    stage.issuer.add_user(other);
    let mint = &stage.world.mint;
    let environment = mint.service_user(stage.id).await.expect("it is there").environment.id;
    let secret = Secret::new("other-secret".to_owned());
    let review = mint.review_secret(CredentialKind::ClientSecret, &secret, Source::Form).await.expect("reviewed");
    let request = ImportRequest {
        name: "other-bot".into(),
        user_id: Some("other".into()),
        client_id: Some("other-client".into()),
        ..ImportRequest::of(review.id, environment)
    };
    mint.import(&request).await.expect("it is imported");
    stage
}

async fn causes(stage: &Stage) -> Vec<String> {
    let refused = stage.world.mint.token(stage.id, Ask { fresh: true, ..Ask::default() }).await;
    match refused.map(|_| ()).expect_err("it is refused") {
        Error::Diagnosed { causes, .. } => causes.into_iter().map(|cause| cause.code).collect(),
        other => panic!("{}", other.problem().report),
    }
}

fn asked_for_keys(stage: &Stage) -> usize {
    let about_keys = |path: &str| path.contains("/keys/") || path.ends_with("/GetServiceUserJWK");
    stage.issuer.requests().iter().filter(|request| about_keys(&request.path)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_the_server_keeps_as_it_is_here_is_blamed_last() {
    for actor in actors() {
        let (name, stage) = (actor.name(), with_another(&actor).await);
        assert!(stage.issuer.set_user_state("acme-client", UserState::Inactive), "the user is known");
        let causes = causes(&stage).await;
        assert!(causes.len() > 1 && !causes[0].starts_with("key-"), "{name}: {causes:?}");
        assert!(causes.last().is_some_and(|last| last.starts_with("key-")), "{name}: {causes:?}");
        assert_eq!(asked_for_keys(&stage), 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_the_server_knows_otherwise_is_not_called_unknown_first() {
    for actor in actors() {
        let (name, stage) = (actor.name(), with_another(&actor).await);
        stage.replace_key();
        let causes = causes(&stage).await;
        assert_ne!(causes[0], "key-unknown", "{name}: {causes:?}");
        assert_eq!(asked_for_keys(&stage), 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_else_can_ask_the_causes_stay_as_they_are() {
    let stage = act(&actors()[1]).await;
    stage.replace_key();
    let before = causes(&stage).await;
    assert_eq!((before[0].as_str(), asked_for_keys(&stage)), ("key-unknown", 0), "{before:?}");
}
