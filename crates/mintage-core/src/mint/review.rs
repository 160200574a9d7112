//! **Review**: a key file is parsed, explained and held in memory before anything is stored.
//!
//! What the page sees of it is [`Review`]; the key itself stays here until it is imported or discarded.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::import::kind_of;
use super::{Mint, lock};
use crate::credential::{CredentialKind, Source};
use crate::dated::Dated;
use crate::error::{Error, KeyError, Problem};
use crate::guard::off_thread;
use crate::key_file::{self, KeyFile, Shape};
use crate::private_key::KeyFacts;
use crate::provider::{Provider, ProviderId};
use crate::secret::{Secret, SecretBytes};

mod files;
mod original;

use files::Files;
use original::digest_of;

/// A key that expires within this time is worth a word.
const EXPIRES_SOON: Duration = Duration::days(14);

/// Names one key file under review; a random UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct ReviewId(#[specta(type = String)] pub Uuid);

/// A key file under review, as the page sees it: what it is, or what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Review {
    /// Its name until it is imported or discarded.
    pub id: ReviewId,
    /// How it came in.
    pub source: Source,
    /// Its folder, where it is a file; shown so that equal names can be told apart.
    pub folder: Option<String>,
    /// What it is, where it could be read.
    pub facts: Option<KeyFileFacts>,
    /// What is wrong with it, where it could not.
    pub problem: Option<Problem>,
    /// The review of the other half of it, which this one takes the place of: of a private key whose ids came in a
    /// file of their own.
    pub takes_up: Option<ReviewId>,
}

/// What a key file says, without the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyFileFacts {
    /// What it turned out to be.
    pub shape: Shape,
    /// What the profile that describes it calls such a file.
    pub described: Option<String>,
    /// Whose key file it is, as far as one can tell: the profiles to start from, the likeliest first.
    pub makers: Vec<ProviderId>,
    /// What kind of credential it holds.
    pub kind: CredentialKind,
    /// A name for the service user, where the file suggests one.
    pub name: Option<String>,
    /// The service user's id, where the file holds it.
    pub user_id: Option<String>,
    /// The client id, where the file holds it.
    pub client_id: Option<String>,
    /// The key's id, where the file holds it.
    pub key_id: Option<String>,
    /// What is public about the key, where it is one.
    pub key: Option<KeyFacts>,
    /// The issuer that the file names, for an environment that is made for it.
    pub issuer: Option<String>,
    /// The token endpoint that the file names.
    pub token_endpoint: Option<String>,
    /// Whether a certificate came with the key.
    pub certificate: bool,
    /// Whether a client secret goes along with the key.
    pub companion: bool,
    /// When the issuer made the key, where its id tells.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub issued_at: Option<OffsetDateTime>,
    /// When the key expires, where the file says so.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub expires_at: Option<OffsetDateTime>,
    /// Where this key is already: the names of the environments that have it.
    pub imported_in: Vec<String>,
    /// Where this key is already under other ids, so that importing it there would be refused.
    pub known_otherwise_in: Vec<String>,
    /// What is worth knowing before it is imported.
    pub warnings: Vec<Notice>,
}

/// Something worth knowing that does not stand in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// Stable kebab-case word.
    pub code: String,
    /// A sentence without its final period.
    pub message: String,
    /// The same with its time apart, where it holds one.
    pub dated: Option<Dated>,
}

/// A key file under review, with its key.
pub(super) struct Reviewed {
    pub(super) file: Option<KeyFile>,
    /// The bytes of a file that cannot be read yet: it wants a passphrase, a profile that describes it, or the
    /// private key that its user keeps elsewhere.
    pub(super) sealed: Option<SecretBytes>,
    pub(super) source: Source,
    pub(super) path: Option<PathBuf>,
    readable_by_others: bool,
    /// SHA-256 of what was read, to know the file again before it is deleted.
    digest: Vec<u8>,
    /// Whether its key is in the keychain; its bytes are no longer held then.
    stored: bool,
}

impl Mint {
    /// Takes files under review, each on its own: one that cannot be read is a review with a problem.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn review_files(&self, paths: &[PathBuf]) -> Result<Vec<Review>, Error> {
        let paths = paths.to_vec();
        let mut reviews = Vec::new();
        let Files { taken, left } = off_thread(move || Files::of(&paths)).await?;
        for path in taken {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            let source = Source::File { name };
            let to_read = path.clone();
            let review = match off_thread(move || key_file::read(&to_read)).await? {
                Ok(read) => self.review(read.bytes, source, Some(&path), read.readable_by_others).await?,
                Err(error) => failed(source, Some(&path), &error.into()),
            };
            reviews.push(review);
        }
        let taken_up: Vec<_> = reviews.iter().filter_map(|review| review.takes_up).collect();
        reviews.retain(|review| !taken_up.contains(&review.id));
        if let Some(first) = left.first() {
            let name = first.file_name().unwrap_or(first.as_os_str()).to_string_lossy().into_owned();
            let error = KeyError::TooManyFiles { most: files::MOST, more: left.len() };
            reviews.push(failed(Source::File { name }, Some(first), &error.into()));
        }
        Ok(reviews)
    }

    /// Takes pasted text or a form's PEM under review.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn review_text(&self, text: Secret, source: Source) -> Result<Review, Error> {
        self.review(SecretBytes::new(text.expose().as_bytes().to_vec()), source, None, false).await
    }

    /// Takes a client secret or a ready-made token, alone, under review: it has no shape to be known by.
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
            stored: false,
        };
        lock(&self.reviews).insert(id, reviewed);
        Ok(Review { id, source, folder: None, facts: Some(facts), problem: None, takes_up: None })
    }

    /// Opens an encrypted key file that is under review with its passphrase.
    ///
    /// # Errors
    /// [`KeyError::PassphraseNeeded`] with `wrong: true`; [`Error::ReviewGone`].
    pub async fn unseal(&self, id: ReviewId, passphrase: &Secret) -> Result<Review, Error> {
        let providers = self.providers().await?;
        let (parsed, _) = self.parsed(self.sealed(id)?, Some(passphrase.clone()), &providers).await?;
        self.opened(id, parsed?, &providers).await
    }

    /// Parses a key file, which may have to be decrypted, where it holds up nobody; gives its bytes back.
    pub(super) async fn parsed(
        &self,
        bytes: SecretBytes,
        passphrase: Option<Secret>,
        providers: &[Provider],
    ) -> Result<(Result<KeyFile, KeyError>, SecretBytes), Error> {
        let providers = providers.to_vec();
        let parse = move || (key_file::parse(bytes.expose(), passphrase.as_ref(), &providers), bytes);
        off_thread(parse).await
    }

    /// The bytes of a file under review that could not be read yet.
    pub(super) fn sealed(&self, id: ReviewId) -> Result<SecretBytes, Error> {
        lock(&self.reviews).get(&id).and_then(|reviewed| reviewed.sealed.clone()).ok_or(Error::ReviewGone)
    }

    /// The review of a file that can be read now.
    pub(super) async fn opened(&self, id: ReviewId, file: KeyFile, providers: &[Provider]) -> Result<Review, Error> {
        let (file, takes_up) = self.joined(file, providers);
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

    /// The file with what another one under review has of it, which is then no longer under review.
    fn joined(&self, file: KeyFile, providers: &[Provider]) -> (KeyFile, Option<ReviewId>) {
        match self.with_ids(&file, providers) {
            Some((joined, half)) => {
                self.discard_reviews(&[half]);
                (joined, Some(half))
            }
            None => (file, None),
        }
    }

    async fn review(
        &self,
        bytes: SecretBytes,
        source: Source,
        path: Option<&Path>,
        readable_by_others: bool,
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
            stored: false,
        };
        let providers = self.providers().await?;
        let (parsed, bytes) = self.parsed(bytes, None, &providers).await?;
        let parsed = match parsed {
            Ok(file) => Ok(self.joined(file, &providers)),
            Err(KeyError::PrivateKeyElsewhere) => match self.with_key(&bytes, &providers) {
                Some((file, key)) => {
                    self.discard_reviews(&[key]);
                    Ok((file, Some(key)))
                }
                None => Err(KeyError::PrivateKeyElsewhere),
            },
            Err(error) => Err(error),
        };
        match parsed {
            Ok((file, takes_up)) => {
                let facts = self.facts(&file, readable_by_others).await?;
                lock(&self.reviews).insert(id, reviewed(Some(file), None));
                Ok(Review { id, source, folder: folder_of(path), facts: Some(facts), problem: None, takes_up })
            }
            Err(error) => {
                let waits = matches!(error, KeyError::PassphraseNeeded { .. } | KeyError::PrivateKeyElsewhere);
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
        let thumbprint = key.as_ref().map(|key| key.thumbprint.clone());
        let credentials = self.catalog.credentials(None).await?;
        let users: HashMap<_, _> =
            self.catalog.service_users(None).await?.into_iter().map(|user| (user.id, user)).collect();
        let environments: HashMap<_, _> =
            self.catalog.environments().await?.into_iter().map(|found| (found.id, found.settings.name)).collect();
        let (mut imported_in, mut known_otherwise_in) = (Vec::new(), Vec::new());
        for known in
            credentials.iter().filter(|known| thumbprint.is_some() && known.thumbprint() == thumbprint.as_deref())
        {
            let Some(owner) = users.get(&known.service_user) else { continue };
            let Some(environment) = environments.get(&owner.environment) else { continue };
            let agrees = |named: &Option<String>, kept: Option<&str>| {
                kept.is_none() || named.is_none() || named.as_deref() == kept
            };
            let same = agrees(&file.user_id, Some(&owner.user_id)) && agrees(&file.key_id, known.key_id.as_deref());
            if same { &mut imported_in } else { &mut known_otherwise_in }.push(environment.clone());
        }
        let issued_at = file.key_id.as_deref().and_then(|id| key_file::issued_at_of_id(id, now));
        Ok(KeyFileFacts {
            shape: file.shape,
            described: file.described.clone(),
            makers: file.makers.clone(),
            kind: kind_of(file),
            name: file.name.clone(),
            user_id: file.user_id.clone(),
            client_id: file.client_id.clone(),
            key_id: file.key_id.clone(),
            key,
            issuer: file.issuer.clone(),
            token_endpoint: file.token_endpoint.clone(),
            certificate: file.certificate.is_some(),
            companion: file.companion.is_some(),
            issued_at,
            expires_at: file.expires_at,
            imported_in,
            known_otherwise_in,
            warnings: warnings(file, readable_by_others, now),
        })
    }

    /// Discards key files under review; their keys are wiped from memory.
    pub fn discard_reviews(&self, ids: &[ReviewId]) {
        let mut reviews = lock(&self.reviews);
        for id in ids {
            reviews.remove(id);
        }
    }

    /// Notes that a reviewed key is stored, and lets go of it.
    pub(super) fn note_stored(&self, id: ReviewId) {
        if let Some(reviewed) = lock(&self.reviews).get_mut(&id) {
            reviewed.stored = true;
            reviewed.file = None;
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

fn warnings(file: &KeyFile, readable_by_others: bool, now: OffsetDateTime) -> Vec<Notice> {
    let notice = |code: &str, message: String| Notice { code: code.to_owned(), message, dated: None };
    let dated = |code: &str, words: String, at| {
        let dated = Dated::new(words, at);
        Notice { dated: Some(dated.clone()), ..notice(code, dated.to_string()) }
    };
    let mut warnings = Vec::new();
    match file.expires_at {
        Some(at) if at <= now => {
            warnings.push(dated("key-expired", "This key expired on".to_owned(), at));
        }
        Some(at) if at - now < EXPIRES_SOON => {
            let when = match (at - now).whole_days() {
                0 => "within 24 hours".to_owned(),
                1 => "in 1 day".to_owned(),
                days => format!("in {days} days"),
            };
            warnings.push(dated("key-expires-soon", format!("This key expires {when}, on"), at));
        }
        _ => {}
    }
    if readable_by_others {
        let message = "Other users of this computer can read this file; delete it once it is imported";
        warnings.push(notice("readable-by-others", message.to_owned()));
    }
    warnings
}
