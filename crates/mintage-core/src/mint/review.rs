//! **Review**: a key file is parsed, explained and kept in memory before anything is stored.
//!
//! What the page sees of it is [`Review`]; the key itself stays here until it is imported or discarded.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Mint, lock};
use crate::credential::{CredentialKind, Source};
use crate::error::{Error, Problem};
use crate::guard::off_thread;
use crate::ids::CredentialId;
use crate::jose::KeyFacts;
use crate::key_file::{self, KeyFile, KeyFileError};
use crate::private_key::KeyError;
use crate::provider::{Provider, ProviderId, Shape};
use crate::secret::{Secret, SecretBytes};

mod files;
mod notice;
mod original;

use files::{Files, Parsed};
pub use notice::Notice;
use notice::warnings;
pub use original::Original;
pub(super) use original::ReadFile;
use original::digest_of;

/// Identifies a key file under review; a random UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct ReviewId(#[specta(type = String)] pub Uuid);

/// A key file under review, as the page sees it: what it is, or what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Review {
    /// Its id until it is imported or discarded.
    pub id: ReviewId,
    /// Where it came from.
    pub source: Source,
    /// Its folder, if it is a file; shown to distinguish equal names.
    pub folder: Option<String>,
    /// What it is, if it could be read.
    pub facts: Option<KeyFileFacts>,
    /// What is wrong with it, if it couldn't.
    pub problem: Option<Problem>,
    /// The review of its other half, which this one replaces: for a private key whose ids were in a separate file.
    pub takes_up: Option<ReviewId>,
}

/// What a key file says, without the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyFileFacts {
    /// The recognised shape.
    pub shape: Shape,
    /// The name that the profile describing it gives to this kind of file.
    pub described: Option<String>,
    /// The providers it may belong to, as far as the file says: the profiles to start from, the likeliest first.
    pub makers: Vec<ProviderId>,
    /// What kind of credential it contains.
    pub kind: CredentialKind,
    /// A name for the service user, if the file suggests one.
    pub name: Option<String>,
    /// The service user's id, if the file contains it.
    pub user_id: Option<String>,
    /// The client id, if the file contains it.
    pub client_id: Option<String>,
    /// The key's id, if the file contains it.
    pub key_id: Option<String>,
    /// The public facts about the key, if it is one.
    pub key: Option<KeyFacts>,
    /// The issuer named in the file, for creating an environment.
    pub issuer: Option<String>,
    /// The token endpoint named in the file.
    pub token_endpoint: Option<String>,
    /// Whether a certificate came with the key.
    pub certificate: bool,
    /// Whether a client secret goes with the key.
    pub client_secret: bool,
    /// When the issuer created the key, if its id says so.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub issued_at: Option<OffsetDateTime>,
    /// When the key expires, if the file says so.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub expires_at: Option<OffsetDateTime>,
    /// Where this key already is: the names of the environments that have it.
    pub imported_in: Vec<String>,
    /// Where this key already is with other ids, so that importing it there would be refused.
    pub known_otherwise_in: Vec<String>,
    /// What to know before importing it.
    pub warnings: Vec<Notice>,
}

/// A key file under review, with its key.
pub(super) struct Reviewed {
    pub(super) file: Option<KeyFile>,
    /// The bytes of a file that can't be read yet: it needs a passphrase, a profile that describes it, or the private
    /// key that the user keeps elsewhere.
    pub(super) sealed: Option<SecretBytes>,
    pub(super) source: Source,
    pub(super) path: Option<PathBuf>,
    readable_by_others: bool,
    /// SHA-256 of what was read, to recognise the file before it is deleted.
    digest: Vec<u8>,
    /// The credential that its key is in the keychain as; its bytes are then no longer kept.
    stored: Option<CredentialId>,
}

impl Mint {
    /// Reviews files, each separately: one that can't be read is a review with a problem.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn review_files(&self, paths: &[PathBuf]) -> Result<Vec<Review>, Error> {
        let paths = paths.to_vec();
        let mut reviews = Vec::new();
        let Files { taken, left } = off_thread(move || Files::of(&paths)).await?;
        let providers: Arc<[Provider]> = self.providers().await?.into();
        for some in taken.chunks(files::AT_A_TIME) {
            for (path, read) in some.iter().zip(files::read_together(some, &providers).await?) {
                let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
                let source = Source::File { name };
                reviews.push(match read {
                    Ok(parsed) => self.review(parsed, source, Some(path), &providers).await?,
                    Err(error) => failed(source, Some(path), &error.into()),
                });
            }
        }
        let taken_up: Vec<_> = reviews.iter().filter_map(|review| review.takes_up).collect();
        reviews.retain(|review| !taken_up.contains(&review.id));
        if let Some(first) = left.first() {
            let name = first.file_name().unwrap_or(first.as_os_str()).to_string_lossy().into_owned();
            let error = KeyFileError::TooManyFiles { most: files::MOST, more: left.len() };
            reviews.push(failed(Source::File { name }, Some(first), &error.into()));
        }
        Ok(reviews)
    }

    /// Reviews pasted text or a form's PEM.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn review_text(&self, text: Secret, source: Source) -> Result<Review, Error> {
        let providers = self.providers().await?;
        let bytes = SecretBytes::new(text.expose().as_bytes().to_vec());
        let (file, bytes) = self.parsed(bytes, None, &providers).await?;
        self.review(Parsed { bytes, file, readable_by_others: false }, source, None, &providers).await
    }

    /// Reviews a client secret or personal access token alone: it has no format to recognise it by.
    ///
    /// # Errors
    /// What the catalogue reports. An empty text is a review with a problem.
    pub async fn review_secret(&self, kind: CredentialKind, text: &Secret, source: Source) -> Result<Review, Error> {
        let file = match key_file::alone(kind == CredentialKind::PersonalToken, text) {
            Ok(file) => file,
            Err(error) => return Ok(failed(source, None, &error.into())),
        };
        let id = ReviewId(Uuid::new_v4());
        let facts = self.facts(&file, false).await?;
        let digest = digest_of(&SecretBytes::new(text.expose().as_bytes().to_vec()));
        let reviewed = Reviewed {
            file: Some(file),
            sealed: None,
            source: source.clone(),
            path: None,
            readable_by_others: false,
            digest,
            stored: None,
        };
        lock(&self.reviews).insert(id, reviewed);
        Ok(Review { id, source, folder: None, facts: Some(facts), problem: None, takes_up: None })
    }

    /// Opens an encrypted key file under review with its passphrase.
    ///
    /// # Errors
    /// [`KeyError::PassphraseNeeded`] with `wrong: true`; [`Error::ReviewGone`].
    pub async fn unseal(&self, id: ReviewId, passphrase: &Secret) -> Result<Review, Error> {
        let providers = self.providers().await?;
        let (parsed, _) = self.parsed(self.sealed(id)?, Some(passphrase.clone()), &providers).await?;
        self.opened(id, parsed?, &providers).await
    }

    /// Parses a key file, which may have to be decrypted, on a thread where it blocks nobody; returns its bytes.
    pub(super) async fn parsed(
        &self,
        bytes: SecretBytes,
        passphrase: Option<Secret>,
        providers: &[Provider],
    ) -> Result<(Result<KeyFile, KeyFileError>, SecretBytes), Error> {
        let providers = providers.to_vec();
        let parse = move || (key_file::parse(bytes.expose(), passphrase.as_ref(), &providers), bytes);
        off_thread(parse).await
    }

    /// The bytes of a file under review that couldn't be read yet.
    pub(super) fn sealed(&self, id: ReviewId) -> Result<SecretBytes, Error> {
        lock(&self.reviews).get(&id).and_then(|reviewed| reviewed.sealed.clone()).ok_or(Error::ReviewGone)
    }

    /// The review of a file that can be read now.
    pub(super) async fn opened(&self, id: ReviewId, file: KeyFile, providers: &[Provider]) -> Result<Review, Error> {
        let (file, takes_up) = self.joined(file, providers).await?;
        let facts = {
            let mut reviews = lock(&self.reviews);
            let reviewed = reviews.get_mut(&id).ok_or(Error::ReviewGone)?;
            reviewed.sealed = None;
            reviewed.file = Some(file.clone());
            (reviewed.source.clone(), reviewed.path.clone(), reviewed.readable_by_others)
        };
        let (source, path, readable_by_others) = facts;
        let facts = self.facts(&file, readable_by_others).await?;
        Ok(Review { id, source, folder: folder_of(path.as_deref()), facts: Some(facts), problem: None, takes_up })
    }

    /// The file combined with what another one under review contributes, which is then no longer under review.
    async fn joined(&self, file: KeyFile, providers: &[Provider]) -> Result<(KeyFile, Option<ReviewId>), Error> {
        Ok(self.take_up(self.with_ids(&file, providers).await?).unwrap_or((file, None)))
    }

    /// Takes another file up in this one: it is then no longer under review itself.
    fn take_up(&self, joined: Option<(KeyFile, ReviewId)>) -> Option<(KeyFile, Option<ReviewId>)> {
        joined.map(|(file, half)| {
            self.discard_reviews(&[half]);
            (file, Some(half))
        })
    }

    /// The credential that was found in these bytes, with the other half of its key if that is under review too.
    async fn with_other_half(
        &self,
        parsed: Result<KeyFile, KeyFileError>,
        bytes: &SecretBytes,
        providers: &[Provider],
    ) -> Result<Result<(KeyFile, Option<ReviewId>), KeyFileError>, Error> {
        Ok(match parsed {
            Ok(file) => Ok(self.joined(file, providers).await?),
            Err(KeyFileError::PrivateKeyElsewhere) => {
                let whole = self.with_key(bytes, providers).await?;
                self.take_up(whole).ok_or(KeyFileError::PrivateKeyElsewhere)
            }
            Err(error) => Err(error),
        })
    }

    async fn review(
        &self,
        Parsed { bytes, file, readable_by_others }: Parsed,
        source: Source,
        path: Option<&Path>,
        providers: &[Provider],
    ) -> Result<Review, Error> {
        let id = ReviewId(Uuid::new_v4());
        let digest = digest_of(&bytes);
        let reviewed = |file: Option<KeyFile>, sealed: Option<SecretBytes>| Reviewed {
            file,
            sealed,
            source: source.clone(),
            path: path.map(Path::to_path_buf),
            readable_by_others,
            digest: digest.clone(),
            stored: None,
        };
        match self.with_other_half(file, &bytes, providers).await? {
            Ok((file, takes_up)) => {
                let facts = self.facts(&file, readable_by_others).await?;
                lock(&self.reviews).insert(id, reviewed(Some(file), None));
                Ok(Review { id, source, folder: folder_of(path), facts: Some(facts), problem: None, takes_up })
            }
            Err(error) => {
                let waits = matches!(
                    error,
                    KeyFileError::Key(KeyError::PassphraseNeeded { .. }) | KeyFileError::PrivateKeyElsewhere
                );
                if waits || error.is_undescribed() {
                    lock(&self.reviews).insert(id, reviewed(None, Some(bytes)));
                }
                Ok(Review { id, ..failed(source, path, &error.into()) })
            }
        }
    }

    async fn facts(&self, file: &KeyFile, readable_by_others: bool) -> Result<KeyFileFacts, Error> {
        let now = self.now();
        let key = file.key().map(|key| key.facts().clone());
        let (imported_in, known_otherwise_in) = match &key {
            Some(key) => self.environments_with(&key.thumbprint, file).await?,
            None => Default::default(),
        };
        let issued_at = file.key_id.as_deref().and_then(|id| key_file::issued_at_of_id(id, now));
        Ok(KeyFileFacts {
            shape: file.shape,
            described: file.described.clone(),
            makers: file.makers.clone(),
            kind: file.kind(),
            name: file.name.clone(),
            user_id: file.user_id.clone(),
            client_id: file.client_id.clone(),
            key_id: file.key_id.clone(),
            key,
            issuer: file.issuer.clone(),
            token_endpoint: file.token_endpoint.clone(),
            certificate: file.certificate.is_some(),
            client_secret: file.client_secret.is_some(),
            issued_at,
            expires_at: file.expires_at,
            imported_in,
            known_otherwise_in,
            warnings: warnings(file, readable_by_others, now),
        })
    }

    /// The environments in which this key is already, with the file's ids and with others.
    async fn environments_with(&self, thumbprint: &str, file: &KeyFile) -> Result<(Vec<String>, Vec<String>), Error> {
        let agrees =
            |named: &Option<String>, kept: Option<&str>| kept.is_none() || named.is_none() || named.as_deref() == kept;
        let (mut same, mut otherwise) = (Vec::new(), Vec::new());
        for known in self.catalog.credentials_by_thumbprint(thumbprint).await? {
            // What was removed since isn't there any more.
            let Ok(owner) = self.catalog.service_user(known.service_user).await else { continue };
            let Ok(environment) = self.catalog.environment(owner.environment).await else { continue };
            let ids_agree =
                agrees(&file.user_id, Some(&owner.user_id)) && agrees(&file.key_id, known.key_id.as_deref());
            if ids_agree { &mut same } else { &mut otherwise }.push(environment.settings.name);
        }
        Ok((same, otherwise))
    }

    /// Discards key files under review; their keys are wiped from memory.
    pub fn discard_reviews(&self, ids: &[ReviewId]) {
        let mut reviews = lock(&self.reviews);
        for id in ids {
            reviews.remove(id);
        }
    }

    /// Records that a reviewed key is stored, and drops it from memory; its file can be deleted from now on.
    pub(super) fn note_stored(&self, id: ReviewId, credential: CredentialId) {
        let mut reviews = lock(&self.reviews);
        let Some(reviewed) = reviews.get_mut(&id) else { return };
        reviewed.stored = Some(credential);
        reviewed.file = None;
        if let Some(path) = reviewed.path.clone() {
            lock(&self.originals).insert(credential, ReadFile { path, digest: reviewed.digest.clone() });
        }
    }
}

pub(super) fn failed(source: Source, path: Option<&Path>, error: &Error) -> Review {
    Review {
        id: ReviewId(Uuid::new_v4()),
        source,
        folder: folder_of(path),
        facts: None,
        problem: Some(error.problem()),
        takes_up: None,
    }
}

fn folder_of(path: Option<&Path>) -> Option<String> {
    Some(path?.parent()?.to_string_lossy().into_owned())
}
