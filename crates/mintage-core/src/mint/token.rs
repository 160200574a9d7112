//! The **token** journey: from a service user to an access token in memory.
//!
//! It reads in this order: [`Mint::token`] loads what the catalogue knows, looks in the cache, or else mints: plan →
//! preflight → exchange → keep. Each of these words is a function here or a file in the folder beside.

use std::sync::Arc;
use std::time::Instant;

use time::Duration;

use super::Mint;
use super::cache::TokenKey;
use super::trace::Trace;
use crate::credential::CredentialKind;
use crate::diagnosis::{self, Cause};
use crate::error::Error;
use crate::ids::{EnvironmentId, ServiceUserId};
use crate::issuer::{Answer, IssuerError};
use crate::token::{Token, TokenView};

mod exchange;
mod load;
mod outcome;
mod plan;
mod ready_made;
mod received;

pub(super) use exchange::post;
pub(super) use load::Loaded;
use plan::Plan;
pub(super) use received::view;

/// How a token is requested.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, specta::Type)]
#[serde(rename_all = "camelCase", default)]
pub struct Ask {
    /// Mint a new one even if one in memory would do.
    pub fresh: bool,
    /// Correct the assertion's times by the measured clock skew, from now on for this environment.
    pub use_server_time: bool,
    /// Send it even though it would certainly be refused.
    pub send_anyway: bool,
    /// Scopes instead of the service user's own.
    pub scopes: Option<Vec<String>>,
    /// Audiences of the assertion instead of the environment's.
    pub audience: Option<Vec<String>>,
    /// How many seconds a token in memory must have left; `None` uses the settings.
    pub min_life: Option<u32>,
    /// The environment that the service user must still be in, where that was decided on. No page can set it.
    #[serde(skip)]
    pub within: Option<EnvironmentId>,
    /// The environment for which a person has approved this request, where production needs that. No page can set it.
    #[serde(skip)]
    pub approved: Option<EnvironmentId>,
}

/// A token that is returned to the caller.
pub(super) struct Handed {
    pub(super) token: Token,
    /// Whether it was in memory.
    pub(super) reused: bool,
    pub(super) loaded: Loaded,
}

impl Mint {
    /// Returns a token for a service user: the one in memory if it will do, otherwise a new one.
    ///
    /// Concurrent calls for the same token share one mint.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::ProductionUnconfirmed`], [`Error::NoCredential`], [`Error::KeyMissing`],
    /// [`Error::Preflight`], [`Error::Diagnosed`] with its likely causes, and what the edges report.
    pub async fn token(&self, id: ServiceUserId, ask: Ask) -> Result<TokenView, Error> {
        let handed = self.hand_out(id, &ask).await?;
        Ok(view(&handed.token, handed.reused))
    }

    /// As [`Mint::token`], with the token itself.
    pub(super) async fn hand_out(&self, id: ServiceUserId, ask: &Ask) -> Result<Handed, Error> {
        self.check_unlocked()?;
        let asked_at = Instant::now();
        let (loaded, key, _minting) = loop {
            let loaded = self.load(id, ask).await?;
            let key = loaded.key();
            let mint_lock = self.cache.mint_lock(&key);
            let minting = Arc::clone(&mint_lock).try_lock_owned();
            // A token that is there is handed out at once, also while a slow server mints another.
            if let Some(token) = self.reusable(&key, &loaded, ask, asked_at) {
                return Ok(Handed { token, reused: true, loaded });
            }
            match minting {
                Ok(minting) => break (loaded, key, minting),
                // After waiting, the settings may have changed.
                Err(_) => drop(mint_lock.lock().await),
            }
        };
        let token = Box::pin(self.mint(&loaded, ask)).await?;
        self.keep(key, token.clone())?;
        Ok(Handed { token, reused: false, loaded })
    }

    /// The token in memory, if it is valid long enough; or one minted by another call while this one waited, than which a
    /// new one wouldn't be better.
    fn reusable(&self, key: &TokenKey, loaded: &Loaded, ask: &Ask, asked_at: Instant) -> Option<Token> {
        let cached = self.cache.get(key)?;
        let asked = ask.min_life.map(|seconds| Duration::seconds(seconds.into()));
        let lasts = cached.token.expires_at.is_some_and(|at| {
            at - self.now() >= floor(asked, loaded.settings.reuse_floor(), at - cached.token.minted_at)
        });
        let minted_meanwhile = cached.since >= asked_at;
        (minted_meanwhile || lasts && !ask.fresh).then_some(cached.token)
    }

    /// Mints a token and records the outcome.
    pub(super) async fn mint(&self, loaded: &Loaded, ask: &Ask) -> Result<Token, Error> {
        let minted = self.try_to_mint(loaded, ask).await;
        self.note_outcome(loaded, &minted, true).await;
        minted
    }

    /// Returns a token to act with: the one in memory unless a new one is asked for. `counts` says whether minting it is
    /// a use of the credential; to look at the server isn't.
    pub(super) async fn token_to_act(&self, loaded: &Loaded, fresh: bool, counts: bool) -> Result<Token, Error> {
        let ask = Ask { fresh, ..Ask::default() };
        let key = loaded.key();
        if let Some(token) = self.reusable(&key, loaded, &ask, Instant::now()) {
            return Ok(token);
        }
        let minted = Box::pin(self.try_to_mint(loaded, &ask)).await;
        self.note_outcome(loaded, &minted, counts).await;
        let token = minted?;
        self.keep(key, token.clone())?;
        Ok(token)
    }

    /// Mints a token without recording the outcome.
    pub(super) async fn try_to_mint(&self, loaded: &Loaded, ask: &Ask) -> Result<Token, Error> {
        let mut trace = Trace::default();
        let provider = loaded.provider()?;
        if loaded.credential.kind == CredentialKind::PersonalToken {
            return self.ready_made(loaded, &provider, trace).await;
        }
        if ask.use_server_time {
            self.use_server_time(&loaded.environment);
        }
        let plan = self.plan(loaded, &provider, &mut trace).await?;
        self.preflight(&plan, ask).await?;
        let answer = match self.exchange(&plan, &mut trace).await {
            Ok(answer) => answer,
            Err(failed) => return Err(self.settle_key(loaded, self.explain(&plan, failed)).await),
        };
        self.compare_clocks(&plan, &answer, &mut trace);
        let mut token = self.received(&plan, answer, trace);
        token.subject = self.subject_of_token(&provider, &loaded.service_user, &loaded.credential, &token).await;
        Ok(token)
    }

    /// Stops what would certainly be refused.
    async fn preflight(&self, plan: &Plan<'_>, ask: &Ask) -> Result<(), Error> {
        let mut causes = diagnosis::preflight(&plan.attempt(self.server_clock(plan.environment()), self.now()));
        if causes.iter().any(Cause::blames_the_clock) {
            // One of the clocks may have been set since they were compared.
            self.measure_again(plan.environment(), plan.provider).await;
            causes = diagnosis::preflight(&plan.attempt(self.server_clock(plan.environment()), self.now()));
        }
        if causes.is_empty() || ask.send_anyway { Ok(()) } else { Err(Error::Preflight { causes }) }
    }

    /// Turns a failed exchange into an error with its likely causes, measuring the clock from a refusal.
    fn explain(&self, plan: &Plan<'_>, failed: Error) -> Error {
        let Error::Issuer(failure) = failed else { return failed };
        let mut attempt = plan.attempt(self.server_clock(plan.environment()), self.now());
        if let IssuerError::Refused(refusal) = &failure {
            attempt.skew = self.note_skew(plan.environment(), refusal.server_date).or(attempt.skew);
        }
        Error::Diagnosed { causes: diagnosis::diagnose(&attempt, &failure), source: failure }
    }

    fn compare_clocks<T>(&self, plan: &Plan<'_>, answer: &Answer<T>, trace: &mut Trace) {
        let correction = self.server_clock(plan.environment()).correction();
        let skew = self.measure_skew(plan.environment(), answer);
        trace.clock(skew, correction);
        if let Some(unbelieved) = self.date_unbelieved(&plan.host, answer.server_date) {
            trace.step("Clock not compared", unbelieved.to_string());
        }
    }
}

/// How much lifetime a token of this life must have left: what was asked for, else the usual. Where a new token wouldn't
/// have that much either, half of its life is enough; otherwise no token would ever be reused.
fn floor(asked: Option<Duration>, usual: Duration, life: Duration) -> Duration {
    match asked {
        Some(asked) if asked + MINT_TIME < life => asked,
        asked => asked.unwrap_or(usual).min(Duration::seconds(life.whole_seconds() / 2)),
    }
}

/// What minting and a server's clock may take off a token's life.
const MINT_TIME: Duration = Duration::seconds(30);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_reused_for_half_its_life_where_no_token_lives_longer() {
        let check = |asked: Option<i64>, usual, life, expected| {
            let found = floor(asked.map(Duration::seconds), Duration::seconds(usual), Duration::seconds(life));
            assert_eq!(found, Duration::seconds(expected), "{asked:?} {usual} {life}");
        };
        check(None, 60, 3600, 60);
        check(None, 60, 60, 30);
        check(Some(300), 60, 300, 150);
        check(Some(300), 60, 298, 149);
        check(Some(300), 60, 3600, 300);
        check(Some(2700), 60, 3600, 2700);
        check(Some(86_400), 60, 3600, 1800);
        check(None, 60, -5, -2);
    }
}
