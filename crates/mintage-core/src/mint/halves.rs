//! The two **halves** of a credential whose key pair the user created: a file with the ids and the public key, which
//! the server issued, and the private key in the user's own file. Whichever comes second completes the other.

use super::{Mint, ReviewId, lock};
use crate::error::Error;
use crate::guard::off_thread;
use crate::key_file::{self, KeyFile};
use crate::provider::{Provider, Shape};
use crate::secret::SecretBytes;

/// A credential from both halves, and the review of the half that came first.
type Whole = (KeyFile, ReviewId);

impl Mint {
    /// A bare private key with the ids of the file under review that has its public half.
    pub(super) async fn with_ids(&self, key: &KeyFile, providers: &[Provider]) -> Result<Option<Whole>, Error> {
        let mut pairs = Vec::new();
        if is_bare(key) {
            let halves = lock(&self.reviews);
            pairs.extend(halves.iter().filter_map(|(id, half)| Some((*id, half.sealed.clone()?, key.clone()))));
        }
        first_whole(pairs, providers).await
    }

    /// A file with ids and a public key, with the private key that is under review.
    pub(super) async fn with_key(&self, half: &SecretBytes, providers: &[Provider]) -> Result<Option<Whole>, Error> {
        let pairs = {
            let keys = lock(&self.reviews);
            let bare = keys.iter().filter_map(|(id, key)| Some((*id, key.file.as_ref().filter(|file| is_bare(file))?)));
            bare.map(|(id, key)| (id, half.clone(), key.clone())).collect()
        };
        first_whole(pairs, providers).await
    }
}

fn is_bare(file: &KeyFile) -> bool {
    file.shape == Shape::Pem && file.key().is_some()
}

/// The first half with ids whose public key is the key's, of these pairs. They are parsed where that blocks nobody.
async fn first_whole(
    pairs: Vec<(ReviewId, SecretBytes, KeyFile)>,
    providers: &[Provider],
) -> Result<Option<Whole>, Error> {
    if pairs.is_empty() {
        return Ok(None);
    }
    let providers = providers.to_vec();
    let whole = move |(review, half, key): (ReviewId, SecretBytes, KeyFile)| {
        let file = key_file::parse_with(half.expose(), key.key()?, &providers).ok()?;
        Some((KeyFile { certificate: key.certificate, ..file }, review))
    };
    off_thread(move || pairs.into_iter().find_map(whole)).await
}
