//! The issuer's **key set**: fetched when a token is verified, and kept for a while.
//!
//! Rule: where a server shows it only to those it knows, what is sent is fit for that server's own API and still
//! valid: a token in memory, or a credential itself. One refused proof is no answer; the next one is tried.

use std::time::Instant;

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;

use super::wire::{Endpoint, FRESH_FOR, Wire};
use super::{Mint, held};
use crate::credential::Credential;
use crate::environment::{Environment, IssuerUrl};
use crate::error::{Error, IssuerError, StrangerError};
use crate::secret::Secret;
use crate::service_user::{ServiceUser, ServiceUserId};
use crate::verify::KeySet;

/// How many proofs a server is shown before it is left alone: each of them costs it work, and more of the same
/// refusals look like an attack.
const MOST_PROOFS: u32 = 6;

/// A key set and how it came.
#[derive(Clone, Debug)]
pub(super) struct KeysFetched {
    pub(super) keys: KeySet,
    /// When, by the local clock.
    pub(super) at: OffsetDateTime,
    /// As whom, where the server asked.
    pub(super) reader: Option<KeyReader>,
}

/// The service user that a key set was fetched as, from a server that shows it only to callers it knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyReader {
    /// The service user's name.
    pub service_user: String,
    /// What proved it.
    pub proof: ProofKind,
}

/// What proves a caller to a server's own API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ProofKind {
    /// A token that was minted and is in memory.
    AccessToken,
    /// A JWT that the service user's key signed.
    SelfSigned,
    /// A client secret.
    Secret,
    /// A ready-made token.
    ReadyMade,
}

/// A proof that is still to be prepared: a token's header, or a credential.
pub(super) enum Candidate {
    Token(Secret),
    Credential(Box<Credential>),
}

impl Mint {
    /// The issuer's key set, from memory while fresh and while it has `wanted`; fetched once if not. Where it must be
    /// proved who asks, `asking` goes first.
    ///
    /// # Errors
    /// [`StrangerError::KeysClosed`] where nothing here could prove it; what the way to the server reports.
    pub(super) async fn keys(
        &self,
        environment: &Environment,
        wanted: Option<&str>,
        asking: Option<ServiceUserId>,
    ) -> Result<KeysFetched, Error> {
        let Wire { keys: known, generation, .. } = self.wire(environment.id);
        if let Some((fetched, since)) = known
            && since.elapsed() < FRESH_FOR
            && wanted.is_none_or(|id| fetched.keys.has(id))
        {
            return Ok(fetched);
        }
        let url = self.endpoint(Endpoint::KeySet, environment).await?;
        let fetched = match self.provider_of(environment).await?.key_set.authenticated {
            false => self.fetch_keys(environment, &url, None).await?,
            true => self.fetch_closed_keys(environment, &url, asking).await?,
        };
        let kept = (fetched.clone(), Instant::now());
        self.learn(environment.id, generation, |wire| wire.keys = Some(kept));
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
        self.measure_skew(environment.id, &answer);
        let keys = KeySet::parse(&answer.value)?;
        Ok(KeysFetched { keys, at: self.now(), reader: reader.map(|(_, reader)| reader) })
    }

    /// Shows one proof after the other until the server takes one.
    async fn fetch_closed_keys(
        &self,
        environment: &Environment,
        url: &str,
        asking: Option<ServiceUserId>,
    ) -> Result<KeysFetched, Error> {
        if self.wire(environment.id).skew.is_none()
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
                    self.note_skew(environment.id, refusal.server_date);
                    refused += 1;
                    reason = Some(IssuerError::Refused(refusal).into());
                }
                other => return other,
            }
            if refused == MOST_PROOFS {
                break;
            }
        }
        let host = IssuerUrl::parse(&environment.settings.issuer)?.host_and_port();
        Err(StrangerError::KeysClosed { host, refused, source: reason.map(Box::new) }.into())
    }

    /// Asks without any proof: a refusal tells the server's time, which a self-signed proof must agree with.
    async fn fetch_open_keys(&self, environment: &Environment, url: &str) -> Result<KeysFetched, Error> {
        let asked = self.fetch_keys(environment, url, None).await;
        if let Err(Error::Issuer(IssuerError::Refused(refusal))) = &asked {
            self.note_skew(environment.id, refusal.server_date);
        }
        asked
    }

    /// What could prove somebody of this environment: of each service user a token that still lives, then its
    /// credentials, its default first. What expired is left out; what was refused lately comes last.
    pub(super) async fn candidates(
        &self,
        environment: &Environment,
        asking: Option<ServiceUserId>,
    ) -> Result<Vec<(ServiceUser, Candidate)>, Error> {
        let mut service_users = self.catalog.service_users(Some(environment.id)).await?;
        service_users.sort_by_key(|one| Some(one.id) != asking);
        let (now, server_now) = (self.now(), self.server_now(environment.id));
        let (mut candidates, mut doubtful) = (Vec::new(), Vec::new());
        for service_user in service_users {
            let token = self.kept_token(service_user.id);
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

    /// The header that a candidate proves itself with; `None` where the server's API takes nothing of its kind. A
    /// production credential is used only once minting was confirmed.
    pub(super) async fn prepare(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        candidate: Candidate,
    ) -> Result<Option<(Secret, ProofKind)>, Error> {
        match candidate {
            Candidate::Token(header) => Ok(Some((header, ProofKind::AccessToken))),
            Candidate::Credential(credential) => {
                self.require_confirmed(environment, &self.settings().await?)?;
                let credential = held::usable(*credential, service_user)?;
                self.direct_proof(environment, service_user, &credential).await
            }
        }
    }
}

/// Whether a status says that it is the caller who is not let in. Frontier answers 500 to a caller who was deleted or
/// whose organisation is disabled (v0.90, measured), which says nothing of the next one.
pub(super) fn refuses_the_caller(status: u16) -> bool {
    matches!(status, 401 | 403 | 500)
}
