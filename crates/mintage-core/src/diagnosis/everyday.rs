//! **Everyday words**: what servers of any make write about the same things, if they explain themselves at all. Tried
//! last, since a word says less than a code.

use std::sync::LazyLock;

use crate::provider::RequestKind::{Api, Introspection, KeyComparison, KeySet, Revocation, Token, Userinfo};
use crate::provider::Sent::{Assertion, ClientSecret};
use crate::provider::refusal_rules::{error, says};
use crate::provider::{Reason, RefusalRule, RequestKind, Sent};

/// Requests that a credential authenticates.
const PROVEN: &[RequestKind] = &[Token, Introspection, Revocation];
/// Requests that send a token.
const SHOWN: &[RequestKind] = &[Userinfo, Api, KeyComparison, KeySet];
const SECRET: &[Sent] = &[ClientSecret];
const SIGNED: &[Sent] = &[Assertion];

pub(super) static WORDS: LazyLock<Vec<RefusalRule>> = LazyLock::new(|| {
    [
        of_any_of_them(),
        of_requests(),
        of_secrets(),
        of_clients(),
        of_assertions(),
        expired_secret(),
        of_tokens(),
        of_users(),
    ]
    .concat()
});

/// A text that names two possible causes names neither; for longer lists see [`without_lists`].
fn of_any_of_them() -> Vec<RefusalRule> {
    let rules = ["or expired", "or has expired", "expired or"];
    let proven = rules.map(|words| says(words, Reason::CredentialRefused).on(PROVEN));
    let shown = rules.map(|words| says(words, Reason::TokenRefused).on(SHOWN));
    [proven, shown].concat()
}

fn of_requests() -> Vec<RefusalRule> {
    let rules = [
        ("rate limit", Reason::ServerBusy),
        ("rate_limit", Reason::ServerBusy),
        ("spike arrest", Reason::ServerBusy),
        ("too many requests", Reason::ServerBusy),
        ("parameter: grant_type", Reason::RequestAltered),
        ("param : grant_type", Reason::RequestAltered),
        ("dpop proof", Reason::DpopRequired),
        ("unsupported_grant_type", Reason::GrantUnsupported),
        // A gateway in front of the server requires its own key.
        ("api key", Reason::Named),
        ("subscription key", Reason::Named),
        ("grant type is not supported", Reason::GrantUnsupported),
        ("unsupported grant", Reason::GrantUnsupported),
        ("grant type is not allowed", Reason::GrantNotAllowed),
        ("grant is disabled", Reason::GrantNotAllowed),
        ("flow is disabled", Reason::GrantNotAllowed),
        ("invalid scope", Reason::ScopeRefused),
        ("unknown scope", Reason::ScopeRefused),
    ];
    let mut rules = rules.map(|(words, means)| says(words, means).on(&[Token])).to_vec();
    rules.push(error("invalid_resource", Reason::TargetUnknown).on(&[Token]));
    rules
}

fn of_secrets() -> Vec<RefusalRule> {
    let rules = [
        // The name alone says nothing: some servers list every method that they know.
        ("method private_key_jwt", Reason::KeyWanted),
        ("client_assertion is required", Reason::KeyWanted),
        ("secret is expired", Reason::SecretExpired),
        ("secret has expired", Reason::SecretExpired),
        ("client_id or client_secret", Reason::SecretWrong),
        ("client id or client secret", Reason::SecretWrong),
        ("invalid client secret", Reason::SecretWrong),
        ("invalid_client_secret", Reason::SecretWrong),
        ("client secret is invalid", Reason::SecretWrong),
        ("incorrect client secret", Reason::SecretWrong),
        ("bad client credentials", Reason::SecretWrong),
        ("no client credentials found", Reason::SecretWanted),
    ];
    rules.map(|(words, means)| says(words, means).on(PROVEN).sent(SECRET)).into()
}

/// Other things that expire are named above: an assertion may be sent along with a secret.
fn expired_secret() -> Vec<RefusalRule> {
    vec![says("expired", Reason::SecretExpired).on(PROVEN).sent(SECRET)]
}

fn of_clients() -> Vec<RefusalRule> {
    let rules = [
        ("client not found", Reason::ClientUnknown),
        ("client was not found", Reason::ClientUnknown),
        ("client is not registered", Reason::ClientUnknown),
        ("no registered client", Reason::ClientUnknown),
        ("client does not exist", Reason::ClientUnknown),
        ("unknown client", Reason::ClientUnknown),
        ("no such client", Reason::ClientUnknown),
        ("clientid is invalid", Reason::ClientUnknown),
        ("invalid client identifier", Reason::ClientUnknown),
        ("full authentication is required", Reason::SecretWanted),
        ("unsupported authentication method", Reason::SecretWanted),
        ("failed: authentication_method", Reason::SecretWanted),
        ("client is disabled", Reason::ClientDisabled),
        ("client is inactive", Reason::ClientDisabled),
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
        ("no suitable key", Reason::KeyUnknown),
        ("no public jwk", Reason::KeyUnknown),
        ("signature", Reason::KeyDiffers),
        ("jti", Reason::JwtIdRefused),
        ("key has expired", Reason::KeyExpired),
        ("key is expired", Reason::KeyExpired),
        ("expired", Reason::TooLate),
        ("too old", Reason::TooLate),
        ("not yet valid", Reason::TooEarly),
        ("expiration is too far", Reason::LifetimeTooLong),
        ("exp claim is too far", Reason::LifetimeTooLong),
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
        says("insufficient privileges", Reason::NoPermission).on(SHOWN),
        // A token endpoint that asks for a token is a different endpoint.
        says("missing access token", Reason::EndpointWrong).on(&[Token]).with_status(&[401]),
        says("access token is missing", Reason::EndpointWrong).on(&[Token]).with_status(&[401]),
        says("jwt is missing", Reason::EndpointWrong).on(&[Token]).with_status(&[401]),
        // Amazon's API Gateway says this for every path that it doesn't have.
        says("missing authentication token", Reason::EndpointWrong).on(&[Token]).with_status(&[403]),
    ]
}

fn of_users() -> Vec<RefusalRule> {
    let rules = [
        ("consent", Reason::ConsentMissing),
        ("deactivated", Reason::UserInactive),
        ("user is inactive", Reason::UserInactive),
        ("disabled", Reason::UserInactive),
        ("suspended", Reason::UserInactive),
        ("account is locked", Reason::UserInactive),
        ("not allowed from this ip", Reason::PolicyBlocked),
        ("ip address is not allowed", Reason::PolicyBlocked),
    ];
    rules.map(|(words, means)| says(words, means)).into()
}

/// The text without sentences that list possible errors, as those of RFC 6749 §5.2 and RFC 6750 §3.1 do: a word in such
/// a list says nothing. What a server adds after it does.
pub(super) fn without_lists(text: &str) -> String {
    // Both `a, b, or c` and `a, b or c`.
    let ends_a_list = |part: &str| part.split(' ').take(2).any(|word| word == "or");
    let lists = |sentence: &str| sentence.split(", ").skip(1).any(ends_a_list);
    let sentences = text.split_inclusive('\n').flat_map(|line| line.split_inclusive(". "));
    sentences.filter(|sentence| !lists(sentence)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_that_lists_what_can_be_wrong_says_nothing() {
        for (text, left) in [
            ("failed (e.g., unknown client, or no authentication). the key is unknown", "the key is unknown"),
            ("it is expired, revoked or malformed", ""),
            ("it is expired, revoked, or malformed.\nsay more", "say more"),
            ("token expired, please sign in or retry", "token expired, please sign in or retry"),
            ("a, b and c", "a, b and c"),
        ] {
            assert_eq!(without_lists(text), left, "{text}");
        }
    }
}
