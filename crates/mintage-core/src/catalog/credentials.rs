//! The catalogue's **credentials**: the rows whose other halves are in the keychain.
//!
//! Rule: a row never vanishes by itself; each step of an import or removal is a state, so that an
//! interruption leaves something to repair.

use sqlx::SqliteConnection;
use time::OffsetDateTime;

use super::{Catalog, changed, column, is_orphaned, is_taken};
use crate::credential::{Credential, CredentialId, CredentialKind, CredentialState, Source};
use crate::environment::EnvironmentId;
use crate::error::CatalogError;
use crate::private_key::{KeyFacts, SigningAlgorithm};
use crate::service_user::{ServiceUser, ServiceUserId};

const WHAT: &str = "credential";

/// A row as SQL has it: what only a private key has may be absent there.
struct CredentialRow {
    id: String,
    service_user: String,
    kind: String,
    state: String,
    key_id: Option<String>,
    client_id: Option<String>,
    certificate: Option<String>,
    audience: Option<String>,
    key_type: Option<String>,
    key_bits: Option<i64>,
    fingerprint: Option<String>,
    thumbprint: Option<String>,
    public_pem: Option<String>,
    key_algorithm: Option<String>,
    source: String,
    source_name: Option<String>,
    issued_at: Option<i64>,
    expires_at: Option<i64>,
    imported_at: i64,
    last_used_at: Option<i64>,
    refused_at: Option<i64>,
    token_endpoint: Option<String>,
}

macro_rules! select_credentials {
    ($tail:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            CredentialRow,
            "SELECT id, service_user, kind, state, key_id, client_id, certificate, audience, key_type, key_bits, fingerprint, thumbprint, public_pem,
                    key_algorithm, source, source_name, issued_at, expires_at, imported_at, last_used_at, refused_at,
                    token_endpoint
             FROM credentials " + $tail
            $(, $argument)*
        )
    };
}

impl Catalog {
    /// All credentials, or those of one service user: its default first, then the newest first.
    /// Includes pending and deleting ones.
    pub async fn credentials(&self, of: Option<ServiceUserId>) -> Result<Vec<Credential>, CatalogError> {
        let Some(of) = of else { return self.credentials_of_environment(None).await };
        let of = of.0.to_string();
        let rows =
            select_credentials!("WHERE service_user = ?1 ORDER BY is_default DESC, imported_at DESC, rowid DESC", of)
                .fetch_all(&self.pool)
                .await?;
        rows.into_iter().map(CredentialRow::read).collect()
    }

    /// Credentials of all service users of one environment, or of all environments, in one query: each
    /// service user's together, its default first, then the newest first. Includes pending and deleting
    /// ones.
    pub async fn credentials_of_environment(&self, of: Option<EnvironmentId>) -> Result<Vec<Credential>, CatalogError> {
        let rows = match of.map(|id| id.0.to_string()) {
            Some(environment) => {
                select_credentials!(
                    "WHERE environment = ?1 ORDER BY service_user, is_default DESC, imported_at DESC, rowid DESC",
                    environment
                )
                .fetch_all(&self.pool)
                .await?
            }
            None => {
                select_credentials!("ORDER BY service_user, is_default DESC, imported_at DESC, rowid DESC")
                    .fetch_all(&self.pool)
                    .await?
            }
        };
        rows.into_iter().map(CredentialRow::read).collect()
    }

    /// One credential.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn credential(&self, id: CredentialId) -> Result<Credential, CatalogError> {
        let id = id.0.to_string();
        let row = select_credentials!("WHERE id = ?1", id).fetch_optional(&self.pool).await?;
        row.ok_or(CatalogError::Gone { what: WHAT })?.read()
    }

    /// The credential of this key (by RFC 7638 thumbprint) in this environment, pending ones included.
    pub async fn credential_by_thumbprint(
        &self,
        environment: EnvironmentId,
        thumbprint: &str,
    ) -> Result<Option<Credential>, CatalogError> {
        let environment = environment.0.to_string();
        let row = select_credentials!("WHERE environment = ?1 AND thumbprint = ?2", environment, thumbprint)
            .fetch_optional(&self.pool)
            .await?;
        row.map(CredentialRow::read).transpose()
    }

    /// Writes a pending credential and, in the same transaction, its service user if `service_user`
    /// is not in the catalogue yet. The credential's own state is not looked at.
    ///
    /// # Errors
    /// [`CatalogError::Duplicate`] where the environment has another service user with this user id, or
    /// this key, already; [`CatalogError::Gone`] where the environment is no more.
    pub async fn add_pending(&self, service_user: &ServiceUser, credential: &Credential) -> Result<(), CatalogError> {
        let mut writing = self.writing().await?;
        insert_service_user(&mut writing, service_user).await?;
        insert_pending(&mut writing, service_user.environment, credential).await?;
        Ok(writing.commit().await?)
    }

    /// Moves a credential to another state. The first active credential of a service user becomes its
    /// default; one that has a default keeps it, whatever its state.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn set_state(&self, id: CredentialId, state: CredentialState) -> Result<(), CatalogError> {
        self.set_states(&[id], state).await
    }

    /// The same for many, at once: each transaction waits for the disk.
    ///
    /// # Errors
    /// [`CatalogError::Gone`] where any of them is; then none is moved.
    pub async fn set_states(&self, ids: &[CredentialId], state: CredentialState) -> Result<(), CatalogError> {
        let mut writing = self.writing().await?;
        for id in ids {
            set_one_state(&mut writing, *id, state).await?;
        }
        Ok(writing.commit().await?)
    }

    /// Notes which project an application belongs to; nothing if the credential is gone.
    pub async fn set_audience(&self, id: CredentialId, audience: &str) -> Result<(), CatalogError> {
        let id = id.0.to_string();
        sqlx::query!("UPDATE credentials SET audience = ?2 WHERE id = ?1", id, audience).execute(&self.pool).await?;
        Ok(())
    }

    /// Writes what another look at the same credential's file told: the key's id with its age, certificate,
    /// audience, expiry, token endpoint, the algorithm that the key is bound to.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn set_told(&self, credential: &Credential) -> Result<(), CatalogError> {
        let id = credential.id.0.to_string();
        let (issued_at, expires_at) =
            (credential.issued_at.map(column::seconds), credential.expires_at.map(column::seconds));
        let algorithm = algorithm_word(credential.key.as_ref());
        let result = sqlx::query!(
            "UPDATE credentials SET key_id = ?2, certificate = ?3, audience = ?4, issued_at = ?5, expires_at = ?6,
                 key_algorithm = ?7, token_endpoint = ?8
             WHERE id = ?1",
            id,
            credential.key_id,
            credential.certificate,
            credential.audience,
            issued_at,
            expires_at,
            algorithm,
            credential.token_endpoint
        )
        .execute(&self.pool)
        .await?;
        changed(&result, WHAT)
    }

    /// Notes that a credential signed; nothing if it is gone.
    pub async fn credential_used(&self, id: CredentialId, at: OffsetDateTime) -> Result<(), CatalogError> {
        let (id, at) = (id.0.to_string(), column::seconds(at));
        sqlx::query!("UPDATE credentials SET last_used_at = ?2 WHERE id = ?1", id, at).execute(&self.pool).await?;
        Ok(())
    }

    /// Notes when the server refused a credential, or that it took it; nothing if it is gone.
    pub async fn credential_refused(&self, id: CredentialId, at: Option<OffsetDateTime>) -> Result<(), CatalogError> {
        let (id, at) = (id.0.to_string(), at.map(column::seconds));
        sqlx::query!("UPDATE credentials SET refused_at = ?2 WHERE id = ?1", id, at).execute(&self.pool).await?;
        Ok(())
    }

    /// Removes a credential's row; if it was the default, the newest active one becomes the default.
    /// With `and_lonely_user`, its service user goes too if this was its only credential.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn remove_credential(&self, id: CredentialId, and_lonely_user: bool) -> Result<(), CatalogError> {
        let id = id.0.to_string();
        let mut writing = self.writing().await?;
        let removed = sqlx::query!("DELETE FROM credentials WHERE id = ?1 RETURNING service_user, is_default", id)
            .fetch_optional(&mut *writing)
            .await?
            .ok_or(CatalogError::Gone { what: WHAT })?;
        if removed.is_default != 0 {
            promote_newest(&mut writing, &removed.service_user).await?;
        }
        if and_lonely_user {
            sqlx::query!(
                "DELETE FROM service_users
                 WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM credentials WHERE service_user = ?1)",
                removed.service_user
            )
            .execute(&mut *writing)
            .await?;
        }
        Ok(writing.commit().await?)
    }
}

async fn set_one_state(
    writing: &mut SqliteConnection,
    id: CredentialId,
    state: CredentialState,
) -> Result<(), CatalogError> {
    let (id, word) = (id.0.to_string(), state.as_str());
    let result =
        sqlx::query!("UPDATE credentials SET state = ?2 WHERE id = ?1", id, word).execute(&mut *writing).await?;
    changed(&result, WHAT)?;
    if state == CredentialState::Active {
        sqlx::query!(
            "UPDATE credentials SET is_default = 1
                 WHERE id = ?1 AND NOT EXISTS (
                     SELECT 1 FROM credentials other
                     WHERE other.service_user = credentials.service_user AND other.is_default = 1)",
            id
        )
        .execute(writing)
        .await?;
    }
    Ok(())
}

async fn insert_service_user(writing: &mut SqliteConnection, service_user: &ServiceUser) -> Result<(), CatalogError> {
    let settings = &service_user.settings;
    let (id, environment) = (service_user.id.0.to_string(), service_user.environment.0.to_string());
    let name_folded = column::folded(&settings.name);
    let (scopes, tags) = (column::list(&settings.scopes), column::list(&settings.tags));
    let created_at = column::seconds(service_user.created_at);
    let last_used_at = service_user.last_used_at.map(column::seconds);
    let inserted = sqlx::query!(
        "INSERT INTO service_users (
             id, environment, user_id, name, name_folded, scopes, favourite, tags, created_at, last_used_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (id) DO NOTHING",
        id,
        environment,
        service_user.user_id,
        settings.name,
        name_folded,
        scopes,
        settings.favourite,
        tags,
        created_at,
        last_used_at
    )
    .execute(writing)
    .await;
    match inserted {
        Ok(_) => Ok(()),
        Err(error) if is_taken(&error) => Err(CatalogError::Duplicate { what: "service user" }),
        Err(error) if is_orphaned(&error) => Err(CatalogError::Gone { what: "environment" }),
        Err(error) => Err(error.into()),
    }
}

async fn insert_pending(
    writing: &mut SqliteConnection,
    environment: EnvironmentId,
    credential: &Credential,
) -> Result<(), CatalogError> {
    let (id, service_user) = (credential.id.0.to_string(), credential.service_user.0.to_string());
    let environment = environment.0.to_string();
    let (kind, state) = (credential.kind.as_str(), CredentialState::Pending.as_str());
    let (source, source_name) = source_words(&credential.source);
    let key = credential.key.as_ref();
    let (key_type, bits) = (key.map(|key| &key.key_type), key.map(|key| key.bits));
    let (fingerprint, thumbprint) = (key.map(|key| &key.fingerprint), key.map(|key| &key.thumbprint));
    let (public_pem, algorithm) = (key.map(|key| &key.public_pem), algorithm_word(key));
    let issued_at = credential.issued_at.map(column::seconds);
    let expires_at = credential.expires_at.map(column::seconds);
    let imported_at = column::seconds(credential.imported_at);
    let last_used_at = credential.last_used_at.map(column::seconds);
    let refused_at = credential.refused_at.map(column::seconds);
    let inserted = sqlx::query!(
        "INSERT INTO credentials (
             id, service_user, environment, kind, state, key_id, key_type, key_bits, fingerprint, thumbprint,
             public_pem, source, source_name, issued_at, expires_at, imported_at, last_used_at,
             client_id, certificate, audience, refused_at, key_algorithm, token_endpoint)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
                     ?23)",
        id,
        service_user,
        environment,
        kind,
        state,
        credential.key_id,
        key_type,
        bits,
        fingerprint,
        thumbprint,
        public_pem,
        source,
        source_name,
        issued_at,
        expires_at,
        imported_at,
        last_used_at,
        credential.client_id,
        credential.certificate,
        credential.audience,
        refused_at,
        algorithm,
        credential.token_endpoint
    )
    .execute(writing)
    .await;
    match inserted {
        Ok(_) => Ok(()),
        Err(error) if is_taken(&error) => Err(CatalogError::Duplicate { what: "private key" }),
        Err(error) => Err(error.into()),
    }
}

async fn promote_newest(writing: &mut SqliteConnection, service_user: &str) -> Result<(), CatalogError> {
    sqlx::query!(
        "UPDATE credentials SET is_default = 1
         WHERE id = (SELECT id FROM credentials WHERE service_user = ?1 AND state = 'active'
                     ORDER BY imported_at DESC, rowid DESC LIMIT 1)",
        service_user
    )
    .execute(writing)
    .await?;
    Ok(())
}

impl CredentialRow {
    fn read(self) -> Result<Credential, CatalogError> {
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

/// The algorithm that a key is bound to, as a word.
fn algorithm_word(key: Option<&KeyFacts>) -> Option<&'static str> {
    key?.algorithm.map(SigningAlgorithm::name)
}

fn algorithm(word: &str) -> Result<SigningAlgorithm, CatalogError> {
    SigningAlgorithm::named(word).ok_or(CatalogError::UnknownWord { what: "signature algorithm" })
}

/// How a credential came in, as a word and the file's name.
fn source_words(source: &Source) -> (&'static str, Option<&str>) {
    match source {
        Source::File { name } => ("file", Some(name)),
        Source::Paste => ("paste", None),
        Source::Form => ("form", None),
        Source::Generated => ("generated", None),
    }
}

fn source(word: &str, name: Option<String>) -> Result<Source, CatalogError> {
    match (word, name) {
        ("file", Some(name)) => Ok(Source::File { name }),
        ("paste", None) => Ok(Source::Paste),
        ("form", None) => Ok(Source::Form),
        ("generated", None) => Ok(Source::Generated),
        _ => Err(CatalogError::UnknownWord { what: "credential source" }),
    }
}

#[cfg(test)]
mod tests;
