//! The import journey: from bytes to a service user whose credential is in the keychain.
//!
//! A key file is reviewed first (see `review.rs`); what the user decided about it arrives here.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;
use uuid::Uuid;

use self::ids::{Entered, Ids, KnownIds};
use super::review::ReviewId;
use super::secret_material::SecretMaterial;
use super::{Mint, lock};
use crate::activity::Action;
use crate::catalog::{CatalogError, Changing};
use crate::credential::{Credential, CredentialKind, CredentialState, Source};
use crate::environment::Environment;
use crate::error::Error;
use crate::ids::{CredentialId, EnvironmentId, ServiceUserId};
use crate::key_file::{self, KeyFile};
use crate::keychain::KeychainError;
use crate::private_key::KeyError;
use crate::provider::Provider;
use crate::secret::SecretBytes;
use crate::service_user::{ServiceUser, ServiceUserDraft};

mod existing;
mod fit;
mod ids;
mod plan;

pub use existing::{ExistingCredential, Replaced};
pub use ids::AskedId;
pub use plan::{AskedByHand, ImportPlan, KnownOwner, NewEnvironment, Place, PlanEntry, PlanItem, PlanRequest, Related};

/// What the user decided on the review sheet for one key file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportRequest {
    /// Which key file.
    pub review: ReviewId,
    /// The environment.
    pub environment: EnvironmentId,
    /// The service user's name; if empty, its user id is used.
    pub name: String,
    /// The service user's id where the file does not hold it; where it does, ignored unless the provider
    /// lets the client speak for users.
    pub user_id: Option<String>,
    /// The client id where the file does not hold it; where it does, it counts beside a client secret alone.
    pub client_id: Option<String>,
    /// The key's id where the file does not hold it; ignored where it does.
    pub key_id: Option<String>,
    /// The secret or ready-made token whose place the new one takes; it is removed once the new one is stored.
    pub replaces: Option<CredentialId>,
}

impl ImportRequest {
    /// The request to import a reviewed file as is, with every id and the name from the file.
    pub fn of(review: ReviewId, environment: EnvironmentId) -> Self {
        Self { review, environment, name: String::new(), user_id: None, client_id: None, key_id: None, replaces: None }
    }
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportOutcome {
    /// The service user that has the credential now.
    pub service_user: ServiceUserId,
    /// The credential.
    pub credential: CredentialId,
    /// What kind of credential it is.
    pub kind: CredentialKind,
    /// Whether everything was there already, so that nothing was changed.
    pub unchanged: bool,
    /// What the file adds to an existing credential; empty if it is new.
    pub learned: Vec<Learned>,
    /// Whether the service user was new.
    pub new_service_user: bool,
    /// What happened to the credential to be replaced.
    pub replaced: Replaced,
}

/// What a file adds to a credential that was there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Learned {
    /// The key's id.
    KeyId,
    /// The certificate that comes with the key, or a newer one.
    Certificate,
    /// The assertion's audience.
    Audience,
    /// When it expires.
    Expiry,
    /// The algorithm that the key is bound to.
    Algorithm,
    /// The token endpoint that it is for.
    TokenEndpoint,
}

impl Mint {
    /// Stores a reviewed credential: row `pending` → keychain, read back → row `active`. Importing the same again into
    /// the same environment changes nothing and says so.
    ///
    /// # Errors
    /// [`Error::ReviewGone`], [`Error::DemoEnvironment`], [`Error::ImportIncomplete`], [`Error::TypedIdInvalid`],
    /// [`Error::KeyKnownOtherwise`], [`KeyError::AlgorithmBound`], what the keychain and the catalogue report. After an
    /// error the review still exists, so that nothing has to be chosen again.
    pub async fn import(&self, request: &ImportRequest) -> Result<ImportOutcome, Error> {
        let (file, source) = self.under_review(request.review)?;
        let environment = self.catalog.environment(request.environment).await?;
        if environment.demo {
            // The demo is removed with one click; a real key must not be removed with it.
            return Err(Error::DemoEnvironment { environment: environment.settings.name });
        }
        let provider = self.provider_of(&environment).await?;
        check_binding(&file, &provider)?;
        let ids = ids::ids_of(&KnownIds::of(&file), Entered::of(request), &provider)?;
        let mut outcome = self.store(&environment, &provider, &request.name, ids, &file, source).await?;
        if let Some(earlier) = request.replaces {
            outcome.replaced = self.replace(earlier, &outcome).await;
        }
        self.note_stored(request.review, outcome.credential);
        Ok(outcome)
    }

    /// What a file under review has, and where it came from.
    pub(super) fn under_review(&self, id: ReviewId) -> Result<(KeyFile, Source), Error> {
        let reviews = lock(&self.reviews);
        let reviewed = reviews.get(&id).ok_or(Error::ReviewGone)?;
        Ok((reviewed.file.clone().ok_or(Error::ReviewGone)?, reviewed.source.clone()))
    }

    /// Stores a credential that Mintage made itself or was given by the server, as [`Mint::import`] does.
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
        let client_id = file.client_id.clone().filter(|id| *id != user_id);
        let provider = self.provider_of(environment).await?;
        let ids = Ids { user_id, client_id, key_id: file.key_id.clone() };
        self.store(environment, &provider, name, ids, file, Source::Generated).await
    }

    /// Stores the file's credential, and then the secret that goes with its key.
    async fn store(
        &self,
        environment: &Environment,
        provider: &Provider,
        name: &str,
        ids: Ids,
        file: &KeyFile,
        source: Source,
    ) -> Result<ImportOutcome, Error> {
        let alone = self.catalog.changing().await?;
        let (known, ids) = self.owner(environment.id, ids, file.kind()).await?;
        let new_service_user = known.is_none();
        let service_user = known.unwrap_or_else(|| self.new_service_user(environment, provider, name, ids.user_id));
        let mut credential = self.new_credential(&service_user, file.kind(), file, source);
        (credential.client_id, credential.key_id) = (ids.client_id, ids.key_id);
        credential.issued_at = credential.key_id.as_deref().and_then(|id| key_file::issued_at_of_id(id, self.now()));
        let bytes = SecretMaterial::bytes_of_file(file);
        let outcome = self.store_one(&alone, environment, &service_user, &credential, bytes, new_service_user).await?;
        if let Some(client_secret) = &file.client_secret {
            let secret = secret_beside(credential);
            let service_user = self.catalog.service_user(outcome.service_user).await?;
            let bytes = SecretMaterial::bytes_of(client_secret);
            self.store_one(&alone, environment, &service_user, &secret, bytes, false).await?;
        }
        Ok(outcome)
    }

    async fn store_one(
        &self,
        alone: &Changing,
        environment: &Environment,
        service_user: &ServiceUser,
        credential: &Credential,
        bytes: SecretBytes,
        new_service_user: bool,
    ) -> Result<ImportOutcome, Error> {
        if let Some(existing) = self.existing(environment, service_user, credential, &bytes).await? {
            return self.store_again(alone, existing, service_user, credential, bytes).await;
        }
        // Checked before anything is written: if there is no keychain, or it stays locked, nothing is started.
        self.keychain.unlock().await?;
        self.catalog.add_pending(service_user, credential).await?;
        if let Err(error) = self.keychain.put(credential.id, bytes).await {
            return Err(self.unwind(alone, credential, error).await);
        }
        self.catalog.set_state(alone, credential.id, CredentialState::Active).await?;
        let detail = Ok(format!("{} {}", credential.kind.name(), credential.shown_id()));
        // It is stored: failing to record it changes nothing about that.
        let _: Result<(), Error> = self.record(Action::Import, environment, service_user, detail).await;
        Ok(ImportOutcome {
            service_user: service_user.id,
            credential: credential.id,
            kind: credential.kind,
            unchanged: false,
            learned: Vec::new(),
            new_service_user,
            replaced: Replaced::Nothing,
        })
    }

    /// The existing identical credential: a key by its thumbprint, anything else by its content, which is read from the
    /// keychain, since the catalogue contains nothing to recognise a secret by.
    async fn existing(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        credential: &Credential,
        bytes: &SecretBytes,
    ) -> Result<Option<Credential>, Error> {
        if let Some(thumbprint) = credential.thumbprint() {
            return Ok(self.catalog.credential_by_thumbprint(environment.id, thumbprint).await?);
        }
        for other in self.siblings(service_user.id, credential.kind, credential.client_id.as_deref()).await? {
            match self.keychain.get(other.id).await {
                Ok(found) if found.expose() == bytes.expose() => return Ok(Some(other)),
                Ok(_) | Err(KeychainError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    /// It already exists here. Its keychain item is restored if it is gone or was never finished; whether it exists is
    /// checked and not assumed, since the original file may be deleted next. What the new file adds is written to the
    /// catalogue, for example the missing certificate.
    async fn store_again(
        &self,
        alone: &Changing,
        existing: Credential,
        service_user: &ServiceUser,
        wanted: &Credential,
        bytes: SecretBytes,
    ) -> Result<ImportOutcome, Error> {
        let owner = self.catalog.service_user(existing.service_user).await?;
        let same = owner.user_id == service_user.user_id
            && (existing.key_id == wanted.key_id || existing.key_id.is_none() || wanted.key_id.is_none())
            && existing.client_id == wanted.client_id
            && existing.kind == wanted.kind;
        if !same {
            return Err(Error::KeyKnownOtherwise {
                service_user: owner.settings.name,
                user_id: owner.user_id,
                key_id: existing.shown_id().to_owned(),
            });
        }
        self.keychain.put(existing.id, bytes).await?;
        let finished = existing.state == CredentialState::Active;
        if !finished {
            self.catalog.set_state(alone, existing.id, CredentialState::Active).await?;
        }
        let (updated, learned) = learn(&existing, wanted);
        if !learned.is_empty() {
            self.catalog.update_facts(alone, &updated).await?;
        }
        Ok(ImportOutcome {
            service_user: existing.service_user,
            credential: existing.id,
            kind: existing.kind,
            unchanged: finished && learned.is_empty(),
            learned,
            new_service_user: false,
            replaced: Replaced::Nothing,
        })
    }

    /// Reverts a row whose keychain write failed. If the write may still happen (no response yet), the row stays, so
    /// that the repair or the next import of the same key finishes it.
    async fn unwind(&self, alone: &Changing, credential: &Credential, error: KeychainError) -> Error {
        let may_still_happen = matches!(error, KeychainError::TimedOut { .. } | KeychainError::Failed { .. });
        if !may_still_happen && self.keychain.delete(credential.id).await.is_ok() {
            // A row that is left behind here is found by the next repair, so its failure isn't reported.
            let _: Result<(), CatalogError> = self.catalog.remove_credential(alone, credential.id, true).await;
        }
        error.into()
    }

    fn new_service_user(
        &self,
        environment: &Environment,
        provider: &Provider,
        name: &str,
        user_id: String,
    ) -> ServiceUser {
        let scopes = &environment.settings.scopes;
        let name = name.trim();
        ServiceUser {
            id: ServiceUserId(Uuid::new_v4()),
            environment: environment.id,
            settings: ServiceUserDraft {
                name: if name.is_empty() { user_id.clone() } else { name.to_owned() },
                scopes: if scopes.is_empty() { provider.default_scopes() } else { scopes.clone() },
                favourite: false,
                tags: Vec::new(),
                notes: String::new(),
            },
            user_id,
            default_credential: None,
            created_at: self.now(),
            last_used_at: None,
        }
    }

    /// A pending credential without its ids.
    fn new_credential(&self, user: &ServiceUser, kind: CredentialKind, file: &KeyFile, source: Source) -> Credential {
        Credential {
            id: CredentialId(Uuid::new_v4()),
            service_user: user.id,
            kind,
            key_id: None,
            client_id: None,
            key: file.key().map(|key| key.facts().clone()),
            certificate: file.certificate.clone(),
            audience: file.audience.clone(),
            source,
            state: CredentialState::Pending,
            issued_at: None,
            expires_at: file.expires_at,
            imported_at: self.now(),
            last_used_at: None,
            refused_at: None,
            token_endpoint: file.token_endpoint.clone(),
        }
    }
}

/// Rejects a key that is bound to an algorithm which the provider doesn't accept: it could never sign there.
pub(super) fn check_binding(file: &KeyFile, provider: &Provider) -> Result<(), KeyError> {
    match (&provider.private_key, file.key()) {
        (Some(grant), Some(key)) if key.facts().algorithm.is_some() => grant.algorithm_for(key.facts()).map(drop),
        _ => Ok(()),
    }
}

/// The row of the client secret that came with this key.
fn secret_beside(key: Credential) -> Credential {
    Credential {
        id: CredentialId(Uuid::new_v4()),
        kind: CredentialKind::ClientSecret,
        key: None,
        key_id: None,
        certificate: None,
        audience: None,
        issued_at: None,
        expires_at: None,
        ..key
    }
}

/// The credential with the file's facts, and which of them are new. Facts that aren't in the file are kept.
fn learn(existing: &Credential, wanted: &Credential) -> (Credential, Vec<Learned>) {
    fn take<T: Clone + PartialEq>(into: &mut Option<T>, from: &Option<T>) -> bool {
        let is_new = from.is_some() && into != from;
        if is_new {
            into.clone_from(from);
        }
        is_new
    }
    fn bind(updated: &mut Credential, wanted: &Credential) -> bool {
        let bound = wanted.key.as_ref().map(|key| key.algorithm);
        updated.key.as_mut().zip(bound).is_some_and(|(key, bound)| take(&mut key.algorithm, &bound))
    }
    // The catalogue stores times to the second.
    let to_second = |at: OffsetDateTime| at.replace_nanosecond(0).unwrap_or(at);
    let mut updated = existing.clone();
    let learned = [
        (take(&mut updated.key_id, &wanted.key_id), Learned::KeyId),
        (take(&mut updated.certificate, &wanted.certificate), Learned::Certificate),
        (take(&mut updated.audience, &wanted.audience), Learned::Audience),
        (take(&mut updated.expires_at, &wanted.expires_at.map(to_second)), Learned::Expiry),
        (bind(&mut updated, wanted), Learned::Algorithm),
        (take(&mut updated.token_endpoint, &wanted.token_endpoint), Learned::TokenEndpoint),
    ];
    // It follows from the key's id, so it isn't new by itself.
    take(&mut updated.issued_at, &wanted.issued_at);
    (updated, learned.into_iter().filter_map(|(is_new, what)| is_new.then_some(what)).collect())
}
