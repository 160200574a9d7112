//! A creation that is **killed** at every step, on both sides of each request. The server goes on living: whoever comes
//! next finds what it made, and goes on or removes it. There is never a second one.

use std::collections::BTreeSet;

use super::life::{Action, CREATED};
use super::rotation::Server;
use super::shared_folder::End;

#[tokio::test(flavor = "multi_thread")]
async fn a_creation_that_is_killed_goes_on_or_back_and_never_makes_a_second_one() {
    let server = Server::start().await;
    let template = server.enrolled().await;
    let mut left = BTreeSet::new();
    for step in 1.. {
        server.begin();
        let killed = template.copy();
        let end = killed.send(&[Action::CreateUser], step);
        let life = killed.enter().await;
        let open = life.mint.open_creations().await.expect("the catalogue answers").into_iter().next();
        left.insert((open.as_ref().map(|open| open.user_id.is_some()), server.named(CREATED).len()));
        if end == End::Done {
            assert!(step > 5, "it has only {step} steps");
            break;
        }
        assert!(open.is_some() || server.named(CREATED).len() == life.created().await.iter().count(), "step {step}");
        match open {
            Some(open) if step % 2 == 0 => {
                life.mint.undo_creation(open.id, None).await.expect("it is undone");
                assert_eq!((server.named(CREATED).len(), life.created().await), (0, None), "step {step}");
            }
            _ => {
                life.act(Action::CreateUser).await;
                assert_eq!(server.named(CREATED), life.created().await.into_iter().collect::<Vec<_>>(), "step {step}");
            }
        }
        assert!(life.mint.open_creations().await.expect("the catalogue answers").is_empty(), "step {step}");
        life.close().await;
    }
    for expected in [(None, 0), (Some(false), 0), (Some(false), 1), (None, 1)] {
        assert!(left.contains(&expected), "it was never killed at {expected:?}, only at {left:?}");
    }
}
