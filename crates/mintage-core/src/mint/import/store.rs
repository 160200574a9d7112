//! **Storing** what is imported: a pending row, the keychain item, and then the row is active.
//!
//! Rule: the row comes before the item and is finished after it, so that an interruption leaves a pending row, which the
//! repair finishes or removes, and never a key without a row.

use time::OffsetDateTime;
use uuid::Uuid;

use super::ids::Ids;
use super::{ImportOutcome, Learned, Replaced};
use crate::activity::{Action, ActivityEntry};
use crate::catalog::{CatalogError, Changing};
use crate::credential::{Credential, CredentialKind, CredentialState, Source};
use crate::environment::Environment;
use crate::error::Error;
use crate::ids::CredentialId;
use crate::key_file::{self, KeyFile};
use crate::keychain::KeychainError;
use crate::mint::Mint;
use crate::mint::secret_material::SecretMaterial;
use crate::provider::Provider;
use crate::secret::SecretBytes;
use crate::service_user::ServiceUser;

/// A credential that is about to be stored.
pub(super) struct Arrival {
    pub(super) service_user: ServiceUser,
    pub(super) new_service_user: bool,
    pub(super) credential: Credential,
    /// What the keychain gets.
    pub(super) bytes: SecretBytes,
}

impl Mint {
    /// Stores the file's credential, and then the secret that goes with its key.
    pub(super) async fn store(
        &self,
        environment: &Environment,
        provider: &Provider,
        name: &str,
        ids: Ids,
        file: &KeyFile,
        source: Source,
    ) -> Result<ImportOutcome, Error> {
        let alone = self.catalog.changing().await?;
        let arrival = self.arrival(environment, provider, name, ids, file, source).await?;
        let secret = file.client_secret.as_ref().map(|secret| (secret_beside(&arrival.credential), secret));
        let outcome = self.store_one(&alone, environment, arrival).await?;
        if let Some((credential, secret)) = secret {
            let service_user = self.catalog.service_user(outcome.service_user).await?;
            let bytes = SecretMaterial::bytes_of(secret);
            let arrival = Arrival { service_user, new_service_user: false, credential, bytes };
            self.store_one(&alone, environment, arrival).await?;
        }
        Ok(outcome)
    }

    /// What a file's credential becomes, and whose.
    pub(super) async fn arrival(
        &self,
        environment: &Environment,
        provider: &Provider,
        name: &str,
        ids: Ids,
        file: &KeyFile,
        source: Source,
    ) -> Result<Arrival, Error> {
        let (known, ids) = self.owner(environment.id, ids, file.kind()).await?;
        let new_service_user = known.is_none();
        let service_user = known.unwrap_or_else(|| self.new_service_user(environment, provider, name, ids.user_id));
        let mut credential = self.new_credential(&service_user, file.kind(), file, source);
        (credential.client_id, credential.key_id) = (ids.client_id, ids.key_id);
        credential.issued_at = credential.key_id.as_deref().and_then(|id| key_file::issued_at_of_id(id, self.now()));
        Ok(Arrival { service_user, new_service_user, credential, bytes: SecretMaterial::bytes_of_file(file) })
    }

    async fn store_one(
        &self,
        alone: &Changing,
        environment: &Environment,
        arrival: Arrival,
    ) -> Result<ImportOutcome, Error> {
        if let Some(existing) = self.existing(environment, &arrival).await? {
            return self.store_again(alone, existing, arrival).await;
        }
        // Checked before anything is written: if there is no keychain, or it stays locked, nothing is started.
        self.keychain.unlock().await?;
        self.catalog.add_pending(&arrival.service_user, &arrival.credential).await?;
        if let Err(error) = self.keychain.put(arrival.credential.id, arrival.bytes.clone()).await {
            return Err(self.unwind(alone, &arrival.credential, error).await);
        }
        let entry = self.imported_entry(environment, &arrival);
        self.catalog.finish_pending(alone, &[arrival.credential.id], &[], &[entry]).await?;
        Ok(arrival.outcome())
    }

    pub(super) fn imported_entry(&self, environment: &Environment, arrival: &Arrival) -> ActivityEntry {
        let credential = &arrival.credential;
        let detail = format!("{} {}", credential.kind.name(), credential.shown_id());
        self.entry(Action::Import, environment, &arrival.service_user, Ok(detail))
    }

    /// The existing identical credential: a key by its thumbprint, anything else by its content, which is read from the
    /// keychain, since the catalogue contains nothing to recognise a secret by.
    pub(super) async fn existing(
        &self,
        environment: &Environment,
        Arrival { service_user, credential, bytes, .. }: &Arrival,
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
        Arrival { service_user, credential: wanted, bytes, .. }: Arrival,
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
        let (updated, learned) = learn(&existing, &wanted);
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
    pub(super) async fn unwind(&self, alone: &Changing, credential: &Credential, error: KeychainError) -> Error {
        let may_still_happen = matches!(error, KeychainError::TimedOut { .. } | KeychainError::Failed { .. });
        if !may_still_happen && self.keychain.delete(credential.id).await.is_ok() {
            // A row that is left behind here is found by the next repair, so its failure isn't reported.
            let _: Result<(), CatalogError> = self.catalog.remove_credential(alone, credential.id, true).await;
        }
        error.into()
    }
}

impl Arrival {
    /// What storing it has done.
    pub(super) fn outcome(&self) -> ImportOutcome {
        ImportOutcome {
            service_user: self.service_user.id,
            credential: self.credential.id,
            kind: self.credential.kind,
            unchanged: false,
            learned: Vec::new(),
            new_service_user: self.new_service_user,
            replaced: Replaced::Nothing,
        }
    }
}

/// The row of the client secret that came with this key.
fn secret_beside(key: &Credential) -> Credential {
    Credential {
        id: CredentialId(Uuid::new_v4()),
        kind: CredentialKind::ClientSecret,
        key: None,
        key_id: None,
        certificate: None,
        audience: None,
        issued_at: None,
        expires_at: None,
        ..key.clone()
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
