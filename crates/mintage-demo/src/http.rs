//! The imitated system's **endpoints**, at its own paths.

pub mod answer;
mod authentication;
pub mod authorization;
pub mod client;
mod connection;
mod discovery;
mod edge;
pub mod form;
mod introspect;
pub mod path;
mod revoke;
pub mod spacing;
mod token;
mod userinfo;
mod zitadel;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware;
use axum::response::Response;
use axum::routing::{get, post};

use crate::refusal::Failure;
use crate::rules::Paths;
use crate::shared::Shared;

pub(crate) use connection::Abortable;

/// A service for [`Abortable`] connections.
pub(crate) type Serving = IntoMakeServiceWithConnectInfo<Router, connection::Connection>;

/// Puts endpoints behind the edge. Another method gets 405, and another path the system's words for that.
pub(crate) fn behind_the_edge(endpoints: Router<Arc<Shared>>, shared: Arc<Shared>) -> Serving {
    let edge = middleware::from_fn_with_state(Arc::clone(&shared), edge::edge);
    endpoints.layer(edge).with_state(shared).into_make_service_with_connect_info()
}

/// ZITADEL's endpoints and its API.
pub(crate) fn zitadel(paths: &Paths) -> Router<Arc<Shared>> {
    standard(paths).fallback(zitadel_api)
}

/// The endpoints that OAuth and OpenID Connect name.
pub fn standard(paths: &Paths) -> Router<Arc<Shared>> {
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

async fn missing(State(shared): State<Arc<Shared>>, uri: Uri) -> Response {
    answer::refusal(&shared, &Failure::PathUnknown(uri.path().to_owned()))
}

async fn zitadel_api(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if zitadel::serves(uri.path()) {
        return zitadel::serve(shared, method, uri, headers, body).await;
    }
    missing(State(shared), uri).await
}
