//! A Keycloak realm, whose clients sign an assertion (`client-jwt`) or have a secret.

use mintage_demo::assertion::{
    AssertionRules, AudienceName, AudienceRule, Flaw, IdRule, KeyReference, SubjectRule, Times,
};
use mintage_demo::place::Place;
use mintage_demo::refusal::{Failure, Refusal};
use mintage_demo::rules::{Carrier, GrantRule, Issued, Paths, Rules, ScopePlace, ScopeRule};
use mintage_demo::token::{Grant, TokenAudience, TokenRules};
use mintage_demo::words;
use mintage_demo::{TokenForm, User};

use super::generic;
use serde_json::{Value, json};

pub(super) const RULES: Rules = Rules {
    issuer: "/realms/demo",
    paths: Paths {
        token: "/realms/demo/protocol/openid-connect/token",
        discovery: Some("/realms/demo/.well-known/openid-configuration"),
        keys: Some("/realms/demo/protocol/openid-connect/certs"),
        userinfo: Some("/realms/demo/protocol/openid-connect/userinfo"),
        introspection: Some("/realms/demo/protocol/openid-connect/token/introspect"),
        revocation: Some("/realms/demo/protocol/openid-connect/revoke"),
    },
    takes_json: false,
    grants: &[GrantRule::client_credentials(&[Carrier::ClientAssertion, Carrier::Basic, Carrier::Post])],
    assertion: AssertionRules {
        algorithms: generic::ALGORITHMS,
        small_keys: false,
        key: KeyReference::KeyIdIfGiven,
        audience: AudienceRule { names: &[AudienceName::Issuer], several: false },
        subject: SubjectRule::Itself,
        times: Times { late: 15, early: 15, cap: None, issued_at_required: true, max_age: Some(60), not_before: true },
        id: IdRule::RequiredOnce,
        claims: &[],
    },
    scope: ScopeRule { place: ScopePlace::Form, required: false, suffix: None },
    client_id_required: false,
    clients_are_login_names: false,
    token: TokenRules {
        form: Some(TokenForm::Jwt),
        prefix: "",
        lifetime: 300,
        audience: TokenAudience::Issuer,
        claims,
    },
    status: 200,
    respond,
    refuse,
};

fn claims(grant: &Grant, _: &User) -> Value {
    json!({ "typ": "Bearer", "azp": grant.user_id, "aud": "account", "scope": grant.scopes.joined() })
}

fn respond(issued: &Issued<'_>) -> Value {
    let mut response = json!({
        "access_token": issued.access_token,
        "expires_in": issued.expires_in(),
        "refresh_expires_in": 0,
        "token_type": "Bearer",
        "not-before-policy": 0,
        "scope": issued.scope(),
    });
    if let Some(id_token) = &issued.id_token {
        response["id_token"] = json!(id_token);
    }
    response
}

fn refuse(failure: &Failure, place: &Place) -> Refusal {
    const CREDENTIALS: &str = "Invalid client or Invalid client credentials";
    match failure {
        Failure::ClientAssertion(Flaw::IssuerUnknown(_)) | Failure::ClientUnknown(_) | Failure::NoAuthentication => {
            Refusal::oauth(401, "invalid_client", CREDENTIALS)
        }
        Failure::SecretWrong(_) | Failure::SecretExpired(_) => Refusal::oauth(401, "unauthorized_client", CREDENTIALS),
        Failure::ClientAssertion(Flaw::UnknownKey(_) | Flaw::KeyExpired(_)) => {
            Refusal::oauth(400, "invalid_client", "Unable to load public key")
        }
        Failure::ClientAssertion(flaw) => {
            let text = format!("Client authentication with signed JWT failed: {}", invalid(flaw, place));
            Refusal::oauth(400, "invalid_client", &text)
        }
        Failure::GrantTypeMissing => Refusal::oauth(400, "invalid_request", "Missing form parameter: grant_type"),
        Failure::GrantTypeUnsupported(_) => Refusal::oauth(400, "unsupported_grant_type", "Unsupported grant_type"),
        Failure::GrantNotAllowed => {
            let text = "Client not enabled to retrieve service account";
            Refusal::oauth(401, "unauthorized_client", text)
        }
        Failure::ScopeRefused(scope) => Refusal::oauth(400, "invalid_scope", &format!("Invalid scopes: {scope}")),
        Failure::PathUnknown(path) => {
            let known = path.starts_with(RULES.issuer);
            let text = if known { "HTTP 404 Not Found" } else { "Realm does not exist" };
            Refusal::json(404, json!({ "error": text }))
        }
        Failure::UserNotActive => Refusal::oauth(401, "invalid_client", CREDENTIALS),
        _ => words::refuse(failure, place),
    }
}

fn invalid(flaw: &Flaw, place: &Place) -> String {
    match flaw {
        Flaw::Audience { found } => format!(
            "Token audience doesn't match domain. Expected audiences are any of [{}] but audience from token is \
             '[{found}]'",
            place.audiences.join(", ")
        ),
        Flaw::SeveralAudiences => "Multiple audiences not allowed".to_owned(),
        Flaw::Expired { expires_at: None } => "Token exp claim is required".to_owned(),
        Flaw::Expired { .. } | Flaw::NotYetValid { .. } => "Token is not active".to_owned(),
        Flaw::IssuedTooLongAgo { .. } => "Token was issued too far in the past to be used now".to_owned(),
        Flaw::IssuedInFuture { issued_at: Some(_) } => "Token was issued in the future".to_owned(),
        Flaw::IdMissing => "Token jti claim is required".to_owned(),
        Flaw::IdUsed => "Token reuse detected".to_owned(),
        Flaw::Signature | Flaw::Algorithm(_) => "Signature on JWT token failed validation".to_owned(),
        other => words::cause(other, &place.audience()),
    }
}
