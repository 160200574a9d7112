//! The import journey: from bytes to a service user whose key is in the keychain.
//!
//! A key file is first under review (see `review.rs`); what the user decided about it comes here.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;
use uuid::Uuid;

use super::review::ReviewId;
use super::{Mint, lock};
use crate::activity::Deed;
use crate::credential::{Credential, CredentialId, CredentialKind, CredentialState, Source};
use crate::environment::{Environment, EnvironmentId};
use crate::error::{CatalogError, Error, KeychainError};
use crate::key_file::{self, KeyFile};
use crate::private_key::PrivateKey;
use crate::provider;
use crate::service_user::{ServiceUser, ServiceUserDraft, ServiceUserId};

/// What the user decided on the review sheet for one key file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportRequest {
    /// Which key file.
    pub review: ReviewId,
    /// Where to.
    pub environment: EnvironmentId,
    /// The service user's name; empty takes its user id.
    pub name: String,
    /// The service user's id where the file does not hold it; ignored where it does.
    #[serde(default)]
    pub user_id: Option<String>,
    /// The key's id where the file does not hold it; ignored where it does.
    #[serde(default)]
    pub key_id: Option<String>,
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportOutcome {
    /// The service user that has the key now.
    pub service_user: ServiceUserId,
    /// The credential.
    pub credential: CredentialId,
    /// Whether everything was there already, so that nothing was changed.
    pub unchanged: bool,
    /// Whether the service user was new.
    pub new_service_user: bool,
}

impl Mint {
    /// Stores a reviewed key: row `pending` → keychain, read back → row `active`. The same key again in
    /// the same environment changes nothing and says so.
    ///
    /// # Errors
    /// [`Error::ReviewGone`], [`Error::DemoEnvironment`], [`Error::ImportIncomplete`],
    /// [`Error::TypedIdInvalid`], [`Error::KeyKnownOtherwise`], what the keychain and the catalogue report. After an error the review is still there, so that nothing has to be chosen again.
    pub async fn import(&self, request: &ImportRequest) -> Result<ImportOutcome, Error> {
        let (file, source) = {
            let reviews = lock(&self.reviews);
            let reviewed = reviews.get(&request.review).ok_or(Error::ReviewGone)?;
            (reviewed.file.clone().ok_or(Error::ReviewGone)?, reviewed.source.clone())
        };
        let environment = self.catalog.environment(request.environment).await?;
        if environment.demo {
            // The demo goes away with one click; a real key must not go with it.
            return Err(Error::DemoEnvironment { environment: environment.settings.name });
        }
        let user_id = id_of(file.user_id.as_ref(), request.user_id.as_deref(), "user id")?;
        let key_id = id_of(file.key_id.as_ref(), request.key_id.as_deref(), "key id")?;
        let outcome = self.store(&environment, &request.name, user_id, key_id, &file, source).await?;
        self.note_stored(request.review);
        Ok(outcome)
    }

    /// Stores a key that Mintage made itself, as [`Mint::import`] does.
    ///
    /// # Errors
    /// What the keychain and the catalogue report.
    pub async fn import_generated(
        &self,
        environment: &Environment,
        name: &str,
        file: &KeyFile,
    ) -> Result<ImportOutcome, Error> {
        let user_id = file.user_id.clone().ok_or(Error::ImportIncomplete { what: "user id" })?;
        let key_id = file.key_id.clone().ok_or(Error::ImportIncomplete { what: "key id" })?;
        self.store(environment, name, user_id, key_id, file, Source::Generated).await
    }

    async fn store(
        &self,
        environment: &Environment,
        name: &str,
        user_id: String,
        key_id: String,
        file: &KeyFile,
        source: Source,
    ) -> Result<ImportOutcome, Error> {
        let _alone = self.changing.lock().await;
        let key = file.key().ok_or(Error::ImportIncomplete { what: "private key" })?;
        let existing = self.catalog.credential_by_thumbprint(environment.id, &key.facts().thumbprint).await?;
        if let Some(credential) = existing {
            return self.store_again(credential, &user_id, &key_id, key).await;
        }
        let known = self.catalog.service_user_by_user_id(environment.id, &user_id).await?;
        let new_service_user = known.is_none();
        let service_user = known.unwrap_or_else(|| self.new_service_user(environment, name, user_id));
        let credential = self.new_credential(&service_user, key_id, key, file.expires_at, source);

        // Asked before anything is written: where there is no keychain, or it stays locked, nothing is begun.
        self.keychain.unlock().await?;
        self.catalog.add_pending(&service_user, &credential).await?;
        if let Err(error) = self.keychain.put(credential.id, key.der().clone()).await {
            return Err(self.unwind(&credential, error).await);
        }
        self.catalog.set_state(credential.id, CredentialState::Active).await?;
        let detail = Ok(format!("key {}", credential.key_id));
        // The key is stored: a record that cannot be written changes nothing about that.
        let _: Result<(), Error> = self.record(Deed::Import, environment, &service_user, detail).await;
        Ok(ImportOutcome {
            service_user: service_user.id,
            credential: credential.id,
            unchanged: false,
            new_service_user,
        })
    }

    /// The key is known here already. Its keychain item is put back if it is gone or was never finished;
    /// whether it is there is asked and not believed, as the original file may be deleted next.
    async fn store_again(
        &self,
        credential: Credential,
        user_id: &str,
        key_id: &str,
        key: &PrivateKey,
    ) -> Result<ImportOutcome, Error> {
        let service_user = self.catalog.service_user(credential.service_user).await?;
        if service_user.user_id != user_id || credential.key_id != key_id {
            return Err(Error::KeyKnownOtherwise {
                service_user: service_user.settings.name,
                user_id: service_user.user_id,
                key_id: credential.key_id,
            });
        }
        self.keychain.put(credential.id, key.der().clone()).await?;
        let unchanged = credential.state == CredentialState::Active;
        if !unchanged {
            self.catalog.set_state(credential.id, CredentialState::Active).await?;
        }
        Ok(ImportOutcome {
            service_user: credential.service_user,
            credential: credential.id,
            unchanged,
            new_service_user: false,
        })
    }

    /// Takes back a row whose keychain write failed. Where the write may still happen (no answer yet),
    /// the row stays, so that the repair or the next import of the same key finishes it.
    async fn unwind(&self, credential: &Credential, error: KeychainError) -> Error {
        let may_still_happen = matches!(error, KeychainError::TimedOut { .. } | KeychainError::Failed { .. });
        if !may_still_happen && self.keychain.delete(credential.id).await.is_ok() {
            // A row that stays behind here is found by the next repair, so its failure adds nothing.
            let _: Result<(), CatalogError> = self.catalog.remove_credential(credential.id, true).await;
        }
        error.into()
    }

    fn new_service_user(&self, environment: &Environment, name: &str, user_id: String) -> ServiceUser {
        let provider = provider::find(&environment.settings.provider);
        let scopes = &environment.settings.scopes;
        let name = name.trim();
        ServiceUser {
            id: ServiceUserId(Uuid::new_v4()),
            environment: environment.id,
            settings: ServiceUserDraft {
                name: if name.is_empty() { user_id.clone() } else { name.to_owned() },
                scopes: if scopes.is_empty() { provider.default_scopes } else { scopes.clone() },
                favourite: false,
                tags: Vec::new(),
            },
            user_id,
            default_credential: None,
            created_at: self.now(),
            last_used_at: None,
        }
    }

    fn new_credential(
        &self,
        user: &ServiceUser,
        key_id: String,
        key: &PrivateKey,
        expires_at: Option<OffsetDateTime>,
        source: Source,
    ) -> Credential {
        let issued_at = key_file::issued_at_of_id(&key_id, self.now());
        Credential {
            id: CredentialId(Uuid::new_v4()),
            service_user: user.id,
            kind: CredentialKind::PrivateKey,
            key_id,
            key: key.facts().clone(),
            source,
            state: CredentialState::Pending,
            issued_at,
            expires_at,
            imported_at: self.now(),
            last_used_at: None,
        }
    }
}

/// The id that the file holds, else the one that was typed.
fn id_of(from_file: Option<&String>, typed: Option<&str>, what: &'static str) -> Result<String, Error> {
    if let Some(id) = from_file {
        return Ok(id.clone());
    }
    let id = typed.map(str::trim).filter(|id| !id.is_empty()).ok_or(Error::ImportIncomplete { what })?;
    // A key that was pasted into the wrong field must not come into the catalogue.
    key_file::check_id(id).map_err(|why| Error::TypedIdInvalid { what, why })?;
    Ok(id.to_owned())
}
