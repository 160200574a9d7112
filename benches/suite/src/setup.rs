//! What the core benchmarks share: the clock, a mint over a new catalogue, key files.

use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use keyring_core::{CredentialStore, mock};
use mintage_core::catalog::Catalog;
use mintage_core::environment::{Environment, EnvironmentDraft, Tier};
use mintage_core::keychain::Keychain;
use mintage_core::mint::Mint;
use mintage_core::private_key::PrivateKey;
use mintage_testbed::setup;
use time::OffsetDateTime;

use crate::Outcome;

#[expect(clippy::disallowed_methods, reason = "a shell: this is where the clock is read")]
pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// A mint over the catalogue in this folder.
pub(crate) async fn mint_over(folder: &Path, keychain: Keychain) -> Outcome<Mint> {
    Ok(Mint::new(Catalog::open(folder).await?, keychain, Arc::new(now)))
}

/// An in-process keychain, which costs next to nothing.
pub(crate) fn keychain_in_memory() -> Outcome<Keychain> {
    let store = mock::Store::new()?;
    Ok(Keychain::over(move || {
        let store: Arc<CredentialStore> = store.clone();
        Ok(store)
    }))
}

/// Adds an environment at this issuer.
pub(crate) async fn environment(mint: &Mint, name: &str, issuer: &str) -> Outcome<Environment> {
    Ok(mint.add_environment(draft(name, issuer), false).await?)
}

/// The settings of an environment.
pub(crate) fn draft(name: &str, issuer: &str) -> EnvironmentDraft {
    EnvironmentDraft {
        name: name.to_owned(),
        scopes: vec!["openid".to_owned(), "profile".to_owned()],
        ..setup::draft(issuer, "zitadel", Tier::Development)
    }
}

/// A ZITADEL key file for a key that was created for it.
pub(crate) fn key_file(key: &PrivateKey, user_id: &str, key_id: &str) -> String {
    let body = BASE64_STANDARD.encode(key.der().expose());
    let lines: Vec<&str> = (0..body.len()).step_by(64).map(|at| &body[at..body.len().min(at + 64)]).collect();
    let pem = format!("-----BEGIN PRIVATE KEY-----\\n{}\\n-----END PRIVATE KEY-----\\n", lines.join("\\n"));
    format!(r#"{{"type":"serviceaccount","keyId":"{key_id}","key":"{pem}","userId":"{user_id}"}}"#)
}
