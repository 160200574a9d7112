//! **Everyday words**: what servers of any make write about the same things, where they explain themselves
//! at all. Asked last, as a word says less than a code.

use std::sync::LazyLock;

use crate::provider::RequestKind::{Api, Introspection, KeyComparison, KeySet, Revocation, Token, Userinfo};
use crate::provider::Sent::{Assertion, ClientSecret};
use crate::provider::refusal_rules::says;
use crate::provider::{Reason, RefusalRule, RequestKind, Sent};

/// Requests that a credential proves.
const PROVEN: &[RequestKind] = &[Token, Introspection, Revocation];
/// Requests that show a token.
const SHOWN: &[RequestKind] = &[Userinfo, Api, KeyComparison, KeySet];
const SECRET: &[Sent] = &[ClientSecret];
const SIGNED: &[Sent] = &[Assertion];

pub(super) static WORDS: LazyLock<Vec<RefusalRule>> = LazyLock::new(|| {
    [of_any_of_them(), of_requests(), of_secrets(), of_clients(), of_assertions(), of_tokens(), of_users()].concat()
});

/// Sentences that name everything that can be wrong name nothing (RFC 6750 §3.1 has one).
fn of_any_of_them() -> Vec<RefusalRule> {
    let rules = ["or expired", "or has expired", "expired or", "expired, revoked"];
    let proven = rules.map(|words| says(words, Reason::CredentialRefused).on(PROVEN));
    let shown = rules.map(|words| says(words, Reason::TokenRefused).on(SHOWN));
    [proven, shown].concat()
}

fn of_requests() -> Vec<RefusalRule> {
    let rules = [
        ("rate limit", Reason::ServerBusy),
        ("too many requests", Reason::ServerBusy),
        ("grant type is not supported", Reason::GrantUnsupported),
        ("unsupported grant", Reason::GrantUnsupported),
        ("grant type is not allowed", Reason::GrantNotAllowed),
        ("grant is disabled", Reason::GrantNotAllowed),
        ("flow is disabled", Reason::GrantNotAllowed),
        ("invalid scope", Reason::ScopeRefused),
        ("unknown scope", Reason::ScopeRefused),
    ];
    rules.map(|(words, means)| says(words, means).on(&[Token])).into()
}

fn of_secrets() -> Vec<RefusalRule> {
    let rules = [
        // The name alone says nothing: some servers list every method that they know.
        ("method private_key_jwt", Reason::KeyWanted),
        ("client_assertion is required", Reason::KeyWanted),
        ("expired", Reason::SecretExpired),
        ("client_id or client_secret", Reason::SecretWrong),
        ("client id or client secret", Reason::SecretWrong),
        ("invalid client secret", Reason::SecretWrong),
        ("invalid_client_secret", Reason::SecretWrong),
        ("client secret is invalid", Reason::SecretWrong),
        ("incorrect client secret", Reason::SecretWrong),
        ("bad client credentials", Reason::SecretWrong),
    ];
    rules.map(|(words, means)| says(words, means).on(PROVEN).sent(SECRET)).into()
}

fn of_clients() -> Vec<RefusalRule> {
    let rules = [
        ("client not found", Reason::ClientUnknown),
        ("client does not exist", Reason::ClientUnknown),
        ("unknown client", Reason::ClientUnknown),
        ("no such client", Reason::ClientUnknown),
        ("clientid is invalid", Reason::ClientUnknown),
        ("invalid client identifier", Reason::ClientUnknown),
        ("client is disabled", Reason::ClientDisabled),
        ("app has been disabled", Reason::ClientDisabled),
        ("application is disabled", Reason::ClientDisabled),
    ];
    rules.map(|(words, means)| says(words, means).on(PROVEN)).into()
}

fn of_assertions() -> Vec<RefusalRule> {
    let rules = [
        ("audience", Reason::AudienceRefused),
        ("'aud'", Reason::AudienceRefused),
        ("unknown kid", Reason::KeyUnknown),
        ("key not found", Reason::KeyUnknown),
        ("no matching key", Reason::KeyUnknown),
        ("signature", Reason::KeyDiffers),
        ("jti", Reason::JwtIdRefused),
        ("key has expired", Reason::KeyExpired),
        ("key is expired", Reason::KeyExpired),
        ("expired", Reason::TooLate),
        ("too old", Reason::TooLate),
        ("not yet valid", Reason::TooEarly),
        ("in the future", Reason::TooEarly),
        ("too long", Reason::LifetimeTooLong),
        ("unsupported alg", Reason::AlgorithmRefused),
        ("client secret is required", Reason::SecretWanted),
    ];
    rules.map(|(words, means)| says(words, means).on(PROVEN).sent(SIGNED)).into()
}

fn of_tokens() -> Vec<RefusalRule> {
    vec![
        says("expired", Reason::TokenExpired).on(SHOWN),
        says("insufficient scope", Reason::TokenScope).on(SHOWN),
        says("insufficient permission", Reason::NoPermission).on(SHOWN),
        // A token endpoint that asks for a token is another endpoint.
        says("missing access token", Reason::EndpointWrong).on(&[Token]).with_status(&[401]),
        says("access token is missing", Reason::EndpointWrong).on(&[Token]).with_status(&[401]),
    ]
}

fn of_users() -> Vec<RefusalRule> {
    let rules = [
        ("consent", Reason::ConsentMissing),
        ("deactivated", Reason::UserInactive),
        ("disabled", Reason::UserInactive),
        ("suspended", Reason::UserInactive),
        ("account is locked", Reason::UserInactive),
        ("not allowed from this ip", Reason::PolicyBlocked),
        ("ip address is not allowed", Reason::PolicyBlocked),
    ];
    rules.map(|(words, means)| says(words, means)).into()
}
