//! **Disable, watch, remove**: where a server can switch a key off, it stays off for a while before it is removed.

use mintage_core::mint::{Ask, RotationRequest};
use mintage_core::rotation::{Next, Stage, Undo};
use mintage_testbed::setup::NOON;
use time::Duration;

use super::providers::account_at;
use crate::providers::account::enrol;

/// A key that something still uses can be switched on again, for as long as the grace was.
#[tokio::test]
async fn a_key_is_switched_off_after_its_grace_and_removed_after_as_long_again() {
    for back in [false, true] {
        let (account, _) = account_at("stackit");
        let enrolled = enrol(&account).await;
        enrolled.make_administrator();
        enrolled.point_api_here().await;
        let mint = &enrolled.setup.mint;
        let request = RotationRequest { grace_seconds: 3600, ..RotationRequest::of(enrolled.id) };
        let id = mint.start_rotation(&request).await.expect("it may").rotation.id;
        mint.continue_rotation(id, &|_| {}).await.expect("it waits");
        assert_eq!(enrolled.keys(), 2);
        let advance = |hours| {
            enrolled.setup.set_clock(NOON + Duration::hours(hours));
            enrolled.issuer.change_quirks(|quirks| quirks.clock_offset = Duration::hours(hours));
        };
        advance(1);
        let due = mint.continue_due_rotations(&|_| {}).await.expect("it works").remove(0).expect("it was due");
        let until = NOON + Duration::hours(2);
        assert_eq!((due.rotation.stage, due.next, due.undo), (Stage::Disabled, Next::Grace { until }, Undo::Possible));
        assert_eq!((enrolled.keys(), enrolled.held_keys().await), (1, 2), "the old one is off");
        assert!(mint.due_rotations().await.expect("the catalogue answers").is_empty());
        if back {
            assert!(mint.undo_rotation(id, &|_| {}).await.expect("it is switched on").rotation.is_over());
        } else {
            advance(2);
            let done = mint.continue_due_rotations(&|_| {}).await.expect("it works").remove(0).expect("it was due");
            assert!(done.rotation.succeeded());
        }
        assert_eq!((enrolled.keys(), enrolled.held_keys().await), (1, 1));
        mint.token(enrolled.id, Ask { fresh: true, ..Ask::default() }).await.expect("one works");
    }
}
