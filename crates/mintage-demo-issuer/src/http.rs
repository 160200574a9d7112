//! The played system's **endpoints**, at its own paths.

mod answer;
mod authorization;
mod client;
mod discovery;
mod edge;
mod form;
mod frontier;
mod introspect;
mod path;
mod proof;
mod revoke;
mod spacing;
mod token;
mod userinfo;
mod zitadel;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware;
use axum::response::Response;
use axum::routing::{get, post};

use crate::refusal::Failure;
use crate::shared::Shared;
use crate::system::{Calls, Paths, System};

/// All endpoints behind the edge. Another method gets 405, and another path the system's words for that.
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
    let mut router = Router::new().route(paths.token, post(token::token)).fallback(missing);
    for (path, endpoint) in optional {
        if let Some(path) = path {
            router = router.route(path, endpoint);
        }
    }
    router
}

async fn missing(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if shared.system == System::Zitadel && zitadel::serves(uri.path()) {
        return zitadel::serve(shared, method, uri, headers, body).await;
    }
    answer::refusal(&shared, &Failure::PathUnknown(uri.path().to_owned()))
}
