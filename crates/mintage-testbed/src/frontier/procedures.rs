//! Calls by **Connect**: a POST of JSON to a procedure's name.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::ALLOW;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;

use super::Frontier;
use super::call::{Call, Kind, Message, Target};
use super::rules::Calls;
use mintage_demo::http::answer;
use mintage_demo::http::form::has_type;
use mintage_demo::refusal::Failure;
use mintage_demo::shared::Shared;

pub(super) async fn serve(
    State(shared): State<Arc<Shared>>,
    Extension(frontier): Extension<Arc<Frontier>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(procedure) = uri.path().strip_prefix(Calls::SERVICE).and_then(procedure) else {
        return answer::plain(StatusCode::NOT_FOUND, "404 page not found\n".to_owned());
    };
    if method != Method::POST {
        let mut response = answer::empty(StatusCode::METHOD_NOT_ALLOWED);
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    if !has_type(&headers, "application/json") {
        let mut response = answer::empty(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        response.headers_mut().insert("accept-post", HeaderValue::from_static("application/json"));
        return response;
    }
    let call = read(procedure, &body);
    super::carry_out(frontier, shared, headers, call).await
}

/// What a procedure does, before its message is read.
#[derive(Clone, Copy)]
enum Procedure {
    Token,
    KeySet,
    Myself,
    ServiceUser,
    CreateServiceUser,
    ServiceUsers,
    DeleteServiceUser,
    Create(Kind),
    List(Kind),
    Key,
    Delete(Kind),
}

fn procedure(name: &str) -> Option<Procedure> {
    Some(match name {
        "AuthToken" => Procedure::Token,
        "GetJWKs" => Procedure::KeySet,
        "GetCurrentUser" => Procedure::Myself,
        "CreateServiceUser" => Procedure::CreateServiceUser,
        "ListOrganizationServiceUsers" => Procedure::ServiceUsers,
        "DeleteServiceUser" => Procedure::DeleteServiceUser,
        "GetServiceUser" => Procedure::ServiceUser,
        "CreateServiceUserJWK" => Procedure::Create(Kind::Key),
        "ListServiceUserJWKs" => Procedure::List(Kind::Key),
        "GetServiceUserJWK" => Procedure::Key,
        "DeleteServiceUserJWK" => Procedure::Delete(Kind::Key),
        "CreateServiceUserCredential" => Procedure::Create(Kind::Secret),
        "ListServiceUserCredentials" => Procedure::List(Kind::Secret),
        "DeleteServiceUserCredential" => Procedure::Delete(Kind::Secret),
        "CreateServiceUserToken" => Procedure::Create(Kind::Token),
        "ListServiceUserTokens" => Procedure::List(Kind::Token),
        "DeleteServiceUserToken" => Procedure::Delete(Kind::Token),
        _ => return None,
    })
}

fn read(procedure: Procedure, body: &[u8]) -> Result<Call, Failure> {
    // Even a call without members has a body, `{}`.
    if body.is_empty() {
        return Err(Failure::BodyUnreadable(None));
    }
    let message = Message::read(body)?;
    let target = Target { user_id: message.text("id") };
    Ok(match procedure {
        Procedure::Token => Call::Token,
        Procedure::KeySet => Call::KeySet,
        Procedure::Myself => Call::Myself,
        Procedure::ServiceUser => Call::ServiceUser(target),
        Procedure::CreateServiceUser => {
            Call::CreateServiceUser(message.text("org_id"), message.message("body").text("title"))
        }
        Procedure::ServiceUsers => Call::ServiceUsers(target.user_id),
        Procedure::DeleteServiceUser => Call::DeleteServiceUser(target),
        Procedure::Create(kind) => Call::Create(target, kind, message.text("title")),
        Procedure::List(kind) => Call::List(target, kind),
        Procedure::Key => Call::Key(message.text("key_id")),
        Procedure::Delete(kind) => Call::Delete(target, kind, message.text(id_member(kind))),
    })
}

fn id_member(kind: Kind) -> &'static str {
    match kind {
        Kind::Key => "key_id",
        Kind::Secret => "secret_id",
        Kind::Token => "token_id",
    }
}
