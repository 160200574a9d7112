//! The **original** of an imported key: the file that it was read from, which the user may want to delete.
//!
//! Rule: only at the user's request, only what was read, and only while the keychain has the key. Where a file is, is
//! known until the app exits; the catalogue keeps its name and not its folder.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Mint, ReviewId, lock};
use crate::catalog::CatalogError;
use crate::error::Error;
use crate::guard::off_thread;
use crate::ids::CredentialId;
use crate::key_file;
use crate::keychain::KeychainError;
use crate::mint::secret_material::SecretMaterial;
use crate::secret::SecretBytes;

/// The file that a credential was imported from, while it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Original {
    /// Its name.
    pub name: String,
    /// Its folder.
    pub folder: Option<String>,
}

/// A file and the SHA-256 of what was read from it.
#[derive(Clone, Debug)]
pub(in crate::mint) struct ReadFile {
    pub(super) path: PathBuf,
    pub(super) digest: Vec<u8>,
}

impl Mint {
    /// Deletes the original file of an imported key, at the user's request: only what was read, and only once its key
    /// is stored. If it was reached through a symbolic link, both are deleted.
    ///
    /// # Errors
    /// [`Error::ReviewGone`], [`Error::OriginalNotStored`], [`Error::OriginalChanged`],
    /// [`Error::OriginalNotDeleted`], [`key_file::KeyFileError::FileUnreadable`].
    pub async fn delete_original(&self, id: ReviewId) -> Result<(), Error> {
        let (file, stored) = {
            let reviews = lock(&self.reviews);
            let reviewed = reviews.get(&id).ok_or(Error::ReviewGone)?;
            let path = reviewed.path.clone().ok_or(Error::ReviewGone)?;
            (ReadFile { path, digest: reviewed.digest.clone() }, reviewed.stored)
        };
        match stored {
            Some(credential) => self.delete_file(credential, file).await,
            None => Err(Error::OriginalNotStored { name: file.name() }),
        }
    }

    /// The file that a credential was imported from since the app started, if it is still there.
    pub fn original(&self, id: CredentialId) -> Option<Original> {
        let path = lock(&self.originals).get(&id)?.path.clone();
        let folder = path.parent().map(|folder| folder.to_string_lossy().into_owned());
        path.is_file().then(|| Original { name: name_of(&path), folder })
    }

    /// Deletes a credential's original file: the one that it was imported from since the app started, or a chosen one,
    /// which has to contain exactly this credential. The keychain must have the credential.
    ///
    /// # Errors
    /// [`Error::KeyMissing`], [`Error::OriginalUnknown`], [`Error::OriginalOther`], [`Error::OriginalChanged`],
    /// [`Error::OriginalNotDeleted`], [`crate::private_key::KeyError::FileUnreadable`], what the keychain reports.
    pub async fn delete_original_of(&self, id: CredentialId, chosen: Option<PathBuf>) -> Result<(), Error> {
        let stored = match self.keychain.get(id).await {
            Ok(bytes) => bytes,
            Err(KeychainError::NotFound) => {
                let (_, service_user, _) = self.with_owner(id).await?;
                return Err(Error::KeyMissing { service_user: service_user.settings.name });
            }
            Err(error) => return Err(error.into()),
        };
        let file = match chosen {
            Some(path) => self.as_original(path, &stored).await?,
            None => lock(&self.originals).get(&id).cloned().ok_or(Error::OriginalUnknown)?,
        };
        self.delete_file(id, file).await
    }

    /// Deletes a credential's file and records that, so that it isn't offered again.
    async fn delete_file(&self, id: CredentialId, file: ReadFile) -> Result<(), Error> {
        let name = file.name();
        off_thread(move || file.delete()).await??;
        // It is gone; without the record, it is only offered once more.
        let _: Result<(), CatalogError> = self.catalog.original_deleted(id, &name).await;
        Ok(())
    }

    /// A chosen file, if it contains what the keychain has.
    async fn as_original(&self, path: PathBuf, stored: &SecretBytes) -> Result<ReadFile, Error> {
        let to_read = path.clone();
        let bytes = off_thread(move || key_file::read(&to_read)).await??.bytes;
        let digest = digest_of(&bytes);
        let (parsed, _) = self.parsed(bytes, None, &self.providers().await?).await?;
        let same = parsed.is_ok_and(|file| SecretMaterial::bytes_of_file(&file).expose() == stored.expose());
        if same { Ok(ReadFile { path, digest }) } else { Err(Error::OriginalOther { name: name_of(&path) }) }
    }
}

impl ReadFile {
    fn name(&self) -> String {
        name_of(&self.path)
    }

    /// Deletes it if it still is what was read.
    fn delete(&self) -> Result<(), Error> {
        if digest_of(&key_file::read(&self.path)?.bytes) != self.digest {
            return Err(Error::OriginalChanged { name: self.name() });
        }
        let failed = |source| Error::OriginalNotDeleted { name: self.name(), source };
        let real = std::fs::canonicalize(&self.path).map_err(failed)?;
        std::fs::remove_file(&real).map_err(failed)?;
        if self.path.is_symlink() {
            std::fs::remove_file(&self.path).map_err(failed)?;
        }
        Ok(())
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// SHA-256 of a file, to recognise it later.
pub(super) fn digest_of(bytes: &SecretBytes) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes.expose()).as_ref().to_vec()
}
