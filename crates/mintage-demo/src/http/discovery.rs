//! The **discovery document** (OpenID Connect Discovery §3) and the **key set** (RFC 7517 §5).

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use crate::rules::{Carrier, Rules};
use crate::shared::Shared;

pub(super) async fn document(State(shared): State<Arc<Shared>>) -> Response {
    let rules = &shared.rules;
    let origin = shared.endpoints_origin();
    let algorithm = shared.book().keys.current().algorithm_name();
    let grants: Vec<&str> = rules.grants.iter().filter_map(|grant| grant.grant_type).collect();
    // No authorization_endpoint: no grant here uses one (RFC 8414 §2).
    let mut document = json!({
        "issuer": shared.issuer(),
        "token_endpoint": format!("{origin}{}", rules.paths.token),
        "grant_types_supported": grants,
        "token_endpoint_auth_methods_supported": methods(rules),
        "token_endpoint_auth_signing_alg_values_supported": rules.assertion.algorithms,
        "response_types_supported": [],
        "subject_types_supported": ["public"],
        "scopes_supported": ["openid", "profile", "email", "phone", "offline_access"],
        "id_token_signing_alg_values_supported": [algorithm],
        "claims_supported": [
            "sub", "aud", "exp", "iat", "iss", "nbf", "jti", "client_id", "name", "preferred_username", "updated_at"
        ],
    });
    add_endpoints(&mut document, &origin, rules);
    answer::json(StatusCode::OK, &document)
}

fn add_endpoints(document: &mut Value, origin: &str, rules: &Rules) {
    let paths = &rules.paths;
    for (member, path) in [
        ("jwks_uri", paths.keys),
        ("userinfo_endpoint", paths.userinfo),
        ("introspection_endpoint", paths.introspection),
        ("revocation_endpoint", paths.revocation),
    ] {
        if let Some(path) = path {
            document[member] = json!(format!("{origin}{path}"));
        }
    }
    if paths.introspection.is_some() {
        document["introspection_endpoint_auth_methods_supported"] =
            json!(["client_secret_basic", "client_secret_post", "private_key_jwt"]);
        document["introspection_endpoint_auth_signing_alg_values_supported"] = json!(rules.assertion.algorithms);
    }
}

/// The names of client authentication methods (OpenID Connect Core §9).
fn methods(rules: &Rules) -> Vec<&'static str> {
    let name = |carrier: &Carrier| match carrier {
        Carrier::Assertion | Carrier::BearerAssertion => "none",
        Carrier::ClientAssertion => "private_key_jwt",
        Carrier::Basic => "client_secret_basic",
        Carrier::Post => "client_secret_post",
    };
    rules.grants.iter().flat_map(|grant| grant.carriers.iter().map(name)).collect()
}

pub(super) async fn keys(State(shared): State<Arc<Shared>>) -> Response {
    let keys = shared.book().keys.jwk_set();
    answer::json(StatusCode::OK, &keys)
}
