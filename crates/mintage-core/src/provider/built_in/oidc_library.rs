//! The messages of **zitadel/oidc**, a Go library that many providers are built on, ZITADEL among them.
//!
//! It wraps the errors of its storage, so the inner words decide: `invalid signature (error fetching keys: …)` is an
//! unknown key, not a wrong signature. Source: zitadel/oidc v1 to v3, `pkg/oidc` and `pkg/op`, and go-jose below it.

use std::sync::LazyLock;

use super::*;
use RequestKind::{Api, Introspection, KeyComparison, KeySet, Revocation, Token, Userinfo};

const PROVEN: &[RequestKind] = &[Token, Introspection, Revocation];
const SHOWN: &[RequestKind] = &[Userinfo, Api, KeyComparison, KeySet];

static RULES: LazyLock<Vec<RefusalRule>> = LazyLock::new(|| [keys(), times_and_audience(), requests()].concat());

/// The library's messages, for providers that aren't known to be built on it.
pub(crate) fn library_rules() -> &'static [RefusalRule] {
    &RULES
}

fn keys() -> Vec<RefusalRule> {
    let rules = [
        ("error in cryptographic primitive", Reason::KeyDiffers),
        ("error fetching keys", Reason::KeyUnknown),
        ("signature algorithm", Reason::AlgorithmRefused),
        ("invalid kid", Reason::KeyUnknown),
        ("invalid signature", Reason::KeyDiffers),
        ("signature does not match", Reason::KeyDiffers),
    ];
    rules.map(|(words, means)| says(words, means).on(PROVEN)).into()
}

fn times_and_audience() -> Vec<RefusalRule> {
    let rules = [
        ("audience is not valid", Reason::AudienceRefused),
        ("token has expired", Reason::TooLate),
        ("issuedat of token is in the future", Reason::TooEarly),
        ("issuedat of token is to old", Reason::TooLate),
        ("issuedat of token must not be older", Reason::TooLate),
    ];
    rules.map(|(words, means)| says(words, means).on(PROVEN)).into()
}

fn requests() -> Vec<RefusalRule> {
    vec![
        says("scope of your request is missing", Reason::ScopeEmpty),
        says("grant_type not supported", Reason::GrantUnsupported),
        says("grant_type missing", Reason::RequestAltered),
        // Other endpoints mistaken for the token endpoint: introspection, and userinfo.
        says("client_id or client_assertion must be provided", Reason::EndpointWrong)
            .on(&[Token])
            .explains("This is the introspection endpoint, not the token endpoint"),
        says("access token invalid", Reason::EndpointWrong)
            .on(&[Token])
            .explains("This is the userinfo endpoint, not the token endpoint"),
        says("access token missing", Reason::EndpointWrong)
            .on(&[Token])
            .explains("This is the userinfo endpoint, not the token endpoint"),
        says("access token invalid", Reason::TokenRefused).on(SHOWN),
        says("access token missing", Reason::TokenRefused).on(SHOWN),
        // Its Server interface returns one of these for every bad assertion.
        says("assertion invalid", Reason::CredentialRefused).on(PROVEN).sent(&[Sent::Assertion]),
        says("invalid assertion", Reason::CredentialRefused).on(PROVEN).sent(&[Sent::Assertion]),
        says("not issued for this client", Reason::ApplicationNotAllowed).on(&[Introspection, Revocation]),
        says("client not found", Reason::ClientUnknown).on(PROVEN),
        says("auth_method private_key_jwt not supported", Reason::SecretWanted).on(PROVEN),
        says("auth_method basic not supported", Reason::SecretWanted).on(PROVEN),
        says("auth_method post not supported", Reason::SecretWanted).on(PROVEN),
    ]
}
