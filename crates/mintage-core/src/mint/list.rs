//! Lists: environments, service users, one service user whole.

use std::collections::HashMap;

use time::Duration;

use super::{Mint, lock};
use crate::credential::{Credential, CredentialId};
use crate::environment::{EnvironmentId, EnvironmentOverview, IssuerUrl};
use crate::error::Error;
use crate::private_key::KeyFacts;
use crate::service_user::{
    ServiceUser, ServiceUserDetail, ServiceUserDraft, ServiceUserId, ServiceUserRow, TokenState,
};

/// A credential that expires within this time is counted in the list of environments.
const EXPIRES_SOON: Duration = Duration::days(14);

impl Mint {
    /// Lists environments by name with what their row shows.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn environments(&self) -> Result<Vec<EnvironmentOverview>, Error> {
        let counts = self.catalog.environment_counts(self.now() + EXPIRES_SOON).await?;
        let mut counts: HashMap<_, _> = counts.into_iter().map(|count| (count.environment, count)).collect();
        let environments = self.catalog.environments().await?.into_iter().map(|environment| {
            let count = counts.remove(&environment.id);
            EnvironmentOverview {
                host: host_of(&environment.settings.issuer),
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
        let mut rows = self.catalog.listed(of).await?;
        for row in &mut rows {
            row.token = self.token_state(row.service_user.id);
        }
        Ok(rows)
    }

    /// Lists favourites of all environments by name, the first of them.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn favourites(&self, most: u32) -> Result<Vec<ServiceUser>, Error> {
        Ok(self.catalog.favourites(most).await?)
    }

    fn token_state(&self, id: ServiceUserId) -> TokenState {
        match lock(&self.tokens).get(&id).map(|kept| kept.token.expires_at) {
            None => TokenState::None,
            Some(Some(at)) if at <= self.now() => TokenState::Expired,
            Some(expires_at) => TokenState::Valid { expires_at },
        }
    }

    /// Gives everything about one service user.
    ///
    /// # Errors
    /// [`crate::error::CatalogError::Gone`].
    pub async fn service_user(&self, id: ServiceUserId) -> Result<ServiceUserDetail, Error> {
        let service_user = self.catalog.service_user(id).await?;
        let environment = self.catalog.environment(service_user.environment).await?;
        Ok(ServiceUserDetail {
            host: host_of(&environment.settings.issuer),
            credentials: self.catalog.credentials(Some(id)).await?,
            token: self.kept_token(id).map(|token| super::token::view(&token, true)),
            environment,
            service_user,
        })
    }

    /// Changes what the user edits of a service user: name, scopes, favourite, tags. Scopes are
    /// trimmed, empty and repeated ones dropped.
    ///
    /// # Errors
    /// [`crate::error::CatalogError::Gone`].
    pub async fn edit_service_user(&self, id: ServiceUserId, draft: ServiceUserDraft) -> Result<(), Error> {
        let old = self.catalog.service_user(id).await?;
        let name = draft.name.trim();
        let settings = ServiceUserDraft {
            name: if name.is_empty() { old.settings.name } else { name.to_owned() },
            scopes: distinct(&draft.scopes),
            tags: distinct(&draft.tags),
            favourite: draft.favourite,
        };
        Ok(self.catalog.edit_service_user(id, &settings).await?)
    }

    /// Chooses the credential that minting uses.
    ///
    /// # Errors
    /// [`crate::error::CatalogError::Gone`].
    pub async fn make_default(&self, id: ServiceUserId, credential: CredentialId) -> Result<(), Error> {
        self.catalog.make_default(id, credential).await?;
        // A token that was got with another credential would be shown, and another one copied.
        if self.kept_token(id).is_some_and(|token| token.credential != credential) {
            self.drop_token(id);
        }
        Ok(())
    }

    /// The public half of a credential's key as a JWK (RFC 7517), for other tools.
    ///
    /// # Errors
    /// [`crate::error::CatalogError::Gone`], [`Error::NoPublicHalf`].
    pub async fn public_jwk(&self, credential: CredentialId) -> Result<String, Error> {
        let credential = self.catalog.credential(credential).await?;
        let key_id = credential.key_id.clone().unwrap_or_default();
        Ok(public_half(credential)?.public_jwk(&key_id))
    }

    /// The public half of a credential's key as SubjectPublicKeyInfo PEM, for other tools.
    ///
    /// # Errors
    /// [`crate::error::CatalogError::Gone`], [`Error::NoPublicHalf`].
    pub async fn public_pem(&self, credential: CredentialId) -> Result<String, Error> {
        Ok(public_half(self.catalog.credential(credential).await?)?.public_pem)
    }
}

fn public_half(credential: Credential) -> Result<KeyFacts, Error> {
    let kind = credential.kind.name();
    credential.key.ok_or(Error::NoPublicHalf { kind })
}

fn host_of(issuer: &str) -> String {
    IssuerUrl::parse(issuer).map_or_else(|_| issuer.to_owned(), |issuer| issuer.host_and_port())
}

/// White space separates scopes (RFC 6749 §3.3), so an entry that holds some is several.
fn distinct(words: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for word in words.iter().flat_map(|entry| entry.split_whitespace()) {
        if !kept.iter().any(|found| found == word) {
            kept.push(word.to_owned());
        }
    }
    kept
}
