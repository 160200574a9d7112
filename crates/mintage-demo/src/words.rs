//! **Words** in the RFCs' own terms: for a system that has none of its own, or none that are known.

use crate::assertion::Flaw;
use crate::place::Place;
use crate::refusal::{Failure, Refusal};

/// Refuses in the form of RFC 6749 §5.2.
pub fn refuse(failure: &Failure, place: &Place) -> Refusal {
    let (status, error, description) = plain(failure, &place.audience());
    let challenge = match failure {
        // RFC 6749 §5.2: the response to a client that used the header names the scheme.
        Failure::SecretWrong(_) | Failure::ClientUnknown(_) | Failure::NoAuthentication => Some("Basic"),
        Failure::AccessTokenMissing => Some("Bearer"),
        Failure::AccessToken => Some("Bearer error=\"invalid_token\""),
        _ => None,
    };
    Refusal { challenge, ..Refusal::oauth(status, error, &description) }
}

/// Status, error and description. `audience` is the server's name.
pub fn plain(failure: &Failure, audience: &str) -> (u16, &'static str, String) {
    let says = |text: &str| text.to_owned();
    match failure {
        Failure::GrantTypeMissing => (400, "invalid_request", says("grant_type is missing")),
        Failure::GrantTypeUnsupported(grant) => {
            (400, "unsupported_grant_type", format!("the grant type {grant} is not supported"))
        }
        Failure::GrantNotAllowed => {
            (400, "unauthorized_client", says("the client is not authorized to use this grant type"))
        }
        Failure::ParameterRepeated(name) => (400, "invalid_request", format!("{name} is given more than once")),
        Failure::ParameterMissing(name) => (400, "invalid_request", format!("{name} is missing")),
        Failure::ScopeMissing => (400, "invalid_scope", says("no scope was requested")),
        Failure::ScopeRefused(scope) => (400, "invalid_scope", format!("the scope {scope} is not granted")),
        Failure::UserNotActive => (400, "invalid_grant", says("the account is disabled")),
        Failure::Assertion(flaw) => (400, "invalid_grant", cause(flaw, audience)),
        Failure::ClientAssertion(flaw) => (401, "invalid_client", cause(flaw, audience)),
        Failure::ClientUnknown(_) => (401, "invalid_client", says("the client is unknown")),
        Failure::SecretMissing(_) => (401, "invalid_client", says("the client has no secret")),
        Failure::NotAClient => (400, "invalid_client", says("the client is unknown")),
        Failure::TokenOfAnother => (401, "invalid_client", says("token was not issued for this client")),
        Failure::ClientIdDiffers => (401, "invalid_client", says("client_id is not the client of the assertion")),
        Failure::SecretWrong(_) => (401, "invalid_client", says("the client secret is wrong")),
        Failure::SecretExpired(_) => (401, "invalid_client", says("the client secret has expired")),
        Failure::NoAuthentication => (401, "invalid_client", says("no client authentication")),
        Failure::SeveralAuthentications => (400, "invalid_request", says("more than one client authentication")),
        Failure::Client(cause) => (401, "invalid_client", says(cause)),
        Failure::ConsentMissing(_) => (400, "invalid_grant", says("the user has not consented")),
        Failure::ApiUnknown(api) => (400, "invalid_target", format!("the resource {api} is unknown")),
        Failure::PossessionUnproven => (400, "invalid_dpop_proof", says("the DPoP proof is missing")),
        Failure::OrganisationDisabled => (400, "invalid_grant", says("the organization is disabled")),
        Failure::BodyUnreadable(_) => (400, "invalid_request", says("the body cannot be read")),
        Failure::AccessTokenMissing => (401, "invalid_token", says("there is no access token")),
        Failure::AccessToken => (401, "invalid_token", says("the access token is invalid or has expired")),
        Failure::Forbidden => (403, "insufficient_scope", says("the access token does not allow this")),
        Failure::NotFound(what) => (404, "not_found", format!("there is no such {what}")),
        Failure::PathUnknown(path) => (404, "not_found", format!("there is nothing at {path}")),
        Failure::MethodUnknown => (405, "invalid_request", says("the endpoint has no such method")),
        Failure::Internal | Failure::SuperuserExchange => (500, "server_error", says("internal error")),
    }
}

/// What is wrong with an assertion.
pub fn cause(flaw: &Flaw, audience: &str) -> String {
    let says = str::to_owned;
    match flaw {
        Flaw::Malformed(what) => format!("assertion is malformed: {what}"),
        Flaw::Audience { .. } => format!("the audience must be {audience}"),
        Flaw::SeveralAudiences => says("the audience must be a single value"),
        Flaw::Expired { expires_at: None } => says("exp is missing"),
        Flaw::Expired { .. } => says("the assertion has expired"),
        Flaw::LivesTooLong { expires_at } => format!("exp is too far in the future: {expires_at}"),
        Flaw::IssuedInFuture { issued_at: None } => says("iat is missing"),
        Flaw::IssuedInFuture { .. } => says("iat is in the future"),
        Flaw::IssuedTooLongAgo { .. } => says("iat is too long ago"),
        Flaw::NotYetValid { not_before } => format!("nbf is in the future: {not_before}"),
        Flaw::IssuerMissing => says("iss is missing"),
        Flaw::IssuerIsNotSubject => says("iss and sub must be the client"),
        Flaw::IssuerUnknown(issuer) => format!("the issuer {issuer} is unknown"),
        Flaw::SubjectMissing => says("sub is missing"),
        Flaw::SubjectUnknown(subject) => format!("the subject {subject} is unknown"),
        Flaw::ClaimMissing(claim) => format!("{claim} is missing"),
        Flaw::IdMissing => says("jti is missing"),
        Flaw::IdUsed => says("jti was used before"),
        Flaw::KeyIdMissing => says("the header names no key"),
        Flaw::UnknownKey(key_id) => format!("the key {key_id} is unknown"),
        Flaw::KeyExpired(key_id) => format!("the key {key_id} has expired"),
        Flaw::Algorithm(name) => format!("the algorithm {name} is not supported"),
        Flaw::Signature => says("the signature is invalid"),
    }
}
