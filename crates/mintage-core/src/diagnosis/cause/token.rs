//! Causes in a **token** that was sent, or in the caller that asks about it.

use time::OffsetDateTime;

use super::cause;
use crate::dated::Dated;
use crate::diagnosis::{Case, Cause, NextStep};
use crate::provider::RequestKind;

/// The next step towards another token: a personal access token is a credential, which isn't minted.
fn another(case: &Case<'_>) -> (&'static str, NextStep) {
    match case.token {
        Some(token) if token.ready_made => {
            ("Import another token, or create a new one in the console", NextStep::ImportKey)
        }
        _ => ("Mint a new token", NextStep::Mint),
    }
}

pub(in crate::diagnosis) fn expired(case: &Case<'_>) -> Option<Cause> {
    let (help, next) = another(case);
    case.token.map(|_| cause("token-expired", "The token has expired", help, next))
}

/// The same with a known time.
pub(in crate::diagnosis) fn expired_at(case: &Case<'_>, at: OffsetDateTime) -> Option<Cause> {
    let dated = Dated::new("The token expired on", at);
    expired(case).map(|expired| Cause { sentence: dated.to_string(), dated: Some(dated), ..expired })
}

pub(in crate::diagnosis) fn revoked(case: &Case<'_>) -> Option<Cause> {
    let (help, next) = another(case);
    let sentence = match case.token?.ready_made {
        true => "The server doesn't accept this token: it was removed, or it belongs to another server",
        false => {
            "The server no longer accepts this token: it was revoked, or its service user was deactivated or removed"
        }
    };
    Some(cause("token-revoked", sentence, help, next))
}

/// The servers respond the same to an unknown token and to one that isn't for their API.
pub(in crate::diagnosis) fn audience_missing(case: &Case<'_>) -> Option<Cause> {
    let sentence = "The token isn't meant for this API: its audience scope wasn't requested";
    let help = "Add the scope for the server's own API, then mint again";
    case.token.filter(|token| !token.ready_made)?;
    Some(cause("token-audience-missing", sentence, help, NextStep::EditScopes))
}

pub(in crate::diagnosis) fn scope_missing(case: &Case<'_>) -> Option<Cause> {
    let sentence = "The token lacks a scope that this request needs";
    case.token.map(|_| cause("token-scope-missing", sentence, "Add the scope, then mint again", NextStep::EditScopes))
}

pub(in crate::diagnosis) fn application_not_allowed(case: &Case<'_>) -> Option<Cause> {
    let sentence = match case.request {
        RequestKind::Revocation => {
            format!("The server doesn't let `{}` revoke this token: it was issued to another client", case.client_id)
        }
        _ => format!("The server knows `{}`, but doesn't allow it to introspect", case.client_id),
    };
    let help = "Choose another application, or ask an administrator to allow it";
    Some(cause("application-not-allowed", sentence, help, NextStep::None))
}

pub(in crate::diagnosis) fn kind_refused(_: &Case<'_>) -> Option<Cause> {
    let sentence = "The server can't revoke this kind of token; it stays valid until it expires";
    let help = "Choose a shorter token lifetime on the server, or deactivate the service user there";
    Some(cause("token-kind-refused", sentence, help, NextStep::None))
}
