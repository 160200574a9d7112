//! A **dialect** is the way an era of ZITADEL words its refusals: one failure, five answers.
//!
//! Rule: a dialect decides only on words, statuses and content types, never on what is refused – except for the empty
//! scope, which older eras accept, and client secrets, which the oldest doesn't know.

use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::assertion::Flaw;
use crate::dialect::Dialect;
use crate::place::Place;
use crate::refusal::{Failure, Refusal};
use crate::words;

impl Dialect {
    /// Words a refusal.
    pub(super) fn refuse(self, failure: &Failure, place: &Place) -> Refusal {
        let era = place.era.rules();
        match failure {
            // ZITADEL v2.55, measured: a key of another instance.
            Failure::Assertion(Flaw::IssuerUnknown(_)) if era.tells_unknown_user => {
                self.oauth(404, "invalid_request", "Errors.User.NotFound")
            }
            Failure::Assertion(flaw) => self.refuse_assertion(flaw, &place.issuer, place.now),
            Failure::AccessToken => self.refuse_access_token("access token invalid"),
            Failure::AccessTokenMissing => self.refuse_access_token("access token missing"),
            Failure::GrantTypeMissing => self.oauth(400, "invalid_request", "grant_type missing"),
            Failure::GrantTypeUnsupported(_) if self == Self::D0 => {
                self.oauth(400, "invalid_request", "grant_type not supported")
            }
            Failure::GrantTypeUnsupported(grant) => {
                self.oauth(400, "unsupported_grant_type", &format!("{grant} not supported"))
            }
            Failure::ParameterRepeated(name) => {
                self.oauth(400, "invalid_request", &format!("{name} given more than once"))
            }
            Failure::ParameterMissing(name) => self.oauth(400, "invalid_request", &format!("{name} missing")),
            Failure::ScopeMissing => self.oauth(
                400,
                "invalid_request",
                "The scope of your request is missing. Please ensure some scopes are requested.",
            ),
            Failure::UserNotActive => self.oauth(400, "invalid_request", "Errors.User.NotActive"),
            Failure::SecretWrong(_) | Failure::SecretExpired(_) => {
                self.oauth(400, "invalid_request", "Errors.User.Machine.Secret.Invalid")
            }
            // ZITADEL v4, measured: a secret that was just created.
            Failure::SecretMissing(_) => self.oauth(400, "invalid_request", "Errors.User.Machine.Secret.NotExisting"),
            // ZITADEL v2.55 and v4, measured: also a user id in place of the login name.
            Failure::ClientUnknown(_) => self.oauth(400, "invalid_client", "client not found"),
            // ZITADEL v2.55 and v4, measured: an assertion of the other kind at the introspection endpoint too.
            Failure::NoAuthentication if self.requires_scope() => {
                self.oauth(400, "invalid_request", "client_id or client_assertion must be provided")
            }
            // ZITADEL v2.55 and v4, measured: revocation by an API application, and of another client's token.
            Failure::NotAClient => self.oauth(400, "invalid_client", era.not_a_client),
            Failure::TokenOfAnother => self.oauth(401, "invalid_client", "token was not issued for this client"),
            Failure::Client(_)
            | Failure::NoAuthentication
            | Failure::SeveralAuthentications
            | Failure::ClientAssertion(_) => self.refuse_client(),
            Failure::PathUnknown(_) => Refusal::json(404, json!({ "code": 5, "message": "Not Found" })),
            Failure::Internal => self.oauth(500, "server_error", "Errors.Internal"),
            other => {
                let (status, error, description) = words::plain(other, &place.issuer);
                self.oauth(status, error, &description)
            }
        }
    }

    fn refuse_assertion(self, flaw: &Flaw, issuer: &str, now: OffsetDateTime) -> Refusal {
        match self {
            Self::D0 => self.oauth(400, "server_error", &cause(flaw, issuer)),
            Self::D1 => self.oauth(400, "server_error", &cause_with_times(flaw, issuer, now)),
            Self::D2 => self.oauth(400, "invalid_request", "assertion invalid"),
            Self::D3 => self.oauth(500, "server_error", "Errors.Internal"),
            Self::D4 => self.oauth(400, "invalid_grant", "invalid assertion"),
        }
    }

    fn refuse_access_token(self, cause: &str) -> Refusal {
        match self {
            Self::D0 => Refusal::plain(401, cause),
            Self::D1 => Refusal::json(403, json!({})),
            _ => self.oauth(401, "access_denied", cause),
        }
    }

    /// ZITADEL v2.55 and v4, measured: only the error code, for every cause.
    fn refuse_client(self) -> Refusal {
        let status = if matches!(self, Self::D3 | Self::D4) { 400 } else { 401 };
        Refusal { plain: self == Self::D0, ..Refusal::json(status, json!({ "error": "unauthorized_client" })) }
    }

    /// The error response of RFC 6749 §5.2, under the content type of the era.
    fn oauth(self, status: u16, error: &str, description: &str) -> Refusal {
        Refusal { plain: self == Self::D0, ..Refusal::oauth(status, error, description) }
    }
}

/// The true cause of a failure, for the `parent` member.
pub(crate) fn true_cause(failure: &Failure, issuer: &str, now: OffsetDateTime) -> Option<String> {
    match failure {
        // ZITADEL with `debugOidcParentError`, measured.
        Failure::Assertion(flaw) | Failure::ClientAssertion(flaw) if is_about_key(flaw) => {
            Some("invalid signature (cannot decode, empty data)".to_owned())
        }
        Failure::ClientUnknown(_) => Some("sql: no rows in result set".to_owned()),
        Failure::Assertion(flaw) | Failure::ClientAssertion(flaw) => Some(cause_with_times(flaw, issuer, now)),
        _ => None,
    }
}

/// The cause in ZITADEL's words: causes that it doesn't distinguish have one text.
fn cause(flaw: &Flaw, issuer: &str) -> String {
    match flaw {
        Flaw::Audience { .. } => format!("audience is not valid: it must contain \"{issuer}\""),
        Flaw::Expired { .. } => "token has expired".to_owned(),
        Flaw::IssuedInFuture { .. } => "issuedAt of token is in the future".to_owned(),
        Flaw::IssuedTooLongAgo { .. } => "issuedAt of token is too old".to_owned(),
        Flaw::IssuerIsNotSubject => "issuer and subject must be identical".to_owned(),
        Flaw::Algorithm(_) | Flaw::Signature => "invalid signature".to_owned(),
        flaw if is_about_key(flaw) => "invalid kid".to_owned(),
        other => words::cause(other, issuer),
    }
}

fn is_about_key(flaw: &Flaw) -> bool {
    matches!(flaw, Flaw::KeyIdMissing | Flaw::UnknownKey(_) | Flaw::KeyExpired(_) | Flaw::IssuerUnknown(_))
}

fn cause_with_times(flaw: &Flaw, issuer: &str, now: OffsetDateTime) -> String {
    let text = cause(flaw, issuer);
    let server = rfc3339(now);
    match flaw {
        Flaw::Expired { expires_at: Some(end) } => format!("{text}: exp {}, server time {server}", moment(*end)),
        Flaw::Expired { expires_at: None } => format!("{text}: exp missing, server time {server}"),
        Flaw::IssuedInFuture { issued_at: Some(start) } => {
            format!("{text}: iat {}, server time {server}", moment(*start))
        }
        Flaw::IssuedInFuture { issued_at: None } => format!("{text}: iat missing, server time {server}"),
        Flaw::IssuedTooLongAgo { issued_at } => format!("{text}: iat {}, server time {server}", moment(*issued_at)),
        flaw if is_about_key(flaw) => "ID=DEMO-Key01 Message=Errors.AuthNKey.NotFound".to_owned(),
        _ => text,
    }
}

fn moment(unix: i64) -> String {
    OffsetDateTime::from_unix_timestamp(unix).map_or_else(|_| unix.to_string(), rfc3339)
}

fn rfc3339(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_else(|_| time.unix_timestamp().to_string())
}
