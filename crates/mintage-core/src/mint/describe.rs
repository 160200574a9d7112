//! **Describing** an unknown key file: a profile is drafted from it, saved by the user, and the file is read again.

use super::review::failed;
use super::{Mint, Review, ReviewId, lock};
use crate::error::Error;
use crate::key_file;
use crate::provider::{KeyFiles, Provider, ProviderId};

impl Mint {
    /// Drafts a profile for the servers of a key file under review, to be edited; nothing is stored yet. It is a copy
    /// of a generic one with a rule for the file, which contains names from it but no secret.
    ///
    /// # Errors
    /// [`Error::ReviewGone`]; what the catalogue reports.
    pub async fn describe(&self, id: ReviewId) -> Result<Provider, Error> {
        let rule = key_file::sketch(self.sealed(id)?.expose())?;
        let kind = if rule.private_key.is_empty() { "generic-client" } else { "generic" };
        let generic = self.copy_provider(&ProviderId(kind.to_owned())).await?;
        Ok(Provider { key_files: KeyFiles { shapes: Vec::new(), rules: vec![rule] }, ..generic })
    }

    /// Reads a file under review again, with the current profiles.
    ///
    /// # Errors
    /// [`Error::ReviewGone`]; what the catalogue reports. A file that still can't be read is a review with a problem.
    pub async fn read_again(&self, id: ReviewId) -> Result<Review, Error> {
        let providers = self.providers().await?;
        let (parsed, _) = self.parsed(self.sealed(id)?, None, &providers).await?;
        match parsed {
            Ok(file) => self.opened(id, file, &providers).await,
            Err(error) => {
                let (source, path) = {
                    let reviews = lock(&self.reviews);
                    let reviewed = reviews.get(&id).ok_or(Error::ReviewGone)?;
                    (reviewed.source.clone(), reviewed.path.clone())
                };
                Ok(Review { id, ..failed(source, path.as_deref(), &error.into()) })
            }
        }
    }
}
