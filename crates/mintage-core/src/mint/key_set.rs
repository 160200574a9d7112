//! The issuer's **key set**: fetched when a token is verified, and cached for a while.
//!
//! Rule: if a server shows it only to authenticated callers, what is sent is meant for that server's own API and still
//! valid: a token in memory, or a credential itself. If one is refused, the next is tried.

use std::time::Instant;

use super::server::{FRESH_FOR, KeyReader, KeyReaderAuthentication, KeysFetched};
use super::{Mint, secret_material};
use crate::credential::Credential;
use crate::endpoints::Endpoint;
use crate::environment::Environment;
use crate::error::{Error, StrangerError};
use crate::ids::ServiceUserId;
use crate::issuer::IssuerError;
use crate::secret::Secret;
use crate::service_user::ServiceUser;
use crate::verify::KeySet;

/// How many credentials are tried before giving up: each costs the server work, and repeated refusals look like an
/// attack.
const MOST_PROOFS: u32 = 6;

/// A credential that still has to be prepared: a token's header, or a stored credential.
pub(super) enum Candidate {
    Token(Secret),
    Credential(Box<Credential>),
}

impl Mint {
    /// The issuer's key set, from memory while it is fresh and contains `wanted`; otherwise fetched once. If
    /// authentication is required, `asking` is tried first.
    ///
    /// # Errors
    /// [`StrangerError::KeysClosed`] if nothing here could authenticate; transport errors.
    pub(super) async fn keys(
        &self,
        environment: &Environment,
        wanted: Option<&str>,
        asking: Option<ServiceUserId>,
    ) -> Result<KeysFetched, Error> {
        if let Some((fetched, since)) = self.server(environment, |state| state.keys.clone())
            && since.elapsed() < FRESH_FOR
            && wanted.is_none_or(|id| fetched.keys.has(id))
        {
            return Ok(fetched);
        }
        let provider = self.provider_of(environment).await?;
        let url = self.endpoint(Endpoint::KeySet, environment, &provider).await?;
        let fetched = match provider.key_set.authenticated {
            false => self.fetch_keys(environment, &url, None).await?,
            true => self.fetch_closed_keys(environment, &url, asking).await?,
        };
        let kept = (fetched.clone(), Instant::now());
        self.learn(environment, |state| state.keys = Some(kept));
        Ok(fetched)
    }

    async fn fetch_keys(
        &self,
        environment: &Environment,
        url: &str,
        reader: Option<(&Secret, KeyReader)>,
    ) -> Result<KeysFetched, Error> {
        let method = self.provider_of(environment).await?.key_set.method;
        let authorization = reader.as_ref().map(|(header, _)| *header);
        let answer = self.client(environment)?.key_set(method, url, authorization).await?;
        self.measure_skew(environment, &answer);
        let keys = KeySet::parse(&answer.value)?;
        Ok(KeysFetched { keys, at: self.now(), reader: reader.map(|(_, reader)| reader) })
    }

    /// Tries one credential after another until the server accepts one.
    async fn fetch_closed_keys(
        &self,
        environment: &Environment,
        url: &str,
        asking: Option<ServiceUserId>,
    ) -> Result<KeysFetched, Error> {
        if self.server_clock(environment).skew.is_none()
            && let Ok(fetched) = self.fetch_open_keys(environment, url).await
        {
            return Ok(fetched);
        }
        let (mut refused, mut reason) = (0, None);
        for (service_user, candidate) in self.candidates(environment, asking).await? {
            let (header, proof) = match self.prepare(environment, &service_user, candidate).await {
                Ok(Some(prepared)) => prepared,
                Ok(None) => continue,
                // A keychain that stays closed is closed for the next one as well.
                Err(error @ Error::Keychain(_)) => return Err(error),
                Err(error) => {
                    reason = reason.or(Some(error));
                    continue;
                }
            };
            let reader = KeyReader { service_user: service_user.settings.name, proof };
            match self.fetch_keys(environment, url, Some((&header, reader))).await {
                Err(Error::Issuer(IssuerError::Refused(refusal))) if refuses_the_caller(refusal.status) => {
                    self.note_skew(environment, refusal.server_date);
                    refused += 1;
                    reason = Some(IssuerError::Refused(refusal).into());
                }
                other => return other,
            }
            if refused == MOST_PROOFS {
                break;
            }
        }
        let host = environment.settings.issuer.host_and_port();
        Err(StrangerError::KeysClosed { host, refused, source: reason.map(Box::new) }.into())
    }

    /// A request without authentication: a refusal includes the server's time, which a self-signed assertion must
    /// match.
    async fn fetch_open_keys(&self, environment: &Environment, url: &str) -> Result<KeysFetched, Error> {
        let asked = self.fetch_keys(environment, url, None).await;
        if let Err(Error::Issuer(IssuerError::Refused(refusal))) = &asked {
            self.note_skew(environment, refusal.server_date);
        }
        asked
    }

    /// What could authenticate as someone of this environment: for each service user a valid token, then its
    /// credentials, its default first. Expired ones are left out; recently refused ones come last.
    pub(super) async fn candidates(
        &self,
        environment: &Environment,
        asking: Option<ServiceUserId>,
    ) -> Result<Vec<(ServiceUser, Candidate)>, Error> {
        let mut service_users = self.catalog.service_users(Some(environment.id)).await?;
        service_users.sort_by_key(|one| Some(one.id) != asking);
        let (now, server_now) = (self.now(), self.server_now(environment));
        let (mut candidates, mut doubtful) = (Vec::new(), Vec::new());
        for service_user in service_users {
            let token = self.cache.shown(&service_user, environment);
            if let Some(token) = token.filter(|token| token.expires_at.is_none_or(|end| end > now)) {
                candidates.push((service_user.clone(), Candidate::Token(token.header())));
            }
            for credential in self.catalog.credentials(Some(service_user.id)).await? {
                if credential.expires_at.is_some_and(|end| end <= server_now) {
                    continue;
                }
                let list = if credential.refused_at.is_some() { &mut doubtful } else { &mut candidates };
                list.push((service_user.clone(), Candidate::Credential(Box::new(credential))));
            }
        }
        candidates.append(&mut doubtful);
        Ok(candidates)
    }

    /// The header that a candidate authenticates with; `None` if the server's API accepts nothing of its kind. A
    /// production credential is used only once minting was confirmed.
    pub(super) async fn prepare(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        candidate: Candidate,
    ) -> Result<Option<(Secret, KeyReaderAuthentication)>, Error> {
        match candidate {
            Candidate::Token(header) => Ok(Some((header, KeyReaderAuthentication::AccessToken))),
            Candidate::Credential(credential) => {
                self.require_confirmed(environment, &self.settings().await?)?;
                let credential = secret_material::usable(*credential, service_user)?;
                self.direct_proof(environment, service_user, &credential).await
            }
        }
    }
}

/// Whether a status means that the caller is refused. Frontier returns 500 to a caller who was deleted or whose
/// organisation is disabled (v0.90, measured), which says nothing about the next one.
pub(super) fn refuses_the_caller(status: u16) -> bool {
    matches!(status, 401 | 403 | 500)
}
