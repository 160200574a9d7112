//! The **APIs that manage keys** of the vendors that take public halves, as far as a rotation uses them: as strict as
//! their documentation, with their own shapes and refusals. Not measured on running servers, unlike ZITADEL's and
//! Frontier's.
//!
//! Sources: each vendor's reference of the calls (Google IAM `projects.serviceAccounts.keys`, Microsoft Graph
//! `application: addKey`, Okta *Application credentials*, Auth0 Management API v2 `clients/credentials`, Keycloak Admin
//! REST API `certificates`, STACKIT *Service Account API*), and the reports that a comment names.

mod certificate;
mod reply;
mod secrets;
mod vendors;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use mintage_demo::http::{answer, authorization, path, standard};
use mintage_demo::refusal::Failure;
use mintage_demo::rules::Rules;
use mintage_demo::shared::Shared;
use mintage_demo::{RegisteredKey, Service, User};
use serde_json::Value;

use reply::Reply;

/// The vendors whose API is imitated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vendor {
    Google,
    Entra,
    Okta,
    Auth0,
    Keycloak,
    Stackit,
}

impl Vendor {
    /// What the paths of its API begin with.
    fn prefix(self) -> &'static str {
        match self {
            Self::Google => "/v1/projects/",
            Self::Entra => "/v1.0/",
            Self::Okta => "/api/v1/",
            Self::Auth0 => "/api/v2/",
            Self::Keycloak => "/admin/",
            Self::Stackit => "/v2/",
        }
    }
}

/// A vendor's API.
struct Management {
    vendor: Vendor,
    secrets: Mutex<Vec<secrets::Secret>>,
}

/// A server with OAuth's endpoints and the vendor's API beside them.
pub(crate) fn service(rules: Rules, vendor: Vendor) -> Service {
    let management = Arc::new(Management { vendor, secrets: Mutex::default() });
    let endpoints = standard(&rules.paths).fallback(serve).layer(Extension(management));
    Service { rules, endpoints, names_its_domain: false }
}

/// One call, whose caller is known.
struct Call<'a> {
    shared: &'a Shared,
    management: &'a Management,
    caller: User,
    method: &'a str,
    segments: Vec<String>,
    query: &'a str,
    /// `null` without a body.
    body: Value,
    text: &'a str,
}

async fn serve(
    State(shared): State<Arc<Shared>>,
    Extension(management): Extension<Arc<Management>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Some(reply) = vendors::with_own_token(&shared, management.vendor, &method, &uri, &headers, &body) {
        return written(reply);
    }
    if !uri.path().starts_with(management.vendor.prefix()) {
        return answer::refusal(&shared, &Failure::PathUnknown(uri.path().to_owned()));
    }
    written(match read(&shared, &management, &method, &uri, &headers, &body) {
        Ok(call) => vendors::answer(&call),
        Err(reply) => reply,
    })
}

fn written(Reply(status, value): Reply) -> Response {
    let status = axum::http::StatusCode::from_u16(status).unwrap_or_default();
    if value.is_null() { answer::empty(status) } else { answer::json(status, &value) }
}

fn read<'a>(
    shared: &'a Shared,
    management: &'a Management,
    method: &'a Method,
    uri: &'a Uri,
    headers: &HeaderMap,
    body: &'a Bytes,
) -> Result<Call<'a>, Reply> {
    let unknown = || Reply::unauthenticated(management.vendor);
    let token = authorization::bearer(headers).ok_or_else(unknown)?;
    // The clock is in the book, too.
    let now = shared.now();
    let (_, entry) = shared.book().grant(token, now).ok_or_else(unknown)?;
    let text = std::str::from_utf8(body).unwrap_or_default();
    let is_json = headers.get("content-type").is_some_and(|value| value.as_bytes().starts_with(b"application/json"));
    let body = if is_json {
        serde_json::from_str(text).map_err(|_| Reply::invalid(management.vendor, "JSON"))?
    } else {
        Value::Null
    };
    Ok(Call {
        shared,
        management,
        caller: entry.user,
        method: method.as_str(),
        segments: path::segments(uri.path()),
        query: uri.query().unwrap_or_default(),
        body,
        text,
    })
}

impl Call<'_> {
    fn known_secrets(&self) -> MutexGuard<'_, Vec<secrets::Secret>> {
        self.management.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the caller may manage another's keys.
    fn is_administrator(&self) -> bool {
        self.caller.administrator
    }

    /// Whether the caller may manage another's keys, and nobody lacks this permission.
    fn may(&self, permission: &str) -> bool {
        self.is_administrator() && !self.shared.quirks().missing_rights.iter().any(|missing| missing == permission)
    }

    fn text(&self, member: &str) -> Option<&str> {
        self.body.pointer(member)?.as_str()
    }

    /// A user's keys: those that work, and those that don't.
    fn keys(&self, user_id: &str) -> Vec<(RegisteredKey, bool)> {
        let active = self.shared.book().keys_of(user_id).unwrap_or_default();
        let idle = self.shared.book().user(user_id).map(|user| user.idle_keys.clone()).unwrap_or_default();
        active.into_iter().map(|key| (key, true)).chain(idle.into_iter().map(|key| (key, false))).collect()
    }

    fn knows(&self, user_id: &str) -> bool {
        self.shared.book().user(user_id).is_some()
    }

    /// Adds a key with a title; `works` says whether at once.
    fn add(&self, user_id: &str, key: RegisteredKey, title: &str, works: bool) {
        let now = self.shared.now();
        self.shared.book().label(user_id, &key.key_id, title.to_owned(), now);
        self.shared.change_user(user_id, |user| if works { user.keys.push(key) } else { user.idle_keys.push(key) });
    }

    /// Switches a key on or off. `false` if there is none.
    fn set_active(&self, user_id: &str, key_id: &str, active: bool) -> bool {
        let Some((key, is_active)) = self.keys(user_id).into_iter().find(|(key, _)| key.key_id == key_id) else {
            return false;
        };
        if active != is_active {
            self.remove(user_id, key_id);
            self.shared
                .change_user(user_id, |user| if active { user.keys.push(key) } else { user.idle_keys.push(key) });
        }
        true
    }

    /// Removes a key. `false` if there is none.
    fn remove(&self, user_id: &str, key_id: &str) -> bool {
        let there = self.keys(user_id).iter().any(|(key, _)| key.key_id == key_id);
        self.shared.change_user(user_id, |user| {
            user.keys.retain(|key| key.key_id != key_id);
            user.idle_keys.retain(|key| key.key_id != key_id);
        });
        there
    }

    /// A key's title and when it was added.
    fn label(&self, key_id: &str) -> (String, String) {
        let label = self.shared.book().labels.get(key_id).cloned();
        let at = label.as_ref().map_or_else(|| self.shared.now(), |label| label.created_at);
        (label.map(|label| label.title).unwrap_or_default(), reply::time(at))
    }
}
