//! **Bring**: where the provider's console makes the key, a person brings its file, which becomes the new key.

use super::RotationView;
use super::acting::Job;
use super::steps::{in_words, make};
use crate::credential::{Credential, Source};
use crate::error::Error;
use crate::ids::RotationId;
use crate::jose::KeyFacts;
use crate::key_file::KeyFile;
use crate::mint::import::check_binding;
use crate::mint::secret_material::SecretMaterial;
use crate::mint::{Mint, ReviewId};
use crate::rotation::{Rotation, RotationError, Stage, Step};

impl Mint {
    /// Makes the key of a file under review the rotation's new key; until that is proven, another file takes its place.
    /// [`Mint::continue_rotation`] takes the next step.
    ///
    /// # Errors
    /// [`Error::ReviewGone`]; [`RotationError::NoFileWanted`], [`RotationError::WrongFile`]; as [`Mint::import`]. After an
    /// error the file is still under review.
    pub async fn bring_key(&self, id: RotationId, review: ReviewId) -> Result<RotationView, Error> {
        self.require_confirmed_rotation(id).await?;
        let (_working, mut rotation) = self.work_on(id).await?;
        if !rotation.takes_file() {
            return Err(RotationError::NoFileWanted { service_user: rotation.service_user_name }.into());
        }
        let (file, source) = self.under_review(review)?;
        let job = self.job(&rotation).await?;
        let facts = self.new_key_of(&file, &rotation, &job).await?;
        rotation.stage = Stage::Planned;
        rotation.ask(Step::Make, self.time_of(&rotation));
        self.catalog.put_rotation(&rotation).await?;
        match self.store_brought(&mut rotation, &job, &file, source, facts.clone()).await {
            Ok(()) => rotation.reach(Stage::Registered, make::in_words(&facts), self.time_of(&rotation)),
            Err(failed) => {
                rotation.fail(in_words(&failed), true, self.time_of(&rotation));
                self.catalog.put_rotation(&rotation).await?;
                return Err(failed);
            }
        }
        self.catalog.put_rotation(&rotation).await?;
        if let Some(new) = rotation.new {
            self.note_stored(review, new);
        }
        Ok(self.rotation_view(rotation))
    }

    /// The facts about the file's key, if it is one that Mintage doesn't have in this environment.
    async fn new_key_of(&self, file: &KeyFile, rotation: &Rotation, job: &Job) -> Result<KeyFacts, Error> {
        let wrong = |why| RotationError::WrongFile { service_user: rotation.service_user_name.clone(), why };
        let facts = file.key().ok_or_else(|| wrong("it has no private key"))?.facts().clone();
        check_binding(file, &job.acting.provider)?;
        let known = self.catalog.credential_by_thumbprint(rotation.environment, &facts.thumbprint).await?;
        match known.filter(|known| Some(known.id) != rotation.new) {
            Some(_) => Err(wrong("Mintage already has its key").into()),
            None => Ok(facts),
        }
    }

    /// Row `pending` → keychain, instead of what was brought before.
    async fn store_brought(
        &self,
        rotation: &mut Rotation,
        job: &Job,
        file: &KeyFile,
        source: Source,
        facts: KeyFacts,
    ) -> Result<(), Error> {
        self.keychain.unlock().await?;
        let alone = self.catalog.changing().await?;
        self.drop_new(&alone, rotation).await?;
        let (key_id, certificate) = (file.key_id.clone(), file.certificate.clone());
        let like = self.like_the_old(rotation, job, facts).await?;
        let credential = Credential { source, key_id, certificate, expires_at: file.expires_at, ..like };
        rotation.new = Some(credential.id);
        rotation.new_key_id = Some(credential.key_id.clone().unwrap_or_default());
        rotation.expires_at = credential.expires_at;
        self.catalog.put_rotation(rotation).await?;
        self.catalog.add_pending(&job.acting.service_user, &credential).await?;
        Ok(self.keychain.put(credential.id, SecretMaterial::bytes_of_file(file)).await?)
    }
}
