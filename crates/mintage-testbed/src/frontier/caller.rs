//! The **caller** of Frontier's API: the owner of the credential in the `Authorization` header. Every failure is the
//! same one.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use crate::version::VersionRules;
use mintage_demo::assertion;
use mintage_demo::http::authorization;
use mintage_demo::http::client;
use mintage_demo::refusal::Failure;
use mintage_demo::shared::{Entry, Shared};
use mintage_demo::{User, UserState};

pub(super) struct Caller {
    pub(super) user: User,
    pub(super) way: Way,
}

/// How a caller authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Basic with a secret, id and secret unencoded.
    Secret,
    /// Basic with the id of an opaque token and the token.
    OpaqueToken,
    /// Bearer with a JWT that the service user signed.
    SelfSigned,
    /// Bearer with a token that Frontier signed.
    Exchanged,
}

impl Way {
    /// The claim `auth_via` of a token obtained this way.
    pub(super) fn claim(self) -> &'static str {
        match self {
            Self::Secret => "client_credentials",
            Self::OpaqueToken => "opaque",
            Self::SelfSigned => "jwt_grant",
            Self::Exchanged => "access_token",
        }
    }
}

/// Finds the caller.
pub(super) fn find(rules: &VersionRules, shared: &Shared, headers: &HeaderMap) -> Result<Caller, Failure> {
    let now = shared.now();
    let found = match (authorization::basic(headers), token_of(headers, rules)) {
        (Some((id, secret)), _) => by_secret(shared, &id, &secret),
        // Frontier v0.90 and v0.115, measured: a valid token of a deleted user is a server error.
        (_, Some(token)) if shared.book().is_orphaned(token, now) => return Err(Failure::Internal),
        (_, Some(token)) => by_token(shared, token),
        _ => None,
    };
    found.filter(|caller| caller.user.state == UserState::Active).ok_or(Failure::NoAuthentication)
}

/// The token of the header, read as this version does.
fn token_of<'h>(headers: &'h HeaderMap, rules: &VersionRules) -> Option<&'h str> {
    let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let Some((scheme, token)) = header.split_once(' ') else {
        return rules.takes_bare_token.then_some(header);
    };
    let known = scheme == "Bearer" || rules.takes_lower_case_scheme && scheme.eq_ignore_ascii_case("bearer");
    known.then_some(token)
}

fn by_secret(shared: &Shared, id: &str, secret: &str) -> Option<Caller> {
    if let Ok(user) = client::check_secret(shared, id, secret) {
        return Some(Caller { user, way: Way::Secret });
    }
    let now = shared.now();
    let book = shared.book();
    let (user, token) = book
        .users
        .values()
        .find_map(|Entry { user, .. }| Some((user, user.tokens.iter().find(|token| token.token_id == id)?)))?;
    let works = token.expires_at.is_none_or(|end| end > now)
        && verify_slices_are_equal(secret.as_bytes(), token.token.as_bytes()).is_ok();
    works.then(|| Caller { user: user.clone(), way: Way::OpaqueToken })
}

fn by_token(shared: &Shared, token: &str) -> Option<Caller> {
    let now = shared.now();
    let exchanged = shared.book().grant(token, now);
    match exchanged {
        // An opaque token works only as Basic.
        Some((grant, _)) if grant.ready_made => None,
        Some((_, entry)) => Some(Caller { user: entry.user, way: Way::Exchanged }),
        None => self_signed(shared, token),
    }
}

fn self_signed(shared: &Shared, token: &str) -> Option<Caller> {
    let keys_of = |key_id: &str| shared.book().owner_of_key(key_id).map(|user| user.keys.clone());
    let checked = assertion::check(token, &shared.rules.assertion, &[], shared.now(), keys_of).ok()?;
    // `gen` marks the server's own tokens, and this isn't one.
    if checked.claims.contains_key("gen") {
        return None;
    }
    let user = shared.book().owner_of_key(&checked.issuer).cloned()?;
    Some(Caller { user, way: Way::SelfSigned })
}
