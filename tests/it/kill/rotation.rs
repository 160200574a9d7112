//! A rotation that is **killed** at every step, on both sides of each request: before it is sent and after it was
//! answered. The server goes on living. There is always a credential that works, and whoever comes next goes on, or goes
//! back, and leaves nothing behind at the server.

use std::collections::BTreeSet;
use std::sync::Arc;

use mintage_core::rotation::{Stage, Step, Undo};
use mintage_testbed::issuer::{Config, DemoIssuer, RegisteredKey, User};
use mintage_testbed::setup::{KEY_ID, NOON, Setup, USER_ID, key_file};

use super::life::{Action, CREATED, Life};
use super::shared_folder::{End, SharedFolder};

/// A real keyring is locked between two steps, each in turn: the rotation stops, says why, and goes on once it is
/// unlocked.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_that_is_locked_in_the_middle_stops_a_rotation_and_loses_nothing() {
    use super::life::ISSUER;
    use crate::own_process::this_program;
    use mintage_testbed::session::Session;

    let server = Server::start().await;
    for step in [Step::Make, Step::Register, Step::Prove, Step::Switch, Step::Remove, Step::Forget] {
        server.begin();
        let (mut session, shared) = (Session::start(), SharedFolder::empty());
        let send = |session: &Session, actions: &[Action]| {
            let mut program = this_program();
            let program = session.join(&mut program).env(ISSUER, server.issuer.issuer());
            assert_eq!(
                SharedFolder::end(&mut shared.order(actions, 0).with_platform().start(program)),
                End::Done,
                "{step:?}"
            );
        };
        send(&session, &[Action::Enrol, Action::RotateLocking(step)]);
        session.restart_keyring();
        send(&session, &[Action::Rotate, Action::Repair]);
        assert_eq!(server.keys().len(), 1, "{step:?}");
        assert!(!server.keys().contains(&KEY_ID.to_owned()), "{step:?}");
    }
}

/// A ZITADEL that knows the service user with its one key.
pub(super) struct Server {
    pub(super) issuer: DemoIssuer,
    public_pem: String,
}

impl Server {
    pub(super) async fn start() -> Self {
        let issuer = DemoIssuer::start(Config::new(Arc::new(|| NOON))).await.expect("a port on loopback is free");
        let review = Setup::new().await.review(&key_file(USER_ID, KEY_ID, "")).await;
        let public_pem = review.facts.expect("it is a key file").key.expect("it is a key").public_pem;
        Self { issuer, public_pem }
    }

    /// As if nothing had happened.
    pub(super) fn begin(&self) {
        for user in self.named(CREATED) {
            self.issuer.remove_user(&user);
        }
        let mut user = User::new(USER_ID, "Deploy Bot", "deploy-bot@acme.com");
        let public_pem = self.public_pem.clone();
        // For creating others; its own keys it may manage anyway.
        user.administrator = true;
        user.keys = vec![RegisteredKey { key_id: KEY_ID.to_owned(), public_pem, expires_at: None }];
        self.issuer.add_user(user);
    }

    /// A folder whose service user the server knows.
    pub(super) async fn enrolled(&self) -> SharedFolder {
        self.begin();
        let template = SharedFolder::empty();
        let life = template.enter().await;
        life.enrol_at(self.issuer.issuer()).await;
        life.close().await;
        template
    }

    /// The user ids of those with this name.
    pub(super) fn named(&self, name: &str) -> Vec<String> {
        self.issuer.users().into_iter().filter(|user| user.name == name).map(|user| user.user_id).collect()
    }

    fn keys(&self) -> Vec<String> {
        let users = self.issuer.users();
        users.into_iter().flat_map(|user| user.keys).map(|key| key.key_id).collect()
    }
}

/// What must be true once it is over: one key at the server, one here, and it works.
async fn check(life: &Life, server: &Server, step: u32) {
    life.check().await;
    assert_eq!((server.keys().len(), life.credentials().await.len()), (1, 1), "step {step}");
    assert!(life.mints().await, "step {step}");
    assert_eq!(life.open_rotation().await, None, "step {step}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_that_is_killed_goes_on_or_back() {
    let server = Server::start().await;
    let template = server.enrolled().await;
    let mut left = BTreeSet::new();
    for step in 1.. {
        server.begin();
        let killed = template.copy();
        if killed.send(&[Action::Rotate], step) == End::Done {
            assert!(step > 20, "it has only {step} steps");
            break;
        }
        let life = killed.enter().await;
        assert!(life.mints().await, "no credential works at step {step}");
        let open = life.open_rotation().await;
        left.insert(open.map(|(stage, asked, _)| (stage, asked)));
        let goes_back = step % 2 == 0 && open.is_some_and(|(_, _, undo)| undo == Undo::Possible);
        life.act(if goes_back { Action::UndoRotation } else { Action::Rotate }).await;
        check(&life, &server, step).await;
        if goes_back {
            assert_eq!(server.keys(), [KEY_ID], "step {step}");
        }
    }
    for expected in [
        (Stage::Planned, Some(Step::Make)),
        (Stage::Made, Some(Step::Register)),
        (Stage::Registered, None),
        (Stage::Registered, Some(Step::Prove)),
        (Stage::Proven, Some(Step::Switch)),
        (Stage::Switched, Some(Step::Remove)),
        (Stage::Removed, Some(Step::Forget)),
    ] {
        assert!(left.contains(&Some(expected)), "it was never killed at {expected:?}, only at {left:?}");
    }
}
