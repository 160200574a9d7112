//! The issuer's **endpoints**, at ZITADEL's paths of today.

mod answer;
mod discovery;
mod edge;
mod form;
mod introspect;
mod token;
mod userinfo;

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::{get, post};

use crate::shared::Shared;

const DISCOVERY: &str = "/.well-known/openid-configuration";
const KEYS: &str = "/oauth/v2/keys";
const TOKEN: &str = "/oauth/v2/token";
const INTROSPECT: &str = "/oauth/v2/introspect";
const USERINFO: &str = "/oidc/v1/userinfo";

/// All endpoints behind the edge. Another method gets 405, another path 404.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route(DISCOVERY, get(discovery::document))
        .route(KEYS, get(discovery::keys))
        .route(TOKEN, post(token::token))
        .route(INTROSPECT, post(introspect::introspect))
        .route(USERINFO, get(userinfo::userinfo).post(userinfo::userinfo))
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), edge::edge))
        .with_state(shared)
}
