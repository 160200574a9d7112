//! The **discovery document** (OpenID Connect Discovery §3) and the **key set** (RFC 7517 §5).

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::{INTROSPECT, KEYS, TOKEN, USERINFO, answer};
use crate::shared::Shared;

pub(super) async fn document(State(shared): State<Arc<Shared>>) -> Response {
    let issuer = &shared.issuer;
    let algorithm = shared.book().keys.current().algorithm_name();
    // No authorization_endpoint: no grant here uses one (RFC 8414 §2).
    let document = json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}{TOKEN}"),
        "introspection_endpoint": format!("{issuer}{INTROSPECT}"),
        "userinfo_endpoint": format!("{issuer}{USERINFO}"),
        "jwks_uri": format!("{issuer}{KEYS}"),
        "grant_types_supported": [super::token::JWT_BEARER],
        "response_types_supported": [],
        "subject_types_supported": ["public"],
        "scopes_supported": ["openid", "profile", "email", "phone", "offline_access"],
        "id_token_signing_alg_values_supported": [algorithm],
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
        "introspection_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "claims_supported": [
            "sub", "aud", "exp", "iat", "iss", "nbf", "jti", "client_id", "name", "preferred_username", "updated_at"
        ],
    });
    answer::json(StatusCode::OK, &document)
}

pub(super) async fn keys(State(shared): State<Arc<Shared>>) -> Response {
    let keys = shared.book().keys.jwk_set();
    answer::json(StatusCode::OK, &keys)
}
