//! The **calls** of each vendor.

use axum::http::{HeaderMap, Method, Uri};
use mintage_demo::der::is_public_key;
use mintage_demo::shared::Shared;

use super::reply::Reply;
use super::{Call, Vendor};

mod auth0;
mod entra;
mod google;
mod keycloak;
mod okta;
mod stackit;

pub(super) fn answer(call: &Call<'_>) -> Reply {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match call.management.vendor {
        Vendor::Google => google::answer(call, &segments),
        Vendor::Entra => entra::answer(call, &segments),
        Vendor::Okta => okta::answer(call, &segments),
        Vendor::Auth0 => auth0::answer(call, &segments),
        Vendor::Keycloak => keycloak::answer(call, &segments),
        Vendor::Stackit => stackit::answer(call, &segments),
    }
}

/// What needs no access token; `None` if this is something else.
pub(super) fn with_own_token(
    shared: &Shared,
    vendor: Vendor,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
) -> Option<Reply> {
    match vendor {
        Vendor::Keycloak => keycloak::registration(shared, method, uri, headers, body),
        _ => None,
    }
}

/// An id that a server derives from a key, where it has another one for its own calls.
fn handle(prefix: &str, key_id: &str) -> String {
    format!("{prefix}{}", key_id.bytes().filter(u8::is_ascii_alphanumeric).take(16).map(char::from).collect::<String>())
}

fn public_pem(text: &str) -> Option<String> {
    let block = pem::parse(text).ok()?;
    (block.tag() == "PUBLIC KEY" && is_public_key(block.contents())).then(|| text.to_owned())
}
