//! A vendor's **reply**: a status and JSON, in the shape of its errors.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Vendor;

pub(super) struct Reply(pub(super) u16, pub(super) Value);

/// RFC 3339, to the second.
pub(super) fn time(at: OffsetDateTime) -> String {
    at.replace_nanosecond(0).unwrap_or(at).format(&Rfc3339).unwrap_or_default()
}

impl Reply {
    pub(super) fn unauthenticated(vendor: Vendor) -> Self {
        Self::error(vendor, 401, "the token isn't valid")
    }

    pub(super) fn forbidden(vendor: Vendor) -> Self {
        Self::error(vendor, 403, "the caller lacks the permission")
    }

    pub(super) fn not_found(vendor: Vendor) -> Self {
        Self::error(vendor, 404, "there is no such key")
    }

    pub(super) fn invalid(vendor: Vendor, what: &str) -> Self {
        Self::error(vendor, 400, what)
    }

    /// The shapes are the vendors'; of the texts only the words that clients match on.
    pub(super) fn error(vendor: Vendor, status: u16, text: &str) -> Self {
        let body = match vendor {
            Vendor::Google => {
                let name = match status {
                    400 => "INVALID_ARGUMENT",
                    401 => "UNAUTHENTICATED",
                    403 => "PERMISSION_DENIED",
                    404 => "NOT_FOUND",
                    _ => "FAILED_PRECONDITION",
                };
                json!({ "error": { "code": status, "message": text, "status": name } })
            }
            Vendor::Entra => {
                let code = match status {
                    401 => "InvalidAuthenticationToken",
                    403 => "Authorization_RequestDenied",
                    404 => "Request_ResourceNotFound",
                    _ => "Request_BadRequest",
                };
                json!({ "error": { "code": code, "message": text, "innerError": {} } })
            }
            Vendor::Okta => {
                let code = match status {
                    401 => "E0000011",
                    403 => "E0000006",
                    404 => "E0000007",
                    _ => "E0000001",
                };
                json!({ "errorCode": code, "errorSummary": text, "errorLink": code, "errorId": "oae1", "errorCauses": [] })
            }
            Vendor::Auth0 => {
                let (error, code) = match status {
                    401 => ("Unauthorized", "invalid_token"),
                    403 => ("Forbidden", "insufficient_scope"),
                    404 => ("Not Found", "inexistent_client_credential"),
                    _ => ("Bad Request", "invalid_body"),
                };
                json!({ "statusCode": status, "error": error, "message": text, "errorCode": code })
            }
            Vendor::Keycloak => {
                let error = match status {
                    401 => "HTTP 401 Unauthorized",
                    403 => "HTTP 403 Forbidden",
                    404 => "Could not find client",
                    _ => text,
                };
                json!({ "error": error })
            }
            Vendor::Stackit => json!({ "code": status, "msg": text }),
        };
        Self(status, body)
    }
}
