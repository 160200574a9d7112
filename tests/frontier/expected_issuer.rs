//! What tokens name as their issuer: the provider's usual, or what the environment says.

use mintage_core::mint::Ask;
use mintage_core::verify::{Verdict, Verification};
use mintage_demo_issuer::System;

use crate::actor::{Actor, ORG_ID, Stage, act};
use crate::files;

async fn verification(stage: &Stage) -> Verification {
    stage.world.mint.token(stage.id, Ask::default()).await.expect("a token is minted");
    let inspection = stage.world.mint.inspect(stage.id).await.expect("a token is in memory");
    inspection.verification.unwrap_or_else(|| panic!("{:?}", inspection.unchecked))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_says_which_issuer_its_tokens_name_and_a_difference_in_that_alone_says_so() {
    for actor in [
        Actor::with_key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID),
        Actor::with_key("zitadel", System::Zitadel, files::ZITADEL),
    ] {
        let name = actor.name();
        let stage = act(&actor).await;
        let usual = verification(&stage).await;
        assert_eq!((&usual.verdict, usual.notices.len()), (&Verdict::Valid, 0), "{name}");

        stage.change_environment(|draft| draft.expected_issuer = Some(" http://localhost.frontier ".into())).await;
        let kept = stage.world.mint.service_user(stage.id).await.expect("it is there").environment.settings;
        assert_eq!(kept.expected_issuer.as_deref(), Some("http://localhost.frontier"), "{name}");
        let other = verification(&stage).await;
        assert_eq!(other.verdict, Verdict::ClaimsFail, "{name}");
        let reason = &other.checks.iter().find(|check| check.name == "iss").expect("it is checked").reason;
        assert!(reason.ends_with("expected `http://localhost.frontier`"), "{name}: {reason}");
        assert!(other.notices[0].contains("enter it as the expected issuer"), "{name}: {:?}", other.notices);

        stage.change_environment(|draft| draft.expected_issuer = Some("  ".into())).await;
        assert_eq!(verification(&stage).await.verdict, Verdict::Valid, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_of_another_issuer_is_not_explained_by_its_issuer_alone() {
    let actor = Actor::with_key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID);
    let stage = act(&actor).await;
    stage.change_environment(|draft| draft.expected_issuer = Some("http://localhost.frontier".into())).await;
    stage.issuer.change_quirks(|quirks| quirks.token_lifetime = time::Duration::seconds(-3600));
    let found = verification(&stage).await;
    assert_eq!((found.verdict, found.notices), (Verdict::ClaimsFail, Vec::<String>::new()));
}
