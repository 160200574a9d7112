//! What responses mean according to the **standards**, tried after the profile's own rules.
//!
//! [`NAMED`] contains what is specific by itself; [`LEFT`] what remains if no rule matched, and what a status alone
//! leaves open. Sources: RFC 6749 §5.2 and §4.1.2.1, RFC 6750 §3.1, RFC 7009 §2.2.1, RFC 7662 §2.3, RFC 8707 §2, RFC
//! 9110 §15, RFC 9449 §5 and §8.

use std::sync::LazyLock;

use crate::provider::RequestKind::{Api, Introspection, KeyComparison, KeySet, Revocation, Token, Userinfo};
use crate::provider::refusal_rules::{error, status};
use crate::provider::{ContentKind, Reason, RefusalRule, RequestKind, Sent};

/// A client that authenticates to ask about a token.
const ABOUT: &[RequestKind] = &[Introspection, Revocation];
/// A token is sent.
const SHOWN: &[RequestKind] = &[Userinfo, Api, KeyComparison, KeySet];

/// Codes that are specific by themselves.
pub(super) static NAMED: LazyLock<Vec<RefusalRule>> = LazyLock::new(|| {
    vec![
        status(&[407], Reason::ProxyRefused),
        error("invalid_dpop_proof", Reason::DpopRequired),
        error("use_dpop_nonce", Reason::DpopRequired),
        error("unsupported_grant_type", Reason::GrantUnsupported).on(&[Token]),
        error("unauthorized_client", Reason::GrantNotAllowed).on(&[Token]),
        error("invalid_scope", Reason::ScopeRefused).on(&[Token]),
        error("invalid_target", Reason::TargetUnknown).on(&[Token]),
        error("temporarily_unavailable", Reason::ServerFailed),
        error("unsupported_token_type", Reason::TokenKindRefused).on(&[Revocation]),
        // `unauthorized_client` is missing on purpose: servers also send it for a client that didn't authenticate.
        error("access_denied", Reason::ApplicationNotAllowed).on(ABOUT),
        error("insufficient_scope", Reason::ApplicationNotAllowed).on(ABOUT),
        error("insufficient_scope", Reason::TokenScope).on(SHOWN),
    ]
});

/// What is left, by code and status.
pub(super) static LEFT: LazyLock<Vec<RefusalRule>> =
    LazyLock::new(|| [token_endpoint(), about_a_token(), with_a_token(), anywhere()].concat());

/// If not even the status says anything.
pub(super) static UNKNOWN: LazyLock<RefusalRule> = LazyLock::new(|| RefusalRule::default().means(&[Reason::Named]));

fn token_endpoint() -> Vec<RefusalRule> {
    let rules = [
        error("invalid_grant", Reason::CredentialRefused),
        error("invalid_client", Reason::CredentialRefused),
        error("invalid_token", Reason::CredentialRefused),
        error("access_denied", Reason::CredentialRefused).with_status(&[401]),
        // A server that explains a refusal by its own rule is quoted first.
        error("access_denied", Reason::Named).at("/error_description", "").means(&[
            Reason::Named,
            Reason::UserInactive,
            Reason::ConsentMissing,
        ]),
        error("access_denied", Reason::UserInactive).means(&[Reason::UserInactive, Reason::ConsentMissing]),
        error("server_error", Reason::ServerFailed),
        error("invalid_request", Reason::RequestRefused),
        status(&[404, 405, 410], Reason::EndpointWrong),
        status(&[415], Reason::RequestRefused),
        status(&[5], Reason::ServerFailed),
        // The status in words (RFC 9110 §15.5.2), as web frameworks add it by themselves.
        error("unauthorized", Reason::CredentialRefused).with_status(&[401]),
        // With these statuses the credential may be the problem, whatever the word.
        error("*", Reason::Named).with_status(&[400, 401]).means(&[Reason::Named, Reason::CredentialRefused]),
        // Without a standard code, something in front of the server may have responded: its words say what.
        status(&[400], Reason::Named).at("/message", "").means(&[Reason::Named, Reason::CredentialRefused]),
        status(&[400, 401], Reason::CredentialRefused),
    ];
    rules.map(|rule| rule.on(&[Token])).into()
}

/// A client that asks about a token is refused for what it is, hardly ever for the token.
fn about_a_token() -> Vec<RefusalRule> {
    let rules = [
        error("invalid_request", Reason::RequestRefused).with_status(&[400]),
        status(&[403], Reason::ApplicationNotAllowed),
        status(&[404, 405, 410], Reason::EndpointWrong),
        status(&[415], Reason::RequestRefused),
        status(&[5], Reason::ServerFailed),
        status(&[400, 401], Reason::CredentialRefused),
    ];
    rules.map(|rule| rule.on(ABOUT)).into()
}

/// A caller that sends a token is refused for it, or for what it is allowed to do.
fn with_a_token() -> Vec<RefusalRule> {
    let (of_token, of_user) = (Reason::TokenRefused, Reason::NoPermission);
    vec![
        error("invalid_token", of_token).on(SHOWN),
        status(&[401], of_token).on(SHOWN),
        // Servers also send 403 for a token that they don't know (ZITADEL's old eras).
        status(&[403], of_token).on(&[Userinfo]).means(&[of_token, Reason::TokenScope]),
        status(&[400], of_token).on(&[Userinfo]).sent(&[Sent::Token, Sent::ReadyToken]),
        status(&[403], of_user).on(SHOWN),
        status(&[404, 405, 410], Reason::EndpointWrong).on(&[Userinfo, KeySet]),
        status(&[404, 405, 410], Reason::EndpointWrong).on(&[Api, KeyComparison]).content(ContentKind::Empty),
    ]
}

fn anywhere() -> Vec<RefusalRule> {
    vec![status(&[5], Reason::ServerFailed), status(&[404, 405, 410], Reason::Named)]
}
