//! **Frontier's** endpoints: the same calls, by REST under one of two paths or by Connect.

mod call;
mod caller;
mod credentials;
mod procedures;
mod resources;
mod rules;
mod shapes;

use std::sync::Arc;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::{Extension, Router};
use serde_json::{Value, json};

use crate::version::Version;
use call::Call;
use caller::{Caller, Way};
use mintage_demo::Service;
use mintage_demo::http::{answer, spacing};
use mintage_demo::random;
use mintage_demo::refusal::Failure;
use mintage_demo::scope::Scopes;
use mintage_demo::shared::Shared;
use mintage_demo::token::Grant;
pub use rules::Calls;

/// A Frontier.
#[derive(Clone, Debug)]
pub struct Frontier {
    /// Its transport.
    pub calls: Calls,
    /// Its version.
    pub version: Version,
    /// `iss` of its tokens; its sample configuration has `http://localhost.frontier`.
    pub token_issuer: String,
}

impl Frontier {
    /// The last version with this transport.
    pub fn new(calls: Calls) -> Self {
        let version = match calls {
            Calls::Shield => Version::Shield,
            Calls::Rest => Version::V0_90,
            Calls::Connect => Version::V0_115,
        };
        Self { calls, version, token_issuer: "frontier".to_owned() }
    }

    /// What an issuer needs to be this server.
    pub fn service(self) -> Service {
        let rules = rules::of(self.calls, self.version);
        let endpoints = Router::new();
        let endpoints = match self.calls {
            Calls::Connect => endpoints.fallback(procedures::serve),
            Calls::Shield | Calls::Rest => endpoints.fallback(resources::serve),
        };
        Service { rules, endpoints: endpoints.layer(Extension(Arc::new(self))), names_its_domain: false }
    }
}

/// Performs a call and responds. Creating a key takes a moment and doesn't delay other requests.
async fn carry_out(
    frontier: Arc<Frontier>,
    shared: Arc<Shared>,
    headers: HeaderMap,
    call: Result<Call, Failure>,
) -> Response {
    let server = Arc::clone(&shared);
    let camel_case = frontier.version.rules().charset_makes_camel_case && names_charset(&headers);
    let work = move || call.and_then(|call| perform(&frontier, &server, &headers, call));
    match tokio::task::spawn_blocking(work).await.unwrap_or(Err(Failure::Internal)) {
        Ok(message) => {
            let message = if camel_case { shapes::in_camel_case(message) } else { message };
            answer::unstored(answer::json_text(StatusCode::OK, spacing::written(&message, shared.count())))
        }
        Err(failure) => answer::refusal(&shared, &failure),
    }
}

/// Connect picks its codec by the whole content type. Only the codec for the type without parameters is
/// configured to keep the names of the definition.
fn names_charset(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.contains("charset"))
}

fn perform(frontier: &Frontier, shared: &Shared, headers: &HeaderMap, call: Call) -> Result<Value, Failure> {
    let calls = frontier.calls;
    // Only Connect requires authentication for reading the key set.
    if matches!(call, Call::KeySet) && calls != Calls::Connect {
        return Ok(shapes::key_set(shared, calls));
    }
    let caller = caller::find(frontier.version.rules(), shared, headers)?;
    match call {
        Call::KeySet => Ok(shapes::key_set(shared, calls)),
        Call::Token => token(frontier, shared, headers, &caller),
        Call::Myself => myself(frontier, shared, &caller),
        other => credentials::manage(shared, &caller, calls, other),
    }
}

/// Issues an access token for any credential of a service user, except another access token.
fn token(frontier: &Frontier, shared: &Shared, headers: &HeaderMap, caller: &Caller) -> Result<Value, Failure> {
    let quirks = shared.quirks();
    if caller.way == Way::Exchanged || quirks.grant_not_allowed {
        return Err(Failure::NoAuthentication);
    }
    if caller.user.superuser && !frontier.version.rules().superuser_exchanges {
        return Err(Failure::SuperuserExchange);
    }
    if quirks.organisation_disabled {
        return Err(Failure::OrganisationDisabled);
    }
    let now = shared.now();
    let user_id = caller.user.user_id.clone();
    let grant = Grant {
        subject: user_id.clone(),
        user_id,
        audience: Vec::new(),
        scopes: Scopes::default(),
        issued_at: now,
        expires_at: now.saturating_add(quirks.token_lifetime),
        jwt_id: random::uuid(),
        ready_made: false,
    };
    let key = shared.book().keys.current();
    let mut claims = shapes::token_claims(&frontier.token_issuer, &grant, caller, key.key_id());
    if let Some(project) = headers.get("x-project").and_then(|project| project.to_str().ok()) {
        claims["project_id"] = json!(project);
    }
    let access_token = key.sign(&claims).ok_or(Failure::Internal)?;
    let response = json!({ "access_token": access_token, "token_type": "Bearer" });
    shared.book().enter(access_token, grant);
    Ok(response)
}

fn myself(frontier: &Frontier, shared: &Shared, caller: &Caller) -> Result<Value, Failure> {
    let unknown = shared.quirks().exchanged_token_is_nobody || !frontier.version.rules().knows_exchanged_tokens;
    if caller.way == Way::Exchanged && unknown {
        return Err(Failure::NotFound("user doesn't exist"));
    }
    let mut message = json!({ "serviceuser": shapes::service_user(shared, &caller.user) });
    if frontier.calls.writes_empty() {
        message["user"] = Value::Null;
    }
    Ok(message)
}
