//! Raystack Frontier, formerly Shield: a credential in the `Authorization` header, a JSON body, and one response to
//! whatever is wrong with it.

use serde_json::{Value, json};

use crate::version::{V0_90, V0_115, Version, VersionRules};
use mintage_demo::TokenForm;
use mintage_demo::assertion::{AssertionRules, AudienceRule, IdRule, KeyReference, SubjectRule, Times};
use mintage_demo::grpc::Code;
use mintage_demo::place::Place;
use mintage_demo::refusal::{Failure, Refusal};
use mintage_demo::rules::{Paths, Rules, ScopePlace, ScopeRule};
use mintage_demo::token::{TokenAudience, TokenRules};

/// Frontier's transports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// REST, with a service user directly below the version.
    Shield,
    /// REST, with a service user below its organisation.
    Rest,
    /// Connect: every call is a POST to a procedure.
    Connect,
}

impl Calls {
    /// The prefix of every procedure's path.
    pub(crate) const SERVICE: &'static str = "/raystack.frontier.v1beta1.FrontierService/";

    /// Whether empty members are written, as by the gateway behind REST.
    pub(crate) fn writes_empty(self) -> bool {
        self != Self::Connect
    }
}

/// The rules of a server with this transport. Versions differ in their words for a refusal.
pub(super) fn of(calls: Calls, version: Version) -> Rules {
    let latest = version == Version::V0_115;
    let refuse: fn(&Failure, &Place) -> Refusal = match (calls, latest) {
        (Calls::Connect, true) => |failure, _| refuse_by_connect(failure, &V0_115),
        (Calls::Connect, false) => |failure, _| refuse_by_connect(failure, &V0_90),
        (Calls::Shield | Calls::Rest, true) => |failure, _| refuse_by_rest(failure, &V0_115),
        (Calls::Shield | Calls::Rest, false) => |failure, _| refuse_by_rest(failure, &V0_90),
    };
    Rules { refuse, ..if calls == Calls::Connect { CONNECT } else { REST } }
}

/// The self-signed JWT: `iat` and `nbf` are optional and have no leeway, `iss`, `sub` and `aud` are ignored.
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

const REST: Rules = Rules {
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
    refuse: |failure, _| refuse_by_rest(failure, &V0_90),
};

const CONNECT: Rules =
    Rules { paths: Paths::token_only("/raystack.frontier.v1beta1.FrontierService/AuthToken"), ..REST };

fn refuse_by_rest(failure: &Failure, version: &VersionRules) -> Refusal {
    let (code, message) = match failure {
        // The gateway reads every body as JSON, whatever its type.
        Failure::BodyUnreadable(Some(first)) => {
            (Code::InvalidArgument, format!("invalid character '{first}' looking for beginning of value"))
        }
        Failure::BodyUnreadable(None) => (Code::InvalidArgument, "EOF".to_owned()),
        other => refuse(other, version),
    };
    Refusal::json(code.status(), json!({ "code": code.number(), "message": message, "details": [] }))
}

fn refuse_by_connect(failure: &Failure, version: &VersionRules) -> Refusal {
    let (code, message) = match failure {
        Failure::BodyUnreadable(first) => {
            let cause = first.map_or("zero-length payload is not a valid JSON object", |_| "not a proto message");
            (Code::InvalidArgument, format!("unmarshal message: {cause}"))
        }
        other => refuse(other, version),
    };
    Refusal::json(code.status(), json!({ "code": code.name(), "message": message }))
}

/// What both have in common (Frontier v0.90 and v0.115, measured).
fn refuse(failure: &Failure, version: &VersionRules) -> (Code, String) {
    let (code, message) = match failure {
        Failure::Forbidden => (Code::PermissionDenied, "not authorized"),
        Failure::NotFound(what) => (Code::NotFound, *what),
        Failure::MethodUnknown => (Code::Unimplemented, "Method Not Allowed"),
        Failure::OrganisationDisabled => {
            (version.organisation_disabled, "org is disabled. Please contact your administrator to enable it")
        }
        Failure::Internal | Failure::SuperuserExchange => (Code::Internal, "internal server error"),
        // Every problem with a credential has this response.
        _ => (Code::Unauthenticated, "not authenticated"),
    };
    (code, message.to_owned())
}
