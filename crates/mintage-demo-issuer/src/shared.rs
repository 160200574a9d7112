//! What all requests **share**: the issuer's name and clock, and the book of users, tokens and keys.
//!
//! Rule: the book is locked for look-ups and entries only, never while something is signed or verified.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;

use crate::application::Application;
use crate::config::{Clock, Config, Quirks};
use crate::requests::SeenRequest;
use crate::signing::{KeyRing, SigningKey};
use crate::token::{Grant, Sealer};
use crate::user::{RegisteredKey, User, UserState};

pub(crate) struct Shared {
    /// `http://` and the authority, without a slash at the end.
    pub(crate) issuer: String,
    /// What the `Host` header must say.
    pub(crate) authority: String,
    pub(crate) sealer: Sealer,
    record_requests: bool,
    clock: Clock,
    book: Mutex<Book>,
}

pub(crate) struct Book {
    pub(crate) users: HashMap<String, Entry>,
    pub(crate) applications: Vec<Application>,
    pub(crate) keys: KeyRing,
    pub(crate) quirks: Quirks,
    /// Requests counted against the rate limit.
    pub(crate) counted: u32,
    pub(crate) seen: Vec<SeenRequest>,
    tokens: HashMap<String, Grant>,
}

/// A user with the time of its last change (`updated_at`).
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) user: User,
    pub(crate) changed_at: OffsetDateTime,
}

impl Shared {
    pub(crate) fn new(config: Config, authority: String, key: SigningKey) -> Self {
        let changed_at = (config.clock)();
        let entry = |user: User| (user.user_id.clone(), Entry { user, changed_at });
        let book = Book {
            users: config.users.into_iter().map(entry).collect(),
            applications: config.applications,
            keys: KeyRing::new(key),
            quirks: config.quirks,
            counted: 0,
            seen: Vec::new(),
            tokens: HashMap::new(),
        };
        Self {
            issuer: format!("http://{authority}"),
            authority,
            sealer: Sealer::generate(),
            record_requests: config.record_requests,
            clock: config.clock,
            book: Mutex::new(book),
        }
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

    pub(crate) fn record(&self, request: impl FnOnce() -> SeenRequest) {
        if self.record_requests {
            let request = request();
            self.book().seen.push(request);
        }
    }
}

impl Book {
    pub(crate) fn user_key(&self, user_id: &str, key_id: &str) -> Option<RegisteredKey> {
        self.users.get(user_id)?.user.keys.iter().find(|key| key.key_id == key_id).cloned()
    }

    pub(crate) fn application(&self, client_id: &str) -> Option<&Application> {
        self.applications.iter().find(|application| application.client_id == client_id)
    }

    /// Remembers a token, and forgets those that ended before it was issued.
    pub(crate) fn enter(&mut self, token: String, grant: Grant) {
        self.tokens.retain(|_, old| old.expires_at > grant.issued_at);
        self.tokens.insert(token, grant);
    }

    /// Finds the grant of a token that works now, with its active user.
    pub(crate) fn grant(&self, token: &str, now: OffsetDateTime) -> Option<(Grant, Entry)> {
        let grant = self.tokens.get(token).filter(|grant| grant.expires_at > now)?;
        let entry = self.users.get(&grant.user_id).filter(|entry| entry.user.state == UserState::Active)?;
        Some((grant.clone(), entry.clone()))
    }
}
