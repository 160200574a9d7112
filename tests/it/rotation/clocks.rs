//! **Clocks** that differ during a rotation: everything that the server checks lives by the server's.

use mintage_core::diagnosis::Cause;
use mintage_core::ids::ServiceUserId;
use mintage_core::mint::{Ask, Mint, RotationRequest};
use mintage_core::rotation::Next;
use mintage_testbed::issuer::{Era, System};
use mintage_testbed::setup::NOON;
use time::Duration;

use super::Enrolled;
use crate::providers::account::{Account, enrol};
use crate::providers::files;

/// To mint by the server's time is what a person was offered, and chose.
async fn learn_the_servers_time(mint: &Mint, user: ServiceUserId) {
    let ask = Ask { fresh: true, use_server_time: true, ..Ask::default() };
    // The first refusal tells the server's time.
    if mint.token(user, ask.clone()).await.is_err() {
        mint.token(user, ask).await.expect("by the server's time");
    }
}

#[tokio::test]
async fn a_key_expires_by_the_servers_clock() {
    for offset in [Duration::minutes(-10), Duration::minutes(10), Duration::hours(-30), Duration::hours(30)] {
        let enrolled = Enrolled::at(Era::V4).await;
        enrolled.issuer.change_quirks(|quirks| quirks.clock_offset = offset);
        learn_the_servers_time(&enrolled.setup.mint, enrolled.user).await;
        let id = enrolled.start(&RotationRequest { expires_in_days: Some(1), ..enrolled.request() }).await;
        let done = enrolled.go_on(id).await.unwrap_or_else(|error| panic!("{offset}: {}", error.problem().report));
        assert!(done.rotation.succeeded(), "{offset}");
        let expires_at = done.rotation.expires_at.expect("it has one");
        assert!((expires_at - (NOON + offset + Duration::DAY)).abs() < Duration::minutes(1), "{offset}: {expires_at}");
    }
}

/// Whoever is refused for the clock is offered the server's time, and rotates by it.
#[tokio::test]
async fn a_rotation_that_is_refused_for_the_clock_goes_by_the_servers_time() {
    for offset in [Duration::minutes(-10), Duration::minutes(10)] {
        let enrolled = Enrolled::at(Era::V4).await;
        enrolled.issuer.change_quirks(|quirks| quirks.clock_offset = offset);
        let refused = enrolled.setup.mint.start_rotation(&enrolled.request()).await.expect_err("the clocks differ");
        let problem = refused.problem();
        assert!(problem.causes.iter().any(Cause::blames_the_clock), "{offset}: {}", problem.report);
        enrolled.setup.mint.trust_server_time(enrolled.environment.id).await.expect("it is there");
        let id = enrolled.start(&enrolled.request()).await;
        assert!(enrolled.go_on(id).await.expect("it works").rotation.succeeded(), "{offset}");
    }
}

/// A certificate that begins in the server's future is refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_begins_by_the_servers_clock() {
    for offset in [Duration::hours(-3), Duration::hours(3)] {
        let enrolled = enrol(&Account::with_key("entra", System::Entra, files::CERTIFICATE)).await;
        enrolled.point_api_here().await;
        enrolled.issuer.change_quirks(|quirks| quirks.clock_offset = offset);
        let mint = &enrolled.setup.mint;
        learn_the_servers_time(mint, enrolled.id).await;
        let id = mint.start_rotation(&RotationRequest::of(enrolled.id)).await.expect("it may").rotation.id;
        let done = mint.continue_rotation(id, &|_| {}).await;
        let done = done.unwrap_or_else(|error| panic!("{offset}: {}", error.problem().report));
        assert_eq!(done.next, Next::RemoveByHand, "{offset}");
    }
}

/// Whoever sets the client's clock doesn't end anybody's grace.
#[tokio::test]
async fn a_grace_ends_by_the_servers_clock() {
    let enrolled = Enrolled::at(Era::V4).await;
    let id = enrolled.start(&RotationRequest { grace_seconds: 86_400, ..enrolled.request() }).await;
    enrolled.go_on(id).await.expect("it works");
    enrolled.setup.set_clock(NOON + Duration::days(2));
    learn_the_servers_time(&enrolled.setup.mint, enrolled.user).await;
    let view = enrolled.go_on(id).await.expect("it waits");
    assert!(matches!(view.next, Next::Grace { .. }), "{:?}", view.next);
    assert_eq!(enrolled.keys().len(), 2);
    assert!(enrolled.setup.mint.due_rotations().await.expect("the catalogue answers").is_empty());
}
