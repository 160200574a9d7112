//! What a life does at a server: it rotates, creates, and goes back.

use std::time::Duration;

use mintage_core::credential::{CredentialKind, Source};
use mintage_core::environment::EnvironmentDraft;
use mintage_core::error::Error;
use mintage_core::ids::RotationId;
use mintage_core::mint::{Ask, CreationRequest, RotationRequest, RotationView};
use mintage_core::rotation::{Next, Stage, Step, Undo};
use mintage_core::secret::Secret;
use mintage_core::service_user::ServiceUser;
use mintage_testbed::setup::{KEY_ID, USER_ID, fixture_key};

use super::{CREATED, Life, second_key};

/// How long the old credential is kept where there is a grace, in seconds.
pub(super) const GRACE: u32 = 60;

impl Life {
    /// Adds an environment, with a service user and its key.
    pub(crate) async fn enrol(&self, draft: EnvironmentDraft) {
        let issuer = draft.issuer.clone();
        self.mint.add_environment(draft, false).await.expect("the draft is sound");
        self.import(&issuer, USER_ID, KEY_ID, &fixture_key()).await;
    }

    /// Adds another service user with this key, which acts where the first may not.
    pub(crate) async fn enrol_administrator(&self, issuer: &str, user_id: &str, key_id: &str, pem: &str) {
        self.import(issuer, user_id, key_id, pem).await;
        let environment = self.environment(issuer).await.expect("it was added");
        let users = self.catalog.service_users(None).await.expect("the catalogue answers");
        let chosen = users.into_iter().find(|user| user.user_id == user_id).map(|user| user.id);
        self.mint.set_administrator(environment, chosen).await.expect("it is of that environment");
    }

    pub(super) async fn rotate(&self, grace_seconds: u32) {
        let user = self.service_user().await.expect("it was enrolled");
        let open = self.mint.open_rotations().await.expect("the catalogue answers");
        let id = match open.first() {
            Some(open) => open.rotation.id,
            // One that was killed may be over already.
            None if !self.mint.rotations(Some(user)).await.expect("the catalogue answers").is_empty() => return,
            None => {
                let request = RotationRequest { grace_seconds, ..RotationRequest::of(user) };
                self.mint.start_rotation(&request).await.expect("it may").rotation.id
            }
        };
        self.to_the_end(id).await;
    }

    /// Goes on, as if each wait were over.
    async fn to_the_end(&self, id: RotationId) {
        loop {
            let view = self.go_on(id).await;
            if !matches!(view.next, Next::Grace { .. }) {
                assert!(view.rotation.is_over(), "{view:?}");
                return;
            }
            self.release(id).await;
        }
    }

    async fn go_on(&self, id: RotationId) -> RotationView {
        alone(async || self.mint.continue_rotation(id, &|_| {}).await).await
    }

    async fn release(&self, id: RotationId) {
        alone(async || self.mint.release_rotation(id, None).await).await;
    }

    pub(super) async fn rotate_into_grace(&self) -> RotationId {
        let user = self.service_user().await.expect("it was enrolled");
        let request = RotationRequest { grace_seconds: GRACE, ..RotationRequest::of(user) };
        let id = self.mint.start_rotation(&request).await.expect("it may").rotation.id;
        let view = self.go_on(id).await;
        assert!(matches!(view.next, Next::Grace { .. }), "{view:?}");
        id
    }

    pub(super) async fn rotate_into_watch(&self) {
        let id = self.rotate_into_grace().await;
        self.release(id).await;
        let view = self.go_on(id).await;
        assert_eq!(view.rotation.stage, Stage::Disabled);
    }

    pub(super) async fn rotate_into_bring(&self) {
        let user = self.service_user().await.expect("it was enrolled");
        let id = self.mint.start_rotation(&RotationRequest::of(user)).await.expect("it may").rotation.id;
        assert_eq!(self.go_on(id).await.next, Next::Bring);
    }

    pub(super) async fn bring(&self) {
        let open = self.mint.open_rotations().await.expect("the catalogue answers");
        // One that was killed may be over already.
        let Some(id) = open.first().map(|open| open.rotation.id) else { return };
        if open[0].next == Next::Bring {
            let review = self.mint.review_text(Secret::new(second_key()), Source::Paste).await;
            let review = review.expect("reviewing works").id;
            alone(async || self.mint.bring_key(id, review).await).await;
        }
        let mut view = self.go_on(id).await;
        if view.next == Next::RemoveByHand {
            self.release(id).await;
            view = self.go_on(id).await;
        }
        assert!(view.rotation.succeeded(), "{view:?}");
    }

    pub(super) async fn rotate_locking(&self, step: Step) {
        let user = self.service_user().await.expect("it was enrolled");
        let open = self.mint.open_rotations().await.expect("the catalogue answers").into_iter().next();
        let id = match open {
            Some(open) => open.rotation.id,
            None => self.mint.start_rotation(&RotationRequest::of(user)).await.expect("it may").rotation.id,
        };
        let watch = |view: &RotationView| {
            if view.rotation.asked == Some(step) && view.rotation.failure().is_none() {
                lock_keyring();
            }
        };
        let failed = self.mint.continue_rotation(id, &watch).await.expect_err("the keyring is locked");
        assert_eq!(failed.code(), "keychain-locked", "{step:?}: {failed}");
    }

    pub(super) async fn create_user(&self) {
        let by = self.service_user().await.expect("it was enrolled");
        let open = self.mint.open_creations().await.expect("the catalogue answers");
        let done = match open.first() {
            Some(open) => self.mint.continue_creation(open.id, None).await,
            None if self.created().await.is_some() => return,
            None => self.mint.create_service_user(&CreationRequest::of(by, CREATED)).await,
        };
        done.expect("it may");
    }

    /// The user id of the service user that [`Action::CreateUser`] created.
    pub(crate) async fn created(&self) -> Option<String> {
        self.created_user().await.map(|user| user.user_id)
    }

    async fn created_user(&self) -> Option<ServiceUser> {
        let users = self.catalog.service_users(None).await.expect("the catalogue answers");
        users.into_iter().find(|user| user.settings.name == CREATED)
    }

    pub(super) async fn first_key(&self) {
        let by = self.service_user().await.expect("it was enrolled");
        let user = self.created_user().await.expect("it was created").id;
        let id = match self.mint.open_rotations().await.expect("the catalogue answers").first() {
            Some(open) => open.rotation.id,
            None if self.keys_of_created().await > 0 => return,
            None => {
                let request = self.mint.first_key(user, &CreationRequest::of(by, CREATED));
                self.mint.start_rotation(&request).await.expect("it may").rotation.id
            }
        };
        self.to_the_end(id).await;
    }

    /// How many credentials [`CREATED`] has.
    pub(crate) async fn keys_of_created(&self) -> usize {
        let user = self.created_user().await.expect("it was created").id;
        self.catalog.credentials(Some(user)).await.expect("the catalogue answers").len()
    }

    /// How many keys the server lists, and how many it doesn't list that are here.
    pub(crate) async fn listed(&self) -> (usize, usize) {
        let user = self.service_user().await.expect("it was enrolled");
        let listed = self.mint.server_credentials(user, None, CredentialKind::PrivateKey).await.expect("it may");
        (listed.credentials.len(), listed.unlisted.len())
    }

    pub(super) async fn undo_rotation(&self) {
        let open = self.mint.open_rotations().await.expect("the catalogue answers");
        if let Some(open) = open.first() {
            let id = open.rotation.id;
            let view = alone(async || self.mint.undo_rotation(id, &|_| {}).await).await;
            if view.next == Next::RemoveByHand {
                self.release(id).await;
                self.go_on(id).await;
            }
        }
    }

    /// The rotation that isn't over: what is certain, what was asked for, and whether it can be undone.
    pub(crate) async fn open_rotation(&self) -> Option<(Stage, Option<Step>, Undo)> {
        let open = self.mint.open_rotations().await.expect("the catalogue answers").into_iter().next()?;
        Some((open.rotation.stage, open.rotation.asked, open.undo))
    }

    /// Whether a token can be minted.
    pub(crate) async fn mints(&self) -> bool {
        let user = self.service_user().await.expect("it was enrolled");
        self.mint.token(user, Ask { fresh: true, ..Ask::default() }).await.is_ok()
    }
}

/// Until a process that another test starts runs its program, it shares this one's locks.
async fn alone<T>(attempt: impl AsyncFn() -> Result<T, Error>) -> T {
    for _ in 0..500 {
        match attempt().await {
            Err(error) if error.code() == "rotation-busy" => tokio::time::sleep(Duration::from_millis(5)).await,
            done => return done.expect("it goes on, or back"),
        }
    }
    panic!("another process works on it, and doesn't end")
}

/// Locks the keyring of the session that this process is part of.
fn lock_keyring() {
    let mut command = std::process::Command::new("dbus-send");
    command.args(["--session", "--print-reply=literal", "--type=method_call", "--dest=org.freedesktop.secrets"]);
    command.args(["/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock"]);
    command.arg("array:objpath:/org/freedesktop/secrets/collection/login");
    let status = command.stdout(std::process::Stdio::null()).status().expect("dbus-send is installed");
    assert!(status.success(), "the keyring didn't lock");
}
