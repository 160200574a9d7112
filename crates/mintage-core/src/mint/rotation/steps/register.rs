//! **Register**: the server gets the public half of the new key, or makes a credential itself.

use super::Done;
use super::make::{new_credential, valid_from};
use super::retire::AtServer;
use crate::credential::CredentialState;
use crate::error::Error;
use crate::guard::off_thread;
use crate::ids::CredentialId;
use crate::jose::KeyFacts;
use crate::key_file::{self, Material};
use crate::mint::Mint;
use crate::mint::rotation::acting::Job;
use crate::mint::rotation::mark::{LATEST_EXPIRY, title, written_time};
use crate::mint::rotation::public_half;
use crate::mint::rotation::server::{id_at, read_answer, text_at};
use crate::mint::secret_material::SecretMaterial;
use crate::provider::template::Values;
use crate::provider::{ExpiryRule, Maker, Mark};
use crate::rotation::{Rotation, RotationError, Stage};
use crate::secret::{Secret, SecretBytes};

impl Mint {
    /// Registers the new key, or lets the server make a credential.
    pub(super) async fn register(&self, rotation: &mut Rotation, job: &Job) -> Result<Done, Error> {
        match job.recipe.maker {
            // The person did it.
            Maker::Console | Maker::Download => {
                Ok((Stage::Registered, rotation.new_key_id.clone().unwrap_or_default()))
            }
            Maker::Mintage => match self.register_key(rotation, job).await {
                // An earlier answer was lost, and whoever acted with the old key, or with a token that was in it, no
                // longer can.
                Err(_) if rotation.asked_again && !job.recipe.overlap && self.new_key_works(rotation).await? => {
                    rotation.new_key_id = Some(String::new());
                    Ok((Stage::Registered, String::new()))
                }
                other => other,
            },
            Maker::Server => self.let_server_make(rotation, job).await,
        }
    }

    async fn register_key(&self, rotation: &mut Rotation, job: &Job) -> Result<Done, Error> {
        let (mut credential, key) = self.new_key(rotation).await?;
        let Job { acting, recipe } = job;
        let name = &acting.service_user.settings.name;
        let written = public_half::write(&key, recipe.form, name, valid_from(rotation), rotation.expires_at).await?;
        if let Some(certificate) = written.certificate {
            // Before it is sent: whatever becomes of the answer, the row knows its certificate.
            self.catalog.set_certificate(credential.id, &certificate).await?;
            credential.certificate = Some(certificate);
        }
        if let Some(rules) = &recipe.actor.registration {
            self.update_registration(job, rules, &written.text).await?;
            rotation.new_key_id = Some(String::new());
            return Ok((Stage::Registered, String::new()));
        }
        let thumbprint = &key.facts().thumbprint;
        let mut values = self.add_values(rotation, job);
        values.insert("publicKey".to_owned(), written.text);
        values.insert("publicJwk".to_owned(), key.facts().public_jwk(thumbprint));
        values.insert("keyId".to_owned(), thumbprint.clone());
        let call = &recipe.add.call;
        let answer = read_answer(&self.call_recipe(job, call, &values, Some(&credential)).await?, acting)?;
        let answer = answer.expose();
        let id = match (recipe.add.id.as_str(), recipe.mark) {
            ("", Mark::KeyId) => thumbprint.clone(),
            // It has none: a client has one key.
            ("", _) => String::new(),
            (place, _) => id_at(answer, place).ok_or_else(|| RotationError::AnswerUnread { host: acting.host() })?,
        };
        if !recipe.add.secret.is_empty() && text_at(answer, &recipe.add.secret).is_some() {
            rotation.left.push(id.clone());
            self.remove_at_server(job, AtServer { id: &id, other: None, seen: true }).await?;
            return Err(RotationError::ServerMadeKey { host: acting.host() }.into());
        }
        rotation.new_key_id = Some(id.clone());
        Ok((Stage::Registered, id))
    }

    /// Whether the server takes the new key already.
    async fn new_key_works(&self, rotation: &Rotation) -> Result<bool, Error> {
        let id = self.settle_new_row(rotation).await?;
        let works = self.prove_once(id).await.is_ok();
        if !works {
            let alone = self.catalog.changing().await?;
            self.catalog.set_state(&alone, id, CredentialState::Pending).await?;
        }
        Ok(works)
    }

    /// What the server made goes from the answer straight into the keychain. What can't be stored is removed there again.
    async fn let_server_make(&self, rotation: &mut Rotation, job: &Job) -> Result<Done, Error> {
        // Checked before anything is made: what can't be stored would be lost.
        self.keychain.unlock().await?;
        let client_id = self.client_id_of_made(rotation, job).await?;
        let values = self.add_values(rotation, job);
        let answer = self.call_recipe(job, &job.recipe.add.call, &values, None).await?;
        let mut made = read_made(answer, rotation, job).await?;
        made.client_id = made.client_id.or(client_id);
        let id = made.id.clone();
        let shown = id.clone().unwrap_or_default();
        match self.store_made(rotation, job, made).await {
            Ok(()) => {
                rotation.new_key_id = id;
                Ok((Stage::Registered, shown))
            }
            Err(source) => {
                let undone = match &id {
                    Some(id) => self.remove_at_server(job, AtServer { id, other: None, seen: true }).await.is_ok(),
                    None => false,
                };
                rotation.left.extend(id.filter(|_| !undone));
                if undone && let Some(made) = rotation.new.take() {
                    let _: Result<(), Error> = self.erase_alone(made).await;
                }
                Err(Error::MadeNotStored { id: shown, undone, source: Box::new(source) })
            }
        }
    }

    /// Erases what is of no use. The keychain may still be storing it; what can't be erased now is marked for the repair.
    async fn erase_alone(&self, id: CredentialId) -> Result<(), Error> {
        let alone = self.catalog.changing().await?;
        self.erase(&alone, id).await
    }

    /// The client id that a new secret is sent with: the old one's, or what the server says. It is asked before anything
    /// is made.
    async fn client_id_of_made(&self, rotation: &Rotation, job: &Job) -> Result<Option<String>, Error> {
        if let Some(old) = rotation.old
            && let Some(old) = self.row(old).await?
        {
            return Ok(old.client_id.filter(|_| !job.recipe.id_is_client_id));
        }
        let Some(lookup) = &job.recipe.client_id else { return Ok(None) };
        let values = job.acting.values(&[]);
        let found = self.ask_recipe(job, &lookup.call, &values).await?;
        Ok(text_at(found.expose(), &lookup.id).map(str::to_owned))
    }

    async fn store_made(&self, rotation: &mut Rotation, job: &Job, made: Made) -> Result<(), Error> {
        let _alone = self.catalog.changing().await?;
        let mut credential = new_credential(rotation, made.key, self.now());
        credential.client_id = made.client_id;
        credential.key_id = made.id;
        rotation.new = Some(credential.id);
        self.catalog.put_rotation(rotation).await?;
        self.catalog.add_pending(&job.acting.service_user, &credential).await?;
        Ok(self.keychain.put(credential.id, made.bytes).await?)
    }

    /// The values for adding, besides the public half.
    fn add_values(&self, rotation: &Rotation, job: &Job) -> Values {
        let mut values = job.acting.values(&[]);
        values.insert("title".to_owned(), title(rotation));
        let expires_at = match job.recipe.expiry {
            ExpiryRule::None => None,
            ExpiryRule::Optional => rotation.expires_at,
            ExpiryRule::Required => Some(rotation.expires_at.unwrap_or(LATEST_EXPIRY)),
        };
        values.insert("expiresAt".to_owned(), expires_at.map(written_time).unwrap_or_default());
        values.insert("otherKeyId".to_owned(), rotation.old_key_id.clone().unwrap_or_default());
        values
    }
}

/// What a server made.
struct Made {
    id: Option<String>,
    client_id: Option<String>,
    key: Option<KeyFacts>,
    bytes: SecretBytes,
}

/// Reads what a server made from its answer.
async fn read_made(answer: SecretBytes, rotation: &Rotation, job: &Job) -> Result<Made, Error> {
    let Job { acting, recipe } = job;
    if recipe.add.secret_is_file {
        let provider = acting.provider.clone();
        let parsed = off_thread(move || key_file::parse(answer.expose(), None, std::slice::from_ref(&*provider))).await;
        let file = parsed?.map_err(|source| Error::MadeNotStored {
            id: title(rotation),
            undone: false,
            source: Box::new(source.into()),
        })?;
        let id = file.key_id.clone().or_else(|| file.client_id.clone());
        let key = match &file.material {
            Material::PrivateKey(key) => Some(key.facts().clone()),
            Material::ClientSecret(_) | Material::ReadyToken(_) => None,
        };
        let bytes = SecretMaterial::bytes_of_file(&file);
        let client_id = file.client_id.filter(|id| *id != acting.service_user.user_id);
        return Ok(Made { id, client_id, key, bytes });
    }
    let read = read_answer(&answer, acting)?;
    let secret = text_at(read.expose(), &recipe.add.secret)
        .ok_or_else(|| RotationError::AnswerUnread { host: acting.host() })?;
    let id = if recipe.add.id.is_empty() { None } else { id_at(read.expose(), &recipe.add.id) };
    let client_id = if recipe.id_is_client_id { id.clone() } else { None };
    Ok(Made { id, client_id, key: None, bytes: SecretMaterial::bytes_of(&Secret::new(secret.to_owned())) })
}
