//! What all requests **share**: the issuer's name and clock, and the registry of users, tokens and keys.
//!
//! Rule: the registry is locked only for look-ups and entries, never while something is signed or verified.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;
use time::macros::datetime;
use tokio::sync::watch;

use crate::application::{Application, OidcApplication};
use crate::credential::RegisteredSecret;
use crate::era::EraRules;
use crate::lag::Lagging;
use crate::place::Place;
use crate::quirks::Quirks;
use crate::random;
use crate::requests::SeenRequest;
use crate::rules::Rules;
use crate::scope::Scopes;
use crate::signing::KeyRing;
use crate::token::{Grant, Sealer};
use crate::user::{RegisteredKey, User, UserState};

pub struct Shared {
    /// What the endpoints ask.
    pub rules: Rules,
    pub(crate) names_its_domain: bool,
    /// The server's names, independent of time.
    pub(crate) place: Place,
    /// The APIs that tokens may be for; empty is any.
    pub apis: Vec<String>,
    /// Becomes true when the server stops, so that silent requests end.
    pub stopping: watch::Sender<bool>,
    /// What the `Host` header must say.
    pub authority: String,
    /// What it may say while the endpoints are elsewhere.
    pub other_authority: String,
    pub sealer: Sealer,
    /// Counts what is created and answered.
    pub(crate) counter: AtomicU64,
    pub(crate) record_requests: bool,
    pub(crate) clock: Arc<dyn Fn() -> OffsetDateTime + Send + Sync>,
    pub(crate) book: Mutex<Book>,
}

pub struct Book {
    pub users: HashMap<String, Entry>,
    pub applications: Vec<Application>,
    pub oidc_applications: Vec<OidcApplication>,
    pub keys: KeyRing,
    pub quirks: Quirks,
    /// Requests counted against the rate limit.
    pub counted: u32,
    pub seen: Vec<SeenRequest>,
    /// The title and creation time of an administrator's credential, by its id.
    pub labels: HashMap<String, Label>,
    pub lagging: Lagging,
    tokens: HashMap<String, Grant>,
    /// The `jti`s seen, with the client that sent each, and when they may be forgotten.
    used_ids: HashMap<(String, String), i64>,
}

/// A user with the time of its last change (`updated_at`).
#[derive(Clone)]
pub struct Entry {
    pub user: User,
    pub changed_at: OffsetDateTime,
    /// How many changes there were.
    pub sequence: u64,
}

impl Entry {
    pub fn new(user: User, changed_at: OffsetDateTime) -> Self {
        Self { user, changed_at, sequence: 1 }
    }
}

/// Metadata of a credential that an administrator created.
#[derive(Clone)]
pub struct Label {
    pub title: String,
    pub created_at: OffsetDateTime,
    /// Which of its user's changes it was.
    pub sequence: u64,
}

impl Shared {
    /// The server's names, now.
    pub fn place(&self) -> Place {
        let Quirks { dialect, era, .. } = self.quirks();
        Place { dialect, era, now: self.now(), ..self.place.clone() }
    }

    /// What the era of ZITADEL does.
    pub fn era(&self) -> &'static EraRules {
        self.book().quirks.era.rules()
    }

    /// The next number of a counter that begins at 1.
    pub fn count(&self) -> u64 {
        self.counter.fetch_add(1, Ordering::Relaxed)
    }

    /// An id in ZITADEL's format.
    pub fn new_id(&self) -> String {
        random::number(self.now(), self.count())
    }

    /// Whether a user gets tokens, and whether its existing ones work.
    pub fn is_served(&self, user: &User) -> bool {
        self.book().is_served(user)
    }

    /// The issuer's name.
    pub fn issuer(&self) -> &str {
        &self.place.issuer
    }

    /// Scheme and host, without a trailing slash.
    pub fn origin(&self) -> &str {
        &self.place.origin
    }

    /// Where the metadata says that the endpoints are.
    pub fn endpoints_origin(&self) -> String {
        match self.quirks().endpoints_elsewhere {
            true => format!("http://{}", self.other_authority),
            false => self.place.origin.clone(),
        }
    }

    pub fn token_url(&self) -> &str {
        &self.place.token_url
    }

    /// Locks the registry. No entry is ever half-written, so a panic elsewhere doesn't corrupt it.
    pub fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn quirks(&self) -> Quirks {
        self.book().quirks.clone()
    }

    /// The time on this server: the caller's clock and the offset.
    pub fn now(&self) -> OffsetDateTime {
        let offset = self.book().quirks.clock_offset;
        (self.clock)().saturating_add(offset)
    }

    /// Changes a user in the registry and returns the result.
    pub fn change_user(&self, user_id: &str, change: impl FnOnce(&mut User)) -> Option<User> {
        let now = self.now();
        let mut book = self.book();
        let entry = book.users.get_mut(user_id)?;
        change(&mut entry.user);
        entry.changed_at = now;
        entry.sequence += 1;
        Some(entry.user.clone())
    }

    pub fn record(&self, request: impl FnOnce() -> SeenRequest) {
        if self.record_requests {
            let request = request();
            self.book().seen.push(request);
        }
    }
}

impl Book {
    /// Ends every token; returns how many there were.
    pub(crate) fn end_tokens(&mut self) -> usize {
        let count = self.tokens.len();
        self.tokens.clear();
        count
    }

    /// Begins with these users, who have just changed.
    pub(crate) fn new(users: Vec<User>, keys: KeyRing, quirks: Quirks, now: OffsetDateTime) -> Self {
        let entry = |user: User| (user.user_id.clone(), Entry::new(user, now));
        let mut book = Self {
            users: users.into_iter().map(entry).collect(),
            applications: Vec::new(),
            oidc_applications: Vec::new(),
            keys,
            quirks,
            counted: 0,
            seen: Vec::new(),
            labels: HashMap::new(),
            lagging: Lagging::default(),
            tokens: HashMap::new(),
            used_ids: HashMap::new(),
        };
        let ids: Vec<String> = book.users.keys().cloned().collect();
        ids.iter().for_each(|user_id| book.label_all(user_id, now));
        book
    }

    pub fn user(&self, user_id: &str) -> Option<&User> {
        Some(&self.users.get(user_id)?.user)
    }

    /// The keys of a user, by its id.
    pub fn keys_of(&self, user_id: &str) -> Option<Vec<RegisteredKey>> {
        self.user(user_id).map(|user| user.keys.clone())
    }

    /// The user that has a key with this id.
    pub fn owner_of_key(&self, key_id: &str) -> Option<&User> {
        self.users.values().map(|entry| &entry.user).find(|user| user.keys.iter().any(|key| key.key_id == key_id))
    }

    /// The secrets of a client with its user, unless there are none.
    pub fn secrets(&self, client_id: &str) -> Option<(&User, Vec<&RegisteredSecret>)> {
        self.users.values().find_map(|Entry { user, .. }| {
            let secrets: Vec<_> = user.secrets.iter().filter(|secret| secret.client_id == client_id).collect();
            (!secrets.is_empty()).then_some((user, secrets))
        })
    }

    /// The user with this client id, with or without a secret: its login name at ZITADEL, its id elsewhere.
    pub fn client(&self, client_id: &str, by_login_name: bool) -> Option<&User> {
        let users = self.users.values().map(|entry| &entry.user);
        let name = |user: &User| if by_login_name { &user.login_name } else { &user.user_id } == client_id;
        let holds = |user: &User| user.secrets.iter().any(|secret| secret.client_id == client_id);
        users.into_iter().find(|user| name(user) || holds(user))
    }

    /// Records a credential that was just created for a user.
    pub fn label(&mut self, user_id: &str, id: &str, title: String, created_at: OffsetDateTime) {
        let sequence = self.users.get(user_id).map_or(1, |entry| entry.sequence);
        self.labels.insert(id.to_owned(), Label { title, created_at, sequence });
    }

    /// Records every credential of a user that hasn't been recorded yet.
    pub fn label_all(&mut self, user_id: &str, created_at: OffsetDateTime) {
        let Some(user) = self.user(user_id) else { return };
        let keys = user.keys.iter().map(|key| &key.key_id);
        let secrets = user.secrets.iter().map(|secret| &secret.client_id);
        let tokens = user.tokens.iter().map(|token| &token.token_id);
        let new = keys.chain(secrets).chain(tokens).filter(|id| !self.labels.contains_key(*id));
        let new: Vec<String> = new.cloned().collect();
        new.iter().for_each(|id| self.label(user_id, id, String::new(), created_at));
    }

    pub fn oidc_application(&self, client_id: &str) -> Option<&OidcApplication> {
        self.oidc_applications.iter().find(|application| application.client_id == client_id)
    }

    pub fn application(&self, client_id: &str) -> Option<&Application> {
        self.applications.iter().find(|application| application.client_id == client_id)
    }

    /// Stores a token, and forgets those that expired before it was issued.
    pub fn enter(&mut self, token: String, grant: Grant) {
        self.tokens.retain(|_, old| old.expires_at > grant.issued_at);
        self.tokens.insert(token, grant);
    }

    /// Forgets a token.
    pub fn strike(&mut self, token: &str) {
        self.tokens.remove(token);
    }

    /// Finds the grant of a token that works now, with its active user.
    pub fn grant(&self, token: &str, now: OffsetDateTime) -> Option<(Grant, Entry)> {
        let exchanged = self.tokens.get(token).cloned();
        let grant = exchanged.or_else(|| self.ready_made(token)).filter(|grant| grant.expires_at > now)?;
        let entry = self.users.get(&grant.user_id).filter(|entry| self.is_served(&entry.user))?;
        Some((grant, entry.clone()))
    }

    /// Whether a token is still valid although its user was deleted.
    pub fn is_orphaned(&self, token: &str, now: OffsetDateTime) -> bool {
        let live = self.tokens.get(token).filter(|grant| grant.expires_at > now);
        live.is_some_and(|grant| !self.users.contains_key(&grant.user_id))
    }

    fn is_served(&self, user: &User) -> bool {
        user.state == UserState::Active || self.quirks.era.rules().deactivated_users_mint
    }

    /// The grant of a token that was never exchanged: ZITADEL gives it `openid` and `profile`.
    fn ready_made(&self, token: &str) -> Option<Grant> {
        let (user, token) = self
            .users
            .values()
            .find_map(|Entry { user, .. }| Some((user, user.tokens.iter().find(|one| one.token == token)?)))?;
        Some(Grant {
            user_id: user.user_id.clone(),
            subject: user.user_id.clone(),
            audience: Vec::new(),
            scopes: Scopes::all("openid profile"),
            issued_at: OffsetDateTime::UNIX_EPOCH,
            expires_at: token.expires_at.unwrap_or(datetime!(9999-12-31 23:59:59 UTC)),
            jwt_id: token.token_id.clone(),
            ready_made: true,
        })
    }

    /// Records that a client used a `jti`. `false` if it did so before (RFC 7523 §3 point 7).
    pub fn use_id(&mut self, client: &str, id: &str, expires_at: i64, now: OffsetDateTime) -> bool {
        // A leeway past the end could accept an old assertion again: an id is kept a while longer.
        self.used_ids.retain(|_, end| *end > now.unix_timestamp().saturating_sub(600));
        self.used_ids.insert((client.to_owned(), id.to_owned()), expires_at).is_none() && !self.quirks.ids_are_used
    }
}
