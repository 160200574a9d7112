//! Google's token endpoint for service accounts: the scope is a claim, and `target_audience` in its place requests an
//! id token.

use mintage_demo::assertion::{
    AssertionRules, AudienceName, AudienceRule, Cap, Flaw, KeyReference, SubjectRule, Times,
};
use mintage_demo::place::Place;
use mintage_demo::refusal::{Failure, Refusal};
use mintage_demo::rules::{Issued, OPENID_CONFIGURATION, Paths, Rules, ScopePlace, ScopeRule};
use mintage_demo::token::TokenRules;
use mintage_demo::words;
use serde_json::{Value, json};

use super::service_account::{self, ASSERTION, TIMES, TOKEN};

pub(super) const RULES: Rules = Rules {
    paths: Paths {
        token: "/token",
        discovery: Some(OPENID_CONFIGURATION),
        keys: Some("/oauth2/v3/certs"),
        userinfo: Some("/v1/userinfo"),
        introspection: None,
        revocation: None,
    },
    assertion: AssertionRules {
        key: KeyReference::KeyIdIfGiven,
        audience: AudienceRule { names: &[AudienceName::TokenUrl], several: false },
        subject: SubjectRule::SpokenFor { required: false, or_itself: true },
        times: Times { early: 300, cap: Some(Cap::FromIssue(3600)), max_age: Some(3600), not_before: false, ..TIMES },
        ..ASSERTION
    },
    scope: ScopeRule { place: ScopePlace::ClaimOrTarget, required: true, suffix: None },
    token: TokenRules { prefix: "ya29.c.", lifetime: 3599, ..TOKEN },
    respond,
    refuse,
    ..service_account::RULES
};

/// An id token is returned alone.
fn respond(issued: &Issued<'_>) -> Value {
    match &issued.id_token {
        Some(id_token) => json!({ "id_token": id_token }),
        None => json!({
            "access_token": issued.access_token,
            "expires_in": issued.expires_in(),
            "token_type": "Bearer",
        }),
    }
}

fn refuse(failure: &Failure, place: &Place) -> Refusal {
    let (error, description) = match failure {
        Failure::Assertion(flaw) => match invalid(flaw) {
            Some(text) => ("invalid_grant", text),
            None => return words::refuse(failure, place),
        },
        Failure::GrantTypeMissing => ("invalid_request", "Required parameter is missing: grant_type".to_owned()),
        Failure::GrantTypeUnsupported(grant) => ("unsupported_grant_type", format!("Invalid grant_type: {grant}")),
        Failure::ScopeMissing | Failure::ScopeRefused(_) => {
            ("invalid_scope", "Invalid OAuth scope or ID token audience provided.".to_owned())
        }
        Failure::UserNotActive => ("invalid_grant", "Invalid grant: account not found".to_owned()),
        Failure::GrantNotAllowed | Failure::ConsentMissing(_) => return unauthorized(),
        _ => return words::refuse(failure, place),
    };
    Refusal::oauth(400, error, &description)
}

fn invalid(flaw: &Flaw) -> Option<String> {
    Some(match flaw {
        Flaw::Audience { .. } | Flaw::SeveralAudiences => "Invalid JWT: Failed audience check.".to_owned(),
        Flaw::Expired { expires_at: None } => "Invalid JWT: exp (expiration time) is not set.".to_owned(),
        Flaw::IssuedInFuture { issued_at: None } => "Invalid JWT: iat (issued at) is not set.".to_owned(),
        Flaw::Expired { .. }
        | Flaw::LivesTooLong { .. }
        | Flaw::IssuedInFuture { .. }
        | Flaw::IssuedTooLongAgo { .. } => "Invalid JWT: Token must be a short-lived token (60 minutes) and in a \
                                            reasonable timeframe. Check your iat and exp values in the JWT claim."
            .to_owned(),
        Flaw::IssuerMissing => "Invalid email or User ID.".to_owned(),
        Flaw::IssuerUnknown(_) => "Invalid grant: account not found".to_owned(),
        Flaw::SubjectUnknown(_) => "Invalid email or User ID.".to_owned(),
        Flaw::UnknownKey(_) | Flaw::KeyExpired(_) | Flaw::Algorithm(_) | Flaw::Signature => {
            "Invalid JWT Signature.".to_owned()
        }
        _ => return None,
    })
}

fn unauthorized() -> Refusal {
    let text = "Client is unauthorized to retrieve access tokens using this method, or client not authorized for \
                any of the scopes requested.";
    Refusal::oauth(401, "unauthorized_client", text)
}
