//! The **original** of an imported key: the file that it was read from, which the user may want deleted.

use super::{Mint, ReviewId, lock};
use crate::error::Error;
use crate::key_file;
use crate::secret::SecretBytes;

impl Mint {
    /// Deletes the original file of an imported key, which the user asked for: only what was read, only
    /// once its key is stored. Where it was reached over a symbolic link, both go.
    ///
    /// # Errors
    /// [`Error::ReviewGone`], [`Error::OriginalNotStored`], [`Error::OriginalChanged`],
    /// [`Error::OriginalNotDeleted`], [`KeyError::FileUnreadable`].
    pub fn delete_original(&self, id: ReviewId) -> Result<(), Error> {
        let (path, digest, stored) = {
            let reviews = lock(&self.reviews);
            let reviewed = reviews.get(&id).ok_or(Error::ReviewGone)?;
            let path = reviewed.path.clone().ok_or(Error::ReviewGone)?;
            (path, reviewed.digest.clone(), reviewed.stored)
        };
        let name = || path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !stored {
            return Err(Error::OriginalNotStored { name: name() });
        }
        if digest_of(&key_file::read(&path)?.bytes) != digest {
            return Err(Error::OriginalChanged { name: name() });
        }
        let failed = |source| Error::OriginalNotDeleted { name: name(), source };
        let real = std::fs::canonicalize(&path).map_err(failed)?;
        std::fs::remove_file(&real).map_err(failed)?;
        if path.is_symlink() {
            std::fs::remove_file(&path).map_err(failed)?;
        }
        Ok(())
    }
}

/// SHA-256 of a file, to know it again.
pub(super) fn digest_of(bytes: &SecretBytes) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes.expose()).as_ref().to_vec()
}
