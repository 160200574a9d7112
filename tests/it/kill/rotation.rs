//! A rotation that is **killed** at every step, on both sides of each request: before it is sent and after it was
//! answered. The server goes on living. There is always a credential that works, and whoever comes next goes on, or goes
//! back, and leaves nothing behind at the server.

mod others;

use std::collections::BTreeSet;
use std::sync::Arc;

use mintage_core::environment::Tier;
use mintage_core::rotation::{Stage, Step, Undo};
use mintage_testbed::issuer::{Config, DemoIssuer, Era, Quirks, RegisteredKey, Subject, System, User};
use mintage_testbed::setup::{KEY_ID, NOON, USER_ID, draft, fixture_key};

use super::life::{Action, CREATED, Life, second_key};
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

/// What kind of server it is, and who acts there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A ZITADEL where the service user acts for itself, by version 2 of the API.
    Zitadel,
    /// A ZITADEL where an administrator acts, by version 1.
    ByAdministrator,
    /// An Auth0, which switches keys on and off.
    Auth0,
    /// A GitHub, where a person has made a second key already.
    GitHub,
}

const ADMIN_ID: &str = "100507859606880001";
const ADMIN_KEY_ID: &str = "100509901696060001";
/// Of the GitHub App.
const INSTALLATION: &str = "42";

/// A server that knows the service user with its one key.
pub(super) struct Server {
    pub(super) issuer: DemoIssuer,
    kind: Kind,
    public_pem: String,
    admin_pem: String,
}

impl Server {
    pub(super) async fn start() -> Self {
        Self::of(Kind::Zitadel).await
    }

    pub(super) async fn of(kind: Kind) -> Self {
        let clock = Arc::new(|| NOON);
        let mut config = match kind {
            Kind::Auth0 => System::Auth0.config(clock),
            Kind::GitHub => System::GitHubApp.config(clock),
            Kind::Zitadel | Kind::ByAdministrator => Config::new(clock),
        };
        if kind == Kind::ByAdministrator {
            config.quirks = Quirks::of(Era::V2_55);
        }
        let issuer = DemoIssuer::start(config).await.expect("a port on loopback is free");
        let public = |pem: &str| {
            let key = mintage_core::key_file::parse(pem.as_bytes(), None, &[]).expect("the fixture is a key");
            key.key().expect("it is a key").facts().public_pem.clone()
        };
        let (public_pem, admin_pem) = (public(&fixture_key()), public(&second_key()));
        let server = Self { issuer, kind, public_pem, admin_pem };
        server.begin();
        server
    }

    /// As if nothing had happened.
    pub(super) fn begin(&self) {
        for user in self.named(CREATED) {
            self.issuer.remove_user(&user);
        }
        let key = |key_id: &str, pem: &str| RegisteredKey {
            key_id: key_id.to_owned(),
            public_pem: pem.to_owned(),
            expires_at: None,
        };
        let mut user = User::new(USER_ID, "Deploy Bot", "deploy-bot@acme.com");
        // For creating others; at version 2 it may manage its own keys anyway.
        user.administrator = self.kind != Kind::ByAdministrator;
        user.keys = vec![key(KEY_ID, &self.public_pem)];
        if self.kind == Kind::GitHub {
            user.speaks_for = vec![Subject::new(INSTALLATION)];
            user.keys.push(key("made-there", &self.admin_pem));
        }
        self.issuer.add_user(user);
        if self.kind == Kind::ByAdministrator {
            let mut admin = User::new(ADMIN_ID, "Admin", "admin@acme.com");
            admin.administrator = true;
            admin.keys = vec![key(ADMIN_KEY_ID, &self.admin_pem)];
            self.issuer.add_user(admin);
        }
    }

    /// As if nothing had happened since its users were these.
    pub(super) fn restore(&self, users: &[User]) {
        for user in self.issuer.users() {
            self.issuer.remove_user(&user.user_id);
        }
        users.iter().cloned().for_each(|user| self.issuer.add_user(user));
    }

    /// A folder whose service user the server knows.
    pub(super) async fn enrolled(&self) -> SharedFolder {
        self.enrolled_and(&[]).await
    }

    /// The same, after these things were done.
    pub(super) async fn enrolled_and(&self, before: &[Action]) -> SharedFolder {
        self.begin();
        let template = SharedFolder::empty();
        let life = template.enter().await;
        let (provider, parameters) = match self.kind {
            Kind::Auth0 => ("auth0", vec![("apiIdentifier", "https://api.test"), ("apiAddress", self.issuer.url())]),
            Kind::GitHub => ("github-app", vec![("installationId", INSTALLATION)]),
            Kind::Zitadel | Kind::ByAdministrator => ("zitadel", Vec::new()),
        };
        let mut environment = draft(self.issuer.issuer(), provider, Tier::Development);
        let parameters = parameters.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        environment.parameters = parameters.collect();
        life.enrol(environment).await;
        if self.kind == Kind::ByAdministrator {
            life.enrol_administrator(self.issuer.issuer(), ADMIN_ID, ADMIN_KEY_ID, &second_key()).await;
        }
        for action in before {
            life.act(*action).await;
        }
        life.close().await;
        template
    }

    /// The user ids of those with this name.
    pub(super) fn named(&self, name: &str) -> Vec<String> {
        self.issuer.users().into_iter().filter(|user| user.name == name).map(|user| user.user_id).collect()
    }

    /// The ids of the service user's keys.
    fn keys(&self) -> Vec<String> {
        self.keys_of("Deploy Bot")
    }

    fn keys_of(&self, name: &str) -> Vec<String> {
        let users = self.issuer.users().into_iter().filter(|user| user.name == name);
        users.flat_map(|user| user.keys).map(|key| key.key_id).collect()
    }
}

/// What must be true once it is over: one key at the server, one here, and it works.
async fn check(life: &Life, server: &Server, step: u32) {
    life.check().await;
    assert_eq!((server.keys().len(), life.credentials().await.len()), (1, 1), "step {step}");
    assert!(life.mints().await, "step {step}");
    assert_eq!(life.open_rotation().await, None, "step {step}");
    assert_eq!(life.listed().await, (1, 0), "step {step}: keys that are switched off are listed too");
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
