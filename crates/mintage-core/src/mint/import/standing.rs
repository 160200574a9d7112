//! What **stands** there already beside a secret or ready-made token that is imported: others of the same service
//! user and client, of which a refused one is worth nothing any more.
//!
//! Rule: a new one is stored and noted before an earlier one is removed, so that nothing is ever lost between.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;

use super::ids::{self, Ids};
use super::{ImportOutcome, ImportRequest, kind_of};
use crate::credential::{Credential, CredentialId, CredentialKind, CredentialState};
use crate::environment::EnvironmentId;
use crate::error::Error;
use crate::mint::{Mint, lock};
use crate::service_user::{ServiceUser, ServiceUserId};

/// A secret or ready-made token that a new one would stand beside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// Which one.
    pub credential: CredentialId,
    /// When it was imported.
    #[serde(with = "time::serde::rfc3339")]
    #[specta(type = String)]
    pub imported_at: OffsetDateTime,
    /// When it was last used.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub last_used_at: Option<OffsetDateTime>,
    /// When the server refused it, where its last use was refused: then the new one is proposed in its place.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub refused_at: Option<OffsetDateTime>,
}

/// What became of the credential whose place was to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Replaced {
    /// There was none to replace.
    Nothing,
    /// It is removed.
    Removed,
    /// The new one is stored; the earlier one could not be removed.
    Left,
}

impl Mint {
    /// What a secret or ready-made token would stand beside if it were imported like this; nothing while an id
    /// is missing. The default comes first, then the newest.
    ///
    /// # Errors
    /// [`Error::ReviewGone`], what the catalogue reports.
    pub async fn standing(&self, request: &ImportRequest) -> Result<Vec<Standing>, Error> {
        let file = lock(&self.reviews).get(&request.review).and_then(|reviewed| reviewed.file.clone());
        let file = file.ok_or(Error::ReviewGone)?;
        let environment = self.catalog.environment(request.environment).await?;
        let provider = self.provider_of(&environment).await?;
        let Ok(ids) = ids::ids_of(&file, request, &provider) else { return Ok(Vec::new()) };
        let (owner, ids) = self.owner(environment.id, ids, kind_of(&file)).await?;
        let (Some(owner), false) = (owner, kind_of(&file).is_key()) else { return Ok(Vec::new()) };
        let beside = self.beside(owner.id, kind_of(&file), ids.client_id.as_deref()).await?;
        Ok(beside.into_iter().map(standing).collect())
    }

    /// The service user with these ids, where it is known. One that goes by a client id alone is found by its
    /// credentials: its own id may have been learnt since.
    pub(super) async fn owner(
        &self,
        environment: EnvironmentId,
        ids: Ids,
        kind: CredentialKind,
    ) -> Result<(Option<ServiceUser>, Ids), Error> {
        let known = self.catalog.service_user_by_user_id(environment, &ids.user_id).await?;
        if known.is_some() || ids.client_id.is_some() || kind.is_key() {
            return Ok((known, ids));
        }
        let all = self.catalog.credentials_of_environment(Some(environment)).await?;
        let same = |other: &&Credential| other.kind == kind && other.client_id.as_deref() == Some(&ids.user_id);
        let Some(beside) = all.iter().find(same) else { return Ok((None, ids)) };
        let owner = self.catalog.service_user(beside.service_user).await?;
        let ids = Ids { client_id: beside.client_id.clone(), user_id: owner.user_id.clone(), key_id: ids.key_id };
        Ok((Some(owner), ids))
    }

    /// A service user's credentials of one kind and client that are not being removed.
    pub(super) async fn beside(
        &self,
        of: ServiceUserId,
        kind: CredentialKind,
        client_id: Option<&str>,
    ) -> Result<Vec<Credential>, Error> {
        let mut beside = self.catalog.credentials(Some(of)).await?;
        beside.retain(|other| {
            other.kind == kind && other.client_id.as_deref() == client_id && other.state != CredentialState::Deleting
        });
        Ok(beside)
    }

    /// Removes the credential whose place a new one took; nothing where both are the same.
    pub(super) async fn replace(&self, earlier: CredentialId, outcome: &ImportOutcome) -> Replaced {
        if earlier == outcome.credential {
            return Replaced::Nothing;
        }
        match self.remove_earlier(earlier, outcome).await {
            Ok(true) => Replaced::Removed,
            Ok(false) => Replaced::Nothing,
            // What was imported is stored all the same.
            Err(_) => Replaced::Left,
        }
    }

    /// Whether there was one to remove: of the same service user, kind and client.
    async fn remove_earlier(&self, earlier: CredentialId, outcome: &ImportOutcome) -> Result<bool, Error> {
        let _alone = self.catalog.changing().await?;
        let new = self.catalog.credential(outcome.credential).await?;
        let beside = self.beside(new.service_user, new.kind, new.client_id.as_deref()).await?;
        if new.kind.is_key() || !beside.iter().any(|other| other.id == earlier) {
            return Ok(false);
        }
        let owner = self.catalog.service_user(new.service_user).await?;
        if owner.default_credential == Some(earlier) {
            self.make_default(owner.id, new.id).await?;
        }
        self.forget_one(earlier).await?;
        Ok(true)
    }
}

fn standing(credential: Credential) -> Standing {
    Standing {
        credential: credential.id,
        imported_at: credential.imported_at,
        last_used_at: credential.last_used_at,
        refused_at: credential.refused_at,
    }
}
