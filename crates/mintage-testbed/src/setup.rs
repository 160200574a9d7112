//! The **setup** of a journey: a mint over a temporary catalogue, an in-process keychain and a clock that the test
//! sets, with a demo issuer.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mintage_core::catalog::Catalog;
use mintage_core::credential::Source;
use mintage_core::environment::{Environment, EnvironmentDraft, Tier};
use mintage_core::error::Error;
use mintage_core::ids::{EnvironmentId, ServiceUserId};
use mintage_core::keychain::Keychain;
use mintage_core::mint::{Ask, ImportRequest, Mint, Patience, Review};
use mintage_core::provider::ProviderId;
use mintage_core::secret::Secret;
use mintage_core::service_user::ServiceUserDraft;
use mintage_demo::{Config, DemoIssuer, RegisteredKey, TokenForm, User};
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;

/// When journeys begin.
pub const NOON: OffsetDateTime = datetime!(2026-11-22 12:00:00 UTC);
pub const USER_ID: &str = "100507859606888466";
pub const KEY_ID: &str = "100509901696068329";
/// A new token, whatever is in memory.
pub const FRESH: Ask = fresh(false, false);
/// The same, even if it would certainly be refused.
pub const ANYWAY: Ask = fresh(false, true);
/// The same as [`FRESH`], by the server's clock.
pub const SERVER_TIME: Ask = fresh(true, false);

const fn fresh(use_server_time: bool, send_anyway: bool) -> Ask {
    Ask {
        fresh: true,
        use_server_time,
        send_anyway,
        scopes: None,
        audience: None,
        min_life: None,
        within: None,
        approved: None,
    }
}

/// The first pause between two tries.
const QUICKLY: Duration = Duration::from_millis(5);

/// A mint and everything around it.
pub struct Setup {
    pub mint: Arc<Mint>,
    pub folder: TempDir,
    now: Arc<Mutex<OffsetDateTime>>,
}

impl Setup {
    pub async fn new() -> Self {
        let store = keyring_core::mock::Store::new().expect("the mock store is made");
        Self::with_store(store).await
    }

    /// A setup whose keychain keeps its items in this store.
    pub async fn with_store(store: Arc<keyring_core::CredentialStore>) -> Self {
        Self::with_clock(store, |now| now).await
    }

    /// A setup whose clock returns the time set through this.
    pub async fn with_clock(
        store: Arc<keyring_core::CredentialStore>,
        told: impl Fn(OffsetDateTime) -> OffsetDateTime + Send + Sync + 'static,
    ) -> Self {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let now = Arc::new(Mutex::new(NOON));
        let catalog = Catalog::open(&folder.path().join("data")).await.expect("a new catalogue opens");
        let keychain = Keychain::over(move || Ok(Arc::clone(&store)));
        let set = Arc::clone(&now);
        let clock = move || {
            let now = *set.lock().expect("not poisoned");
            told(now)
        };
        // The servers here count requests, not seconds.
        let mint = Mint::new(catalog, keychain, Arc::new(clock)).with_patience(Patience::starting_with(QUICKLY));
        let mint = Arc::new(mint);
        Self { mint, folder, now }
    }

    pub fn set_clock(&self, now: OffsetDateTime) {
        *self.now.lock().expect("not poisoned") = now;
    }

    /// An issuer whose clock is always right: noon, whatever the mint's clock says.
    pub async fn issuer(&self) -> DemoIssuer {
        let mut config = Config::new(Arc::new(|| NOON));
        config.record_requests = true;
        DemoIssuer::start(config).await.expect("a port on loopback is free")
    }

    pub async fn environment(&self, issuer: &str, provider: &str, tier: Tier) -> Environment {
        let draft = draft(issuer, provider, tier);
        self.mint.add_environment(draft, false).await.expect("the draft is sound")
    }

    /// Edits an environment as it is stored now.
    pub async fn save_environment(&self, id: EnvironmentId, draft: EnvironmentDraft) -> Result<Environment, Error> {
        let all = self.mint.environments().await?;
        let opened = all.into_iter().map(|found| found.environment).find(|found| found.id == id).expect("it is there");
        self.mint.edit_environment(&opened, draft).await
    }

    /// Edits a service user as it is stored now.
    pub async fn save_service_user(&self, id: ServiceUserId, draft: ServiceUserDraft) -> Result<(), Error> {
        let opened = self.mint.service_user(id).await?.service_user.settings;
        self.mint.edit_service_user(id, &opened, draft).await
    }

    /// Another process's mint: over the same catalogue, with a keychain of its own.
    pub async fn second_mint(&self) -> Mint {
        let catalog = Catalog::open(&self.folder.path().join("data")).await.expect("two may have it open");
        let store = keyring_core::mock::Store::new().expect("the mock store is made");
        Mint::new(catalog, Keychain::over(move || Ok(Arc::clone(&store) as _)), Arc::new(|| NOON))
    }

    pub fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).expect("the temporary folder is writable");
        path
    }

    /// Reviews a key file's text.
    pub async fn review(&self, text: &str) -> Review {
        self.mint.review_text(Secret::new(text.to_owned()), Source::Paste).await.expect("reviewing works")
    }

    /// Imports a key file's text and registers its public half at the issuer, as a console would.
    pub async fn enrol(&self, environment: &Environment, issuer: &DemoIssuer, form: TokenForm) -> ServiceUserId {
        let review = self.review(&key_file(USER_ID, KEY_ID, "")).await;
        let facts = review.facts.expect("the fixture is a key file");
        let mut user = User::new(USER_ID, "Deploy Bot", "deploy-bot@acme.com");
        user.token_form = form;
        user.keys = vec![RegisteredKey {
            key_id: KEY_ID.to_owned(),
            public_pem: facts.key.expect("it is a key").public_pem,
            expires_at: None,
        }];
        issuer.add_user(user);
        let request = ImportRequest { name: "deploy-bot".to_owned(), ..ImportRequest::of(review.id, environment.id) };
        self.mint.import(&request).await.expect("the import works").service_user
    }
}

/// A setup with a service user whose key an issuer knows.
pub async fn enrolled(tier: Tier, form: TokenForm) -> (Setup, DemoIssuer, Environment, ServiceUserId) {
    let setup = Setup::new().await;
    let issuer = setup.issuer().await;
    let environment = setup.environment(issuer.issuer(), "zitadel", tier).await;
    let id = setup.enrol(&environment, &issuer, form).await;
    (setup, issuer, environment, id)
}

pub fn draft(issuer: &str, provider: &str, tier: Tier) -> EnvironmentDraft {
    EnvironmentDraft::new(format!("Environment of {issuer}"), ProviderId(provider.to_owned()), tier, issuer)
}

/// A ZITADEL key file for the fixture key, with more members if needed (`,"expirationDate":"…"`).
pub fn key_file(user_id: &str, key_id: &str, more: &str) -> String {
    let pem = fixture_key().replace('\n', "\\n");
    format!(r#"{{"type":"serviceaccount","keyId":"{key_id}","key":"{pem}","userId":"{user_id}"{more}}}"#)
}

/// A disposable RSA-2048 key as PKCS#1 PEM.
pub fn fixture_key() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/keys/throwaway-rsa-2048-a.pkcs1.pem");
    std::fs::read_to_string(path).expect("the fixture is in the repository")
}
