//! DocuSign: an integration speaks for a user that consented once, in a browser.

use serde_json::{Value, json};

use super::{GrantRule, Issued, Paths, Place, Rules, ScopePlace, ScopeRule, TokenAudience, TokenRules, generic, words};
use crate::assertion::{
    AssertionRules, AudienceName, AudienceRule, Cap, Flaw, IdRule, KeyReference, SubjectRule, Times,
};
use crate::refusal::{Failure, Refusal};
use crate::user::TokenForm;

pub(super) const RULES: Rules = Rules {
    issuer: "",
    paths: Paths { userinfo: Some("/oauth/userinfo"), ..Paths::token_only("/oauth/token") },
    takes_json: false,
    grants: &[GrantRule::JWT_BEARER],
    assertion: AssertionRules {
        algorithms: &["RS256"],
        small_keys: false,
        key: KeyReference::Any,
        audience: AudienceRule { names: &[AudienceName::Host], several: false },
        subject: SubjectRule::SpokenFor { required: true, or_itself: false },
        times: Times {
            late: 0,
            early: 0,
            cap: Some(Cap::FromIssue(3600)),
            issued_at_required: true,
            max_age: None,
            not_before: true,
        },
        id: IdRule::Ignored,
        claims: &[],
    },
    scope: ScopeRule { place: ScopePlace::Claim, required: true, suffix: None },
    client_id_required: false,
    clients_are_login_names: false,
    token: TokenRules {
        form: Some(TokenForm::Jwt),
        prefix: "",
        lifetime: 3600,
        audience: TokenAudience::Issuer,
        claims: generic::scope_claim,
    },
    status: 200,
    respond,
    refuse,
};

fn respond(issued: &Issued<'_>) -> Value {
    json!({
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in(),
        "scope": issued.scope(),
    })
}

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
