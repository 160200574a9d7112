//! Causes in an **assertion**: its key, its audience, its times.

use time::{Duration, OffsetDateTime};

use super::{cause, quoted_list};
use crate::credential::CredentialKind;
use crate::dated::Dated;
use crate::diagnosis::{Case, Cause, NextStep, audience, words};
use crate::issuer_url::host_and_port;
use crate::provider::RequestKind;

const SET_CLOCK: &str = "Use the server's time, or set your clock";

/// What an expired credential is called: not only keys expire.
pub(in crate::diagnosis) fn key_expired(case: &Case<'_>, at: OffsetDateTime) -> Cause {
    let is_key = case.kind().is_none_or(CredentialKind::is_key);
    let dated = Dated::new(if is_key { "This key expired on" } else { "This credential expired on" }, at);
    let help = if is_key { "Import a new key" } else { "Import a new one" };
    Cause { dated: Some(dated.clone()), ..cause("key-expired", dated.to_string(), help, NextStep::ImportKey) }
}

pub(in crate::diagnosis) fn key_expired_there(_: &Case<'_>) -> Option<Cause> {
    let sentence = "The server says this key has expired";
    Some(cause("key-expired", sentence, "Create a new key in the console and import it", NextStep::ImportKey))
}

/// The assertion has no audience although the provider requires one (RFC 7523 §3 point 3).
pub(in crate::diagnosis) fn audience_empty(case: &Case<'_>) -> Option<Cause> {
    let wanted = !case.assertion()?.audience.is_empty();
    let empty = case.audience.iter().all(|part| part.trim().is_empty());
    let sentence = "The assertion has no audience, so no server will accept it";
    let help = "Import the key file that names the audience, or set an audience for this environment";
    (wanted && empty).then(|| cause("audience-empty", sentence, help, NextStep::EditEnvironment))
}

/// The key file names another server's token endpoint than the one that is used.
pub(in crate::diagnosis) fn file_of_other_endpoint(case: &Case<'_>) -> Option<Cause> {
    let named = case.credential?.token_endpoint.as_deref().filter(|_| case.request == RequestKind::Token)?;
    let named = url::Url::parse(named).ok().map(|url| host_and_port(&url))?;
    if named == case.endpoint_host {
        return None;
    }
    let sentence =
        format!("The key file names a token endpoint at `{named}`, but this environment uses `{}`", case.endpoint_host);
    let help = "Change this environment's token endpoint to the one in the file, or use an environment for that server";
    Some(cause("endpoint-of-another-server", sentence, help, NextStep::EditEnvironment))
}

pub(in crate::diagnosis) fn audience_lacks_issuer(case: &Case<'_>) -> Option<Cause> {
    if !audience::lacks_issuer(case) {
        return None;
    }
    let sentence = format!(
        "The assertion is addressed to {}, but {} accepts only its own exact name, `{}`",
        quoted_list(case.audience),
        case.server_name(),
        case.issuer
    );
    let help = "Remove the audience set for this environment, or add the issuer to it";
    Some(cause("audience-lacks-issuer", sentence, help, NextStep::EditEnvironment))
}

pub(in crate::diagnosis) fn audience_refused(case: &Case<'_>) -> Option<Cause> {
    case.assertion()?;
    let sentence = format!("The server doesn't recognise {} as its own name", quoted_list(case.audience));
    let help = "Enter the issuer exactly as the server's discovery document gives it";
    Some(cause("audience-refused", sentence, help, NextStep::EditEnvironment))
}

pub(in crate::diagnosis) fn host_differs(case: &Case<'_>) -> Option<Cause> {
    let asked = audience::other_issuer(case)?;
    let sentence = format!(
        "The request went to `{asked}`, but the assertion is addressed to `{}`; {} treats each host as a separate issuer",
        case.host,
        case.server_name()
    );
    let help = "Use the same host for the issuer and the token endpoint";
    Some(cause("host-differs", sentence, help, NextStep::EditEnvironment))
}

pub(in crate::diagnosis) fn clock_ahead(case: &Case<'_>, by: Duration) -> Cause {
    let (backdate, tolerance) = (case.assertion().map_or(0, |grant| grant.backdate), case.provider.clock_tolerance);
    let by_words = words::length(by);
    let sentence = if by > Duration::seconds(i64::from(backdate) + i64::from(tolerance)) {
        let allowed = if tolerance == 0 { "no difference".to_owned() } else { format!("{tolerance} s") };
        format!("Your clock is {by_words} ahead of the server's; {} allows {allowed}", case.server_name())
    } else {
        format!("Your clock is {by_words} ahead of the server's, and the assertion is backdated by only {backdate} s")
    };
    cause("clock-ahead", sentence, SET_CLOCK, NextStep::UseServerTime)
}

pub(in crate::diagnosis) fn clock_behind(_: &Case<'_>, by: Duration) -> Cause {
    let sentence = format!(
        "Your clock is {} behind the server's, so the assertion has expired by the time it arrives",
        words::length(by)
    );
    cause("clock-behind", sentence, SET_CLOCK, NextStep::UseServerTime)
}

/// The server says that the assertion comes from the future, whatever was measured.
pub(in crate::diagnosis) fn told_early(case: &Case<'_>) -> Option<Cause> {
    Some(if is_blamable(case, Duration::is_positive) { told_ahead(case) } else { otherwise_measured(case) })
}

/// The server says that the assertion is too old or expired, whatever was measured.
pub(in crate::diagnosis) fn told_late(case: &Case<'_>) -> Option<Cause> {
    Some(if is_blamable(case, Duration::is_negative) { told_behind(case) } else { otherwise_measured(case) })
}

/// The clocks don't differ in the direction that the server says. Some servers say "expired" for every wrong time, so a
/// clock that is off by more than the backdating is still to blame.
fn otherwise_measured(case: &Case<'_>) -> Cause {
    let backdated = case.assertion().map_or(0, |grant| grant.backdate);
    let off = case.remaining_skew().filter(|off| off.abs() > Duration::seconds(backdated.max(1).into()));
    match off {
        Some(off) if off.is_positive() => told_ahead(case),
        Some(_) => told_behind(case),
        None => times_refused(),
    }
}

/// The server says that the times are wrong, but not in which direction.
pub(in crate::diagnosis) fn told_times(case: &Case<'_>) -> Option<Cause> {
    let may_be_wrong = "The server rejects the assertion's times, so your clock may be wrong";
    Some(match case.skew {
        None => cause("times-refused", may_be_wrong, SET_CLOCK, NextStep::UseServerTime),
        Some(skew) if skew.is_zero() || !case.corrected_by.is_zero() => times_refused(),
        Some(skew) if skew.is_positive() => told_ahead(case),
        Some(_) => told_behind(case),
    })
}

/// A skew that was corrected, or measured in the other direction, isn't blamed on the clock again.
fn is_blamable(case: &Case<'_>, fits: fn(Duration) -> bool) -> bool {
    case.corrected_by.is_zero() && case.skew.is_none_or(fits)
}

fn told_ahead(case: &Case<'_>) -> Cause {
    let by = case.skew.map(|skew| format!("{} ", words::length(skew))).unwrap_or_default();
    cause("clock-ahead", format!("Your clock is {by}ahead of the server's"), SET_CLOCK, NextStep::UseServerTime)
}

fn told_behind(case: &Case<'_>) -> Cause {
    let by = case.skew.map(|skew| format!("{} ", words::length(skew))).unwrap_or_default();
    cause("clock-behind", format!("Your clock is {by}behind the server's"), SET_CLOCK, NextStep::UseServerTime)
}

fn times_refused() -> Cause {
    let sentence = "The server rejects the assertion's times, although they match its own clock";
    cause("times-refused", sentence, "Try again", NextStep::TryAgain)
}

/// The key by its id, if it has one: `the key `42``.
fn the_key(case: &Case<'_>) -> String {
    match case.key_id() {
        Some(id) => format!("the key `{id}`"),
        None => "this key".to_owned(),
    }
}

/// Whether the request was about a key: it contained an assertion, or asked for the key.
fn is_about_a_key(case: &Case<'_>) -> bool {
    case.assertion().is_some()
        || (case.token.is_some_and(|token| !token.ready_made) && case.kind().is_some_and(CredentialKind::is_key))
}

pub(in crate::diagnosis) fn key_unknown(case: &Case<'_>) -> Option<Cause> {
    if !is_about_a_key(case) {
        return None;
    }
    let sentence = format!(
        "The server doesn't know {}: it was removed from the server, or it never belonged to this {}",
        the_key(case),
        case.owner()
    );
    let help = "Check in the console that the key is still listed; if it isn't, create a key and import it";
    Some(cause("key-unknown", sentence, help, NextStep::ImportKey))
}

pub(in crate::diagnosis) fn key_differs(case: &Case<'_>) -> Option<Cause> {
    case.assertion()?;
    let sentence = match case.key_id() {
        Some(id) => format!(
            "The signature doesn't match the key that the server has under `{id}`: the key id and the private key don't belong together"
        ),
        None => "The signature doesn't match any of this client's keys on the server".to_owned(),
    };
    Some(cause("key-differs", sentence, "Import the key file again, unchanged", NextStep::ImportKey))
}

pub(in crate::diagnosis) fn application_key(_: &Case<'_>) -> Cause {
    let sentence = "This key belongs to an application; it can introspect tokens but can't mint them";
    let help = "Import a service user's key; an application's file says `\"type\":\"application\"`";
    cause("application-key", sentence, help, NextStep::ImportKey)
}

pub(in crate::diagnosis) fn certificate_missing(case: &Case<'_>) -> Cause {
    let sentence = format!("{} needs the key's certificate, but the key was imported without one", case.provider.name);
    let help = "Import the key and its certificate in one PEM file";
    cause("certificate-missing", sentence, help, NextStep::ImportKey)
}

pub(in crate::diagnosis) fn certificate_unknown(case: &Case<'_>) -> Option<Cause> {
    let sentence = format!("{} doesn't know this key's certificate", case.provider.name);
    let help = "Check in the console that the certificate is listed with the thumbprint that Mintage shows";
    Some(cause("certificate-unknown", sentence, help, NextStep::ImportKey))
}

pub(in crate::diagnosis) fn lifetime_too_long(case: &Case<'_>) -> Option<Cause> {
    let cap = case.assertion()?.lifetime_cap;
    let sentence = format!(
        "The assertion is valid for longer than the server accepts; the provider's profile allows up to {cap} s"
    );
    let help = "Choose a shorter assertion lifetime in the settings or in the provider's profile";
    Some(cause("lifetime-too-long", sentence, help, NextStep::EditEnvironment))
}

pub(in crate::diagnosis) fn jwt_id_refused(_: &Case<'_>) -> Option<Cause> {
    let sentence = "The server has seen the assertion's `jti` before, or expects one and found none";
    Some(cause("jti-refused", sentence, "Try again; each attempt sends a new one", NextStep::TryAgain))
}

pub(in crate::diagnosis) fn algorithm_refused(case: &Case<'_>) -> Option<Cause> {
    let sentence = format!("{} doesn't accept the algorithm that the assertion was signed with", case.provider.name);
    let help = "Change the order of algorithms in a copy of the provider's profile";
    Some(cause("algorithm-refused", sentence, help, NextStep::EditEnvironment))
}
