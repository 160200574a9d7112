//! A **lag** is how far a server's projections trail its changes: for some requests after a change, it still responds
//! as before. It counts requests, so tests don't have to wait.

use std::collections::HashMap;

use crate::credential::RegisteredSecret;

/// How many requests pass before each kind of change takes effect. It applies to what is created while it is set.
///
/// Source: ZITADEL v4, measured 2026-11-29; a new user's key and a new secret were refused at first, and lists missed
/// what had just been added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lag {
    /// Token requests that don't know a new key yet.
    pub key: u32,
    /// Token requests that don't know a new secret yet.
    pub secret: u32,
    /// Searches that don't list a new key yet.
    pub list: u32,
    /// Token requests that still accept a secret that was replaced or removed.
    pub old_secret: u32,
}

/// What lags now, and by how many requests.
#[derive(Default)]
pub struct Lagging {
    keys: HashMap<String, u32>,
    secrets: HashMap<String, u32>,
    listed: HashMap<String, u32>,
    old_secrets: Vec<(RegisteredSecret, u32)>,
}

impl Lagging {
    pub fn note_key(&mut self, key_id: &str, lag: Lag) {
        self.keys.insert(key_id.to_owned(), lag.key);
        self.listed.insert(key_id.to_owned(), lag.list);
    }

    pub fn note_secret(&mut self, client_id: &str, lag: Lag) {
        self.secrets.insert(client_id.to_owned(), lag.secret);
    }

    pub fn note_old_secret(&mut self, secret: RegisteredSecret, lag: Lag) {
        self.old_secrets.push((secret, lag.old_secret));
    }

    /// Whether this key is still unknown; counts as one token request.
    pub fn misses_key(&mut self, key_id: &str) -> bool {
        count_down(self.keys.get_mut(key_id))
    }

    pub fn misses_secret(&mut self, client_id: &str) -> bool {
        count_down(self.secrets.get_mut(client_id))
    }

    pub fn misses_in_list(&mut self, key_id: &str) -> bool {
        count_down(self.listed.get_mut(key_id))
    }

    /// Whether a secret that was replaced or removed is accepted once more.
    pub fn still_takes(&mut self, client_id: &str, secret: &str) -> bool {
        let same = |old: &RegisteredSecret| old.client_id == client_id && old.secret == secret;
        count_down(self.old_secrets.iter_mut().find(|(old, _)| same(old)).map(|(_, left)| left))
    }
}

fn count_down(left: Option<&mut u32>) -> bool {
    let Some(left) = left.filter(|left| **left > 0) else { return false };
    *left -= 1;
    true
}
