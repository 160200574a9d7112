//! **Prove**: a token is minted with the new credential.

use std::time::Duration as Pause;

use super::Done;
use super::retire::AtServer;
use crate::credential::{CredentialKind, CredentialState};
use crate::error::Error;
use crate::ids::CredentialId;
use crate::issuer::IssuerError;
use crate::key_file;
use crate::mint::rotation::acting::Job;
use crate::mint::{Ask, Mint};
use crate::rotation::{Rotation, RotationError, Stage};

impl Mint {
    /// Mints with the new credential, patiently: the server may need a while to know it.
    pub(super) async fn prove(&self, rotation: &Rotation, job: &Job) -> Result<Done, Error> {
        if rotation.stage >= Stage::Switched {
            return self.prove_again(rotation).await;
        }
        let id = self.settle_new_row(rotation).await?;
        if let (Some(call), Some(key_id)) = (&job.recipe.activate, &rotation.new_key_id) {
            let new = AtServer { id: key_id, other: rotation.old_key_id.as_deref(), seen: false };
            let values = self.about(job, new).await?;
            let values = values.ok_or_else(|| RotationError::NotConfirmed { key_id: key_id.clone() })?;
            self.call_recipe(job, call, &values, None).await.map_err(|failed| job.explained(failed))?;
        }
        let tries = self.prove_patiently(id, job).await?;
        self.catalog.note_proof(id, self.now()).await?;
        let detail = if tries == 1 { "at the first try".to_owned() } else { format!("after {tries} tries") };
        Ok((Stage::Proven, detail))
    }

    /// Mints again with the new credential before something is done to the old one: in the meantime it may have been
    /// removed, here or at the server.
    async fn prove_again(&self, rotation: &Rotation) -> Result<Done, Error> {
        let missing = || Error::KeyMissing { service_user: rotation.service_user_name.clone() };
        let id = self.row(rotation.new.ok_or_else(missing)?).await?.ok_or_else(missing)?.id;
        self.prove_once(id).await?;
        Ok((rotation.stage, "still works".to_owned()))
    }

    /// Mints with a credential until it works, as long as the server may take; returns how often it was tried.
    pub(super) async fn prove_patiently(&self, id: CredentialId, job: &Job) -> Result<u32, Error> {
        let mut pauses = self.patience.pauses(Pause::from_secs(job.recipe.delay.into()));
        let mut tries = 1;
        loop {
            let failed = match self.prove_once(id).await {
                Ok(()) => return Ok(tries),
                Err(failed) => failed,
            };
            let may_pass = matches!(
                failed,
                Error::Diagnosed { source: IssuerError::Refused(_) | IssuerError::Busy { .. }, .. }
                    | Error::Issuer(IssuerError::Refused(_) | IssuerError::Busy { .. })
            );
            match pauses.next().filter(|_| may_pass) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(failed),
            }
            tries += 1;
        }
    }

    pub(in crate::mint) async fn prove_once(&self, id: CredentialId) -> Result<(), Error> {
        let loaded = self.load_to_prove(id).await?;
        let token = Box::pin(self.try_to_mint(&loaded, &Ask { fresh: true, ..Ask::default() })).await?;
        if loaded.credential.kind == CredentialKind::PersonalToken {
            // It isn't minted: only the server can say whether it works.
            self.shown_to_issuer(&loaded.environment, &loaded.service_user, &token).await?;
        }
        Ok(())
    }

    /// Writes the new credential's ids, and makes its row active: the server has it.
    pub(super) async fn settle_new_row(&self, rotation: &Rotation) -> Result<CredentialId, Error> {
        let missing = || Error::KeyMissing { service_user: rotation.service_user_name.clone() };
        let id = rotation.new.ok_or_else(missing)?;
        let alone = self.catalog.changing().await?;
        let mut credential = self.row(id).await?.ok_or_else(missing)?;
        // What a person mistyped isn't kept beside what they typed afterwards.
        credential.key_id = rotation.new_key_id.clone().filter(|id| !id.is_empty());
        if let Some(key_id) = &credential.key_id {
            credential.issued_at = key_file::issued_at_of_id(key_id, self.now()).or(Some(self.now()));
        }
        credential.expires_at = rotation.expires_at.filter(|at| at.year() < 9000);
        self.catalog.update_facts(&alone, &credential).await?;
        if credential.state == CredentialState::Pending {
            self.catalog.set_state(&alone, id, CredentialState::Active).await?;
        }
        Ok(id)
    }
}
