//! What all requests **share**: the issuer's name and clock, and the book of users, tokens and keys.
//!
//! Rule: the book is locked for look-ups and entries only, never while something is signed or verified.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;
use time::macros::datetime;
use tokio::sync::watch;

use crate::application::{Application, OidcApplication};
use crate::config::{Clock, Config, Quirks};
use crate::credential::RegisteredSecret;
use crate::era::EraRules;
use crate::lag::Lagging;
use crate::random;
use crate::requests::SeenRequest;
use crate::scope::Scopes;
use crate::signing::{KeyRing, SigningKey};
use crate::system::{Place, Rules, System};
use crate::token::{Grant, Sealer};
use crate::user::{RegisteredKey, User, UserState};
use crate::version::Version;

pub(crate) struct Shared {
    /// What is played.
    pub(crate) rules: &'static Rules,
    pub(crate) system: System,
    /// The server's names, at no particular time.
    place: Place,
    /// The APIs that tokens may be for; empty is any.
    pub(crate) apis: Vec<String>,
    /// Becomes true when the server stops, so that silent requests end.
    pub(crate) stopping: watch::Sender<bool>,
    /// What the `Host` header must say.
    pub(crate) authority: String,
    /// What it may say while the endpoints are elsewhere.
    pub(crate) other_authority: String,
    pub(crate) sealer: Sealer,
    /// `iss` of Frontier's tokens.
    pub(crate) token_issuer: String,
    /// Counts what is made and answered.
    counter: AtomicU64,
    record_requests: bool,
    clock: Clock,
    book: Mutex<Book>,
}

pub(crate) struct Book {
    pub(crate) users: HashMap<String, Entry>,
    pub(crate) applications: Vec<Application>,
    pub(crate) oidc_applications: Vec<OidcApplication>,
    pub(crate) keys: KeyRing,
    pub(crate) quirks: Quirks,
    /// Requests counted against the rate limit.
    pub(crate) counted: u32,
    pub(crate) seen: Vec<SeenRequest>,
    /// What an administrator called a credential, and when it was made, by its id.
    pub(crate) labels: HashMap<String, Label>,
    pub(crate) lagging: Lagging,
    tokens: HashMap<String, Grant>,
    /// The `jti`s seen, with the client that sent each, and when they may be forgotten.
    used_ids: HashMap<(String, String), i64>,
}

/// A user with the time of its last change (`updated_at`).
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) user: User,
    pub(crate) changed_at: OffsetDateTime,
    /// How many changes there were.
    pub(crate) sequence: u64,
}

impl Entry {
    pub(crate) fn new(user: User, changed_at: OffsetDateTime) -> Self {
        Self { user, changed_at, sequence: 1 }
    }
}

/// What is told of a credential that an administrator made.
#[derive(Clone)]
pub(crate) struct Label {
    pub(crate) title: String,
    pub(crate) created_at: OffsetDateTime,
    /// Which change of its user's it was.
    pub(crate) sequence: u64,
}

impl Shared {
    pub(crate) fn new(config: Config, port: u16, key: SigningKey) -> Self {
        let changed_at = (config.clock)();
        let authority = config.host.authority(port);
        let entry = |user: User| (user.user_id.clone(), Entry::new(user, changed_at));
        let mut book = Book {
            users: config.users.into_iter().map(entry).collect(),
            applications: config.applications,
            oidc_applications: config.oidc_applications,
            keys: KeyRing::new(key),
            quirks: config.quirks,
            counted: 0,
            seen: Vec::new(),
            labels: HashMap::new(),
            lagging: Lagging::default(),
            tokens: HashMap::new(),
            used_ids: HashMap::new(),
        };
        let ids: Vec<String> = book.users.keys().cloned().collect();
        ids.iter().for_each(|user_id| book.label_all(user_id, changed_at));
        let rules = config.system.rules();
        Self {
            rules,
            system: config.system,
            place: Place {
                version: config.version.unwrap_or(Version::of(config.system)),
                ..Place::new(&authority, rules, config.audience)
            },
            apis: config.apis,
            stopping: watch::Sender::new(false),
            authority,
            other_authority: config.host.other().authority(port),
            sealer: Sealer::generate(),
            token_issuer: config.token_issuer.unwrap_or_else(|| "frontier".to_owned()),
            counter: AtomicU64::new(1),
            record_requests: config.record_requests,
            clock: config.clock,
            book: Mutex::new(book),
        }
    }

    /// The server as it names itself, now.
    pub(crate) fn place(&self) -> Place {
        let Quirks { dialect, era, .. } = self.quirks();
        Place { dialect, era, now: self.now(), ..self.place.clone() }
    }

    /// What the era of ZITADEL does.
    pub(crate) fn era(&self) -> &'static EraRules {
        self.book().quirks.era.rules()
    }

    /// The version of Frontier.
    pub(crate) fn version(&self) -> Version {
        self.place.version
    }

    /// The next number of a count that begins at 1.
    pub(crate) fn count(&self) -> u64 {
        self.counter.fetch_add(1, Ordering::Relaxed)
    }

    /// An id as ZITADEL makes them.
    pub(crate) fn new_id(&self) -> String {
        random::number(self.now(), self.count())
    }

    /// Whether a user gets tokens, and whether those that it has work.
    pub(crate) fn is_served(&self, user: &User) -> bool {
        self.book().is_served(user)
    }

    /// The issuer's name.
    pub(crate) fn issuer(&self) -> &str {
        &self.place.issuer
    }

    /// Scheme and host, without a slash at the end.
    pub(crate) fn origin(&self) -> &str {
        &self.place.origin
    }

    /// Where the metadata says that the endpoints are.
    pub(crate) fn endpoints_origin(&self) -> String {
        match self.quirks().endpoints_elsewhere {
            true => format!("http://{}", self.other_authority),
            false => self.place.origin.clone(),
        }
    }

    pub(crate) fn token_url(&self) -> &str {
        &self.place.token_url
    }

    /// Opens the book. No entry is ever left half-written, so a panic elsewhere does not spoil it.
    pub(crate) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn quirks(&self) -> Quirks {
        self.book().quirks.clone()
    }

    /// The time as this server has it: the caller's clock and the offset.
    pub(crate) fn now(&self) -> OffsetDateTime {
        let offset = self.book().quirks.clock_offset;
        (self.clock)().saturating_add(offset)
    }

    /// Changes a user in the book and returns it as it is then.
    pub(crate) fn change_user(&self, user_id: &str, change: impl FnOnce(&mut User)) -> Option<User> {
        let now = self.now();
        let mut book = self.book();
        let entry = book.users.get_mut(user_id)?;
        change(&mut entry.user);
        entry.changed_at = now;
        entry.sequence += 1;
        Some(entry.user.clone())
    }

    pub(crate) fn record(&self, request: impl FnOnce() -> SeenRequest) {
        if self.record_requests {
            let request = request();
            self.book().seen.push(request);
        }
    }
}

impl Book {
    pub(crate) fn user(&self, user_id: &str) -> Option<&User> {
        Some(&self.users.get(user_id)?.user)
    }

    /// The keys of a user, by its id.
    pub(crate) fn keys_of(&self, user_id: &str) -> Option<Vec<RegisteredKey>> {
        self.user(user_id).map(|user| user.keys.clone())
    }

    /// The user that has a key of this id.
    pub(crate) fn owner_of_key(&self, key_id: &str) -> Option<&User> {
        self.users.values().map(|entry| &entry.user).find(|user| user.keys.iter().any(|key| key.key_id == key_id))
    }

    /// A client secret with its user.
    pub(crate) fn secret(&self, client_id: &str) -> Option<(&User, &RegisteredSecret)> {
        self.users.values().find_map(|Entry { user, .. }| {
            Some((user, user.secrets.iter().find(|secret| secret.client_id == client_id)?))
        })
    }

    /// The user with this client id, with or without a secret: its login name at ZITADEL, its id elsewhere.
    pub(crate) fn client(&self, client_id: &str, by_login_name: bool) -> Option<&User> {
        let users = self.users.values().map(|entry| &entry.user);
        let name = |user: &User| if by_login_name { &user.login_name } else { &user.user_id } == client_id;
        let holds = |user: &User| user.secrets.iter().any(|secret| secret.client_id == client_id);
        users.into_iter().find(|user| name(user) || holds(user))
    }

    /// Notes a credential that was just made for a user.
    pub(crate) fn label(&mut self, user_id: &str, id: &str, title: String, created_at: OffsetDateTime) {
        let sequence = self.users.get(user_id).map_or(1, |entry| entry.sequence);
        self.labels.insert(id.to_owned(), Label { title, created_at, sequence });
    }

    /// Notes every credential of a user that has not been noted yet.
    pub(crate) fn label_all(&mut self, user_id: &str, created_at: OffsetDateTime) {
        let Some(user) = self.user(user_id) else { return };
        let keys = user.keys.iter().map(|key| &key.key_id);
        let secrets = user.secrets.iter().map(|secret| &secret.client_id);
        let tokens = user.tokens.iter().map(|token| &token.token_id);
        let new = keys.chain(secrets).chain(tokens).filter(|id| !self.labels.contains_key(*id));
        let new: Vec<String> = new.cloned().collect();
        new.iter().for_each(|id| self.label(user_id, id, String::new(), created_at));
    }

    pub(crate) fn oidc_application(&self, client_id: &str) -> Option<&OidcApplication> {
        self.oidc_applications.iter().find(|application| application.client_id == client_id)
    }

    pub(crate) fn application(&self, client_id: &str) -> Option<&Application> {
        self.applications.iter().find(|application| application.client_id == client_id)
    }

    /// Remembers a token, and forgets those that ended before it was issued.
    pub(crate) fn enter(&mut self, token: String, grant: Grant) {
        self.tokens.retain(|_, old| old.expires_at > grant.issued_at);
        self.tokens.insert(token, grant);
    }

    /// Forgets a token.
    pub(crate) fn strike(&mut self, token: &str) {
        self.tokens.remove(token);
    }

    /// Finds the grant of a token that works now, with its active user.
    pub(crate) fn grant(&self, token: &str, now: OffsetDateTime) -> Option<(Grant, Entry)> {
        let exchanged = self.tokens.get(token).cloned();
        let grant = exchanged.or_else(|| self.ready_made(token)).filter(|grant| grant.expires_at > now)?;
        let entry = self.users.get(&grant.user_id).filter(|entry| self.is_served(&entry.user))?;
        Some((grant, entry.clone()))
    }

    /// Whether a token still runs though its user was deleted.
    pub(crate) fn is_orphaned(&self, token: &str, now: OffsetDateTime) -> bool {
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

    /// Notes that a client used a `jti`. `false` where it did so before (RFC 7523 §3 point 7).
    pub(crate) fn use_id(&mut self, client: &str, id: &str, expires_at: i64, now: OffsetDateTime) -> bool {
        // A leeway past the end could let an old assertion in once more: an id is kept a while longer.
        self.used_ids.retain(|_, end| *end > now.unix_timestamp().saturating_sub(600));
        self.used_ids.insert((client.to_owned(), id.to_owned()), expires_at).is_none() && !self.quirks.ids_are_used
    }
}
