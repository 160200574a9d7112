//! The import journey: from bytes to a service user whose key is in the keychain.
//!
//! A key file is first under *review*: parsed, explained, held in memory, stored nowhere. What the page
//! sees of it is [`Review`]; the key itself stays here until it is imported or discarded.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{Mint, lock};
use crate::activity::Deed;
use crate::credential::{Credential, CredentialId, CredentialKind, CredentialState, Source};
use crate::environment::{Environment, EnvironmentId};
use crate::error::{CatalogError, Error, KeyError, Problem};
use crate::key_file::{self, KeyFile, Shape};
use crate::private_key::KeyFacts;
use crate::provider;
use crate::secret::{Secret, SecretBytes};
use crate::service_user::{ServiceUser, ServiceUserDraft, ServiceUserId};

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
}

/// What a key file says, without the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyFileFacts {
    /// What it turned out to be.
    pub shape: Shape,
    /// The service user's id, where the file holds it.
    pub user_id: Option<String>,
    /// The key's id, where the file holds it.
    pub key_id: Option<String>,
    /// What is public about the key.
    pub key: KeyFacts,
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
}

/// What the user decided on the review sheet for one key file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportRequest {
    /// Which key file.
    pub review: ReviewId,
    /// Where to.
    pub environment: EnvironmentId,
    /// The service user's name; empty takes its user id.
    pub name: String,
    /// The service user's id where the file does not hold it; ignored where it does.
    #[serde(default)]
    pub user_id: Option<String>,
    /// The key's id where the file does not hold it; ignored where it does.
    #[serde(default)]
    pub key_id: Option<String>,
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportOutcome {
    /// The service user that has the key now.
    pub service_user: ServiceUserId,
    /// The credential.
    pub credential: CredentialId,
    /// Whether everything was there already, so that nothing was changed.
    pub unchanged: bool,
    /// Whether the service user was new.
    pub new_service_user: bool,
}

/// A key file under review, with its key.
pub(super) struct Reviewed {
    file: Option<KeyFile>,
    /// An encrypted key file's bytes, kept until its passphrase is given.
    sealed: Option<SecretBytes>,
    source: Source,
    path: Option<PathBuf>,
    readable_by_others: bool,
}

impl Mint {
    /// Takes files under review, each on its own: one that cannot be read is a review with a problem.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn review_files(&self, paths: &[PathBuf]) -> Result<Vec<Review>, Error> {
        let mut reviews = Vec::new();
        for path in &with_folders_opened(paths) {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            let source = Source::File { name };
            let review = match key_file::read(path) {
                Ok(read) => self.review(read.bytes, source, Some(path), read.readable_by_others).await?,
                Err(error) => failed(source, Some(path), &error.into()),
            };
            reviews.push(review);
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

    /// Opens an encrypted key file that is under review with its passphrase.
    ///
    /// # Errors
    /// [`KeyError::PassphraseNeeded`] with `wrong: true`; [`Error::ReviewGone`].
    pub async fn unseal(&self, id: ReviewId, passphrase: &Secret) -> Result<Review, Error> {
        let sealed =
            lock(&self.reviews).get(&id).and_then(|reviewed| reviewed.sealed.clone()).ok_or(Error::ReviewGone)?;
        let file = key_file::parse(sealed.expose(), Some(passphrase))?;
        let facts = {
            let mut reviews = lock(&self.reviews);
            let reviewed = reviews.get_mut(&id).ok_or(Error::ReviewGone)?;
            reviewed.sealed = None;
            reviewed.file = Some(file.clone());
            (reviewed.source.clone(), reviewed.path.clone(), reviewed.readable_by_others)
        };
        let (source, path, readable_by_others) = facts;
        let facts = self.facts(&file, readable_by_others).await?;
        Ok(Review { id, source, folder: folder_of(path.as_deref()), facts: Some(facts), problem: None })
    }

    async fn review(
        &self,
        bytes: SecretBytes,
        source: Source,
        path: Option<&Path>,
        readable_by_others: bool,
    ) -> Result<Review, Error> {
        let id = ReviewId(Uuid::new_v4());
        let reviewed = |file: Option<KeyFile>, sealed: Option<SecretBytes>| Reviewed {
            file,
            sealed,
            source: source.clone(),
            path: path.map(Path::to_path_buf),
            readable_by_others,
        };
        match key_file::parse(bytes.expose(), None) {
            Ok(file) => {
                let facts = self.facts(&file, readable_by_others).await?;
                lock(&self.reviews).insert(id, reviewed(Some(file), None));
                Ok(Review { id, source, folder: folder_of(path), facts: Some(facts), problem: None })
            }
            Err(error) => {
                if matches!(error, KeyError::PassphraseNeeded { .. }) {
                    lock(&self.reviews).insert(id, reviewed(None, Some(bytes)));
                }
                Ok(Review { id, ..failed(source, path, &error.into()) })
            }
        }
    }

    async fn facts(&self, file: &KeyFile, readable_by_others: bool) -> Result<KeyFileFacts, Error> {
        let now = self.now();
        let key = file.key.facts().clone();
        let credentials = self.catalog.credentials(None).await?;
        let users: HashMap<_, _> =
            self.catalog.service_users(None).await?.into_iter().map(|user| (user.id, user.environment)).collect();
        let environments: HashMap<_, _> =
            self.catalog.environments().await?.into_iter().map(|found| (found.id, found.settings.name)).collect();
        let imported_in = credentials
            .iter()
            .filter(|credential| credential.key.thumbprint == key.thumbprint)
            .filter_map(|credential| environments.get(users.get(&credential.service_user)?).cloned())
            .collect();
        let issued_at = file.key_id.as_deref().and_then(|id| key_file::issued_at_of_id(id, now));
        Ok(KeyFileFacts {
            shape: file.shape,
            user_id: file.user_id.clone(),
            key_id: file.key_id.clone(),
            key,
            issued_at,
            expires_at: file.expires_at,
            imported_in,
            warnings: warnings(file, readable_by_others, now),
        })
    }

    /// Stores a reviewed key: row `pending` → keychain, read back → row `active`. The same key again in
    /// the same environment changes nothing and says so.
    ///
    /// # Errors
    /// [`Error::ReviewGone`], [`Error::ImportIncomplete`], what the keychain and the catalogue report.
    /// After an error the review is still there, so that nothing has to be chosen again.
    pub async fn import(&self, request: &ImportRequest) -> Result<ImportOutcome, Error> {
        let (file, source) = {
            let reviews = lock(&self.reviews);
            let reviewed = reviews.get(&request.review).ok_or(Error::ReviewGone)?;
            (reviewed.file.clone().ok_or(Error::ReviewGone)?, reviewed.source.clone())
        };
        let environment = self.catalog.environment(request.environment).await?;
        let given = |from_file: &Option<String>, typed: &Option<String>, what: &'static str| {
            from_file
                .clone()
                .or_else(|| typed.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned))
                .ok_or(Error::ImportIncomplete { what })
        };
        let user_id = given(&file.user_id, &request.user_id, "user id")?;
        let key_id = given(&file.key_id, &request.key_id, "key id")?;
        self.store(&environment, &request.name, user_id, key_id, &file, source).await
    }

    /// Stores a key that Mintage made itself, as [`Mint::import`] does.
    ///
    /// # Errors
    /// What the keychain and the catalogue report.
    pub async fn import_generated(
        &self,
        environment: &Environment,
        name: &str,
        file: &KeyFile,
    ) -> Result<ImportOutcome, Error> {
        let user_id = file.user_id.clone().ok_or(Error::ImportIncomplete { what: "user id" })?;
        let key_id = file.key_id.clone().ok_or(Error::ImportIncomplete { what: "key id" })?;
        self.store(environment, name, user_id, key_id, file, Source::Generated).await
    }

    async fn store(
        &self,
        environment: &Environment,
        name: &str,
        user_id: String,
        key_id: String,
        file: &KeyFile,
        source: Source,
    ) -> Result<ImportOutcome, Error> {
        let thumbprint = &file.key.facts().thumbprint;
        let existing = self.catalog.credential_by_thumbprint(environment.id, thumbprint).await?;
        if let Some(credential) = existing {
            return self.store_again(credential, file).await;
        }
        let known = self.catalog.service_user_by_user_id(environment.id, &user_id).await?;
        let new_service_user = known.is_none();
        let service_user = known.unwrap_or_else(|| self.new_service_user(environment, name, user_id));
        let credential = self.new_credential(&service_user, key_id, file, source);

        self.catalog.add_pending(&service_user, &credential).await?;
        if let Err(error) = self.keychain.put(credential.id, file.key.der().clone()).await {
            return Err(self.unwind(&credential, error.into()).await);
        }
        self.catalog.set_state(credential.id, CredentialState::Active).await?;
        let detail = Ok(format!("key {}", credential.key_id));
        self.record(Deed::Import, environment, &service_user, detail).await?;
        Ok(ImportOutcome {
            service_user: service_user.id,
            credential: credential.id,
            unchanged: false,
            new_service_user,
        })
    }

    /// The key is known here already. If its keychain item is gone or was never finished, it is put back.
    async fn store_again(&self, credential: Credential, file: &KeyFile) -> Result<ImportOutcome, Error> {
        let unchanged = credential.state == CredentialState::Active;
        if !unchanged {
            self.keychain.put(credential.id, file.key.der().clone()).await?;
            self.catalog.set_state(credential.id, CredentialState::Active).await?;
        }
        Ok(ImportOutcome {
            service_user: credential.service_user,
            credential: credential.id,
            unchanged,
            new_service_user: false,
        })
    }

    /// After a failed keychain write the outcome is unknown: the item is removed, and only when that is
    /// certain the pending row too. Otherwise the row stays for the repair.
    async fn unwind(&self, credential: &Credential, error: Error) -> Error {
        if self.keychain.delete(credential.id).await.is_ok() {
            // A row that stays behind here is found by the next repair, so its failure adds nothing.
            let _: Result<(), CatalogError> = self.catalog.remove_credential(credential.id, true).await;
        }
        error
    }

    fn new_service_user(&self, environment: &Environment, name: &str, user_id: String) -> ServiceUser {
        let provider = provider::find(&environment.settings.provider);
        let scopes = &environment.settings.scopes;
        let name = name.trim();
        ServiceUser {
            id: ServiceUserId(Uuid::new_v4()),
            environment: environment.id,
            settings: ServiceUserDraft {
                name: if name.is_empty() { user_id.clone() } else { name.to_owned() },
                scopes: if scopes.is_empty() { provider.default_scopes } else { scopes.clone() },
                favourite: false,
                tags: Vec::new(),
            },
            user_id,
            default_credential: None,
            created_at: self.now(),
            last_used_at: None,
        }
    }

    fn new_credential(&self, user: &ServiceUser, key_id: String, file: &KeyFile, source: Source) -> Credential {
        let issued_at = key_file::issued_at_of_id(&key_id, self.now());
        Credential {
            id: CredentialId(Uuid::new_v4()),
            service_user: user.id,
            kind: CredentialKind::PrivateKey,
            key_id,
            key: file.key.facts().clone(),
            source,
            state: CredentialState::Pending,
            issued_at,
            expires_at: file.expires_at,
            imported_at: self.now(),
            last_used_at: None,
        }
    }

    /// Discards key files under review; their keys are wiped from memory.
    pub fn discard_reviews(&self, ids: &[ReviewId]) {
        let mut reviews = lock(&self.reviews);
        for id in ids {
            reviews.remove(id);
        }
    }

    /// Deletes the original file of an imported key, which the user asked for.
    ///
    /// # Errors
    /// [`Error::ReviewGone`], [`Error::OriginalNotDeleted`].
    pub fn delete_original(&self, id: ReviewId) -> Result<(), Error> {
        let path = lock(&self.reviews).get(&id).and_then(|reviewed| reviewed.path.clone()).ok_or(Error::ReviewGone)?;
        std::fs::remove_file(&path).map_err(|source| Error::OriginalNotDeleted {
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            source,
        })
    }
}

/// Puts a folder's files in its place, sorted by name; folders in it and hidden files are left out.
fn with_folders_opened(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        match std::fs::read_dir(path) {
            Ok(entries) => {
                let mut inside: Vec<_> =
                    entries.flatten().map(|entry| entry.path()).filter(|path| is_plain(path)).collect();
                inside.sort();
                files.append(&mut inside);
            }
            // Not a folder, or one that cannot be opened: reading it tells what is wrong.
            Err(_) => files.push(path.clone()),
        }
    }
    files
}

fn is_plain(path: &Path) -> bool {
    path.is_file() && !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn failed(source: Source, path: Option<&Path>, error: &Error) -> Review {
    Review {
        id: ReviewId(Uuid::new_v4()),
        source,
        folder: folder_of(path),
        facts: None,
        problem: Some(error.problem()),
    }
}

fn folder_of(path: Option<&Path>) -> Option<String> {
    Some(path?.parent()?.to_string_lossy().into_owned())
}

fn warnings(file: &KeyFile, readable_by_others: bool, now: OffsetDateTime) -> Vec<Notice> {
    let notice = |code: &str, message: String| Notice { code: code.to_owned(), message };
    let mut warnings = Vec::new();
    match file.expires_at {
        Some(at) if at <= now => {
            warnings.push(notice("key-expired", format!("This key expired on {}", at.date())));
        }
        Some(at) if at - now < EXPIRES_SOON => {
            let days = (at - now).whole_days();
            warnings.push(notice("key-expires-soon", format!("This key expires in {days} days, on {}", at.date())));
        }
        _ => {}
    }
    if readable_by_others {
        let message = "Other users of this computer can read this file; delete it once it is imported";
        warnings.push(notice("readable-by-others", message.to_owned()));
    }
    warnings
}
