//! **Mint** is the way from key file to token: every job that Mintage does, one function each.
//!
//! Rule: the only module that knows both the pure modules and the edges. Shells call it and show what
//! it returns; they decide nothing. The journeys are in the order of a service user's life: `import`,
//! `token`, `inspect`, `forget`; `environments`, `settings`, `radar` and `repair` stand beside them.

use std::collections::{HashMap, HashSet};
use std::hash::RandomState;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;

use crate::activity::{ActivityEntry, Deed};
use crate::catalog::Catalog;
use crate::environment::{Environment, EnvironmentId};
use crate::error::Error;
use crate::keychain::Keychain;
use crate::moment;
use crate::service_user::{ServiceUser, ServiceUserId};
use crate::settings::Settings;
use crate::token::Token;

mod activity;
mod check;
mod compare;
mod copy;
mod describe;
mod direct;
mod environments;
mod expiry;
mod forget;
mod halves;
mod held;
mod import;
mod inspect;
mod introspect;
mod key_set;
mod list;
mod providers;
mod provision;
mod radar;
mod refused_key;
mod repair;
mod review;
mod self_test;
mod settings;
mod shown;
mod story;
mod subject;
mod token;
mod trial;
mod wire;

pub use check::{Asked, EndpointFound, EnvironmentCheck};
pub use compare::{Comparison, NamedIssuer, TokenSource};
pub use copy::Copied;
pub use direct::Signed;
pub use expiry::ExpiryNotice;
pub use import::{AskedId, ImportOutcome, ImportRequest, Learned, Replaced, Standing};
pub use inspect::{Inspection, Userinfo};
pub use introspect::{Introspection, Introspector, Revoked};
pub use key_set::{KeyReader, ProofKind};
pub use providers::{OwnProviders, UnusableProvider};
pub use provision::{KeyComparison, ProvisionRequest};
pub use radar::{Radar, RadarRow};
pub use repair::RepairReport;
pub use review::{KeyFileFacts, Notice, Review, ReviewId};
pub use self_test::{SelfTestResult, SelfTestStep};
pub use token::Ask;
pub use trial::Trial;
pub use wire::Endpoint;

/// Tells the time. An argument, so that tests can set it and a skewed clock can be shown.
pub type Clock = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;

/// The way from key file to token. Shells hold one of it, behind an `Arc`.
pub struct Mint {
    catalog: Catalog,
    keychain: Keychain,
    clock: Clock,
    /// Key files under review: parsed, not stored yet, gone when the app ends.
    reviews: Mutex<HashMap<ReviewId, review::Reviewed>>,
    /// The newest token of each service user. Memory only.
    tokens: Mutex<HashMap<ServiceUserId, token::Kept>>,
    /// One lock per service user, so that concurrent requests for one token share one mint.
    turns: Mutex<HashMap<ServiceUserId, Arc<tokio::sync::Mutex<()>>>>,
    /// What is known of each environment's server since the app started.
    wires: Mutex<HashMap<EnvironmentId, wire::Wire>>,
    /// Production environments for which minting was confirmed since the app started.
    confirmed: Mutex<HashSet<EnvironmentId>>,
    /// The settings, once somebody has asked for them.
    settings: tokio::sync::Mutex<Option<Settings>>,
    /// Which tokens were looked at since the app started, so that each is noted once.
    inspected: Inspected,
}

/// Tokens that were looked at, known by hashes whose key ends with the app.
#[derive(Default)]
struct Inspected {
    hasher: RandomState,
    tokens: Mutex<HashSet<u64>>,
}

impl Mint {
    /// Brings the parts together. Nothing is read or sent yet; call [`Mint::repair`] once after it.
    pub fn new(catalog: Catalog, keychain: Keychain, clock: Clock) -> Self {
        Self {
            catalog,
            keychain,
            clock,
            reviews: Mutex::default(),
            tokens: Mutex::default(),
            turns: Mutex::default(),
            wires: Mutex::default(),
            confirmed: Mutex::default(),
            settings: tokio::sync::Mutex::default(),
            inspected: Inspected::default(),
        }
    }

    /// The keychain, for its state and for unlocking.
    pub fn keychain(&self) -> &Keychain {
        &self.keychain
    }

    /// The time by this mint's clock, in UTC and between the years 1970 and 9000.
    pub fn now(&self) -> OffsetDateTime {
        moment::by_clock((self.clock)())
    }

    /// Notes that minting for this production environment is wanted until the app ends.
    pub fn confirm_production(&self, environment: EnvironmentId) {
        lock(&self.confirmed).insert(environment);
    }

    /// Writes down what was done. A catalogue that cannot take it (a full disk) must neither lose what came
    /// of it nor hide why nothing did, so its failure is left to the next call that needs it.
    async fn note(
        &self,
        deed: Deed,
        environment: &Environment,
        service_user: &ServiceUser,
        outcome: Result<String, &Error>,
    ) {
        let _: Result<(), Error> = self.record(deed, environment, service_user, outcome).await;
    }

    async fn record(
        &self,
        deed: Deed,
        environment: &Environment,
        service_user: &ServiceUser,
        outcome: Result<String, &Error>,
    ) -> Result<(), Error> {
        let entry = ActivityEntry {
            at: self.now(),
            deed,
            environment: Some(environment.id),
            environment_name: environment.settings.name.clone(),
            service_user: Some(service_user.id),
            service_user_name: service_user.settings.name.clone(),
            error_code: outcome.as_ref().err().map(|error| error.code().to_owned()),
            detail: outcome.unwrap_or_default(),
        };
        Ok(self.catalog.record(&entry).await?)
    }

    fn kept_token(&self, id: ServiceUserId) -> Option<Token> {
        lock(&self.tokens).get(&id).map(|kept| kept.token.clone())
    }
}

/// Locks a mutex whose data stays sound even if a holder panicked: every change is one assignment.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
