//! A credential's **row**: what the catalogue stores of it, in SQL form.

use crate::catalog::{CatalogError, column};
use crate::credential::{Credential, CredentialKind, CredentialState, Source};
use crate::ids::{CredentialId, ServiceUserId};
use crate::jose::{KeyFacts, SigningAlgorithm};

/// A row in SQL form: columns that only private keys have may be null.
pub(in crate::catalog) struct CredentialRow {
    pub(in crate::catalog) id: String,
    pub(in crate::catalog) service_user: String,
    pub(in crate::catalog) kind: String,
    pub(in crate::catalog) state: String,
    pub(in crate::catalog) key_id: Option<String>,
    pub(in crate::catalog) client_id: Option<String>,
    pub(in crate::catalog) certificate: Option<String>,
    pub(in crate::catalog) audience: Option<String>,
    pub(in crate::catalog) key_type: Option<String>,
    pub(in crate::catalog) key_bits: Option<i64>,
    pub(in crate::catalog) fingerprint: Option<String>,
    pub(in crate::catalog) thumbprint: Option<String>,
    pub(in crate::catalog) public_pem: Option<String>,
    pub(in crate::catalog) key_algorithm: Option<String>,
    pub(in crate::catalog) source: String,
    pub(in crate::catalog) source_name: Option<String>,
    pub(in crate::catalog) issued_at: Option<i64>,
    pub(in crate::catalog) expires_at: Option<i64>,
    pub(in crate::catalog) imported_at: i64,
    pub(in crate::catalog) last_used_at: Option<i64>,
    pub(in crate::catalog) refused_at: Option<i64>,
    pub(in crate::catalog) token_endpoint: Option<String>,
}

impl CredentialRow {
    pub(in crate::catalog) fn read(self) -> Result<Credential, CatalogError> {
        let kind =
            CredentialKind::from_word(&self.kind).ok_or(CatalogError::UnknownWord { what: "credential kind" })?;
        let state =
            CredentialState::from_word(&self.state).ok_or(CatalogError::UnknownWord { what: "credential state" })?;
        let incomplete = || CatalogError::Unreadable { what: "private key" };
        let facts = || {
            Ok::<_, CatalogError>(KeyFacts {
                key_type: self.key_type.ok_or_else(incomplete)?,
                bits: column::count(self.key_bits.ok_or_else(incomplete)?)?,
                fingerprint: self.fingerprint.ok_or_else(incomplete)?,
                thumbprint: self.thumbprint.ok_or_else(incomplete)?,
                public_pem: self.public_pem.ok_or_else(incomplete)?,
                algorithm: self.key_algorithm.as_deref().map(algorithm).transpose()?,
            })
        };
        let key = if kind.is_key() { Some(facts()?) } else { None };
        Ok(Credential {
            id: CredentialId(column::id(&self.id, "credential id")?),
            service_user: ServiceUserId(column::id(&self.service_user, "service user id")?),
            kind,
            key_id: self.key_id,
            client_id: self.client_id,
            key,
            certificate: self.certificate,
            audience: self.audience,
            source: source(&self.source, self.source_name)?,
            state,
            issued_at: column::optional_time(self.issued_at),
            expires_at: column::optional_time(self.expires_at),
            imported_at: column::time(self.imported_at),
            last_used_at: column::optional_time(self.last_used_at),
            refused_at: column::optional_time(self.refused_at),
            token_endpoint: self.token_endpoint,
        })
    }
}

impl From<&Credential> for CredentialRow {
    fn from(credential: &Credential) -> Self {
        let (source, source_name) = source_words(&credential.source);
        let key = credential.key.as_ref();
        Self {
            id: credential.id.0.to_string(),
            service_user: credential.service_user.0.to_string(),
            kind: credential.kind.as_str().to_owned(),
            state: credential.state.as_str().to_owned(),
            key_id: credential.key_id.clone(),
            client_id: credential.client_id.clone(),
            certificate: credential.certificate.clone(),
            audience: credential.audience.clone(),
            key_type: key.map(|key| key.key_type.clone()),
            key_bits: key.map(|key| i64::from(key.bits)),
            fingerprint: key.map(|key| key.fingerprint.clone()),
            thumbprint: key.map(|key| key.thumbprint.clone()),
            public_pem: key.map(|key| key.public_pem.clone()),
            key_algorithm: algorithm_word(key).map(str::to_owned),
            source: source.to_owned(),
            source_name: source_name.map(str::to_owned),
            issued_at: credential.issued_at.map(column::seconds),
            expires_at: credential.expires_at.map(column::seconds),
            imported_at: column::seconds(credential.imported_at),
            last_used_at: credential.last_used_at.map(column::seconds),
            refused_at: credential.refused_at.map(column::seconds),
            token_endpoint: credential.token_endpoint.clone(),
        }
    }
}

/// The algorithm that a key is bound to, as a word.
pub(super) fn algorithm_word(key: Option<&KeyFacts>) -> Option<&'static str> {
    key?.algorithm.map(SigningAlgorithm::name)
}

fn algorithm(word: &str) -> Result<SigningAlgorithm, CatalogError> {
    SigningAlgorithm::named(word).ok_or(CatalogError::UnknownWord { what: "signature algorithm" })
}

/// Where a credential came from, as a word and the file's name.
fn source_words(source: &Source) -> (&'static str, Option<&str>) {
    match source {
        Source::File { name } => ("file", Some(name)),
        Source::DeletedFile { name } => ("deleted-file", Some(name)),
        Source::Paste => ("paste", None),
        Source::Form => ("form", None),
        Source::Generated => ("generated", None),
    }
}

fn source(word: &str, name: Option<String>) -> Result<Source, CatalogError> {
    match (word, name) {
        ("file", Some(name)) => Ok(Source::File { name }),
        ("deleted-file", Some(name)) => Ok(Source::DeletedFile { name }),
        ("paste", None) => Ok(Source::Paste),
        ("form", None) => Ok(Source::Form),
        ("generated", None) => Ok(Source::Generated),
        _ => Err(CatalogError::UnknownWord { what: "credential source" }),
    }
}
