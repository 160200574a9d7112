//! The two **halves** of a credential whose user made the key pair: a file with the ids and the public key, which the
//! server gave out, and the private key in a file of the user's own. Whichever comes second takes the other up.

use super::review::Reviewed;
use super::{Mint, ReviewId, lock};
use crate::key_file::{self, KeyFile, Shape};
use crate::provider::Provider;
use crate::secret::SecretBytes;

impl Mint {
    /// A bare private key with the ids of the file under review that has its public half, and that file's review.
    pub(super) fn with_ids(&self, key: &KeyFile, providers: &[Provider]) -> Option<(KeyFile, ReviewId)> {
        let private = key.key().filter(|_| key.shape == Shape::Pem)?;
        let joined = |reviewed: &Reviewed| {
            let file = key_file::parse_with(reviewed.sealed.as_ref()?.expose(), private, providers).ok()?;
            Some(KeyFile { certificate: key.certificate.clone(), ..file })
        };
        lock(&self.reviews).iter().find_map(|(id, reviewed)| Some((joined(reviewed)?, *id)))
    }

    /// A file with ids and a public key, with the private half that is under review, and that key's review.
    pub(super) fn with_key(&self, half: &SecretBytes, providers: &[Provider]) -> Option<(KeyFile, ReviewId)> {
        let joined = |reviewed: &Reviewed| {
            let key = reviewed.file.as_ref().filter(|file| file.shape == Shape::Pem)?;
            let file = key_file::parse_with(half.expose(), key.key()?, providers).ok()?;
            Some(KeyFile { certificate: key.certificate.clone(), ..file })
        };
        lock(&self.reviews).iter().find_map(|(id, reviewed)| Some((joined(reviewed)?, *id)))
    }
}
