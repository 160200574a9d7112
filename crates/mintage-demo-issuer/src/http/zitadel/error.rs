//! An **error** of ZITADEL's API: a code of gRPC, and a text that ends with the id of the place that it
//! comes from.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::http::answer;

#[derive(Clone, Copy, Debug)]
pub(super) struct ApiError {
    status: u16,
    code: u8,
    id: Option<&'static str>,
    message: &'static str,
}

impl ApiError {
    pub(super) const HEADER_MISSING: Self = Self::new(401, 16, None, "auth header missing");
    pub(super) const TOKEN_INVALID: Self = Self::new(401, 16, Some("AUTH-7fs1e"), "Errors.Token.Invalid");
    pub(super) const AUDIENCE_INVALID: Self = Self::new(401, 16, Some("APP-Zxfako"), "invalid audience");
    pub(super) const NO_PERMISSION: Self = Self::new(403, 7, Some("AUTH-5mWD2"), "No matching permissions found");
    pub(super) const NO_MEMBERSHIP: Self = Self::new(403, 7, Some("AUTHZ-cdgFk"), "membership not found");
    pub(super) const USER_NOT_FOUND: Self = Self::new(404, 5, Some("DEMO-User1"), "Errors.User.NotFound");
    pub(super) const KEY_NOT_FOUND: Self = Self::new(404, 5, Some("COMMAND-4m77G"), "Errors.User.Machine.Key.NotFound");
    pub(super) const KEY_INVALID: Self = Self::new(400, 3, Some("DEMO-Key02"), "Errors.User.Machine.Key.Invalid");
    pub(super) const EXPIRATION_MISSING: Self = Self::new(400, 3, None, "expiration_date: value is required");
    pub(super) const BODY_UNREADABLE: Self = Self::new(400, 3, None, "proto: syntax error");
    pub(super) const NO_SUCH_PATH: Self = Self::new(404, 5, None, "Not Found");
    pub(super) const INTERNAL: Self = Self::new(500, 13, None, "Errors.Internal");

    const fn new(status: u16, code: u8, id: Option<&'static str>, message: &'static str) -> Self {
        Self { status, code, id, message }
    }

    pub(super) fn answer(self) -> Response {
        let body = match self.id {
            None => json!({ "code": self.code, "message": self.message, "details": [] }),
            Some(id) => json!({
                "code": self.code,
                "message": format!("{} ({id})", self.message),
                "details": [{
                    "@type": "type.googleapis.com/zitadel.v1.ErrorDetail", "id": id, "message": self.message,
                }],
            }),
        };
        answer::json(StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), &body)
    }
}
