//! The **caller** of Frontier's API: whoever the `Authorization` header belongs to. Every failure is the
//! same one.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use crate::assertion;
use crate::http::authorization;
use crate::http::client;
use crate::refusal::Failure;
use crate::shared::{Entry, Shared};
use crate::user::{User, UserState};
use crate::version::VersionRules;

pub(super) struct Caller {
    pub(super) user: User,
    pub(super) way: Way,
}

/// How a caller proved who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Basic with a secret, id and secret as they are.
    Secret,
    /// Basic with the id of an opaque token and the token.
    OpaqueToken,
    /// Bearer with a JWT that the service user signed.
    SelfSigned,
    /// Bearer with a token that Frontier signed.
    Exchanged,
}

impl Way {
    /// The claim `auth_via` of a token that was got this way.
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
pub(super) fn find(shared: &Shared, headers: &HeaderMap) -> Result<Caller, Failure> {
    let now = shared.now();
    let found = match (authorization::basic(headers), token_of(headers, shared.version().rules())) {
        (Some((id, secret)), _) => by_secret(shared, &id, &secret),
        // Frontier v0.90 and v0.115, measured: a live token of a deleted user is a server error.
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
        return Some(header).filter(|_| rules.takes_bare_token);
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
        // An opaque token works as Basic only.
        Some((grant, _)) if grant.ready_made => None,
        Some((_, entry)) => Some(Caller { user: entry.user, way: Way::Exchanged }),
        None => self_signed(shared, token),
    }
}

fn self_signed(shared: &Shared, token: &str) -> Option<Caller> {
    let keys_of = |key_id: &str| shared.book().owner_of_key(key_id).map(|user| user.keys.clone());
    let checked = assertion::check(token, &shared.rules.assertion, &[], shared.now(), keys_of).ok()?;
    // `gen` marks the tokens of the server itself, and this is none of them.
    if checked.claims.contains_key("gen") {
        return None;
    }
    let user = shared.book().owner_of_key(&checked.issuer).cloned()?;
    Some(Caller { user, way: Way::SelfSigned })
}
