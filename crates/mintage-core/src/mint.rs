//! **Mint** covers the way from key file to token: every job that Mintage does, one function each.
//!
//! Rule: the only module that knows both the pure modules and the edges. Shells call it and show what it returns; they
//! decide nothing. The journeys are in the order of a service user's life: `import`, `token`, `inspect`, `forget`; next
//! to them are `environments`, `settings`, `radar` and `repair`.

use std::collections::{HashMap, HashSet};
use std::hash::RandomState;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;

use cache::TokenCache;

use crate::activity::{Action, ActivityEntry};
use crate::catalog::Catalog;
use crate::environment::Environment;
use crate::error::Error;
use crate::ids::{CredentialId, EnvironmentId, ServiceUserId};
use crate::keychain::Keychain;
use crate::moment;
use crate::service_user::ServiceUser;
use crate::token::Token;

mod activity;
mod administrator;
mod api_call;
mod cache;
mod check;
mod compare;
mod copy;
mod creation;
mod credential_test;
mod describe;
mod direct;
mod endpoint;
mod environments;
mod expiry;
mod expiry_refresh;
mod forget;
mod halves;
mod import;
mod inspect;
mod introspect;
mod key_set;
mod list;
mod locking;
mod paste;
mod periods;
mod program;
mod providers;
mod radar;
mod refused_key;
mod relocation;
mod repair;
mod review;
mod rotation;
mod secret_material;
mod self_test;
mod server;
mod server_credentials;
mod settings;
mod shown;
mod subject;
mod token;
mod trace;
mod userinfo;
mod view;

pub use check::{Asked, EndpointFound, EnvironmentCheck};
pub use compare::{Comparison, NamedIssuer, TokenSource};
pub use copy::Copied;
pub use creation::CreationRequest;
pub use credential_test::CredentialTest;
pub use direct::Signed;
pub use expiry::ExpiryNotice;
pub use expiry_refresh::{ExpiryRefresh, LeftOut, RefreshFailure};
pub use import::{
    AskedByHand, AskedId, ExistingCredential, ImportOutcome, ImportPlan, ImportRequest, KnownOwner, Learned,
    NewEnvironment, Place, PlanEntry, PlanItem, PlanRequest, Related, Replaced,
};
pub use inspect::Inspection;
pub use introspect::{Introspection, Introspector, Revoked};
pub use paste::{Pasted, issuer_named_in};
pub use periods::Periods;
pub use program::{Adopted, ProgramToken};
pub use providers::{
    CreationView, EndpointView, IdLabels, NamedHost, OwnProviders, ParameterView, PresetView, ProfileDifference,
    ProviderReview, ProviderView, ScopesView, UnusableProvider,
};
pub use radar::{ForeignRow, Radar, RadarRow};
pub use relocation::Relocation;
pub use repair::RepairReport;
pub use review::{KeyFileFacts, Notice, Original, Review, ReviewId};
pub use rotation::{
    KeyComparison, Patience, ProvisionRequest, PublicHalf, RotationPlan, RotationRequest, RotationView, Watch,
};
pub use self_test::{SelfTestResult, SelfTestStep};
pub use server::{KeyReader, KeyReaderAuthentication};
pub use server_credentials::{CredentialMoment, ServerCredential, ServerCredentials};
pub use token::Ask;
pub use userinfo::Userinfo;
pub use view::{EnvironmentOverview, ServiceUserDetail, ServiceUserRow, TokenState};

/// Returns the time. An argument, so that tests can set it and a skewed clock can be shown.
pub type Clock = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;

/// The way from key file to token. Shells have one, in an `Arc`.
pub struct Mint {
    catalog: Catalog,
    keychain: Keychain,
    clock: Clock,
    /// Key files under review: parsed, not stored yet, dropped when the app exits.
    reviews: Mutex<HashMap<ReviewId, review::Reviewed>>,
    /// The files that credentials were imported from since the app started. Memory only: the catalogue keeps no folders.
    originals: Mutex<HashMap<CredentialId, review::ReadFile>>,
    /// Tokens. Memory only.
    cache: TokenCache,
    /// What is known about each environment's server since the app started.
    servers: Mutex<HashMap<EnvironmentId, server::ServerState>>,
    lock: locking::Lock,
    /// Production environments for which minting was confirmed since the app started.
    confirmed: Mutex<HashSet<EnvironmentId>>,
    /// How long it waits for servers.
    patience: Patience,
    /// Which tokens were inspected since the app started, so that each is recorded once.
    inspected: Inspected,
}

/// Tokens that were inspected, known by hashes whose key is dropped when the app exits.
#[derive(Default)]
struct Inspected {
    hasher: RandomState,
    tokens: Mutex<HashSet<u64>>,
}

impl Mint {
    /// Combines the parts. Nothing is read or sent yet; call [`Mint::repair`] once afterwards.
    pub fn new(catalog: Catalog, keychain: Keychain, clock: Clock) -> Self {
        Self {
            catalog,
            keychain,
            clock,
            reviews: Mutex::default(),
            originals: Mutex::default(),
            cache: TokenCache::default(),
            servers: Mutex::default(),
            lock: locking::Lock::default(),
            confirmed: Mutex::default(),
            patience: Patience::default(),
            inspected: Inspected::default(),
        }
    }

    /// The same with another patience.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// The keychain, for its state and for unlocking.
    pub fn keychain(&self) -> &Keychain {
        &self.keychain
    }

    /// The time by this mint's clock, in UTC and between the years 1970 and 9000.
    pub fn now(&self) -> OffsetDateTime {
        moment::by_clock((self.clock)())
    }

    /// Confirms minting for this production environment until the app exits.
    pub fn confirm_production(&self, environment: EnvironmentId) {
        lock(&self.confirmed).insert(environment);
    }

    /// Records what was done. If the catalogue can't be written (a full disk), that must neither lose the result nor
    /// hide the original error, so the failure is left to the next call that needs it.
    async fn note(
        &self,
        action: Action,
        environment: &Environment,
        service_user: &ServiceUser,
        outcome: Result<String, &Error>,
    ) {
        let _: Result<(), Error> = self.record(action, environment, service_user, outcome).await;
    }

    async fn record(
        &self,
        action: Action,
        environment: &Environment,
        service_user: &ServiceUser,
        outcome: Result<String, &Error>,
    ) -> Result<(), Error> {
        Ok(self.catalog.record(&self.entry(action, environment, service_user, outcome)).await?)
    }

    fn entry(
        &self,
        action: Action,
        environment: &Environment,
        service_user: &ServiceUser,
        outcome: Result<String, &Error>,
    ) -> ActivityEntry {
        ActivityEntry {
            at: self.now(),
            action,
            environment: Some(environment.id),
            environment_name: environment.settings.name.clone(),
            service_user: Some(service_user.id),
            service_user_name: service_user.settings.name.clone(),
            error_code: outcome.as_ref().err().map(|error| error.code().to_owned()),
            detail: outcome.unwrap_or_default(),
            repeated: None,
        }
    }

    /// The token in memory that is shown for a service user.
    fn shown_token(&self, service_user: &ServiceUser, environment: &Environment) -> Result<Token, Error> {
        self.check_unlocked()?;
        let missing = || Error::NoToken { service_user: service_user.settings.name.clone() };
        self.cache.shown(service_user, environment).ok_or_else(missing)
    }

    /// Forgets the tokens of a service user.
    pub fn drop_token(&self, id: ServiceUserId) {
        self.cache.drop_of(id);
    }

    /// Waits until everything that was done is in the catalogue's file: for the app's exit.
    pub async fn finish(&self) {
        self.catalog.settle().await;
    }
}

/// Locks a mutex whose data stays consistent even if a holder panicked: every change is one assignment.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
