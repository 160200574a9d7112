//! Raystack Frontier, formerly Shield: a credential in the `Authorization` header, a body of JSON, and one
//! answer to whatever is wrong with it.

use serde_json::{Value, json};

use super::{Paths, Place, Rules, ScopePlace, ScopeRule, TokenAudience, TokenRules};
use crate::assertion::{AssertionRules, AudienceRule, IdRule, KeyReference, SubjectRule, Times};
use crate::grpc::Code;
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
    small_keys: false,
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
    clients_are_login_names: false,
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

fn refuse_by_rest(failure: &Failure, place: &Place) -> Refusal {
    let (code, message) = match failure {
        // The gateway reads every body as JSON, whatever its type says.
        Failure::BodyUnreadable(Some(first)) => {
            (Code::InvalidArgument, format!("invalid character '{first}' looking for beginning of value"))
        }
        Failure::BodyUnreadable(None) => (Code::InvalidArgument, "EOF".to_owned()),
        other => refuse(other, place),
    };
    Refusal::json(code.status(), json!({ "code": code.number(), "message": message, "details": [] }))
}

fn refuse_by_connect(failure: &Failure, place: &Place) -> Refusal {
    let (code, message) = match failure {
        Failure::BodyUnreadable(first) => {
            let cause = first.map_or("zero-length payload is not a valid JSON object", |_| "not a proto message");
            (Code::InvalidArgument, format!("unmarshal message: {cause}"))
        }
        other => refuse(other, place),
    };
    Refusal::json(code.status(), json!({ "code": code.name(), "message": message }))
}

/// What both say alike (Frontier v0.90 and v0.115, measured).
fn refuse(failure: &Failure, place: &Place) -> (Code, String) {
    let (code, message) = match failure {
        Failure::Forbidden => (Code::PermissionDenied, "not authorized"),
        Failure::NotFound(what) => (Code::NotFound, *what),
        Failure::MethodUnknown => (Code::Unimplemented, "Method Not Allowed"),
        Failure::OrganisationDisabled => (
            place.version.rules().organisation_disabled,
            "org is disabled. Please contact your administrator to enable it",
        ),
        Failure::Internal | Failure::SuperuserExchange => (Code::Internal, "internal server error"),
        // Every problem with a credential has this answer.
        _ => (Code::Unauthenticated, "not authenticated"),
    };
    (code, message.to_owned())
}
