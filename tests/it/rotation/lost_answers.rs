//! **Answers that are lost**: at every provider, each answer in turn, to a token request or to its API. The server does
//! what was asked, and the connection is cut before a byte of the answer arrives. Whoever goes on, or goes back, ends
//! with one credential that works, and leaves nothing at the server.

use mintage_core::error::Error;
use mintage_core::ids::RotationId;
use mintage_core::mint::{Ask, RotationRequest, RotationView};
use mintage_core::rotation::{Next, Undo};
use mintage_testbed::issuer::{Instead, Loss};

use super::providers::{account_at, accounts};
use crate::providers::account::{Account, Enrolled, enrol};

/// How often somebody tries again before giving up.
const PATIENCE: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn any_answer_may_be_lost_at_any_provider() {
    let providers = accounts().into_iter().map(|(account, by)| tokio::spawn(lose_each(account, by)));
    for provider in providers.collect::<Vec<_>>() {
        provider.await.expect("what fails is said above");
    }
}

async fn lose_each(account: Account, by: &'static str) {
    let mut count = 0;
    for lost in 0.. {
        let back = lost % 2 == 1;
        if !lose(&account, by, lost, back).await {
            break;
        }
        count += 1;
    }
    assert!(count > 2, "{}: only {count} answers were lost", account.name());
}

/// Loses one answer. `false` if there are fewer.
async fn lose(account: &Account, by: &str, lost: u32, back: bool) -> bool {
    let name = format!("{}, answer {lost}", account.name());
    let enrolled = enrol(account).await;
    enrolled.make_administrator();
    enrolled.point_api_here().await;
    let mint = &enrolled.setup.mint;
    let by = if by == "another" { Some(enrolled.administrator().await) } else { None };
    let request = RotationRequest { by, confirmed: true, ..RotationRequest::of(enrolled.id) };
    let id = mint.start_rotation(&request).await.unwrap_or_else(|error| panic!("{name}: {error}")).rotation.id;
    let loss = Loss {
        method: String::new(),
        path_end: String::new(),
        done: true,
        after: lost,
        times: 1,
        instead: Instead::Cut,
    };
    enrolled.issuer.change_quirks(|quirks| quirks.losses = vec![loss]);

    let mut view = step_by_step(&enrolled, id).await;
    let (mut back, mut undone) = (back, false);
    for _ in 0..PATIENCE {
        if view.as_ref().is_ok_and(|view| view.rotation.is_over()) {
            break;
        }
        let open = mint.rotation(id).await.expect("it is recorded");
        // Without an overlap, the old one ended when the server took the new one.
        let works = !open.rotation.traits.overlap || mints(&enrolled).await;
        assert!(works, "{name}: no credential works");
        undone |= back && open.undo == Undo::Possible;
        view = match undone {
            true => mint.undo_rotation(id, &|_| {}).await,
            false => step_by_step(&enrolled, id).await,
        };
        if view.as_ref().is_err_and(|error| error.code() == "rotation-old-fails") {
            assert!(open.rotation.old_key_id.is_none(), "{name}: nobody removed the old one by hand");
            (back, undone) = (false, false);
        }
    }
    let over = view.unwrap_or_else(|error| panic!("{name}: {}", error.problem().report));
    assert!(over.rotation.is_over(), "{name}: {over:?}");
    assert_eq!(over.rotation.succeeded(), !undone, "{name}");
    assert!(mints(&enrolled).await, "{name}: no credential works");
    assert_eq!(mint.service_user(enrolled.id).await.expect("it is there").credentials.len(), 1, "{name}");
    assert_eq!(enrolled.keys(), 1, "{name}: {over:?}");
    let mut left = 0;
    enrolled.issuer.change_quirks(|quirks| left = quirks.losses[0].times);
    left == 0
}

/// Goes on; a person removes the old one in the console where the API can't.
async fn step_by_step(enrolled: &Enrolled, id: RotationId) -> Result<RotationView, Error> {
    let mint = &enrolled.setup.mint;
    let view = mint.continue_rotation(id, &|_| {}).await?;
    if view.next != Next::RemoveByHand {
        return Ok(view);
    }
    enrolled.remove_first_key();
    mint.release_rotation(id, None).await?;
    mint.continue_rotation(id, &|_| {}).await
}

async fn mints(enrolled: &Enrolled) -> bool {
    // The answer to this may be the one that is lost.
    for _ in 0..2 {
        if enrolled.setup.mint.token(enrolled.id, Ask { fresh: true, ..Ask::default() }).await.is_ok() {
            return true;
        }
    }
    false
}

/// Without an overlap the old key ends with the upload, so whoever acts with it is refused from then on.
#[tokio::test]
async fn a_client_whose_upload_was_not_answered_goes_on_with_its_new_key() {
    let (account, _) = account_at("keycloak");
    let enrolled = enrol(&account).await;
    enrolled.make_administrator();
    enrolled.point_api_here().await;
    let mint = &enrolled.setup.mint;
    let request = RotationRequest { confirmed: true, ..RotationRequest::of(enrolled.id) };
    let id = mint.start_rotation(&request).await.expect("it may").rotation.id;
    let path_end = "/upload-certificate".into();
    let loss = Loss { method: "POST".into(), path_end, done: true, after: 0, times: 1, instead: Instead::Cut };
    enrolled.issuer.change_quirks(|quirks| quirks.losses = vec![loss]);
    mint.continue_rotation(id, &|_| {}).await.expect_err("the answer was lost");
    enrolled.issuer.tokens_end();
    let done = mint.continue_rotation(id, &|_| {}).await;
    let done = done.unwrap_or_else(|error| panic!("{}", error.problem().report));
    assert!(done.rotation.succeeded());
    mint.token(enrolled.id, Ask { fresh: true, ..Ask::default() }).await.expect("the new key works");
}
