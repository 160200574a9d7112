//! Raystack Frontier, formerly Shield: a credential in the `Authorization` header, a body of JSON, and one
//! answer to whatever is wrong with it.

use serde_json::{Value, json};

use super::{Paths, Place, Rules, ScopePlace, ScopeRule, TokenAudience, TokenRules};
use crate::assertion::{AssertionRules, AudienceRule, IdRule, KeyReference, SubjectRule, Times};
use crate::refusal::{Failure, Refusal};
use crate::user::TokenForm;

/// How Frontier is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Calls {
    /// REST, with a service user directly below the version.
    Shield,
    /// REST, with a service user below its organisation.
    Rest,
    /// Connect: every call is a POST to a procedure.
    Connect,
}

impl Calls {
    /// What the path of every procedure begins with.
    pub(crate) const SERVICE: &'static str = "/raystack.frontier.v1beta1.FrontierService/";

    /// Whether empty members are written out, as the gateway behind REST does.
    pub(crate) fn writes_empty(self) -> bool {
        self != Self::Connect
    }
}

/// The self-signed JWT: `iat` and `nbf` are optional and have no leeway, `iss`, `sub` and `aud` say nothing.
const ASSERTION: AssertionRules = AssertionRules {
    algorithms: &["RS256"],
    key: KeyReference::KeyIdTwice,
    audience: AudienceRule { names: &[], several: true },
    subject: SubjectRule::ByKey,
    times: Times { late: 0, early: 0, cap: None, issued_at_required: false, max_age: None, not_before: true },
    id: IdRule::Required,
    claims: &[],
};

pub(super) const SHIELD: Rules = Rules {
    issuer: "",
    paths: Paths { keys: Some("/.well-known/jwks.json"), ..Paths::token_only("/v1beta1/auth/token") },
    takes_json: true,
    grants: &[],
    assertion: ASSERTION,
    scope: ScopeRule { place: ScopePlace::Nowhere, required: false, suffix: None },
    client_id_required: false,
    token: TokenRules {
        form: Some(TokenForm::Jwt),
        prefix: "",
        lifetime: 3600,
        audience: TokenAudience::Issuer,
        claims: |_, _| Value::Null,
    },
    status: 200,
    respond: |issued| json!({ "access_token": issued.access_token, "token_type": "Bearer" }),
    refuse: refuse_by_rest,
};

pub(super) const REST: Rules = SHIELD;

pub(super) const CONNECT: Rules = Rules {
    paths: Paths::token_only("/raystack.frontier.v1beta1.FrontierService/AuthToken"),
    refuse: refuse_by_connect,
    ..SHIELD
};

fn refuse_by_rest(failure: &Failure, _: &Place) -> Refusal {
    let (status, code, message) = match failure {
        // The gateway reads every body as JSON, whatever its type says.
        Failure::BodyUnreadable(Some(first)) => {
            (400, 3, format!("invalid character '{first}' looking for beginning of value"))
        }
        Failure::BodyUnreadable(None) => (400, 3, "EOF".to_owned()),
        Failure::Forbidden => (403, 7, "not authorized".to_owned()),
        Failure::NotFound(what) => (404, 5, (*what).to_owned()),
        Failure::OrganisationDisabled | Failure::Internal => (500, 13, "internal server error".to_owned()),
        // Whatever is wrong with a credential: nothing more is said.
        _ => (401, 16, "not authenticated".to_owned()),
    };
    Refusal::json(status, json!({ "code": code, "message": message, "details": [] }))
}

fn refuse_by_connect(failure: &Failure, _: &Place) -> Refusal {
    let (status, code, message) = match failure {
        Failure::BodyUnreadable(first) => {
            let cause = first.map_or("zero-length payload is not a valid JSON object", |_| "not a proto message");
            (400, "invalid_argument", format!("unmarshal message: {cause}"))
        }
        Failure::Forbidden => (403, "permission_denied", "not authorized".to_owned()),
        Failure::NotFound(what) => (404, "not_found", (*what).to_owned()),
        Failure::OrganisationDisabled => {
            (400, "failed_precondition", "org is disabled. Please contact your administrator to enable it".to_owned())
        }
        Failure::Internal => (500, "internal", "internal server error".to_owned()),
        _ => (401, "unauthenticated", "not authenticated".to_owned()),
    };
    Refusal::json(status, json!({ "code": code, "message": message }))
}
