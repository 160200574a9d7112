//! The **edge**: what happens to every request before and after its endpoint – the log, the host, the quirks that
//! replace the endpoint, and the `Date` header.

use std::sync::Arc;
use std::time::SystemTime;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HOST, HeaderName, RETRY_AFTER, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use time::OffsetDateTime;
use time::macros::datetime;

use super::answer;
use super::connection::Connection;
use super::form::Form;
use super::zitadel;
use crate::quirks::{Instead, Loss, RateLimit};
use crate::requests::SeenRequest;
use crate::shared::Shared;

/// The largest body that is read; an assertion with its scopes takes a few thousand bytes.
const BODY_LIMIT: usize = 64 * 1024;

pub(super) async fn edge(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let mut response = match to_bytes(body, BODY_LIMIT).await {
        Err(_) => answer::plain(StatusCode::PAYLOAD_TOO_LARGE, "request body too large\n".to_owned()),
        Ok(body) => {
            shared.record(|| seen(&parts, &body));
            if shared.quirks().silent && !is_free(&shared, &parts) {
                until_the_end(&shared).await;
            }
            let lost = loss(&shared, &parts);
            let response = match answer_instead(&shared, &parts) {
                Some(response) => Some(response),
                None if lost.as_ref().is_some_and(|loss| !loss.done) => None,
                None => Some(next.run(Request::from_parts(parts, Body::from(body))).await),
            };
            match (lost, response) {
                (Some(loss), _) => lose(&shared, &connection, loss.instead).await,
                (None, response) => response.unwrap_or_else(bad_gateway),
            }
        }
    };
    // The server library would write the computer's own time, but it must agree with the checks.
    response.headers_mut().insert(DATE, date(shared.now()));
    response
}

fn seen(parts: &Parts, body: &[u8]) -> SeenRequest {
    let header = |name: HeaderName| Some(parts.headers.get(name)?.to_str().ok()?.to_owned());
    let text = |(name, value): (&HeaderName, &HeaderValue)| Some((name.to_string(), value.to_str().ok()?.to_owned()));
    SeenRequest {
        method: parts.method.to_string(),
        path: parts.uri.path_and_query().map_or_else(|| parts.uri.path().to_owned(), ToString::to_string),
        content_type: header(CONTENT_TYPE),
        authorization: header(AUTHORIZATION).and_then(|value| Some(value.split(' ').next()?.to_owned())),
        form: Form::read(&parts.headers, body).into_fields(),
        headers: parts.headers.iter().filter_map(text).collect(),
        body: String::from_utf8_lossy(body).into_owned(),
    }
}

/// Whether a request is for what everyone may read at any time: discovery and the key set.
fn is_free(shared: &Shared, parts: &Parts) -> bool {
    let paths = &shared.rules.paths;
    [paths.discovery, paths.keys].contains(&Some(parts.uri.path()))
}

/// Only the end of the server ends this; the only error is that it is gone.
async fn until_the_end(shared: &Shared) {
    drop(shared.stopping.subscribe().wait_for(|stopping| *stopping).await);
}

/// What the client gets of a lost answer.
async fn lose(shared: &Shared, connection: &Connection, instead: Instead) -> Response {
    match instead {
        Instead::BadGateway => {}
        Instead::Cut => connection.abort(),
        Instead::Silence => until_the_end(shared).await,
    }
    bad_gateway()
}

/// Whether this answer will be lost, and how.
fn loss(shared: &Shared, parts: &Parts) -> Option<Loss> {
    let mut book = shared.book();
    let (method, path) = (parts.method.as_str(), parts.uri.path());
    let is_method = |wanted: &str| wanted.is_empty() || wanted == method;
    let fits = |loss: &&mut Loss| loss.times > 0 && is_method(&loss.method) && path.ends_with(&loss.path_end);
    let loss = book.quirks.losses.iter_mut().find(fits)?;
    if loss.after > 0 {
        loss.after -= 1;
        return None;
    }
    loss.times -= 1;
    Some(loss.clone())
}

/// What a reverse proxy says whose server didn't answer it (RFC 9110 §15.6.3).
fn bad_gateway() -> Response {
    answer::plain(StatusCode::BAD_GATEWAY, "bad gateway\n".to_owned())
}

fn answer_instead(shared: &Shared, parts: &Parts) -> Option<Response> {
    let quirks = shared.quirks();
    if quirks.html_instead {
        return Some(answer::html(StatusCode::OK, "<!doctype html><title>Welcome</title><p>Please sign in.</p>"));
    }
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let known = host == shared.authority || quirks.endpoints_elsewhere && host == shared.other_authority;
    if !known {
        return Some(answer::plain(StatusCode::NOT_FOUND, unknown_host(shared, host)));
    }
    if is_free(shared, parts) {
        return None;
    }
    if let Some(redirect) = &quirks.redirect {
        return Some(answer::redirect(redirect, parts.uri.path()));
    }
    if quirks.quota_exhausted {
        return Some(quota_exhausted(shared, parts));
    }
    over_quota(shared, quirks.rate_limit?)
}

/// ZITADEL v2.55 and v4, measured: the text names the server's configured domain.
fn unknown_host(shared: &Shared, host: &str) -> String {
    if !shared.names_its_domain {
        return "404 page not found\n".to_owned();
    }
    let domain = shared.authority.split(':').next().unwrap_or_default();
    format!("unable to set instance using origin http://{host} (ExternalDomain is {domain}): Instance not found\n")
}

/// ZITADEL v2.55 and v4, measured: there is no `Retry-After`, because waiting doesn't help.
fn quota_exhausted(shared: &Shared, parts: &Parts) -> Response {
    if zitadel::serves(parts.uri.path()) {
        return zitadel::quota_exhausted(shared, parts.uri.path(), &parts.headers);
    }
    let text = "Your ZITADEL instance is blocked.\n".to_owned();
    let mut response = answer::plain(StatusCode::TOO_MANY_REQUESTS, text);
    response.headers_mut().insert(SET_COOKIE, HeaderValue::from_static("zitadel.quota.exhausted=true; Path=/"));
    response
}

fn over_quota(shared: &Shared, limit: RateLimit) -> Option<Response> {
    let mut book = shared.book();
    if book.counted < limit.after {
        book.counted += 1;
        return None;
    }
    let mut response = answer::plain(StatusCode::TOO_MANY_REQUESTS, "too many requests\n".to_owned());
    if let Some(wait) = limit.retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.whole_seconds().max(0)));
    }
    Some(response)
}

/// IMF-fixdate (RFC 9110 §5.6.7), which supports only the years 1970 to 9999.
fn date(now: OffsetDateTime) -> HeaderValue {
    let now = now.clamp(OffsetDateTime::UNIX_EPOCH, datetime!(9999-12-31 23:59:59 UTC));
    HeaderValue::from_str(&httpdate::fmt_http_date(SystemTime::from(now))).expect("a date is plain ASCII")
}
