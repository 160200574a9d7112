//! What can be checked **locally**, without the server's help: key, token, scopes, audience, host, clock.
//!
//! Rule: [`certain`] names only what must fail, since it stops a request from being sent; [`likely`] may guess, since
//! the request has already failed.

use time::Duration;

use super::cause::{assertion, client, request, token};
use super::{Case, Cause, transport};
use crate::credential::CredentialKind;
use crate::issuer::IssuerError;
use crate::moment::Skew;
use crate::provider::RequestKind;

/// How much a measurement may overstate a clock that is ahead: a `Date` is truncated to whole seconds, servers round
/// theirs to whole seconds, and the response took a while to arrive.
const DOUBT: Duration = Duration::seconds(3);

/// Causes that no server of this provider would accept.
pub(super) fn certain(case: &Case<'_>) -> Vec<Cause> {
    let missing = [certificate(case), secret(case), scope(case)];
    let causes = [application(case), key(case), shown_token(case)].into_iter().chain(missing);
    causes
        .chain([assertion::audience_empty(case).or_else(|| strict_audience(case)), certain_clock(case)])
        .flatten()
        .collect()
}

/// Causes that explain a refusal after the fact.
pub(super) fn likely(case: &Case<'_>) -> Vec<Cause> {
    let clock = date(case).or_else(|| likely_clock(case));
    let audience = assertion::audience_lacks_issuer(case);
    [assertion::file_of_other_endpoint(case), clock, assertion::host_differs(case), audience]
        .into_iter()
        .flatten()
        .collect()
}

/// Elsewhere the user may have set another audience on purpose: suspicious, not wrong.
fn strict_audience(case: &Case<'_>) -> Option<Cause> {
    assertion::audience_lacks_issuer(case).filter(|_| case.provider.refusals.issuer_in_audience)
}

/// By the server's clock, if it is known: with a local clock far ahead, every key would look expired.
fn key(case: &Case<'_>) -> Option<Cause> {
    let proves = case.token.is_none_or(|token| token.ready_made);
    let expired = case.credential?.expires_at.filter(|at| proves && *at <= case.server_now())?;
    Some(assertion::key_expired(case, expired))
}

fn shown_token(case: &Case<'_>) -> Option<Cause> {
    let expired = case.token?.expires_at.filter(|at| *at <= case.now)?;
    token::expired_at(case, expired)
}

/// ZITADEL's two kinds of key file look alike, but only one of them is a service user's.
fn application(case: &Case<'_>) -> Option<Cause> {
    let mints = case.request == RequestKind::Token;
    (mints && case.kind() == Some(CredentialKind::ApplicationKey)).then(|| assertion::application_key(case))
}

fn certificate(case: &Case<'_>) -> Option<Cause> {
    let wanted = case.assertion()?.header.certificate;
    (wanted && case.credential?.certificate.is_none()).then(|| assertion::certificate_missing(case))
}

fn secret(case: &Case<'_>) -> Option<Cause> {
    case.lacks_secret.then(|| client::secret_missing(case))
}

fn scope(case: &Case<'_>) -> Option<Cause> {
    let required = case.provider.scopes.required && case.request == RequestKind::Token;
    request::scope_empty(case).filter(|_| required)
}

/// `iat` is backdated, so a clock may be ahead by that much more than the servers tolerate; it may be behind until the
/// assertion has expired before it is sent (RFC 7523 §3 points 4 and 6). For a clock that is behind, the tolerance
/// counts twice: a server that is strict on one end may be lenient on the other.
fn certain_clock(case: &Case<'_>) -> Option<Cause> {
    let (off, backdated) = (case.remaining_skew()?, backdated(case)?);
    if off > tolerance(case) + backdated + DOUBT {
        return Some(assertion::clock_ahead(case, off));
    }
    let dead = -off >= case.lifetime - lenient(case) + Duration::seconds(1) + tolerance(case) * 2;
    dead.then(|| assertion::clock_behind(case, off))
}

/// A `Date` that is years away from the local clock: by one of the two, every time in the assertion is wrong.
fn date(case: &Case<'_>) -> Option<Cause> {
    case.assertion()?;
    let said = case.said?;
    let date = said.server_date.filter(|date| Skew::between(case.now, *date).is_none())?;
    transport::explain(&IssuerError::DateUnbelieved { host: said.host.clone(), date }).into_iter().next()
}

/// A refusal has happened, so a clock is suspected as soon as backdating no longer hides its error.
fn likely_clock(case: &Case<'_>) -> Option<Cause> {
    let (off, backdated) = (case.remaining_skew()?, backdated(case)?);
    // GitHub, Keycloak and others barely backdate; a second off doesn't count for them.
    if off > backdated.max(Duration::seconds(1)) {
        return Some(assertion::clock_ahead(case, off));
    }
    (-off >= case.lifetime - lenient(case)).then(|| assertion::clock_behind(case, off))
}

fn backdated(case: &Case<'_>) -> Option<Duration> {
    case.assertion().map(|grant| Duration::seconds(grant.backdate.into()))
}

/// A tolerance as long as the assertion's lifetime would blame a clock that is right.
fn lenient(case: &Case<'_>) -> Duration {
    tolerance(case).min(case.lifetime / 2)
}

fn tolerance(case: &Case<'_>) -> Duration {
    Duration::seconds(case.provider.clock_tolerance.into())
}
