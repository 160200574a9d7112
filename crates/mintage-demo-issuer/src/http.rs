//! The played system's **endpoints**, at its own paths.

mod answer;
mod basic;
mod client;
mod discovery;
mod edge;
mod form;
mod frontier;
mod introspect;
mod proof;
mod revoke;
mod token;
mod userinfo;

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::{get, post};

use crate::shared::Shared;
use crate::system::{Calls, Paths};

/// All endpoints behind the edge. Another method gets 405, another path 404, where the system has no words
/// of its own for these.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let endpoints = match shared.system.frontier() {
        None => oauth(&shared.rules.paths),
        Some(Calls::Connect) => frontier::procedures(),
        Some(_) => frontier::resources(),
    };
    endpoints.layer(middleware::from_fn_with_state(Arc::clone(&shared), edge::edge)).with_state(shared)
}

fn oauth(paths: &Paths) -> Router<Arc<Shared>> {
    let optional = [
        (paths.discovery, get(discovery::document)),
        (paths.keys, get(discovery::keys)),
        (paths.userinfo, get(userinfo::userinfo).post(userinfo::userinfo)),
        (paths.introspection, post(introspect::introspect)),
        (paths.revocation, post(revoke::revoke)),
    ];
    let mut router = Router::new().route(paths.token, post(token::token));
    for (path, endpoint) in optional {
        if let Some(path) = path {
            router = router.route(path, endpoint);
        }
    }
    router
}
