//! The **secrets** of a client: several, each with an id, and some of them switched off.

use mintage_demo::{RegisteredSecret, random};
use time::OffsetDateTime;

use super::Call;

/// A secret that the server knows.
#[derive(Clone)]
pub(super) struct Secret {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) created_at: OffsetDateTime,
    pub(super) expires_at: Option<OffsetDateTime>,
    pub(super) active: bool,
    owner: String,
    value: RegisteredSecret,
}

impl Call<'_> {
    /// A client's secrets, those that were registered without this API included.
    pub(super) fn secrets(&self, owner: &str) -> Vec<Secret> {
        let registered = self.shared.book().user(owner).map(|user| user.secrets.clone()).unwrap_or_default();
        let created_at = self.shared.now();
        let mut known = self.known_secrets();
        // What was removed in the console is gone here too.
        known.retain(|one| one.owner != owner || !one.active || registered.contains(&one.value));
        for value in registered {
            if !known.iter().any(|one| one.owner == owner && one.value == value) {
                let (id, title, owner) = (random::uuid(), String::new(), owner.to_owned());
                known.push(Secret { id, title, created_at, expires_at: value.expires_at, active: true, owner, value });
            }
        }
        known.iter().filter(|one| one.owner == owner).cloned().collect()
    }

    /// Makes a secret, which works at once, and tells its value.
    pub(super) fn add_secret(&self, owner: &str, title: &str, expires_at: Option<OffsetDateTime>) -> (Secret, String) {
        let text = format!("made-{}", random::uuid());
        let client_id =
            self.shared.book().user(owner).and_then(|user| user.secrets.first()).map(|one| one.client_id.clone());
        let value = RegisteredSecret {
            expires_at,
            ..RegisteredSecret::new(client_id.unwrap_or_else(|| owner.to_owned()), &text)
        };
        self.shared.change_user(owner, |user| user.secrets.push(value.clone()));
        let (id, title, created_at) = (random::uuid(), title.to_owned(), self.shared.now());
        let secret = Secret { id, title, created_at, expires_at, active: true, owner: owner.to_owned(), value };
        self.known_secrets().push(secret.clone());
        (secret, text)
    }

    /// Switches a secret on or off, and returns it as it is now.
    pub(super) fn set_secret_active(&self, secret: &Secret, active: bool) -> Secret {
        self.known_secrets().iter_mut().filter(|one| one.id == secret.id).for_each(|one| one.active = active);
        self.shared.change_user(&secret.owner, |user| {
            user.secrets.retain(|one| *one != secret.value);
            user.secrets.extend(active.then(|| secret.value.clone()));
        });
        Secret { active, ..secret.clone() }
    }

    pub(super) fn remove_secret(&self, secret: &Secret) {
        self.known_secrets().retain(|one| one.id != secret.id);
        self.shared.change_user(&secret.owner, |user| user.secrets.retain(|one| *one != secret.value));
    }
}
