//! Salesforce: a connected app acts for a user that approved it, and the response says where to go.

use mintage_demo::assertion::{AssertionRules, Cap, Flaw, Times};
use mintage_demo::place::Place;
use mintage_demo::refusal::{Failure, Refusal};
use mintage_demo::rules::{Issued, Paths, Rules, ScopePlace, ScopeRule};
use mintage_demo::token::TokenRules;
use mintage_demo::words;
use serde_json::{Value, json};

use super::service_account::{self, ASSERTION, TIMES, TOKEN};

const ORGANISATION: &str = "00D000000000062EAA";

pub(super) const RULES: Rules = Rules {
    paths: Paths { userinfo: Some("/services/oauth2/userinfo"), ..Paths::token_only("/services/oauth2/token") },
    // The audience is the login host: here there is one host for everything.
    assertion: AssertionRules {
        times: Times { cap: Some(Cap::FromNow(180)), issued_at_required: false, ..TIMES },
        ..ASSERTION
    },
    scope: ScopeRule { place: ScopePlace::Form, required: false, suffix: None },
    token: TokenRules { prefix: "00D000000000062!", lifetime: 7200, ..TOKEN },
    respond,
    refuse,
    ..service_account::RULES
};

/// Without `expires_in`: the organisation's session settings decide, and no response says so.
fn respond(issued: &Issued<'_>) -> Value {
    json!({
        "access_token": issued.access_token,
        "scope": if issued.scope().is_empty() { "api".to_owned() } else { issued.scope() },
        "instance_url": issued.place.origin,
        "id": format!("{}/id/{ORGANISATION}/{}", issued.place.origin, issued.grant.subject),
        "token_type": "Bearer",
    })
}

fn refuse(failure: &Failure, place: &Place) -> Refusal {
    let (error, description) = match failure {
        Failure::Assertion(Flaw::Audience { .. } | Flaw::SeveralAudiences) => ("invalid_grant", "audience is invalid"),
        Failure::Assertion(Flaw::IssuerUnknown(_) | Flaw::IssuerMissing) => {
            ("invalid_client_id", "client identifier invalid")
        }
        Failure::Assertion(Flaw::SubjectUnknown(_)) | Failure::ConsentMissing(_) => {
            ("invalid_grant", "user hasn't approved this consumer")
        }
        Failure::Assertion(_) => ("invalid_grant", "invalid assertion"),
        Failure::GrantTypeMissing | Failure::GrantTypeUnsupported(_) => {
            ("unsupported_grant_type", "grant type not supported")
        }
        Failure::UserNotActive => ("inactive_user", "user is inactive"),
        _ => return words::refuse(failure, place),
    };
    Refusal::oauth(400, error, description)
}
