//! The **token endpoint**: exchanges client authentication for an access token (RFC 6749 §3.2).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use serde_json::Value;
use time::OffsetDateTime;

use super::answer;
use super::authentication::{self, AuthenticatedClient, Request};
use super::form::Form;
use crate::random;
use crate::refusal::Failure;
use crate::rules::{CLIENT_CREDENTIALS, Issued, ScopePlace};
use crate::scope::Scopes;
use crate::shared::Shared;
use crate::token::{Grant, Press, TokenAudience};

pub(super) async fn token(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let read = if shared.rules.takes_json { Form::read_either } else { Form::read };
    let form = read(&headers, &body);
    match exchange(&shared, &Request { headers: &headers, form: &form, path: uri.path() }) {
        Ok(token) => {
            let status = StatusCode::from_u16(shared.rules.status).unwrap_or(StatusCode::OK);
            answer::unstored(answer::json(status, &token))
        }
        Err(failure) => answer::refusal(&shared, &failure),
    }
}

fn exchange(shared: &Shared, request: &Request<'_>) -> Result<Value, Failure> {
    let rule = shared.rules.grant(request.form.one("grant_type")?)?;
    let quirks = shared.quirks();
    if rule.grant_type == Some(CLIENT_CREDENTIALS) && !quirks.dialect.takes_secrets() {
        return Err(Failure::GrantTypeUnsupported(CLIENT_CREDENTIALS.to_owned()));
    }
    let client = authentication::authenticate(shared, rule, request)?;
    if quirks.dpop_required && !request.headers.contains_key("dpop") {
        return Err(Failure::PossessionUnproven);
    }
    if quirks.grant_not_allowed {
        return Err(Failure::GrantNotAllowed);
    }
    let scopes = scopes(shared, &client, request.form)?;
    if !shared.is_served(&client.user) {
        return Err(Failure::UserNotActive);
    }
    let grant = grant(shared, &client, scopes, request.form)?;
    if quirks.consent_missing || !client.consented {
        return Err(Failure::ConsentMissing(grant.audience.join(" ")));
    }
    respond(shared, &client, grant).ok_or(Failure::Internal)
}

/// Which of the requested scopes are granted (RFC 6749 §3.3).
fn scopes(shared: &Shared, client: &AuthenticatedClient, form: &Form) -> Result<Scopes, Failure> {
    let rule = &shared.rules.scope;
    let quirks = shared.quirks();
    let requested = match rule.place {
        ScopePlace::FormAsZitadel | ScopePlace::Form => form.one("scope")?.unwrap_or_default(),
        ScopePlace::Claim | ScopePlace::ClaimOrTarget => client.text("scope").unwrap_or_default(),
        ScopePlace::Nowhere => "",
    };
    let all = Scopes::all(requested);
    if all.is_empty() && rule.required && quirks.dialect.requires_scope() && target(shared, client).is_none() {
        return Err(Failure::ScopeMissing);
    }
    let refused = |scope: &&str| {
        rule.suffix.is_some_and(|suffix| !scope.ends_with(suffix))
            || quirks.refused_scopes.iter().any(|one| one == scope)
    };
    if let Some(scope) = all.iter().find(refused) {
        return Err(Failure::ScopeRefused(scope.to_owned()));
    }
    let known = match rule.place {
        ScopePlace::FormAsZitadel => Scopes::read(requested).unwrap_or_default(),
        _ => all,
    };
    Ok(known.without(&quirks.dropped_scopes))
}

/// The audience of a requested id token, which replaces the access token (Google's `target_audience`).
fn target<'p>(shared: &Shared, client: &'p AuthenticatedClient) -> Option<&'p str> {
    client.text("target_audience").filter(|_| shared.rules.scope.place == ScopePlace::ClaimOrTarget)
}

fn grant(shared: &Shared, client: &AuthenticatedClient, scopes: Scopes, form: &Form) -> Result<Grant, Failure> {
    let now = shared.now();
    Ok(Grant {
        user_id: client.user.user_id.clone(),
        subject: client.subject.clone(),
        audience: audience(shared, client, &scopes, form)?,
        scopes,
        issued_at: now,
        expires_at: now.saturating_add(shared.quirks().token_lifetime),
        jwt_id: random::text::<16>(),
        ready_made: false,
    })
}

fn audience(
    shared: &Shared,
    client: &AuthenticatedClient,
    scopes: &Scopes,
    form: &Form,
) -> Result<Vec<String>, Failure> {
    Ok(match shared.rules.token.audience {
        TokenAudience::Issuer => vec![shared.issuer().to_owned()],
        TokenAudience::Projects if scopes.projects().is_empty() => vec![client.user.user_id.clone()],
        TokenAudience::Projects => scopes.projects(),
        TokenAudience::Scope => {
            let suffix = shared.rules.scope.suffix.unwrap_or_default();
            scopes.iter().map(|scope| scope.trim_end_matches(suffix).to_owned()).collect()
        }
        TokenAudience::Field => {
            let api = form.required("audience")?;
            if !shared.apis.is_empty() && !shared.apis.iter().any(|known| known == api) {
                return Err(Failure::ApiUnknown(api.to_owned()));
            }
            vec![api.to_owned()]
        }
    })
}

/// The token response in the system's own shape.
fn respond(shared: &Shared, client: &AuthenticatedClient, grant: Grant) -> Option<Value> {
    let place = shared.place();
    let key = shared.book().keys.current();
    let press = Press { issuer: &place.issuer, rules: &shared.rules.token, key: &key, sealer: &shared.sealer };
    let access_token = grant.access_token(&client.user, &press)?;
    let id_token = match target(shared, client) {
        Some(audience) => Some(grant.id_token(&place.issuer, audience, grant.expires_at, &key)?),
        None if grant.scopes.has("openid") => {
            let end = id_token_end(shared, &grant);
            Some(grant.id_token(&place.issuer, &grant.user_id, end, &key)?)
        }
        None => None,
    };
    let issued = Issued { place: &place, grant: &grant, access_token: &access_token, id_token };
    let response = (shared.rules.respond)(&issued);
    shared.book().enter(access_token, grant);
    Some(response)
}

fn id_token_end(shared: &Shared, grant: &Grant) -> OffsetDateTime {
    // Only ZITADEL has this bug.
    let at_issue = shared.quirks().id_token_expires_at_issue && shared.rules.guards_audience();
    if at_issue { grant.issued_at } else { grant.expires_at }
}
