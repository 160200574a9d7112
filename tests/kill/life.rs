//! The **life** that is cut short: a mint over a folder, what it is told to do, and what must be true of
//! the folder whenever that ended.

use std::path::Path;
use std::sync::Arc;

use mintage_core::catalog::Catalog;
use mintage_core::credential::{CredentialId, CredentialKind, CredentialState, Source};
use mintage_core::environment::{EnvironmentId, Tier};
use mintage_core::keychain::Keychain;
use mintage_core::mint::{ImportRequest, Mint, RepairReport};
use mintage_core::private_key::PrivateKey;
use mintage_core::secret::Secret;
use mintage_core::service_user::ServiceUserId;
use serde::{Deserialize, Serialize};

use super::seam::Seam;
use super::store::FileStore;
use super::world::{KEY_ID, NOON, USER_ID, draft, fixture_key, key_file};

/// The environment that things are done to, and the one that must never notice.
const SUBJECT: &str = "https://subject.example.com";
const BYSTANDER: &str = "https://bystander.example.com";

/// What a mint is told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Deed {
    AddEnvironments,
    ImportBystander,
    Import,
    ImportSecondKey,
    ImportSecret,
    /// Imports another secret in the place of the one that stands there.
    ReplaceSecret,
    ForgetCredential,
    ForgetServiceUser,
    ForgetEnvironment,
    /// Repairs, and checks everything that [`Life::check`] checks.
    Repair,
}

impl Deed {
    /// How many credentials the service user has once it is done.
    pub(crate) fn leaves(self) -> usize {
        usize::from(matches!(self, Self::Import | Self::ReplaceSecret))
    }
}

/// A mint, with the parts that it was made of to look into.
pub(crate) struct Life {
    mint: Mint,
    catalog: Catalog,
    keychain: Keychain,
}

impl Life {
    /// Opens the folder with a keychain of files in it.
    pub(crate) async fn with_files(folder: &Path, seam: Seam) -> Self {
        let seam = Arc::new(seam);
        let store = Arc::new(FileStore::new(&folder.join("keychain"), Arc::clone(&seam)));
        Self::with(folder, seam, Keychain::over(move || Ok(Arc::clone(&store) as Arc<keyring_core::CredentialStore>)))
            .await
    }

    /// Opens the folder with the keychain of the desktop.
    pub(crate) async fn with_platform(folder: &Path, seam: Seam) -> Self {
        Self::with(folder, Arc::new(seam), Keychain::platform()).await
    }

    async fn with(folder: &Path, seam: Arc<Seam>, keychain: Keychain) -> Self {
        let catalog = Catalog::open(&folder.join("data")).await.expect("the catalogue opens");
        let clock = Arc::new(move || {
            seam.pass();
            NOON
        });
        Self { mint: Mint::new(catalog.clone(), keychain.clone(), clock), catalog, keychain }
    }

    pub(crate) async fn close(self) {
        self.catalog.close().await;
    }

    /// Does one thing; what is done already is passed over.
    pub(crate) async fn act(&self, deed: Deed) {
        match deed {
            Deed::AddEnvironments => {
                for issuer in [SUBJECT, BYSTANDER] {
                    if self.environment(issuer).await.is_none() {
                        let draft = draft(issuer, "generic", Tier::Development);
                        self.mint.add_environment(draft, false).await.expect("the draft is sound");
                    }
                }
            }
            Deed::ImportBystander => self.import(BYSTANDER, "bystander", "1", &fixture_key()).await,
            Deed::Import => self.import(SUBJECT, USER_ID, KEY_ID, &key_file(USER_ID, KEY_ID, "")).await,
            Deed::ImportSecondKey => self.import(SUBJECT, USER_ID, "2", &second_key()).await,
            Deed::ImportSecret => self.import_secret("the first secret").await,
            Deed::ReplaceSecret => self.import_secret("another secret").await,
            Deed::ForgetCredential => {
                for id in self.credentials().await {
                    self.mint.forget_credential(id).await.expect("the credential is forgotten");
                }
            }
            Deed::ForgetServiceUser => {
                if let Some(id) = self.service_user().await {
                    self.mint.forget_service_user(id).await.expect("the service user is forgotten");
                }
            }
            Deed::ForgetEnvironment => {
                if let Some(id) = self.environment(SUBJECT).await {
                    self.mint.forget_environment(id).await.expect("the environment is forgotten");
                }
            }
            Deed::Repair => self.check().await,
        }
    }

    async fn import(&self, issuer: &str, user_id: &str, key_id: &str, text: &str) {
        let text = Secret::new(text.to_owned());
        let review = self.mint.review_text(text, Source::Paste).await.expect("reviewing works");
        let request = ImportRequest {
            user_id: Some(user_id.to_owned()),
            key_id: Some(key_id.to_owned()),
            ..ImportRequest::of(review.id, self.environment(issuer).await.expect("the environments were added"))
        };
        self.mint.import(&request).await.expect("the import works");
    }

    /// Imports a client secret in the place of the first that stands there.
    async fn import_secret(&self, text: &str) {
        let (kind, text) = (CredentialKind::ClientSecret, Secret::new(text.to_owned()));
        let review = self.mint.review_secret(kind, &text, Source::Form).await.expect("reviewing works");
        let of = ImportRequest::of(review.id, self.environment(SUBJECT).await.expect("the environments were added"));
        let request = ImportRequest { client_id: Some(USER_ID.to_owned()), ..of };
        let standing = self.mint.standing(&request).await.expect("it is known what stands there");
        let replaces = standing.first().map(|one| one.credential);
        self.mint.import(&ImportRequest { replaces, ..request }).await.expect("the import works");
    }

    async fn environment(&self, issuer: &str) -> Option<EnvironmentId> {
        let environments = self.catalog.environments().await.expect("the catalogue answers");
        environments.into_iter().find(|found| found.settings.issuer == issuer).map(|found| found.id)
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

    /// The states that the service user's credentials are found in, before any repair; `gone` for none.
    /// Even now no key may be without its row, and no usable row without its key.
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

    /// The states of all rows, without a word with the keychain.
    pub(crate) async fn states_of_rows(&self) -> Vec<CredentialState> {
        let rows = self.catalog.credentials(None).await.expect("the catalogue answers");
        rows.into_iter().map(|row| row.state).collect()
    }

    /// Repairs, and checks that rows and keys then fit each other, and that there is nothing left to do.
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

    /// Checks that what nothing was done to is as it was.
    pub(crate) async fn check_bystander(&self) {
        let users = self.catalog.service_users(None).await.expect("the catalogue answers");
        let bystander = users.iter().find(|user| user.user_id == "bystander").expect("the bystander is there");
        let detail = self.mint.service_user(bystander.id).await.expect("and whole");
        assert_eq!((detail.credentials.len(), detail.environment.settings.issuer.as_str()), (1, BYSTANDER));
    }
}

fn second_key() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/keys/throwaway-rsa-2048-b.pkcs1.pem");
    std::fs::read_to_string(path).expect("the fixture is in the repository")
}
