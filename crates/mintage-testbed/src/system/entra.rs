//! Microsoft Entra ID: the key is named by its certificate's thumbprint, the scope ends with `/.default`, and each
//! refusal has a number.

use mintage_demo::assertion::{
    AssertionRules, AudienceName, AudienceRule, Flaw, IdRule, KeyReference, SubjectRule, Times,
};
use mintage_demo::place::Place;
use mintage_demo::random;
use mintage_demo::refusal::{Failure, Refusal};
use mintage_demo::rules::{Carrier, GrantRule, Issued, Paths, Rules, ScopePlace, ScopeRule};
use mintage_demo::token::{Grant, TokenAudience, TokenRules};
use mintage_demo::words;
use mintage_demo::{TokenForm, User};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

/// The tenant that is served.
const TENANT: &str = "2f4a9838-26b7-47ee-be60-ccc1fdec5953";

pub(super) const RULES: Rules = Rules {
    issuer: "/2f4a9838-26b7-47ee-be60-ccc1fdec5953/v2.0",
    paths: Paths {
        token: "/2f4a9838-26b7-47ee-be60-ccc1fdec5953/oauth2/v2.0/token",
        discovery: Some("/2f4a9838-26b7-47ee-be60-ccc1fdec5953/v2.0/.well-known/openid-configuration"),
        keys: Some("/2f4a9838-26b7-47ee-be60-ccc1fdec5953/discovery/v2.0/keys"),
        userinfo: None,
        introspection: None,
        revocation: None,
    },
    takes_json: false,
    grants: &[GrantRule::client_credentials(&[Carrier::ClientAssertion, Carrier::Basic, Carrier::Post])],
    assertion: AssertionRules {
        algorithms: &["PS256"],
        small_keys: false,
        key: KeyReference::Thumbprint,
        audience: AudienceRule { names: &[AudienceName::TokenUrl], several: false },
        subject: SubjectRule::Itself,
        times: Times { late: 300, early: 300, cap: None, issued_at_required: false, max_age: None, not_before: true },
        id: IdRule::Ignored,
        claims: &[],
    },
    scope: ScopeRule { place: ScopePlace::Form, required: true, suffix: Some("/.default") },
    client_id_required: true,
    clients_are_login_names: false,
    token: TokenRules {
        form: Some(TokenForm::Jwt),
        prefix: "",
        lifetime: 3599,
        audience: TokenAudience::Scope,
        claims,
    },
    status: 200,
    respond,
    refuse,
};

fn claims(grant: &Grant, _: &User) -> Value {
    json!({ "azp": grant.user_id, "azpacr": "2", "oid": grant.user_id, "tid": TENANT, "ver": "2.0" })
}

fn respond(issued: &Issued<'_>) -> Value {
    json!({
        "token_type": "Bearer",
        "expires_in": issued.expires_in(),
        "ext_expires_in": issued.expires_in(),
        "access_token": issued.access_token,
    })
}

fn refuse(failure: &Failure, place: &Place) -> Refusal {
    match numbered(failure, place) {
        Some((status, error, number, text)) => sts_error(status, error, number, &text, place.now),
        None => words::refuse(failure, place),
    }
}

type Numbered = (u16, &'static str, u32, String);

fn numbered(failure: &Failure, place: &Place) -> Option<Numbered> {
    Some(match failure {
        Failure::ClientAssertion(flaw) => return invalid(flaw, place),
        Failure::ParameterMissing(name) => missing(name),
        Failure::GrantTypeMissing => missing("grant_type"),
        Failure::ScopeMissing => missing("scope"),
        Failure::NoAuthentication => (
            401,
            "invalid_client",
            7_000_218,
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.".to_owned(),
        ),
        Failure::GrantTypeUnsupported(grant) => {
            (400, "unsupported_grant_type", 70003, format!("The app requested an unsupported grant type '{grant}'."))
        }
        Failure::ClientUnknown(client) => unknown_client(client),
        Failure::ClientIdDiffers => (
            401,
            "invalid_client",
            700_021,
            "Client assertion application identifier doesn't match 'client_id' parameter.".to_owned(),
        ),
        Failure::SecretWrong(client) => (
            401,
            "invalid_client",
            7_000_215,
            format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret \
                 value, not the client secret ID, for a secret added to app '{client}'."
            ),
        ),
        Failure::SecretExpired(client) => (
            401,
            "invalid_client",
            7_000_222,
            format!("The provided client secret keys for app '{client}' are expired."),
        ),
        Failure::ScopeRefused(scope) if scope.ends_with("/.default") => (
            400,
            "invalid_scope",
            70011,
            format!(
                "The provided request must include a 'scope' input parameter. The provided value for the input \
                 parameter 'scope' is not valid. The scope {scope} is not valid."
            ),
        ),
        Failure::ScopeRefused(scope) => (
            400,
            "invalid_scope",
            1_002_012,
            format!(
                "The provided value for scope {scope} is not valid. Client credential flows must have a scope value \
                 with /.default suffixed to the resource identifier (application ID URI)."
            ),
        ),
        Failure::PathUnknown(path) if path.ends_with("/oauth2/v2.0/token") => {
            let tenant = path.split('/').nth(1).unwrap_or_default();
            let text = format!(
                "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into \
                 the correct cloud."
            );
            (400, "invalid_request", 90002, text)
        }
        Failure::UserNotActive => (401, "unauthorized_client", 7_000_112, "Application is disabled.".to_owned()),
        _ => return None,
    })
}

fn missing(parameter: &str) -> Numbered {
    let text = format!("The request body must contain the following parameter: '{parameter}'.");
    (400, "invalid_request", 900_144, text)
}

fn unknown_client(client: &str) -> Numbered {
    let text = format!("Application with identifier '{client}' was not found in the directory '{TENANT}'.");
    (400, "unauthorized_client", 700_016, text)
}

fn invalid(flaw: &Flaw, place: &Place) -> Option<Numbered> {
    let not_found = |thumbprint: &str| {
        format!(
            "Client assertion contains an invalid signature. [Reason - The key was not found., Thumbprint of key \
             used by client: '{thumbprint}']"
        )
    };
    Some(match flaw {
        Flaw::IssuerUnknown(client) => unknown_client(client),
        Flaw::Audience { .. } | Flaw::SeveralAudiences => {
            (401, "invalid_client", 700_023, "Client assertion audience claim does not match Realm issuer.".to_owned())
        }
        Flaw::Expired { .. } | Flaw::IssuedInFuture { .. } | Flaw::NotYetValid { .. } => {
            let text = format!(
                "Client assertion is not within its valid time range. Current time: {}.",
                place.now.format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z")).ok()?
            );
            (401, "invalid_client", 700_024, text)
        }
        Flaw::KeyIdMissing => (401, "invalid_client", 700_027, not_found("")),
        Flaw::UnknownKey(thumbprint) | Flaw::KeyExpired(thumbprint) => {
            (401, "invalid_client", 700_027, not_found(thumbprint))
        }
        Flaw::Signature | Flaw::Algorithm(_) => {
            (401, "invalid_client", 700_027, "Client assertion failed signature validation.".to_owned())
        }
        Flaw::Malformed(_) => (401, "invalid_client", 50027, "JWT token is invalid or malformed.".to_owned()),
        _ => return None,
    })
}

/// The error response with its number, twice, and what support would ask for.
fn sts_error(status: u16, error: &str, number: u32, text: &str, now: OffsetDateTime) -> Refusal {
    let (trace, correlation) = (random::uuid(), random::uuid());
    let timestamp =
        now.format(format_description!("[year]-[month]-[day] [hour]:[minute]:[second]Z")).unwrap_or_default();
    let description =
        format!("AADSTS{number}: {text} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}");
    let body = json!({
        "error": error,
        "error_description": description,
        "error_codes": [number],
        "timestamp": timestamp,
        "trace_id": trace,
        "correlation_id": correlation,
    });
    Refusal::json(status, body)
}
