//! Salesforce: a connected app speaks for a user that approved it, and the response says where to go.

use serde_json::{Value, json};

use super::{GrantRule, Issued, Paths, Place, Rules, ScopePlace, ScopeRule, TokenAudience, TokenRules, words};
use crate::assertion::{
    AssertionRules, AudienceName, AudienceRule, Cap, Flaw, IdRule, KeyReference, SubjectRule, Times,
};
use crate::refusal::{Failure, Refusal};
use crate::user::TokenForm;

const ORGANISATION: &str = "00D000000000062EAA";

pub(super) const RULES: Rules = Rules {
    issuer: "",
    paths: Paths { userinfo: Some("/services/oauth2/userinfo"), ..Paths::token_only("/services/oauth2/token") },
    takes_json: false,
    grants: &[GrantRule::JWT_BEARER],
    assertion: AssertionRules {
        algorithms: &["RS256"],
        small_keys: false,
        key: KeyReference::Any,
        // The login host: here there is one host for everything.
        audience: AudienceRule { names: &[AudienceName::Origin], several: false },
        subject: SubjectRule::SpokenFor { required: true, or_itself: false },
        times: Times {
            late: 0,
            early: 0,
            cap: Some(Cap::FromNow(180)),
            issued_at_required: false,
            max_age: None,
            not_before: true,
        },
        id: IdRule::Ignored,
        claims: &[],
    },
    scope: ScopeRule { place: ScopePlace::Form, required: false, suffix: None },
    client_id_required: false,
    clients_are_login_names: false,
    token: TokenRules {
        form: Some(TokenForm::Opaque),
        prefix: "00D000000000062!",
        lifetime: 7200,
        audience: TokenAudience::Issuer,
        claims: |_, _| Value::Null,
    },
    status: 200,
    respond,
    refuse,
};

/// Without `expires_in`: the organisation's session settings decide, and nobody is told.
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
