//! The two **halves** of a credential whose key pair the user created: a file with the ids and the public key, which
//! the server issued, and the private key in the user's own file. Whichever comes second completes the other.

use super::review::Reviewed;
use super::{Mint, ReviewId, lock};
use crate::key_file::{self, KeyFile};
use crate::provider::{Provider, Shape};
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
