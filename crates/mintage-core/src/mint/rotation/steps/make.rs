//! **Make**: a key in memory, then in the keychain.

use super::Done;
use crate::catalog::Changing;
use crate::credential::{Credential, CredentialState, Source};
use crate::error::Error;
use crate::guard::off_thread;
use crate::ids::CredentialId;
use crate::jose::KeyFacts;
use crate::keychain::KeychainError;
use crate::mint::Mint;
use crate::mint::rotation::acting::Job;
use crate::mint::rotation::mark::mark_by_key;
use crate::mint::rotation::{PublicHalf, public_half};
use crate::mint::secret_material::{self, SecretMaterial};
use crate::private_key::PrivateKey;
use crate::provider::PublicForm;
use crate::rotation::{Rotation, Stage};
use time::OffsetDateTime;
use uuid::Uuid;

impl Mint {
    /// Makes a key in memory and stores it: row `pending` → keychain. The row stays pending until the server has it.
    pub(super) async fn make(&self, rotation: &mut Rotation, job: &Job) -> Result<Done, Error> {
        // Checked before anything is made: if there is no keychain, or it stays locked, nothing is started.
        self.keychain.unlock().await?;
        let alone = self.catalog.changing().await?;
        if let Some(facts) = self.left_by_interruption(&alone, rotation).await? {
            mark_by_key(rotation, &facts);
            return Ok((Stage::Made, in_words(&facts)));
        }
        let key = off_thread(PrivateKey::generate).await??;
        let facts = key.facts().clone();
        let credential = self.like_the_old(rotation, job, facts.clone()).await?;
        rotation.new = Some(credential.id);
        mark_by_key(rotation, &facts);
        self.catalog.put_rotation(rotation).await?;
        self.catalog.add_pending(&job.acting.service_user, &credential).await?;
        self.keychain.put(credential.id, key.der().clone()).await?;
        Ok((Stage::Made, in_words(&facts)))
    }

    /// The row of the new key: of the same client as the old one, and for the same audience.
    pub(in crate::mint::rotation) async fn like_the_old(
        &self,
        rotation: &Rotation,
        job: &Job,
        facts: KeyFacts,
    ) -> Result<Credential, Error> {
        let mut credential = new_credential(rotation, Some(facts), self.now());
        if let Some(like) = rotation.old.or(job.acting.service_user.default_credential)
            && let Some(like) = self.row(like).await?.filter(|like| like.kind == rotation.kind)
        {
            (credential.client_id, credential.audience) = (like.client_id, like.audience);
            credential.token_endpoint = like.token_endpoint;
        }
        Ok(credential)
    }

    /// The key that an interrupted attempt stored, if it did; what it only began is removed.
    async fn left_by_interruption(&self, alone: &Changing, rotation: &mut Rotation) -> Result<Option<KeyFacts>, Error> {
        let Some(id) = rotation.new else { return Ok(None) };
        let Some(credential) = self.row(id).await? else { return Ok(None) };
        match self.keychain.get(id).await {
            Ok(bytes) => {
                if secret_material::read(bytes, &credential)?.is_some() {
                    return Ok(credential.key);
                }
            }
            Err(KeychainError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
        self.erase(alone, id).await?;
        Ok(None)
    }

    /// The new key, from the keychain.
    pub(super) async fn new_key(&self, rotation: &Rotation) -> Result<(Credential, PrivateKey), Error> {
        let missing = || Error::KeyMissing { service_user: rotation.service_user_name.clone() };
        let id = rotation.new.ok_or_else(missing)?;
        let credential = self.row(id).await?.ok_or_else(missing)?;
        let bytes = match self.keychain.get(id).await {
            Ok(bytes) => bytes,
            Err(KeychainError::NotFound) => return Err(missing()),
            Err(error) => return Err(error.into()),
        };
        match secret_material::read(bytes, &credential)? {
            Some(SecretMaterial::Key(key)) => Ok((credential, key)),
            _ => Err(Error::KeyChanged { service_user: rotation.service_user_name.clone() }),
        }
    }

    /// The public half of the new key, for a person to upload. A certificate is made once: another one would have
    /// another thumbprint.
    pub(in crate::mint::rotation) async fn public_half_of(&self, rotation: &Rotation) -> Result<PublicHalf, Error> {
        let job = self.job(rotation).await?;
        let (credential, key) = self.new_key(rotation).await?;
        let form = job.recipe.form;
        let name = &rotation.service_user_name;
        let written = public_half::write(&key, form, name, valid_from(rotation), rotation.expires_at).await?;
        if let Some(certificate) = &written.certificate
            && credential.certificate != written.certificate
        {
            self.catalog.set_certificate(credential.id, certificate).await?;
        }
        let extension = match form {
            PublicForm::Jwk => "jwk.json",
            form if form.is_certificate() => "crt",
            _ => "pub.pem",
        };
        let plain: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
        Ok(PublicHalf {
            form,
            text: written.text,
            file_name: format!("{plain}.{extension}"),
            certificate: written.certificate,
            console: job.recipe.console,
        })
    }
}

pub(in crate::mint::rotation) fn in_words(facts: &KeyFacts) -> String {
    format!("{} {}", facts.key_type, facts.bits)
}

/// From when a new certificate is valid: always the same, so that the same key and the same rotation always make the
/// same certificate.
pub(super) fn valid_from(rotation: &Rotation) -> OffsetDateTime {
    rotation.valid_from.unwrap_or(rotation.started_at)
}

/// The row of a new credential, pending.
pub(super) fn new_credential(rotation: &Rotation, key: Option<KeyFacts>, now: OffsetDateTime) -> Credential {
    Credential {
        id: CredentialId(Uuid::new_v4()),
        service_user: rotation.service_user,
        kind: rotation.kind,
        key_id: None,
        client_id: None,
        key,
        certificate: None,
        audience: None,
        source: Source::Generated,
        state: CredentialState::Pending,
        issued_at: None,
        expires_at: rotation.expires_at.filter(|at| at.year() < 9000),
        imported_at: now,
        last_used_at: None,
        refused_at: None,
        token_endpoint: None,
    }
}
