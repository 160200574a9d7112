//! The **revocation endpoint** (RFC 7009): a client revokes a token.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;

use super::answer;
use super::client;
use super::form::Form;
use crate::refusal::Failure;
use crate::shared::Shared;

pub(super) async fn revoke(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    match strike(&shared, &headers, &Form::read(&headers, &body), uri.path()) {
        Ok(()) => answer::unstored(answer::empty(StatusCode::OK)),
        Err(failure) => answer::refusal(&shared, &failure),
    }
}

fn strike(shared: &Shared, headers: &HeaderMap, form: &Form, endpoint: &str) -> Result<(), Failure> {
    let caller = client::authenticate_revoker(shared, headers, form, endpoint)?;
    let token = form.required("token")?;
    let now = shared.now();
    // A token that doesn't work counts as revoked (RFC 7009 §2.2).
    let Some((grant, _)) = shared.book().grant(token, now) else { return Ok(()) };
    // ZITADEL requires the caller's client id in `aud`, which a service user's token doesn't contain.
    let issued_to_caller = match shared.rules.guards_audience() {
        true => grant.audience.contains(&caller.client_id),
        false => grant.user_id == caller.client_id,
    };
    if !issued_to_caller {
        return Err(Failure::TokenOfAnother);
    }
    shared.book().strike(token);
    Ok(())
}
