//! What can be checked **locally**, without the server's help: key, scopes, audience, clock.
//!
//! Rule: [`certain`] names only what must fail, as it stops a request from being sent; [`likely`] may
//! guess, as the request has failed already.

use time::Duration;

use super::{Attempt, Cause, Purpose, cause, way};
use crate::credential::CredentialKind;
use crate::error::{IssuerError, Refusal};
use crate::moment::Skew;
use crate::provider::RefusalDialect;

/// Causes that no server of this provider would let pass.
pub(super) fn certain(attempt: &Attempt<'_>) -> Vec<Cause> {
    // The tolerance counts twice: a server that is strict on one end may be lenient on the other. One
    // second more is what a `Date` header, cut to whole seconds, may be off.
    let behind = Duration::seconds(1) + tolerance(attempt) * 2;
    let clock = clock(attempt, Duration::seconds(1), behind);
    let missing = [certificate(attempt), secret(attempt), scope(attempt)];
    let causes = [application(attempt), key(attempt)].into_iter().chain(missing);
    causes.chain([empty_audience(attempt).or_else(|| ruled_audience(attempt)), clock]).flatten().collect()
}

/// Causes that explain a refusal, as it has happened.
pub(super) fn likely(attempt: &Attempt<'_>) -> Vec<Cause> {
    let clock = clock(attempt, Duration::ZERO, Duration::ZERO);
    let audience = empty_audience(attempt).or_else(|| ruled_audience(attempt));
    let missing = [certificate(attempt), secret(attempt), audience, scope(attempt)];
    [application(attempt), key(attempt), endpoint(attempt), clock].into_iter().chain(missing).flatten().collect()
}

/// Whether the assertion is addressed to nobody, where the provider addresses it (RFC 7523 §3 point 3).
fn empty_audience(attempt: &Attempt<'_>) -> Option<Cause> {
    let wanted = !attempt.assertion()?.audience.is_empty();
    let empty = attempt.audience.iter().all(|part| part.trim().is_empty());
    (wanted && empty).then(|| cause::audience_empty(attempt))
}

/// Whether the key file named another server's token endpoint than the one that is asked.
fn endpoint(attempt: &Attempt<'_>) -> Option<Cause> {
    let told = attempt.credential.token_endpoint.as_deref().filter(|_| attempt.purpose == Purpose::Token)?;
    let told = url::Url::parse(told).ok().map(|url| crate::environment::host_and_port(&url))?;
    (told != attempt.endpoint_host).then(|| cause::file_of_other_endpoint(attempt, &told))
}

/// Whether the issuer is missing among the audiences, where the provider wants it there.
pub(super) fn audience(attempt: &Attempt<'_>) -> Option<Cause> {
    let ruled = attempt.assertion()?.audience.iter().any(|part| part == "{issuer}");
    let lacks = !attempt.audience.iter().any(|entry| entry == attempt.issuer);
    (ruled && lacks).then(|| cause::audience_lacks_issuer(attempt))
}

/// Outside ZITADEL's dialect another audience may be the user's better knowledge: suspicious, not wrong.
fn ruled_audience(attempt: &Attempt<'_>) -> Option<Cause> {
    audience(attempt).filter(|_| attempt.provider.refusals == RefusalDialect::Zitadel)
}

/// By the server's clock, as far as that is known: a local clock far ahead would make every key old.
fn key(attempt: &Attempt<'_>) -> Option<Cause> {
    let skew = attempt.skew.and_then(Skew::of).map(Skew::difference);
    let server_now = attempt.now.saturating_sub(skew.unwrap_or_default());
    let expired = attempt.credential.expires_at.filter(|at| *at <= server_now)?;
    Some(cause::key_expired(attempt, expired))
}

/// ZITADEL's two kinds of key file look alike, and only one of them is a service user's.
fn application(attempt: &Attempt<'_>) -> Option<Cause> {
    let mints = attempt.purpose == Purpose::Token;
    (mints && attempt.credential.kind == CredentialKind::ApplicationKey).then(|| cause::application_key(attempt))
}

fn certificate(attempt: &Attempt<'_>) -> Option<Cause> {
    let wanted = attempt.assertion()?.header.certificate;
    (wanted && attempt.credential.certificate.is_none()).then(|| cause::certificate_missing(attempt))
}

fn secret(attempt: &Attempt<'_>) -> Option<Cause> {
    attempt.lacks_secret.then(|| cause::client_secret_missing(attempt))
}

fn scope(attempt: &Attempt<'_>) -> Option<Cause> {
    let empty = attempt.scopes.iter().all(|scope| scope.trim().is_empty());
    let required = attempt.provider.scopes.required && attempt.purpose == Purpose::Token;
    (required && empty).then(|| cause::scope_empty(attempt))
}

/// `iat` is backdated, so a clock may be ahead by that much more than the servers tolerate; behind, it
/// may be until the assertion has expired before it is sent (RFC 7523 §3 points 4 and 6).
fn clock(attempt: &Attempt<'_>, doubt_ahead: Duration, doubt_behind: Duration) -> Option<Cause> {
    let grant = attempt.assertion()?;
    let off = Skew::of(attempt.remaining_skew()?)?.difference();
    if off > tolerance(attempt) + Duration::seconds(grant.backdate.into()) + doubt_ahead {
        return Some(cause::clock_ahead(attempt, off));
    }
    // A tolerance as long as the assertion's life would blame a clock that is right.
    let lenient = tolerance(attempt).min(attempt.lifetime / 2);
    if -off >= attempt.lifetime - lenient + doubt_behind {
        return Some(cause::clock_behind(attempt, off));
    }
    None
}

/// A `Date` that is years away from the local clock: by one of the two, every time in the assertion is wrong.
pub(super) fn date(attempt: &Attempt<'_>, refusal: &Refusal) -> Option<Cause> {
    attempt.assertion()?;
    let date = refusal.server_date.filter(|date| Skew::between(attempt.now, *date).is_none())?;
    way::explain(&IssuerError::DateUnbelieved { host: refusal.host.clone(), date }).into_iter().next()
}

fn tolerance(attempt: &Attempt<'_>) -> Duration {
    Duration::seconds(attempt.provider.clock_tolerance.into())
}
