//! The token journey: from a service user to an access token in memory.

use std::sync::Arc;
use std::time::Instant;

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::held::{self, Held};
use super::story::Story;
use super::wire::{Endpoint, values_of};
use super::{Mint, lock};
use crate::claims;
use crate::credential::{Credential, CredentialKind};
use crate::diagnosis::{self, Attempt, Cause};
use crate::environment::{Environment, EnvironmentDraft, EnvironmentId, IssuerUrl, host_and_port};
use crate::error::{Error, IssuerError};
use crate::issuer::{Answer, Issuer, Post, TokenResponse};
use crate::provider::{Provider, RequestKind};
use crate::request::{self, Ground, Proof};
use crate::scope;
use crate::secret::Secret;
use crate::service_user::{ServiceUser, ServiceUserId};
use crate::token::{Authorization, Token, TokenForm, TokenView};

mod outcome;
mod ready_made;

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
    /// The environment's settings that it was minted under.
    settings: EnvironmentDraft,
    since: Instant,
}

impl Mint {
    /// Gives a token for a service user: the one in memory if it will do, else a new one.
    ///
    /// Concurrent calls for one service user share one mint.
    ///
    /// # Errors
    /// [`Error::ProductionUnconfirmed`], [`Error::NoCredential`], [`Error::KeyMissing`],
    /// [`Error::Preflight`], [`Error::Diagnosed`] with its likely causes, and what the edges report.
    pub async fn token(&self, id: ServiceUserId, ask: Ask) -> Result<TokenView, Error> {
        let asked_at = Instant::now();
        let turn = Arc::clone(lock(&self.turns).entry(id).or_default());
        let _turn = turn.lock().await;

        let settings = self.settings().await?;
        let service_user = self.catalog.service_user(id).await?;
        let environment = self.catalog.environment(service_user.environment).await?;
        self.require_confirmed(&environment, &settings)?;
        let credential = self.default_credential(&service_user).await?;
        let floor = settings.reuse_floor();
        if let Some(kept) = self.reusable(&environment, &service_user, &credential, floor, ask, asked_at) {
            return Ok(view(&kept, true));
        }
        let minted = Box::pin(self.mint(&environment, &service_user, &credential, ask)).await;
        self.note_outcome(&environment, &service_user, &credential, &minted).await;
        let kept = minted?;
        let shown = view(&kept.token, false);
        self.keep(&service_user, kept).await?;
        Ok(shown)
    }

    /// Keeps a token as its service user's; not where the environment was edited meanwhile, as it is another
    /// one than the token's then.
    pub(super) async fn keep(&self, service_user: &ServiceUser, kept: Kept) -> Result<(), Error> {
        let now = self.catalog.environment(service_user.environment).await?;
        if kept.settings.mints_as(&now.settings) {
            lock(&self.tokens).insert(service_user.id, kept);
        }
        Ok(())
    }

    /// The token journey itself, top to bottom.
    pub(super) async fn mint(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        credential: &Credential,
        ask: Ask,
    ) -> Result<Kept, Error> {
        let mut story = Story::default();
        let provider = self.ready_provider(environment).await?;
        if credential.kind == CredentialKind::PersonalToken {
            return self.ready_made(environment, service_user, credential, &provider, story).await;
        }
        let client = self.client(environment)?;
        let endpoint = story.time(self.endpoint(Endpoint::Token, environment)).await;
        let endpoint = endpoint.map_err(|error| explain_way(&provider, error))?;
        story.told("Endpoint found", endpoint.clone());
        if ask.use_server_time {
            self.change_wire(environment.id, |wire| wire.use_server_time = true);
        }

        let held = story.time(self.held(service_user, credential)).await?;
        let (told, detail) = held.told(credential.kind);
        story.told(&told, detail);
        let companion = match &provider.private_key {
            Some(grant) if grant.with_client_secret => self.companion(service_user, credential).await?,
            _ => None,
        };
        let values = held::values(values_of(&environment.settings)?, service_user, credential, &endpoint);
        let ground = Ground {
            provider: &provider,
            values: &values,
            audience: &environment.settings.audience,
            scopes: &service_user.settings.scopes,
            certificate: credential.certificate.as_deref(),
            lifetime: self.settings().await?.assertion_lifetime(),
        };
        let audience = match held.key() {
            Some(key) => request::plan(&ground, key.facts(), self.now(), "")?.audience,
            None => Vec::new(),
        };
        let grant = provider.private_key.as_ref().filter(|_| held.key().is_some());
        let issuer = IssuerUrl::parse(&environment.settings.issuer)?;
        let mut attempt = Attempt {
            request: RequestKind::Token,
            provider: &provider,
            host: &issuer.host_and_port(),
            endpoint_host: &host_of(&endpoint),
            issuer: issuer.as_str(),
            endpoint_by_hand: Endpoint::Token.set_by_hand(&environment.settings).is_some(),
            audience: &audience,
            credential: Some(credential),
            client_id: credential.client_id_or(&service_user.user_id),
            parameters: &environment.settings.parameters,
            scopes: &service_user.settings.scopes,
            token: None,
            lifetime: grant.map(|grant| request::lifetime(grant, ground.lifetime)).unwrap_or_default(),
            now: self.now(),
            skew: None,
            corrected_by: Duration::ZERO,
            lacks_secret: grant.is_some_and(|grant| grant.with_client_secret) && companion.is_none(),
            secret_is_encoded: held.text().is_some_and(is_encoded),
        };
        self.read_clocks(environment, &mut attempt);
        let mut causes = diagnosis::preflight(&attempt);
        if causes.iter().any(Cause::blames_the_clock) {
            // One of the clocks may have been set since they were compared.
            self.measure_again(environment).await;
            self.read_clocks(environment, &mut attempt);
            causes = diagnosis::preflight(&attempt);
        }
        if !causes.is_empty() && !ask.send_anyway {
            return Err(Error::Preflight { causes });
        }
        let proof = match &held {
            Held::Key(key) => Proof::Key(key, companion.as_ref()),
            Held::Text(secret) => Proof::Secret(secret),
        };
        let sent = self.exchange(&client, &endpoint, &ground, &proof, attempt.corrected_by, &mut story).await;
        let answer = match sent {
            Ok(answer) => answer,
            Err(error) => {
                let explained = self.explain(environment.id, &attempt, error);
                return Err(self.settle_key(environment, service_user, credential, explained).await);
            }
        };
        let skew = self.measure_skew(environment.id, &answer);
        story.clock(skew, attempt.corrected_by);
        if let Some(unbelieved) = self.date_unbelieved(attempt.host, answer.server_date) {
            story.told("Clock not compared", unbelieved.to_string());
        }
        let mut token = self.token_of(answer, environment, &provider, service_user, credential, story);
        token.subject = self.subject_of_token(&provider, service_user, credential, &token).await;
        Ok(Kept { token, settings: environment.settings.clone(), since: Instant::now() })
    }

    /// Takes the time, and what is known of the server's, into an attempt.
    fn read_clocks(&self, environment: &Environment, attempt: &mut Attempt<'_>) {
        let wire = self.wire(environment.id);
        attempt.now = self.now();
        attempt.skew = wire.skew;
        attempt.corrected_by = wire.skew.filter(|_| wire.use_server_time).unwrap_or_default();
    }

    /// Prepares and sends; waits and prepares anew where the server asks for a pause.
    async fn exchange(
        &self,
        client: &Issuer,
        endpoint: &str,
        ground: &Ground<'_>,
        proof: &Proof<'_>,
        corrected_by: Duration,
        story: &mut Story,
    ) -> Result<Answer<TokenResponse>, Error> {
        for attempts_left in (0..TRIES).rev() {
            // RFC 7523 §3: backdated and corrected times, and a new jti for each try.
            let (server_now, jwt_id) = (self.now() - corrected_by, Uuid::new_v4().simple().to_string());
            let prepared = story.time(async { request::prepare(ground, proof, server_now, &jwt_id) }).await?;
            story.prepared(&prepared, endpoint, server_now);
            let fields: Vec<_> = prepared.fields.iter().map(|field| (field.name.as_str(), &field.value)).collect();
            let secrets: Vec<_> = prepared.secrets().chain(&prepared.authorization).collect();
            let post = Post {
                url: endpoint,
                authorization: prepared.authorization.as_ref(),
                body: prepared.body,
                fields: &fields,
                secrets: &secrets,
            };
            match client.exchange(&post, prepared.proof, &ground.provider.response).await {
                Ok(answer) => {
                    story.answered(endpoint, answer.status, answer.elapsed);
                    return Ok(answer);
                }
                Err(IssuerError::Busy { retry_after, said })
                    if attempts_left > 0
                        && retry_after.is_none_or(|pause| pause <= LONGEST_PAUSE)
                        && diagnosis::waiting_helps(ground.provider, &said) =>
                {
                    tokio::time::sleep(pause_before_retry(retry_after, attempts_left)).await;
                }
                Err(failure) => return Err(failure.into()),
            }
        }
        unreachable!("the last try returns its answer or its failure")
    }

    /// Turns a failed exchange into an error with its likely causes, measuring the clock from a refusal.
    fn explain(&self, id: EnvironmentId, attempt: &Attempt<'_>, failed: Error) -> Error {
        let Error::Issuer(failure) = failed else { return failed };
        let measured = match &failure {
            IssuerError::Refused(refusal) => self.note_skew(id, refusal.server_date),
            _ => None,
        };
        let causes = diagnosis::diagnose(&Attempt { skew: measured.or(attempt.skew), ..attempt.clone() }, &failure);
        Error::Diagnosed { source: failure, causes }
    }

    /// The credential that this service user mints with: its default.
    pub(super) async fn default_credential(&self, service_user: &ServiceUser) -> Result<Credential, Error> {
        let none = || Error::NoCredential { service_user: service_user.settings.name.clone() };
        let credential = self.catalog.credential(service_user.default_credential.ok_or_else(none)?).await?;
        held::usable(credential, service_user)
    }

    /// The token in memory, if it was minted for the same and will last; or by another call while this
    /// one waited for its turn.
    fn reusable(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        credential: &Credential,
        floor: Duration,
        ask: Ask,
        asked_at: Instant,
    ) -> Option<Token> {
        let kept = lock(&self.tokens).get(&service_user.id).cloned()?;
        let same = kept.token.credential == credential.id
            && kept.token.requested_scopes == service_user.settings.scopes
            && kept.settings.mints_as(&environment.settings);
        let lasts = kept.token.expires_at.is_some_and(|at| at - self.now() >= floor);
        let minted_meanwhile = kept.since >= asked_at;
        (same && lasts && (!ask.fresh || minted_meanwhile)).then_some(kept.token)
    }

    fn token_of(
        &self,
        answer: Answer<TokenResponse>,
        environment: &Environment,
        provider: &Provider,
        service_user: &ServiceUser,
        credential: &Credential,
        story: Story,
    ) -> Token {
        let response = answer.value;
        let form = TokenForm::of(response.access_token.expose());
        let now = self.now();
        let expires_at = match response.expires_in {
            Some(lifetime) => Some(now.saturating_add(lifetime)),
            // A moment is told by the server's clock, which may be hours away from the local one.
            None => {
                let told = response.expires_at.or_else(|| told_expiry(response.access_token.expose()));
                told.map(|at| self.by_local_clock(environment.id, at))
            }
        };
        let requested = &service_user.settings.scopes;
        let granted = response.scopes.as_deref();
        let scopes = scope::outcomes(requested, granted, response.access_token.expose(), provider);
        Token {
            access_token: response.access_token,
            form,
            minted_at: now,
            expires_at,
            requested_scopes: service_user.settings.scopes.clone(),
            granted_scopes: response.scopes,
            authorization: Authorization::Bearer,
            also_said: response.also_said,
            scopes,
            credential: credential.id,
            subject: None,
            story: story.0,
        }
    }
}

/// Turns a failure on the way to an endpoint into an error with its likely causes.
pub(super) fn explain_way(provider: &Provider, error: Error) -> Error {
    match error {
        Error::Issuer(failure) => {
            Error::Diagnosed { causes: diagnosis::on_the_way(provider, &failure), source: failure }
        }
        other => other,
    }
}

/// Host and port of an endpoint; empty for what is no URL.
pub(super) fn host_of(endpoint: &str) -> String {
    url::Url::parse(endpoint).map(|url| host_and_port(&url)).unwrap_or_default()
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
        scopes: token.scopes.clone(),
        also_said: token.also_said.clone(),
        subject: token.subject.clone(),
        reused,
        story: token.story.clone(),
    }
}

/// The `exp` of a readable token.
fn told_expiry(token: &str) -> Option<OffsetDateTime> {
    let claims = claims::decode(token, &[]).ok()?;
    claims.payload.into_iter().find(|claim| claim.name == "exp")?.time
}

/// Whether a secret reads differently in the two ways of writing Basic (RFC 6749 §2.3.1).
pub(super) fn is_encoded(secret: &Secret) -> bool {
    !secret.expose().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._*".contains(&byte))
}

/// The server's wish, else one and two seconds; with up to a quarter more so that clients spread.
fn pause_before_retry(wish: Option<Duration>, attempts_left: u32) -> std::time::Duration {
    let wished = wish.unwrap_or_else(|| Duration::seconds(i64::from(TRIES - attempts_left)));
    let jitter = f64::from(Uuid::new_v4().as_bytes()[0]) / 255.0 / 4.0;
    std::time::Duration::try_from(wished).unwrap_or_default().mul_f64(1.0 + jitter)
}
