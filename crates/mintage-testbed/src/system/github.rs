//! GitHub, called by an App for a token of one of its installations.

use mintage_demo::assertion::{AssertionRules, AudienceRule, Cap, Flaw, SubjectRule, Times};
use mintage_demo::place::Place;
use mintage_demo::refusal::{Failure, Refusal};
use mintage_demo::rules::{Carrier, GrantRule, Issued, Paths, Rules};
use mintage_demo::token::TokenRules;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::service_account::{self, ASSERTION, TIMES, TOKEN};

pub(super) const RULES: Rules = Rules {
    paths: Paths::token_only("/app/installations/{installation_id}/access_tokens"),
    takes_json: true,
    grants: &[GrantRule {
        grant_type: None,
        carriers: &[Carrier::BearerAssertion],
        secret_too: false,
        speaks_for: None,
    }],
    assertion: AssertionRules {
        audience: AudienceRule { names: &[], several: true },
        subject: SubjectRule::InPath,
        times: Times { cap: Some(Cap::FromNow(600)), not_before: false, ..TIMES },
        ..ASSERTION
    },
    token: TokenRules { prefix: "ghs_", ..TOKEN },
    status: 201,
    respond,
    refuse,
    ..service_account::RULES
};

fn respond(issued: &Issued<'_>) -> Value {
    // GitHub writes whole seconds.
    let expires_at = issued.expires_at().replace_nanosecond(0).unwrap_or(issued.expires_at());
    json!({
        "token": issued.access_token,
        "expires_at": expires_at.format(&Rfc3339).unwrap_or_default(),
        "permissions": { "metadata": "read" },
        "repository_selection": "all",
    })
}

fn refuse(failure: &Failure, _: &Place) -> Refusal {
    let (status, message) = match failure {
        Failure::Assertion(flaw) => invalid(flaw),
        Failure::NoAuthentication | Failure::Client(_) => (401, "A JSON web token could not be decoded"),
        Failure::UserNotActive | Failure::ConsentMissing(_) => (403, "This installation has been suspended"),
        Failure::Internal => (500, "Server Error"),
        _ => (404, "Not Found"),
    };
    let body = json!({
        "message": message,
        "documentation_url": "https://docs.github.com/rest",
        "status": status.to_string(),
    });
    Refusal::json(status, body)
}

fn invalid(flaw: &Flaw) -> (u16, &'static str) {
    let text = match flaw {
        Flaw::LivesTooLong { .. } => "'Expiration time' claim ('exp') is too far in the future",
        Flaw::Expired { .. } => {
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the \
             assertion expires"
        }
        Flaw::IssuedInFuture { .. } => {
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
        }
        Flaw::IssuerMissing => "Missing 'issuer' claim ('iss') in assertion",
        Flaw::IssuerUnknown(_) => return (404, "Integration not found"),
        Flaw::SubjectUnknown(_) => return (404, "Not Found"),
        _ => "A JSON web token could not be decoded",
    };
    (401, text)
}
