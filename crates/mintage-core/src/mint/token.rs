//! The token journey: from a service user to an access token in memory.

use std::sync::Arc;
use std::time::Instant;

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::story::Story;
use super::wire::Endpoint;
use super::{Mint, lock};
use crate::activity::Deed;
use crate::assertion::{self, AssertionPlan};
use crate::claims;
use crate::credential::{Credential, CredentialState};
use crate::diagnosis::{self, Attempt};
use crate::environment::{Environment, IssuerUrl, Tier};
use crate::error::{Error, IssuerError, KeychainError};
use crate::issuer::{Answer, Issuer, TokenRequest, TokenResponse};
use crate::private_key::PrivateKey;
use crate::provider::{self, AudiencePart, Provider};
use crate::service_user::{ServiceUser, ServiceUserId};
use crate::token::{Token, TokenForm, TokenView};

/// A token is handed out again while at least this much of its life is left.
const REUSE_FLOOR: Duration = Duration::seconds(60);

/// How often a request is sent again when the server asks for a pause.
const TRIES: u32 = 3;

/// The longest pause that is waited for; a server that asks for more is reported instead.
const LONGEST_PAUSE: Duration = Duration::seconds(8);

/// How a token is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, specta::Type)]
#[serde(rename_all = "camelCase", default)]
pub struct Ask {
    /// Mint a new one even if one in memory would do.
    pub fresh: bool,
    /// Correct the assertion's times by the measured clock skew, from now on for this environment.
    pub use_server_time: bool,
    /// Send it even though it would certainly be refused.
    pub send_anyway: bool,
}

/// A token in memory and what it was minted for; it is reused only for the same.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) token: Token,
    audience: Vec<String>,
    since: Instant,
}

impl Mint {
    /// Gives a token for a service user: the one in memory if it will do, else a new one.
    ///
    /// Concurrent calls for one service user share one mint.
    ///
    /// # Errors
    /// [`Error::ProductionUnconfirmed`], [`Error::NoCredential`], [`Error::KeyMissing`],
    /// [`Error::Preflight`], [`Error::Mint`] with its likely causes, and what the edges report.
    pub async fn token(&self, id: ServiceUserId, ask: Ask) -> Result<TokenView, Error> {
        let asked_at = Instant::now();
        let turn = Arc::clone(lock(&self.turns).entry(id).or_default());
        let _turn = turn.lock().await;

        let service_user = self.catalog.service_user(id).await?;
        let environment = self.catalog.environment(service_user.environment).await?;
        if environment.settings.tier == Tier::Production && !lock(&self.confirmed).contains(&environment.id) {
            return Err(Error::ProductionUnconfirmed { environment: environment.settings.name });
        }
        let credential = self.signing_credential(&service_user).await?;
        if let Some(kept) = self.reusable(&environment, &service_user, &credential, ask, asked_at) {
            return Ok(view(&kept, true));
        }
        let minted = self.mint(&environment, &service_user, &credential, ask).await;
        let outcome = minted.as_ref().map(|kept| format!("{} s", seconds_left(&kept.token)));
        self.record(Deed::Mint, &environment, &service_user, outcome).await?;
        if let Some(troubled) = tells_of_the_server(&minted) {
            self.catalog.set_trouble(environment.id, troubled).await?;
        }
        let kept = minted?;
        let shown = view(&kept.token, false);
        lock(&self.tokens).insert(id, kept);
        Ok(shown)
    }

    /// The token journey itself, top to bottom.
    async fn mint(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        credential: &Credential,
        ask: Ask,
    ) -> Result<Kept, Error> {
        let mut story = Story::default();
        let provider = provider::find(&environment.settings.provider);
        let client = self.client(environment)?;

        let endpoint = story.time(self.endpoint(Endpoint::Token, environment)).await?;
        story.told("Endpoint found", endpoint.clone());
        let audience = audience_of(environment, &provider, &endpoint)?;
        if ask.use_server_time {
            self.change_wire(environment.id, |wire| wire.use_server_time = true);
        }

        let key = story.time(self.private_key(service_user, credential)).await?;
        story.told("Private key read from the keychain", format!("{} {}", key.facts().key_type, key.facts().bits));
        let wire = self.wire(environment.id);
        let issuer = IssuerUrl::parse(&environment.settings.issuer)?;
        let attempt = Attempt {
            provider: &provider,
            host: &issuer.host_and_port(),
            issuer: issuer.as_str(),
            audience: &audience,
            credential,
            scopes: &service_user.settings.scopes,
            now: self.now(),
            skew: wire.skew,
            corrected_by: wire.skew.filter(|_| wire.use_server_time).unwrap_or_default(),
        };
        let causes = diagnosis::preflight(&attempt);
        if !causes.is_empty() && !ask.send_anyway {
            return Err(Error::Preflight { causes });
        }
        let answer = self.exchange(&client, &endpoint, service_user, &attempt, &key, &mut story).await?;
        self.catalog.credential_used(credential.id, self.now()).await?;
        self.catalog.touch(service_user.id, self.now()).await?;
        let skew = self.measure_skew(environment.id, &answer);
        story.clock(skew, attempt.corrected_by);
        Ok(Kept { token: self.token_of(answer, service_user, credential, story), audience, since: Instant::now() })
    }

    /// Signs and sends; waits and signs anew where the server asks for a pause; explains a refusal.
    async fn exchange(
        &self,
        client: &Issuer,
        endpoint: &str,
        service_user: &ServiceUser,
        attempt: &Attempt<'_>,
        key: &PrivateKey,
        story: &mut Story,
    ) -> Result<Answer<TokenResponse>, Error> {
        for attempts_left in (0..TRIES).rev() {
            let plan = plan(attempt, service_user, self.now());
            let assertion = story.time(async { assertion::sign(&plan, key) }).await?;
            story.signed(&plan, &assertion);
            let request = TokenRequest {
                endpoint,
                grant_type: &attempt.provider.grant_type,
                assertion: &assertion.compact,
                scopes: &service_user.settings.scopes,
            };
            story.sending(&request);
            match client.exchange(&request).await {
                Ok(answer) => {
                    story.answered(endpoint, answer.status, answer.elapsed);
                    return Ok(answer);
                }
                Err(IssuerError::Busy { retry_after, .. })
                    if attempts_left > 0 && retry_after.is_none_or(|pause| pause <= LONGEST_PAUSE) =>
                {
                    tokio::time::sleep(pause_before_retry(retry_after, attempts_left)).await;
                }
                Err(failure) => return Err(self.explain(attempt, failure)),
            }
        }
        unreachable!("the last try returns its answer or its failure")
    }

    /// Turns a failure into an error with its likely causes, measuring the clock from the refusal.
    fn explain(&self, attempt: &Attempt<'_>, failure: IssuerError) -> Error {
        let measured = match &failure {
            IssuerError::Refused(refusal) => self.skew_to(refusal.server_date),
            _ => None,
        };
        let causes = diagnosis::diagnose(&Attempt { skew: measured.or(attempt.skew), ..*attempt }, &failure);
        Error::Mint { source: failure, causes }
    }

    async fn signing_credential(&self, service_user: &ServiceUser) -> Result<Credential, Error> {
        let none = || Error::NoCredential { service_user: service_user.settings.name.clone() };
        let credential = self.catalog.credential(service_user.default_credential.ok_or_else(none)?).await?;
        match credential.state {
            CredentialState::Active | CredentialState::Missing => Ok(credential),
            CredentialState::Pending | CredentialState::Deleting => Err(none()),
        }
    }

    /// Reads the private key and holds it against what was imported.
    async fn private_key(&self, service_user: &ServiceUser, credential: &Credential) -> Result<PrivateKey, Error> {
        let name = || service_user.settings.name.clone();
        let der = match self.keychain.get(credential.id).await {
            Ok(der) => der,
            Err(KeychainError::NotFound) => {
                // "No such item" can be a lie (another keyring is active), so the row is kept and marked.
                self.catalog.set_state(credential.id, CredentialState::Missing).await?;
                return Err(Error::KeyMissing { service_user: name() });
            }
            Err(error) => return Err(error.into()),
        };
        let key = PrivateKey::from_der(der)?;
        if key.facts().thumbprint != credential.key.thumbprint {
            return Err(Error::KeyChanged { service_user: name() });
        }
        if credential.state == CredentialState::Missing {
            self.catalog.set_state(credential.id, CredentialState::Active).await?;
        }
        Ok(key)
    }

    /// The token in memory, if it was minted for the same and will last; or by another call while this
    /// one waited for its turn.
    fn reusable(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        credential: &Credential,
        ask: Ask,
        asked_at: Instant,
    ) -> Option<Token> {
        let kept = lock(&self.tokens).get(&service_user.id).cloned()?;
        let same = kept.token.credential == credential.id
            && kept.token.requested_scopes == service_user.settings.scopes
            && (environment.settings.audience.is_empty() || kept.audience == environment.settings.audience);
        let lasts = kept.token.expires_at.is_some_and(|at| at - self.now() >= REUSE_FLOOR);
        let minted_meanwhile = kept.since >= asked_at;
        (same && lasts && (!ask.fresh || minted_meanwhile)).then_some(kept.token)
    }

    fn token_of(
        &self,
        answer: Answer<TokenResponse>,
        service_user: &ServiceUser,
        credential: &Credential,
        story: Story,
    ) -> Token {
        let response = answer.value;
        let form = TokenForm::of(response.access_token.expose());
        let now = self.now();
        let expires_at = match response.expires_in {
            Some(lifetime) => Some(now + lifetime),
            // The token's own `exp` is in the server's time; it is shown as it stands.
            None => told_expiry(response.access_token.expose()),
        };
        Token {
            access_token: response.access_token,
            form,
            minted_at: now,
            expires_at,
            requested_scopes: service_user.settings.scopes.clone(),
            granted_scopes: response.scopes,
            credential: credential.id,
            story: story.0,
        }
    }
}

/// Whether an outcome says that the environment's server is in trouble; a locked keychain says nothing.
fn tells_of_the_server(minted: &Result<Kept, Error>) -> Option<bool> {
    match minted {
        Ok(_) => Some(false),
        Err(Error::Mint { .. } | Error::Issuer(_) | Error::HostUnconfirmed { .. }) => Some(true),
        Err(_) => None,
    }
}

/// The part of a token that a screen may show.
pub(super) fn view(token: &Token, reused: bool) -> TokenView {
    TokenView {
        form: token.form,
        last_four: token.access_token.last_four(),
        minted_at: token.minted_at,
        expires_at: token.expires_at,
        requested_scopes: token.requested_scopes.clone(),
        granted_scopes: token.granted_scopes.clone(),
        reused,
        story: token.story.clone(),
    }
}

/// The `exp` of a readable token.
fn told_expiry(token: &str) -> Option<OffsetDateTime> {
    let claims = claims::decode(token, &[]).ok()?;
    claims.payload.into_iter().find(|claim| claim.name == "exp")?.time
}

/// The assertion's audience: what the user set, else the provider's rule. Never from a downloaded
/// document: the token endpoint counts only where the profile asks for it.
fn audience_of(environment: &Environment, provider: &Provider, endpoint: &str) -> Result<Vec<String>, Error> {
    if !environment.settings.audience.is_empty() {
        return Ok(environment.settings.audience.clone());
    }
    let issuer = IssuerUrl::parse(&environment.settings.issuer)?;
    Ok(provider
        .audience
        .iter()
        .map(|part| match part {
            AudiencePart::Issuer => issuer.as_str().to_owned(),
            AudiencePart::BareHost => issuer.host_and_port(),
            AudiencePart::TokenEndpoint => endpoint.to_owned(),
            AudiencePart::Constant(text) => text.clone(),
        })
        .collect())
}

/// What to sign now: backdated, corrected, with a new jti (RFC 7523 §3).
fn plan(attempt: &Attempt<'_>, service_user: &ServiceUser, now: OffsetDateTime) -> AssertionPlan {
    let server_now = now - attempt.corrected_by;
    AssertionPlan {
        key_id: attempt.credential.key_id.clone(),
        issuer: service_user.user_id.clone(),
        subject: service_user.user_id.clone(),
        audience: attempt.audience.to_vec(),
        issued_at: server_now - Duration::seconds(i64::from(attempt.provider.backdate)),
        expires_at: server_now + Duration::seconds(i64::from(attempt.provider.assertion_lifetime)),
        jwt_id: Uuid::new_v4().simple().to_string(),
    }
}

/// The server's wish, else one and two seconds; with up to a quarter more so that clients spread.
fn pause_before_retry(wish: Option<Duration>, attempts_left: u32) -> std::time::Duration {
    let wished = wish.unwrap_or_else(|| Duration::seconds(i64::from(TRIES - attempts_left)));
    let jitter = f64::from(Uuid::new_v4().as_bytes()[0]) / 255.0 / 4.0;
    std::time::Duration::try_from(wished).unwrap_or_default().mul_f64(1.0 + jitter)
}

fn seconds_left(token: &Token) -> i64 {
    token.expires_at.map_or(0, |at| (at - token.minted_at).whole_seconds())
}
