//! The **life** that is cut short: a mint over a folder, what it is told to do, and what must be true of the folder
//! however it ended.

mod rotating;

use std::path::Path;
use std::sync::Arc;

use mintage_core::catalog::Catalog;
use mintage_core::credential::{CredentialKind, CredentialState, Source};
use mintage_core::environment::Tier;
use mintage_core::error::Error;
use mintage_core::ids::{CredentialId, EnvironmentId, ServiceUserId};
use mintage_core::keychain::Keychain;
use mintage_core::mint::{Ask, ImportRequest, Mint, Patience, PlanRequest, RepairReport};
use mintage_core::private_key::PrivateKey;
use mintage_core::provider::file::Format;
use mintage_core::provider::{Provider, ProviderId, built_in};
use mintage_core::rotation::Step;
use mintage_core::secret::Secret;
use mintage_core::settings::{Settings, Theme};
use serde::{Deserialize, Serialize};

use crate::file_store::FileStore;
use crate::seam::Seam;
use mintage_testbed::setup::{KEY_ID, NOON, USER_ID, draft, fixture_key, key_file};

/// The environment variable that names the server of [`Action::Enrol`].
pub(crate) const ISSUER: &str = "MINTAGE_TEST_ISSUER";

/// The name of the service user that [`Action::CreateUser`] creates.
pub(crate) const CREATED: &str = "new-bot";

/// The environment that things are done to, and the one that must never notice.
const SUBJECT: &str = "https://subject.example.com";
const BYSTANDER: &str = "https://bystander.example.com";

/// What a mint is told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Action {
    AddEnvironments,
    ImportBystander,
    Import,
    ImportSecondKey,
    /// Imports the key of [`Action::Import`] and another service user's together.
    ImportSeveral,
    ImportSecret,
    /// Imports another secret to replace the existing one.
    ReplaceSecret,
    ForgetCredential,
    ForgetServiceUser,
    ForgetEnvironment,
    /// Repairs, and checks everything that [`Life::check`] checks.
    Repair,
    /// Mints a token.
    Mint,
    /// Begins a rotation, or goes on with the one that isn't over.
    Rotate,
    /// Adds the service user of the server that [`ISSUER`] names.
    Enrol,
    /// Begins a rotation, or goes on, and locks the desktop's keyring when this step is asked for. It fails, and says why.
    RotateLocking(Step),
    /// Begins a rotation with a grace, and goes on as if each wait were over.
    RotateThroughGrace,
    /// Begins a rotation, up to its grace.
    RotateIntoGrace,
    /// The same, up to the wait after the old credential was switched off.
    RotateIntoWatch,
    /// Begins a rotation at a provider whose console makes keys, up to the wait for the file.
    RotateIntoBring,
    /// Brings the file and goes on to the end, or goes on with that; whoever is asked to remove a key says that it is done.
    Bring,
    /// Undoes the rotation that isn't over.
    UndoRotation,
    /// Creates [`CREATED`] at the server, or goes on with that.
    CreateUser,
    /// Makes the first key of [`CREATED`], or goes on with that.
    FirstKey,
    /// Chooses the dark theme.
    ChangeSetting,
    /// Renames the profile that [`Life::save_profile`] added.
    RenameProfile,
}

impl Action {
    /// How many credentials the service user has once it is done.
    pub(crate) fn leaves(self) -> usize {
        usize::from(matches!(self, Self::Import | Self::ImportSeveral | Self::ReplaceSecret))
    }
}

/// A mint, with access to its parts.
pub(crate) struct Life {
    pub(crate) mint: Mint,
    catalog: Catalog,
    keychain: Keychain,
}

impl Life {
    /// Opens the folder with a file keychain.
    pub(crate) async fn with_files(folder: &Path, seam: Seam) -> Self {
        let seam = Arc::new(seam);
        let store = Arc::new(FileStore::new(&folder.join("keychain"), Arc::clone(&seam)));
        Self::with(folder, seam, Keychain::over(move || Ok(Arc::clone(&store) as Arc<keyring_core::CredentialStore>)))
            .await
    }

    /// Opens the folder with the desktop's keychain.
    pub(crate) async fn with_platform(folder: &Path, seam: Seam) -> Self {
        Self::with(folder, Arc::new(seam), Keychain::platform()).await
    }

    async fn with(folder: &Path, seam: Arc<Seam>, keychain: Keychain) -> Self {
        let catalog = Catalog::open(&folder.join("data")).await.expect("the catalogue opens");
        let clock = Arc::new(move || {
            seam.pass();
            NOON
        });
        let quickly = Patience::starting_with(std::time::Duration::from_millis(5));
        let mint = Mint::new(catalog.clone(), keychain.clone(), clock).with_patience(quickly);
        Self { mint, catalog, keychain }
    }

    pub(crate) async fn close(self) {
        self.catalog.close().await;
    }

    /// Does one thing; skips it if it is already done, or if another process has removed what it is about.
    pub(crate) async fn act(&self, action: Action) {
        match action {
            Action::AddEnvironments => {
                for issuer in [SUBJECT, BYSTANDER] {
                    if self.environment(issuer).await.is_none() {
                        let draft = draft(issuer, "generic", Tier::Development);
                        self.mint.add_environment(draft, false).await.expect("the draft is sound");
                    }
                }
            }
            Action::ImportBystander => self.import(BYSTANDER, "bystander", "1", &fixture_key()).await,
            Action::Import => self.import(SUBJECT, USER_ID, KEY_ID, &key_file(USER_ID, KEY_ID, "")).await,
            Action::ImportSecondKey => self.import(SUBJECT, USER_ID, "2", &second_key()).await,
            Action::ImportSeveral => self.import_several().await,
            Action::ImportSecret => self.import_secret("the first secret").await,
            Action::ReplaceSecret => self.import_secret("another secret").await,
            Action::ForgetCredential => {
                for id in self.credentials().await {
                    unless_gone(self.mint.forget_credential(id).await);
                }
            }
            Action::ForgetServiceUser => {
                if let Some(id) = self.service_user().await {
                    unless_gone(self.mint.forget_service_user(id).await);
                }
            }
            Action::ForgetEnvironment => {
                if let Some(id) = self.environment(SUBJECT).await {
                    unless_gone(self.mint.forget_environment(id).await);
                }
            }
            Action::Repair => self.check().await,
            Action::Mint => self.mint_unless_removed().await,
            Action::Rotate => Box::pin(self.rotate(0)).await,
            Action::RotateThroughGrace => Box::pin(self.rotate(rotating::GRACE)).await,
            Action::RotateIntoGrace => drop(Box::pin(self.rotate_into_grace()).await),
            Action::RotateIntoWatch => Box::pin(self.rotate_into_watch()).await,
            Action::Enrol => {
                let issuer = std::env::var(ISSUER).expect("the test names it");
                if self.environment(&issuer).await.is_none() {
                    self.enrol(draft(&issuer, "zitadel", Tier::Development)).await;
                }
            }
            Action::RotateLocking(step) => Box::pin(self.rotate_locking(step)).await,
            Action::RotateIntoBring => Box::pin(self.rotate_into_bring()).await,
            Action::Bring => Box::pin(self.bring()).await,
            Action::UndoRotation => Box::pin(self.undo_rotation()).await,
            Action::CreateUser => Box::pin(self.create_user()).await,
            Action::FirstKey => Box::pin(self.first_key()).await,
            Action::ChangeSetting => {
                let opened = self.mint.settings().await.expect("they are read");
                let dark = Settings { theme: Theme::Dark, ..opened.clone() };
                self.mint.change_settings(&opened, &dark).await.expect("they are sound");
            }
            Action::RenameProfile => {
                let opened = self.profile_text().await;
                self.save_profile("Renamed elsewhere", Some(&opened)).await.expect("it is as it was opened");
            }
        }
    }

    /// Saves a profile of the user's own under this name.
    pub(crate) async fn save_profile(&self, name: &str, replaces: Option<&str>) -> Result<(), Error> {
        let own = Provider { id: ProviderId("own".into()), name: name.into(), ..built_in()[0].clone() };
        self.mint.save_provider(&own, replaces).await
    }

    /// The profile's text, as an editor opens it.
    pub(crate) async fn profile_text(&self) -> String {
        self.mint.export_provider(&ProviderId("own".into()), Format::Toml).await.expect("it was added")
    }

    async fn mint_unless_removed(&self) {
        let user = self.service_user().await.expect("only its key is removed");
        if let Err(error) = self.mint.token(user, Ask::default()).await {
            assert!(["gone", "key-missing", "no-credential"].contains(&error.code()), "{error}");
        }
    }

    async fn import(&self, issuer: &str, user_id: &str, key_id: &str, text: &str) {
        let Some(environment) = self.environment(issuer).await else { return };
        let request = self.request(environment, user_id, key_id, text).await;
        unless_gone(self.mint.import(&request).await);
    }

    async fn request(&self, environment: EnvironmentId, user_id: &str, key_id: &str, text: &str) -> ImportRequest {
        let text = Secret::new(text.to_owned());
        let review = self.mint.review_text(text, Source::Paste).await.expect("reviewing works");
        ImportRequest {
            user_id: Some(user_id.to_owned()),
            key_id: Some(key_id.to_owned()),
            ..ImportRequest::of(review.id, environment)
        }
    }

    async fn import_several(&self) {
        let environment = self.environment(SUBJECT).await.expect("the environments were added");
        let requests = [
            self.request(environment, USER_ID, KEY_ID, &fixture_key()).await,
            self.request(environment, "another", "2", &second_key()).await,
        ];
        for outcome in self.mint.import_several(&requests, |_| true).await {
            outcome.expect("the import works");
        }
    }

    /// Imports a client secret to replace the first existing one.
    async fn import_secret(&self, text: &str) {
        let (kind, text) = (CredentialKind::ClientSecret, Secret::new(text.to_owned()));
        let review = self.mint.review_secret(kind, &text, Source::Form).await.expect("reviewing works");
        let of = ImportRequest::of(review.id, self.environment(SUBJECT).await.expect("the environments were added"));
        let request = ImportRequest { client_id: Some(USER_ID.to_owned()), ..of };
        let plan = self.mint.import_plan(&PlanRequest::like(&request)).await.expect("it is planned");
        let replaces = plan.items[0].existing.first().map(|one| one.credential);
        self.mint.import(&ImportRequest { replaces, ..request }).await.expect("the import works");
    }

    async fn environment(&self, issuer: &str) -> Option<EnvironmentId> {
        let environments = self.catalog.environments().await.expect("the catalogue answers");
        environments.into_iter().find(|found| found.settings.issuer.as_str() == issuer).map(|found| found.id)
    }

    async fn service_user(&self) -> Option<ServiceUserId> {
        let users = self.catalog.service_users(None).await.expect("the catalogue answers");
        users.into_iter().find(|user| user.user_id == USER_ID).map(|user| user.id)
    }

    /// The credentials of the service user that things are done to.
    pub(crate) async fn credentials(&self) -> Vec<CredentialId> {
        let Some(user) = self.service_user().await else { return Vec::new() };
        let credentials = self.catalog.credentials(Some(user)).await.expect("the catalogue answers");
        credentials.into_iter().map(|credential| credential.id).collect()
    }

    pub(crate) async fn has_credentials(&self) -> bool {
        !self.credentials().await.is_empty()
    }

    /// The states of the service user's credentials, before any repair; `gone` for none. Even now no key may be without
    /// its row, and no usable row without its key.
    pub(crate) async fn states(&self) -> Vec<String> {
        let items = self.keychain.list().await.expect("the keychain answers");
        let rows = self.catalog.credentials(None).await.expect("the catalogue answers");
        let orphans: Vec<_> = items.iter().filter(|id| !rows.iter().any(|row| row.id == **id)).collect();
        assert!(orphans.is_empty(), "keys that no row speaks of: {orphans:?}");
        let own = self.credentials().await;
        let mut states = Vec::new();
        for row in rows.iter().filter(|row| own.contains(&row.id)) {
            let has_item = items.contains(&row.id);
            assert!(has_item || row.state != CredentialState::Active, "a usable credential without its key");
            states.push(format!("{} {} its item", row.state.as_str(), if has_item { "with" } else { "without" }));
        }
        if states.is_empty() {
            states.push("gone".to_owned());
        }
        states
    }

    /// The states of all rows, without asking the keychain.
    #[cfg(target_os = "linux")]
    pub(crate) async fn states_of_rows(&self) -> Vec<CredentialState> {
        let rows = self.catalog.credentials(None).await.expect("the catalogue answers");
        rows.into_iter().map(|row| row.state).collect()
    }

    /// Repairs, and checks that rows and keys then match, and that there is nothing left to do.
    pub(crate) async fn check(&self) {
        let report = self.mint.repair().await.expect("the repair works");
        assert_eq!((report.missing, &report.orphans[..]), (0, &[][..]), "{report:?}");
        let mut ids = Vec::new();
        for row in self.catalog.credentials(None).await.expect("the catalogue answers") {
            assert_eq!(row.state, CredentialState::Active, "{row:?}");
            let item = self.keychain.get(row.id).await.expect("a usable credential has its item");
            if row.key.is_some() {
                let key = PrivateKey::from_der(item).expect("the key is whole");
                assert_eq!(Some(key.facts()), row.key.as_ref());
            }
            ids.push(row.id);
        }
        ids.sort_unstable();
        assert_eq!(self.keychain.list().await.expect("the keychain answers"), ids);
        let again = self.mint.repair().await.expect("the repair works");
        assert_eq!(again, RepairReport::default(), "the repair had left something to do");
    }

    /// Checks that everything else is unchanged.
    pub(crate) async fn check_bystander(&self) {
        let users = self.catalog.service_users(None).await.expect("the catalogue answers");
        let bystander = users.iter().find(|user| user.user_id == "bystander").expect("the bystander is there");
        let detail = self.mint.service_user(bystander.id).await.expect("and whole");
        assert_eq!((detail.credentials.len(), detail.environment.settings.issuer.as_str()), (1, BYSTANDER));
    }
}

/// Nothing but what another process removed may be missing.
fn unless_gone<T>(done: Result<T, Error>) {
    if let Err(error) = done {
        assert_eq!(error.code(), "gone", "{error}");
    }
}

pub(crate) fn second_key() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/throwaway-rsa-2048-b.pkcs1.pem");
    std::fs::read_to_string(path).expect("the fixture is in the repository")
}
