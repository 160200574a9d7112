//! The import journey: from bytes to a service user whose credential is in the keychain.
//!
//! A key file is reviewed first (see `review.rs`); what the user decided about it arrives here.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use self::ids::{Entered, Ids, KnownIds};
use super::review::ReviewId;
use super::{Mint, lock};
use crate::credential::{Credential, CredentialKind, CredentialState, Source};
use crate::environment::Environment;
use crate::error::Error;
use crate::ids::{CredentialId, EnvironmentId, ServiceUserId};
use crate::key_file::KeyFile;
use crate::private_key::KeyError;
use crate::provider::Provider;
use crate::service_user::{ServiceUser, ServiceUserDraft};

mod existing;
mod fit;
mod ids;
mod plan;
mod several;
mod store;

pub use existing::{ExistingCredential, Replaced};
pub use ids::AskedId;
pub use plan::{AskedByHand, ImportPlan, KnownOwner, NewEnvironment, Place, PlanEntry, PlanItem, PlanRequest, Related};

/// What the user decided on the review sheet for one key file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportRequest {
    /// Which key file.
    pub review: ReviewId,
    /// The environment.
    pub environment: EnvironmentId,
    /// The service user's name; if empty, its user id is used.
    pub name: String,
    /// The service user's id where the file does not hold it; where it does, ignored unless the provider
    /// lets the client speak for users.
    pub user_id: Option<String>,
    /// The client id where the file does not hold it; where it does, it counts beside a client secret alone.
    pub client_id: Option<String>,
    /// The key's id where the file does not hold it; ignored where it does.
    pub key_id: Option<String>,
    /// The secret or ready-made token whose place the new one takes; it is removed once the new one is stored.
    pub replaces: Option<CredentialId>,
}

impl ImportRequest {
    /// The request to import a reviewed file as is, with every id and the name from the file.
    pub fn of(review: ReviewId, environment: EnvironmentId) -> Self {
        Self { review, environment, name: String::new(), user_id: None, client_id: None, key_id: None, replaces: None }
    }
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportOutcome {
    /// The service user that has the credential now.
    pub service_user: ServiceUserId,
    /// The credential.
    pub credential: CredentialId,
    /// What kind of credential it is.
    pub kind: CredentialKind,
    /// Whether everything was there already, so that nothing was changed.
    pub unchanged: bool,
    /// What the file adds to an existing credential; empty if it is new.
    pub learned: Vec<Learned>,
    /// Whether the service user was new.
    pub new_service_user: bool,
    /// What happened to the credential to be replaced.
    pub replaced: Replaced,
}

/// What a file adds to a credential that was there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Learned {
    /// The key's id.
    KeyId,
    /// The certificate that comes with the key, or a newer one.
    Certificate,
    /// The assertion's audience.
    Audience,
    /// When it expires.
    Expiry,
    /// The algorithm that the key is bound to.
    Algorithm,
    /// The token endpoint that it is for.
    TokenEndpoint,
}

impl Mint {
    /// Stores a reviewed credential: row `pending` → keychain, read back → row `active`. Importing the same again into
    /// the same environment changes nothing and says so.
    ///
    /// # Errors
    /// [`Error::ReviewGone`], [`Error::DemoEnvironment`], [`Error::ImportIncomplete`], [`Error::TypedIdInvalid`],
    /// [`Error::KeyKnownOtherwise`], [`KeyError::AlgorithmBound`], what the keychain and the catalogue report. After an
    /// error the review still exists, so that nothing has to be chosen again.
    pub async fn import(&self, request: &ImportRequest) -> Result<ImportOutcome, Error> {
        let (file, source) = self.under_review(request.review)?;
        let (environment, provider) = self.destination(request.environment).await?;
        let ids = ids_of(request, &file, &provider)?;
        let mut outcome = self.store(&environment, &provider, &request.name, ids, &file, source).await?;
        if let Some(earlier) = request.replaces {
            outcome.replaced = self.replace(earlier, &outcome).await;
        }
        self.note_stored(request.review, outcome.credential);
        Ok(outcome)
    }

    /// What a file under review has, and where it came from.
    pub(super) fn under_review(&self, id: ReviewId) -> Result<(KeyFile, Source), Error> {
        let reviews = lock(&self.reviews);
        let reviewed = reviews.get(&id).ok_or(Error::ReviewGone)?;
        Ok((reviewed.file.clone().ok_or(Error::ReviewGone)?, reviewed.source.clone()))
    }

    /// The environment that keys go to, with its profile.
    async fn destination(&self, id: EnvironmentId) -> Result<(Environment, Cow<'static, Provider>), Error> {
        let environment = self.catalog.environment(id).await?;
        if environment.demo {
            // The demo is removed with one click; a real key must not be removed with it.
            return Err(Error::DemoEnvironment { environment: environment.settings.name });
        }
        let provider = self.provider_of(&environment).await?;
        Ok((environment, provider))
    }

    /// Stores a credential that Mintage made itself or was given by the server, as [`Mint::import`] does.
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
        let client_id = file.client_id.clone().filter(|id| *id != user_id);
        let provider = self.provider_of(environment).await?;
        let ids = Ids { user_id, client_id, key_id: file.key_id.clone() };
        self.store(environment, &provider, name, ids, file, Source::Generated).await
    }

    fn new_service_user(
        &self,
        environment: &Environment,
        provider: &Provider,
        name: &str,
        user_id: String,
    ) -> ServiceUser {
        let scopes = &environment.settings.scopes;
        let name = name.trim();
        ServiceUser {
            id: ServiceUserId(Uuid::new_v4()),
            environment: environment.id,
            settings: ServiceUserDraft {
                name: if name.is_empty() { user_id.clone() } else { name.to_owned() },
                scopes: if scopes.is_empty() { provider.default_scopes() } else { scopes.clone() },
                favourite: false,
                tags: Vec::new(),
                notes: String::new(),
            },
            user_id,
            default_credential: None,
            created_at: self.now(),
            last_used_at: None,
        }
    }

    /// A pending credential without its ids.
    fn new_credential(&self, user: &ServiceUser, kind: CredentialKind, file: &KeyFile, source: Source) -> Credential {
        Credential {
            id: CredentialId(Uuid::new_v4()),
            service_user: user.id,
            kind,
            key_id: None,
            client_id: None,
            key: file.key().map(|key| key.facts().clone()),
            certificate: file.certificate.clone(),
            audience: file.audience.clone(),
            source,
            state: CredentialState::Pending,
            issued_at: None,
            expires_at: file.expires_at,
            imported_at: self.now(),
            last_used_at: None,
            refused_at: None,
            token_endpoint: file.token_endpoint.clone(),
        }
    }
}

/// The ids that a file is imported with: its own, and those that the user entered.
fn ids_of(request: &ImportRequest, file: &KeyFile, provider: &Provider) -> Result<Ids, Error> {
    check_binding(file, provider)?;
    ids::ids_of(&KnownIds::of(file), Entered::of(request), provider)
}

/// Rejects a key that is bound to an algorithm which the provider doesn't accept: it could never sign there.
pub(super) fn check_binding(file: &KeyFile, provider: &Provider) -> Result<(), KeyError> {
    match (&provider.private_key, file.key()) {
        (Some(grant), Some(key)) if key.facts().algorithm.is_some() => grant.algorithm_for(key.facts()).map(drop),
        _ => Ok(()),
    }
}
