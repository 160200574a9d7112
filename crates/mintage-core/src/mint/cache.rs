//! The **token cache**: tokens in memory, each keyed by everything that shaped it.
//!
//! Rule: a different request gets a different token. A key contains the environment's settings, the credential, the
//! grant, the scopes and the audience, so an edit doesn't require anything to be discarded: a token minted with other
//! settings, by this process or another, isn't found.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use time::OffsetDateTime;

use super::lock;
use crate::credential::{Credential, CredentialKind};
use crate::endpoints::Endpoints;
use crate::environment::Environment;
use crate::ids::{CredentialId, ServiceUserId};
use crate::issuer_url::IssuerUrl;
use crate::provider::{ParameterValues, ProviderId};
use crate::service_user::ServiceUser;
use crate::token::Token;

/// Everything that shapes a token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct TokenKey {
    service_user: ServiceUserId,
    server: Server,
    /// The text of the provider's profile, if it is one of the user's.
    profile: Option<String>,
    authentication: Authentication,
    scopes: Vec<String>,
    audience: Vec<String>,
}

/// The part of an environment's settings that shapes a token; not its name, tier and so on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Server {
    provider: ProviderId,
    issuer: IssuerUrl,
    endpoints: Endpoints,
    parameters: ParameterValues,
}

/// The credential, and what its request says about it. Its kind determines the grant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Authentication {
    credential: CredentialId,
    grant: CredentialKind,
    thumbprint: Option<String>,
    key_id: Option<String>,
    client_id: String,
    /// Whom an assertion acts for; a secret acts only for its client.
    subject: Option<String>,
    certificate: Option<String>,
    audience: Option<String>,
}

/// What is requested: the scopes and the audience of the assertion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) scopes: Vec<String>,
    pub(super) audience: Vec<String>,
}

impl Wanted {
    /// What a service user's token is minted for by default.
    pub(super) fn usual(service_user: &ServiceUser, environment: &Environment) -> Self {
        Self { scopes: service_user.settings.scopes.clone(), audience: environment.settings.audience.clone() }
    }
}

impl TokenKey {
    pub(super) fn new(
        environment: &Environment,
        profile: Option<&str>,
        service_user: &ServiceUser,
        credential: &Credential,
        wanted: &Wanted,
    ) -> Self {
        Self {
            service_user: service_user.id,
            server: Server::of(environment),
            profile: profile.map(str::to_owned),
            authentication: Authentication {
                credential: credential.id,
                grant: credential.kind,
                thumbprint: credential.thumbprint().map(str::to_owned),
                key_id: credential.key_id.clone(),
                client_id: credential.client_id_or(&service_user.user_id).to_owned(),
                subject: credential.kind.is_key().then(|| service_user.user_id.clone()),
                certificate: credential.certificate.clone(),
                audience: credential.audience.clone(),
            },
            scopes: wanted.scopes.clone(),
            audience: wanted.audience.clone(),
        }
    }

    /// Whether its token is the one to show for this service user in its current state.
    fn is_usual(&self, service_user: &ServiceUser, environment: &Environment) -> bool {
        self.service_user == service_user.id
            && Some(self.authentication.credential) == service_user.default_credential
            && self.scopes == service_user.settings.scopes
            && self.audience == environment.settings.audience
            && self.server == Server::of(environment)
    }
}

impl Server {
    fn of(environment: &Environment) -> Self {
        let settings = &environment.settings;
        Self {
            provider: settings.provider.clone(),
            issuer: settings.issuer.clone(),
            endpoints: settings.endpoints.clone(),
            parameters: settings.parameters.clone(),
        }
    }
}

/// A token in memory.
#[derive(Clone, Debug)]
pub(super) struct CachedToken {
    pub(super) token: Token,
    /// When it was stored, by a clock that nobody sets.
    pub(super) since: Instant,
}

/// The tokens in memory, and one lock for each that is being minted.
#[derive(Default)]
pub(super) struct TokenCache {
    tokens: Mutex<HashMap<TokenKey, CachedToken>>,
    mint_locks: Mutex<HashMap<TokenKey, Arc<tokio::sync::Mutex<()>>>>,
}

impl TokenCache {
    pub(super) fn get(&self, key: &TokenKey) -> Option<CachedToken> {
        lock(&self.tokens).get(key).cloned()
    }

    /// Stores a token, replacing the previous one. The service user's other expired tokens are removed.
    pub(super) fn keep(&self, key: TokenKey, token: Token, now: OffsetDateTime) {
        let mut tokens = lock(&self.tokens);
        let of = key.service_user;
        tokens.retain(|key, kept| key.service_user != of || kept.token.expires_at.is_none_or(|at| at > now));
        tokens.insert(key, CachedToken { token, since: Instant::now() });
    }

    /// The lock for minting a token with this key, so that concurrent requests share one mint.
    pub(super) fn mint_lock(&self, key: &TokenKey) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = lock(&self.mint_locks);
        locks.retain(|_, held| Arc::strong_count(held) > 1);
        Arc::clone(locks.entry(key.clone()).or_default())
    }

    /// The token that is shown for a service user: the newest for its own scopes.
    pub(super) fn shown(&self, service_user: &ServiceUser, environment: &Environment) -> Option<Token> {
        let tokens = lock(&self.tokens);
        let usual = tokens.iter().filter(|(key, _)| key.is_usual(service_user, environment));
        usual.max_by_key(|(_, kept)| kept.since).map(|(_, kept)| kept.token.clone())
    }

    /// Whether there are any tokens.
    pub(super) fn is_empty(&self) -> bool {
        lock(&self.tokens).is_empty()
    }

    /// The service users of all tokens.
    pub(super) fn service_users(&self) -> HashSet<ServiceUserId> {
        lock(&self.tokens).keys().map(|key| key.service_user).collect()
    }

    pub(super) fn drop_of(&self, service_user: ServiceUserId) {
        lock(&self.tokens).retain(|key, _| key.service_user != service_user);
    }

    pub(super) fn drop_refused(&self, service_user: ServiceUserId, is_refused: impl Fn(&Token) -> bool) {
        lock(&self.tokens).retain(|key, kept| key.service_user != service_user || !is_refused(&kept.token));
    }

    pub(super) fn drop_all(&self) {
        lock(&self.tokens).clear();
    }

    pub(super) fn drop_got_with(&self, credential: CredentialId) {
        lock(&self.tokens).retain(|key, _| key.authentication.credential != credential);
    }

    pub(super) fn drop_at(&self, provider: &ProviderId) {
        lock(&self.tokens).retain(|key, _| key.server.provider != *provider);
    }
}

#[cfg(test)]
mod tests;
