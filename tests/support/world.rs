//! A **world** for journeys: a mint over a temporary catalogue, an in-process keychain and a clock that
//! the test sets, with a demo issuer beside it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use mintage_core::catalog::Catalog;
use mintage_core::credential::Source;
use mintage_core::environment::{EndpointOverrides, Environment, EnvironmentDraft, Tier};
use mintage_core::keychain::Keychain;
use mintage_core::mint::{ImportRequest, Mint, Review};
use mintage_core::provider::ProviderId;
use mintage_core::secret::Secret;
use mintage_core::service_user::ServiceUserId;
use mintage_demo_issuer::{Config, DemoIssuer, RegisteredKey, TokenForm, User};
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;

/// When journeys begin.
pub(crate) const NOON: OffsetDateTime = datetime!(2026-11-22 12:00:00 UTC);
pub(crate) const USER_ID: &str = "100507859606888466";
pub(crate) const KEY_ID: &str = "100509901696068329";

/// A mint and everything around it.
pub(crate) struct World {
    pub(crate) mint: Arc<Mint>,
    pub(crate) folder: TempDir,
    now: Arc<Mutex<OffsetDateTime>>,
}

impl World {
    pub(crate) async fn new() -> Self {
        let store = keyring_core::mock::Store::new().expect("the mock store is made");
        Self::over(store).await
    }

    /// A world whose keychain keeps its items in this store.
    pub(crate) async fn over(store: Arc<keyring_core::CredentialStore>) -> Self {
        Self::with_clock(store, |now| now).await
    }

    /// A world whose clock passes the time that was set through this.
    pub(crate) async fn with_clock(
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
        let mint = Arc::new(Mint::new(catalog, keychain, Arc::new(clock)));
        Self { mint, folder, now }
    }

    pub(crate) fn set_clock(&self, now: OffsetDateTime) {
        *self.now.lock().expect("not poisoned") = now;
    }

    /// An issuer whose clock is always right: noon, whatever the mint's clock says.
    pub(crate) async fn issuer(&self) -> DemoIssuer {
        let mut config = Config::new(Arc::new(|| NOON));
        config.record_requests = true;
        DemoIssuer::start(config).await.expect("a port on loopback is free")
    }

    pub(crate) async fn environment(&self, issuer: &str, provider: &str, tier: Tier) -> Environment {
        let draft = draft(issuer, provider, tier);
        self.mint.add_environment(draft, false).await.expect("the draft is sound")
    }

    pub(crate) fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).expect("the temporary folder is writable");
        path
    }

    /// Takes a key file's text under review.
    pub(crate) async fn review(&self, text: &str) -> Review {
        self.mint.review_text(Secret::new(text.to_owned()), Source::Paste).await.expect("reviewing works")
    }

    /// Imports a key file's text and registers its public half at the issuer, as a console would.
    pub(crate) async fn enrol(&self, environment: &Environment, issuer: &DemoIssuer, form: TokenForm) -> ServiceUserId {
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

pub(crate) fn draft(issuer: &str, provider: &str, tier: Tier) -> EnvironmentDraft {
    EnvironmentDraft {
        name: format!("Environment of {issuer}"),
        provider: ProviderId(provider.to_owned()),
        tier,
        issuer: issuer.to_owned(),
        endpoints: EndpointOverrides::default(),
        audience: Vec::new(),
        scopes: Vec::new(),
        ca_certificate: None,
        confirmed_hosts: Vec::new(),
        parameters: std::collections::BTreeMap::new(),
        expected_issuer: None,
    }
}

/// A ZITADEL key file around the fixture key, with more members if wanted (`,"expirationDate":"…"`).
pub(crate) fn key_file(user_id: &str, key_id: &str, more: &str) -> String {
    let pem = fixture_key().replace('\n', "\\n");
    format!(r#"{{"type":"serviceaccount","keyId":"{key_id}","key":"{pem}","userId":"{user_id}"{more}}}"#)
}

/// A throw-away RSA-2048 key as PKCS#1 PEM.
pub(crate) fn fixture_key() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/keys/throwaway-rsa-2048-a.pkcs1.pem");
    std::fs::read_to_string(path).expect("the fixture is in the repository")
}
