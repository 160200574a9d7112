//! DocuSign: an integration acts for a user that consented once, in a browser.

use mintage_demo::TokenForm;
use mintage_demo::assertion::{AssertionRules, AudienceName, AudienceRule, Cap, Flaw, Times};
use mintage_demo::place::Place;
use mintage_demo::refusal::{Failure, Refusal};
use mintage_demo::rules::{Paths, Rules, ScopePlace, ScopeRule};
use mintage_demo::token::TokenRules;
use mintage_demo::words;
use serde_json::json;

use super::generic;
use super::service_account::{self, ASSERTION, TIMES, TOKEN};

pub(super) const RULES: Rules = Rules {
    paths: Paths { userinfo: Some("/oauth/userinfo"), ..Paths::token_only("/oauth/token") },
    assertion: AssertionRules {
        audience: AudienceRule { names: &[AudienceName::Host], several: false },
        times: Times { cap: Some(Cap::FromIssue(3600)), ..TIMES },
        ..ASSERTION
    },
    scope: ScopeRule { place: ScopePlace::Claim, required: true, suffix: None },
    token: TokenRules { form: Some(TokenForm::Jwt), claims: generic::scope_claim, ..TOKEN },
    refuse,
    ..service_account::RULES
};

fn refuse(failure: &Failure, place: &Place) -> Refusal {
    let description = match failure {
        // Alone, without a description.
        Failure::ConsentMissing(_) => return Refusal::json(400, json!({ "error": "consent_required" })),
        Failure::Assertion(Flaw::IssuerUnknown(_) | Flaw::IssuerMissing) => "issuer_not_found",
        Failure::Assertion(Flaw::SubjectUnknown(_) | Flaw::SubjectMissing) | Failure::UserNotActive => "user_not_found",
        Failure::Assertion(Flaw::Signature | Flaw::Algorithm(_) | Flaw::KeyExpired(_)) => "no_valid_keys_or_signatures",
        _ => return words::refuse(failure, place),
    };
    Refusal::oauth(400, "invalid_grant", description)
}
