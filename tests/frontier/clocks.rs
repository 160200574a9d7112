//! The life of a token whose end is told as a moment: by the server's clock, whatever the local one says.

use mintage_core::copy_form::CopyForm;
use mintage_core::mint::Ask;
use mintage_demo_issuer::System;
use time::Duration;

use crate::actor::{Actor, ORG_ID, act};
use crate::files;
use crate::world::NOON;

/// Systems that tell no life in seconds: Frontier's tokens hold `exp`, GitHub's answer `expires_at`.
fn actors() -> Vec<Actor> {
    vec![
        Actor::with_key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID),
        Actor::with_key("frontier-connect", System::FrontierConnect, files::FRONTIER).with("orgId", ORG_ID),
        Actor::with_key("github-app", System::GitHubApp, files::PEM)
            .with("installationId", "42")
            .speaking_for_path("42"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_lives_as_long_as_its_server_says_on_a_clock_that_is_ahead_or_behind() {
    for actor in actors() {
        for ahead in [-7200, -90, 0, 90, 7200].map(Duration::seconds) {
            let name = format!("{}, {ahead}", actor.name());
            let stage = act(&actor).await;
            let local = NOON + ahead;
            stage.world.set_clock(local);
            // The times of the assertion are another matter: they are the server's here.
            let ask = Ask { use_server_time: true, send_anyway: true, ..Ask::default() };
            // Where the clock is not measured before, the first refusal measures it.
            let minted = match stage.world.mint.token(stage.id, ask).await {
                Ok(minted) => minted,
                Err(_) => stage.world.mint.token(stage.id, ask).await.unwrap_or_else(|e| panic!("{name}: {e}")),
            };
            let life = minted.expires_at.expect("its end is told") - local;
            assert!((life - Duration::hours(1)).abs() <= Duration::seconds(1), "{name}: {life}");
            assert!(stage.world.mint.token(stage.id, Ask::default()).await.expect("it lives").reused, "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_token_is_not_handed_out_as_alive_on_a_clock_that_is_behind() {
    for ahead in [Duration::seconds(-3000), Duration::ZERO, Duration::seconds(30)] {
        let stage = act(&actors()[0]).await;
        stage.world.set_clock(NOON + ahead);
        let ask = Ask { use_server_time: true, send_anyway: true, ..Ask::default() };
        if stage.world.mint.token(stage.id, ask).await.is_err() {
            stage.world.mint.token(stage.id, ask).await.expect("the clock is known now");
        }
        // Both clocks go on by an hour; the token has ended by the server's.
        stage.world.set_clock(NOON + ahead + Duration::hours(1));
        stage.issuer.change_quirks(|quirks| quirks.clock_offset = Duration::hours(1));
        let before = stage.issuer.requests().len();
        stage.world.mint.copy(stage.id, CopyForm::Token, Ask::default()).await.expect("another one is minted");
        assert!(stage.issuer.requests().len() > before, "{ahead}: the dead one was copied");
    }
}
