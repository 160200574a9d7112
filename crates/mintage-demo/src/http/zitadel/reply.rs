//! A **reply** of the API: the shape of its errors, its headers, its spacing.

use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::{Value, json};

use super::error::ApiError;
use super::route::Face;
use crate::grpc::Code;
use crate::http::{answer, spacing};
use crate::language::Language;
use crate::shared::Shared;

pub(super) struct Reply {
    face: Face,
    language: Language,
    turn: u64,
}

impl Reply {
    pub(super) fn new(shared: &Shared, face: Face, headers: &HeaderMap) -> Self {
        let wanted = headers.get("accept-language").and_then(|header| header.to_str().ok());
        Self { face, language: Language::asked_for(wanted, shared.quirks().language), turn: shared.count() }
    }

    pub(super) fn success(&self, message: &Value) -> Response {
        self.finish(StatusCode::OK, message)
    }

    pub(super) fn error(&self, error: &ApiError) -> Response {
        let text = error.text(self.language);
        let message = match error.id {
            Some(id) => format!("{text} ({id})"),
            None => text.to_owned(),
        };
        let body = match self.face {
            Face::Connect => connect(error, &message, text),
            Face::V1 | Face::V2 => gateway(error, &message, text),
        };
        let status = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = self.finish(status, &body);
        if let (Code::Unauthenticated, Ok(challenge)) = (error.code, HeaderValue::from_str(&message)) {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }

    fn finish(&self, status: StatusCode, body: &Value) -> Response {
        let mut response = answer::unstored(answer::json_text(status, spacing::written(body, self.turn)));
        if self.face != Face::Connect {
            for (name, value) in [
                ("grpcgateway-content-type", "application/grpc"),
                ("grpcgateway-cache-control", "no-store"),
                ("grpcgateway-pragma", "no-cache"),
            ] {
                response.headers_mut().insert(name, HeaderValue::from_static(value));
            }
        }
        response
    }
}

/// An error of the gateway itself has no `details`.
fn gateway(error: &ApiError, message: &str, text: &str) -> Value {
    let mut body = json!({ "code": error.code.number(), "message": message });
    if let Some(id) = error.id {
        body["details"] = json!([{ "@type": "type.googleapis.com/zitadel.v1.ErrorDetail", "id": id, "message": text }]);
    }
    body
}

fn connect(error: &ApiError, message: &str, text: &str) -> Value {
    let mut body = json!({ "code": error.code.name(), "message": message });
    if let Some(id) = error.id {
        body["details"] = json!([{
            "type": "zitadel.v1.ErrorDetail",
            "value": STANDARD_NO_PAD.encode([field(1, id), field(2, text)].concat()),
            "debug": { "id": id, "message": text },
        }]);
    }
    body
}

/// A string field in protobuf's binary form. The strings here are shorter than 128 bytes.
fn field(number: u8, text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap_or(127).min(127);
    let mut bytes = vec![number << 3 | 2, length];
    bytes.extend(text.as_bytes().iter().take(usize::from(length)));
    bytes
}
