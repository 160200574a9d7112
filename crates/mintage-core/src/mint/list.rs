//! Lists: environments, service users, one service user whole.

use std::collections::HashMap;

use super::periods::Periods;
use super::{EnvironmentOverview, Mint, ServiceUserDetail, ServiceUserRow, TokenState};
use crate::catalog::CatalogError;
use crate::credential::Credential;
use crate::environment::Environment;
use crate::error::Error;
use crate::ids::{CredentialId, EnvironmentId, ServiceUserId};
use crate::jose::KeyFacts;
use crate::service_user::{ServiceUser, ServiceUserDraft};

impl Mint {
    /// Lists environments in the user's order with what their row shows: those in no group, then each group at the place
    /// of its first.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn environments(&self) -> Result<Vec<EnvironmentOverview>, Error> {
        let counts = self.catalog.environment_counts(self.now() + Periods::SOON).await?;
        let mut counts: HashMap<_, _> = counts.into_iter().map(|count| (count.environment, count)).collect();
        let environments = self.catalog.environments().await?.into_iter().map(|environment| {
            let count = counts.remove(&environment.id);
            EnvironmentOverview {
                host: environment.settings.issuer.host_and_port(),
                service_users: count.as_ref().map_or(0, |count| count.service_users),
                expiring: count.as_ref().map_or(0, |count| count.expiring),
                troubled: count.is_some_and(|count| count.troubled),
                environment,
            }
        });
        Ok(environments.collect())
    }

    /// Lists service users of one environment, or of all: favourites first, then by name.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn service_users(&self, of: Option<EnvironmentId>) -> Result<Vec<ServiceUserRow>, Error> {
        let listed = self.catalog.listed(of).await?;
        let environments = if self.cache.is_empty() { Vec::new() } else { self.catalog.environments().await? };
        let environments: HashMap<_, _> = environments.iter().map(|one| (one.id, one)).collect();
        let token = |of: &ServiceUser| {
            environments.get(&of.environment).map_or(TokenState::None, |environment| self.token_state(of, environment))
        };
        Ok(listed.into_iter().map(|listed| ServiceUserRow { token: token(&listed.service_user), listed }).collect())
    }

    /// The service users whose usual token is in memory and still valid.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn in_memory(&self) -> Result<Vec<ServiceUserId>, Error> {
        let mut found = Vec::new();
        for id in self.cache.service_users() {
            match self.catalog.service_user(id).await {
                Ok(user) => {
                    let environment = self.catalog.environment(user.environment).await?;
                    if matches!(self.token_state(&user, &environment), TokenState::Valid { .. }) {
                        found.push(id);
                    }
                }
                // Another process has removed it.
                Err(CatalogError::Gone { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(found)
    }

    /// Whether the catalogue has environments of the demo.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn has_demo(&self) -> Result<bool, Error> {
        Ok(self.catalog.has_demo().await?)
    }

    /// Finds service users by a name, `ENVIRONMENT/NAME`, or an id here or at their issuer, with their environments. Some
    /// may be of other environments than the one in the text.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn named(&self, text: &str) -> Result<Vec<(ServiceUser, Environment)>, Error> {
        // Both names may have slashes of their own.
        let ends = text.match_indices('/').map(|(at, _)| &text[at + 1..]);
        let names: Vec<&str> = std::iter::once(text).chain(ends).collect();
        Ok(self.catalog.named(text, &names).await?)
    }

    /// Lists favourites of all environments by name, the first of them.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn favourites(&self, most: u32) -> Result<Vec<ServiceUser>, Error> {
        Ok(self.catalog.favourites(most).await?)
    }

    fn token_state(&self, service_user: &ServiceUser, environment: &Environment) -> TokenState {
        match self.cache.shown(service_user, environment).map(|token| token.expires_at) {
            None => TokenState::None,
            Some(Some(at)) if at <= self.now() => TokenState::Expired,
            Some(expires_at) => TokenState::Valid { expires_at },
        }
    }

    /// Returns everything about one service user.
    ///
    /// # Errors
    /// [`crate::catalog::CatalogError::Gone`].
    pub async fn service_user(&self, id: ServiceUserId) -> Result<ServiceUserDetail, Error> {
        let service_user = self.catalog.service_user(id).await?;
        let environment = self.catalog.environment(service_user.environment).await?;
        Ok(ServiceUserDetail {
            host: environment.settings.issuer.host_and_port(),
            credentials: self.catalog.credentials(Some(id)).await?,
            token: self.cache.shown(&service_user, &environment).map(|token| super::token::view(&token, true)),
            environment,
            service_user,
        })
    }

    /// Changes what the user edits about a service user: name, scopes, favourite, tags, notes. Scopes are trimmed, empty and
    /// repeated ones dropped. Fields in which `draft` doesn't differ from `opened` stay as they are stored.
    ///
    /// # Errors
    /// [`crate::catalog::CatalogError::Gone`], and [`crate::catalog::CatalogError::EditedMeanwhile`] if the same field
    /// has been changed since `opened` was read.
    pub async fn edit_service_user(
        &self,
        id: ServiceUserId,
        opened: &ServiceUserDraft,
        draft: ServiceUserDraft,
    ) -> Result<(), Error> {
        let name = draft.name.trim();
        let draft = ServiceUserDraft {
            name: if name.is_empty() { opened.name.clone() } else { name.to_owned() },
            scopes: distinct(&draft.scopes),
            tags: distinct(&draft.tags),
            favourite: draft.favourite,
            notes: draft.notes.trim().to_owned(),
        };
        Ok(self.catalog.edit_service_user(id, opened, &draft).await?)
    }

    /// Chooses the credential that minting uses.
    ///
    /// # Errors
    /// [`crate::catalog::CatalogError::Gone`].
    pub async fn make_default(&self, id: ServiceUserId, credential: CredentialId) -> Result<(), Error> {
        Ok(self.catalog.make_default(id, credential).await?)
    }

    /// The public half of a credential's key as a JWK (RFC 7517), for other tools.
    ///
    /// # Errors
    /// [`crate::catalog::CatalogError::Gone`], [`Error::NoPublicHalf`].
    pub async fn public_jwk(&self, credential: CredentialId) -> Result<String, Error> {
        let credential = self.catalog.credential(credential).await?;
        let key_id = credential.key_id.clone().unwrap_or_default();
        Ok(public_half(credential)?.public_jwk(&key_id))
    }

    /// The public half of a credential's key as SubjectPublicKeyInfo PEM, for other tools.
    ///
    /// # Errors
    /// [`crate::catalog::CatalogError::Gone`], [`Error::NoPublicHalf`].
    pub async fn public_pem(&self, credential: CredentialId) -> Result<String, Error> {
        Ok(public_half(self.catalog.credential(credential).await?)?.public_pem)
    }

    /// The public keys (PEM) with which these service users mint; those that mint with something else have none.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn public_pems(&self, ids: &[ServiceUserId]) -> Result<Vec<String>, Error> {
        let mut keys = Vec::new();
        for id in ids {
            let Some(credential) = self.catalog.service_user(*id).await?.default_credential else { continue };
            keys.extend(self.catalog.credential(credential).await?.key.map(|key| key.public_pem));
        }
        Ok(keys)
    }
}

fn public_half(credential: Credential) -> Result<KeyFacts, Error> {
    let kind = credential.kind.name();
    credential.key.ok_or(Error::NoPublicHalf { kind })
}

/// Whitespace separates scopes (RFC 6749 §3.3), so an entry that contains some is several.
pub(super) fn distinct(words: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for word in words.iter().flat_map(|entry| entry.split_whitespace()) {
        if !kept.iter().any(|found| found == word) {
            kept.push(word.to_owned());
        }
    }
    kept
}
