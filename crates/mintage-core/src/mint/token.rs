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
use crate::diagnosis::{self, Attempt, Cause};
use crate::environment::{Environment, EnvironmentDraft, EnvironmentId, IssuerUrl, Tier};
use crate::error::{CatalogError, Error, IssuerError, KeychainError};
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
        self.note_outcome(&environment, &service_user, &credential, &minted).await;
        let kept = minted?;
        let shown = view(&kept.token, false);
        // Edited meanwhile, the environment is another one than the token's.
        let now = self.catalog.environment(environment.id).await?;
        if kept.settings.mints_as(&now.settings) {
            lock(&self.tokens).insert(id, kept);
        }
        Ok(shown)
    }

    /// Writes down what came of a mint. A catalogue that cannot take it (a full disk) must neither lose
    /// the token nor hide why there is none, so its failures are left to the next call that needs it.
    async fn note_outcome(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        credential: &Credential,
        minted: &Result<Kept, Error>,
    ) {
        let outcome = minted.as_ref().map(|kept| life_in_words(&kept.token));
        let _: Result<(), Error> = self.record(Deed::Mint, environment, service_user, outcome).await;
        if let Some(troubled) = tells_of_the_server(minted) {
            let _: Result<(), CatalogError> = self.catalog.set_trouble(environment.id, troubled).await;
        }
        if minted.is_ok() {
            let _: Result<(), CatalogError> = self.catalog.credential_used(credential.id, self.now()).await;
            let _: Result<(), CatalogError> = self.catalog.touch(service_user.id, self.now()).await;
        }
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

        let endpoint = story.time(self.endpoint(Endpoint::Token, environment)).await.map_err(explain_way)?;
        story.told("Endpoint found", endpoint.clone());
        let audience = audience_of(environment, &provider, &endpoint)?;
        if ask.use_server_time {
            self.change_wire(environment.id, |wire| wire.use_server_time = true);
        }

        let key = story.time(self.private_key(service_user, credential)).await?;
        story.told("Private key read from the keychain", format!("{} {}", key.facts().key_type, key.facts().bits));
        let issuer = IssuerUrl::parse(&environment.settings.issuer)?;
        let mut attempt = Attempt {
            provider: &provider,
            host: &issuer.host_and_port(),
            issuer: issuer.as_str(),
            audience: &audience,
            credential,
            scopes: &service_user.settings.scopes,
            now: self.now(),
            skew: None,
            corrected_by: Duration::ZERO,
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
        let sent = self.exchange(&client, &endpoint, service_user, &attempt, &key, &mut story).await;
        let answer = sent.map_err(|error| self.explain(environment.id, &attempt, error))?;
        let skew = self.measure_skew(environment.id, &answer);
        story.clock(skew, attempt.corrected_by);
        let token = self.token_of(answer, service_user, credential, story);
        Ok(Kept { token, settings: environment.settings.clone(), since: Instant::now() })
    }

    /// Takes the time, and what is known of the server's, into an attempt.
    fn read_clocks(&self, environment: &Environment, attempt: &mut Attempt<'_>) {
        let wire = self.wire(environment.id);
        attempt.now = self.now();
        attempt.skew = wire.skew;
        attempt.corrected_by = wire.skew.filter(|_| wire.use_server_time).unwrap_or_default();
    }

    /// Signs and sends; waits and signs anew where the server asks for a pause.
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
            && kept.settings.mints_as(&environment.settings);
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

/// Turns a failure on the way to the token endpoint into an error with its likely causes.
fn explain_way(error: Error) -> Error {
    match error {
        Error::Issuer(failure) => Error::Mint { causes: diagnosis::on_the_way(&failure), source: failure },
        other => other,
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

/// How long a token lives, in its two largest units, for the record: `valid for 11 h 59 min`.
fn life_in_words(token: &Token) -> String {
    let Some(expires_at) = token.expires_at else { return "no expiry told".to_owned() };
    let seconds = (expires_at - token.minted_at).whole_seconds().max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds % 86_400 / 3600, seconds % 3600 / 60);
    let two = |large: i64, unit: &str, small: i64, smaller: &str| match small {
        0 => format!("valid for {large} {unit}"),
        _ => format!("valid for {large} {unit} {small} {smaller}"),
    };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("valid for {seconds} s"),
        (0, 0, _) => two(minutes, "min", 0, ""),
        (0, _, _) => two(hours, "h", minutes, "min"),
        _ => two(days, "d", hours, "h"),
    }
}
