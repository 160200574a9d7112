//! **Existing** credentials when a secret or personal access token is imported: others of the same service user and
//! client; a refused one is no longer useful.
//!
//! Rule: a new one is stored and recorded before an earlier one is removed, so that nothing is ever lost in between.

use serde::Serialize;
use specta::Type;
use time::OffsetDateTime;

use super::ImportOutcome;
use super::ids::Ids;
use crate::credential::{Credential, CredentialKind, CredentialState};
use crate::error::Error;
use crate::ids::{CredentialId, EnvironmentId, ServiceUserId};
use crate::mint::Mint;
use crate::service_user::ServiceUser;

/// A secret or personal access token that a new one would be added to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ExistingCredential {
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
    /// When the server refused it, if its last use was refused: then replacing it is suggested.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub refused_at: Option<OffsetDateTime>,
}

/// What happened to the credential to be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Replaced {
    /// There was none to replace.
    Nothing,
    /// It was removed.
    Removed,
    /// The new one is stored; the earlier one couldn't be removed.
    Left,
}

impl Mint {
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
        let Some(known) = of_client(&all, kind, &ids.user_id) else { return Ok((None, ids)) };
        let owner = self.catalog.service_user(known.service_user).await?;
        let ids = Ids { client_id: known.client_id.clone(), user_id: owner.user_id.clone(), key_id: ids.key_id };
        Ok((Some(owner), ids))
    }

    /// A service user's credentials of one kind and client that aren't being removed.
    pub(super) async fn siblings(
        &self,
        of: ServiceUserId,
        kind: CredentialKind,
        client_id: Option<&str>,
    ) -> Result<Vec<Credential>, Error> {
        let mut siblings = self.catalog.credentials(Some(of)).await?;
        siblings.retain(|other| is_sibling(other, kind, client_id));
        Ok(siblings)
    }

    /// Removes the credential that a new one replaced; does nothing if both are the same.
    pub(super) async fn replace(&self, earlier: CredentialId, outcome: &ImportOutcome) -> Replaced {
        if earlier == outcome.credential {
            return Replaced::Nothing;
        }
        match self.remove_earlier(earlier, outcome).await {
            Ok(true) => Replaced::Removed,
            Ok(false) => Replaced::Nothing,
            // The imported credential is stored in any case.
            Err(_) => Replaced::Left,
        }
    }

    /// Whether there was one to remove: of the same service user, kind and client.
    async fn remove_earlier(&self, earlier: CredentialId, outcome: &ImportOutcome) -> Result<bool, Error> {
        let alone = self.catalog.changing().await?;
        let new = self.catalog.credential(outcome.credential).await?;
        let siblings = self.siblings(new.service_user, new.kind, new.client_id.as_deref()).await?;
        if new.kind.is_key() || !siblings.iter().any(|other| other.id == earlier) {
            return Ok(false);
        }
        let owner = self.catalog.service_user(new.service_user).await?;
        if owner.default_credential == Some(earlier) {
            self.make_default(owner.id, new.id).await?;
        }
        self.forget_one(&alone, earlier).await?;
        Ok(true)
    }
}

/// Whether a credential is of this kind and client, and not being removed.
pub(super) fn is_sibling(other: &Credential, kind: CredentialKind, client_id: Option<&str>) -> bool {
    other.kind == kind && other.client_id.as_deref() == client_id && other.state != CredentialState::Deleting
}

/// A credential of this kind that goes by this client id.
pub(super) fn of_client<'a>(all: &'a [Credential], kind: CredentialKind, client_id: &str) -> Option<&'a Credential> {
    all.iter().find(|other| other.kind == kind && other.client_id.as_deref() == Some(client_id))
}

impl From<&Credential> for ExistingCredential {
    fn from(credential: &Credential) -> Self {
        Self {
            credential: credential.id,
            imported_at: credential.imported_at,
            last_used_at: credential.last_used_at,
            refused_at: credential.refused_at,
        }
    }
}
