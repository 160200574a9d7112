//! Causes in the **server** or in what responds on its behalf.

use super::cause;
use crate::diagnosis::{Case, Cause, NextStep, words};

/// The server gives a reason that isn't known here, so it is quoted but not explained.
pub(in crate::diagnosis) fn named(case: &Case<'_>) -> Option<Cause> {
    let said = case.said?;
    let texts = [&said.error, &said.description].into_iter().flatten().map(|text| words::quoted(text));
    let texts = texts.collect::<Vec<_>>().join(", ");
    let sentence = match texts.is_empty() {
        true => format!("The server responded with status {} and didn't say why", said.status),
        false => format!("The server says {texts} ({})", said.status),
    };
    let help =
        "Look this up in the provider's documentation, or ask whoever runs the server or a firewall in front of it";
    Some(cause("reason-named", sentence, help, NextStep::None))
}

/// The same if there is more than a standard code to quote.
pub(in crate::diagnosis) fn named_if_explained(case: &Case<'_>) -> Option<Cause> {
    let explained = case.said?.description.as_ref().is_some_and(|text| !text.trim().is_empty());
    named(case).filter(|_| explained)
}

/// RFC 9110 §15.5.8.
pub(in crate::diagnosis) fn proxy_refused(case: &Case<'_>) -> Option<Cause> {
    Some(proxy_refused_at(case.said.map_or(case.host, |said| &said.host)))
}

pub(in crate::diagnosis) fn proxy_refused_at(host: &str) -> Cause {
    let sentence = format!("A proxy on the way to `{host}` requires a user name and password (407)");
    let help = "Sign in to the proxy or fix your system's proxy settings, then try again";
    cause("proxy-refused", sentence, help, NextStep::TryAgain)
}

/// RFC 9449 §5 and §8.
pub(in crate::diagnosis) fn dpop_required(_: &Case<'_>) -> Option<Cause> {
    let sentence = "The server requires tokens bound to a key (DPoP), which Mintage doesn't support";
    let help = "Ask an administrator to turn off the DPoP requirement for this client";
    Some(cause("dpop-required", sentence, help, NextStep::None))
}

pub(in crate::diagnosis) fn quota_exhausted(case: &Case<'_>) -> Option<Cause> {
    let host = case.said.map_or(case.host, |said| &said.host);
    let sentence = format!("The quota of `{host}` is used up, so it rejects every request; waiting won't help");
    let help = "Ask whoever pays for the instance to raise the quota";
    Some(cause("quota-exhausted", sentence, help, NextStep::None))
}

pub(in crate::diagnosis) fn busy(_: &Case<'_>) -> Option<Cause> {
    let sentence = "You've sent too many requests, or the server is overloaded";
    Some(cause("server-busy", sentence, "Wait a minute and try again", NextStep::TryAgain))
}

pub(in crate::diagnosis) fn failed(_: &Case<'_>) -> Option<Cause> {
    let help = "Try again; if it keeps failing, contact whoever runs the server";
    Some(cause("server-failed", "The server failed", help, NextStep::TryAgain))
}
