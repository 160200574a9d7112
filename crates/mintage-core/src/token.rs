//! A **token** is what the issuer returns for an assertion: it grants access to APIs, so it stays in memory and leaves
//! it only by a deliberate action.
//!
//! Rule: its form is determined by its shape alone (RFC 7515 §9), never by its content; [`TokenView`] is the part that
//! a screen may show without asking.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;

use crate::assertion::AssertionShown;
use crate::ids::CredentialId;
use crate::provider::{Scheme, SecretPlace};
use crate::secret::Secret;

pub(crate) mod compact;
mod error;
pub(crate) mod numeric_date;
mod paste;

use compact::Compact;
pub use error::TokenError;
pub use paste::extract;

/// What kind of text a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum TokenForm {
    /// Three parts, and a header with `alg` and without `enc`: readable (RFC 7519).
    Jwt,
    /// Five parts: encrypted for the issuer (RFC 7516); nobody else can read it.
    Encrypted,
    /// Anything else: a reference that only the issuer understands.
    Opaque,
}

impl TokenForm {
    /// Determines a token's form. Anything that only resembles a JWT is opaque; `claims::decode` says what is wrong
    /// with it.
    pub fn of(token: &str) -> Self {
        match Compact::parse(token) {
            Compact::Signed(_) => Self::Jwt,
            Compact::Encrypted => Self::Encrypted,
            Compact::Opaque | Compact::Broken(_) | Compact::TooLarge => Self::Opaque,
        }
    }
}

/// A token in memory.
#[derive(Clone, Debug)]
pub struct Token {
    /// The access token (RFC 6749 §1.4).
    pub access_token: Secret,
    /// What kind of text it is.
    pub form: TokenForm,
    /// When it was minted, by the local clock.
    pub minted_at: OffsetDateTime,
    /// When it expires by the local clock: from `expires_in`, otherwise from the JWT's `exp`, otherwise unknown.
    pub expires_at: Option<OffsetDateTime>,
    /// The scopes that were requested.
    pub requested_scopes: Vec<String>,
    /// The scopes that the server says it granted, if it says so (RFC 6749 §3.3).
    pub granted_scopes: Option<Vec<String>>,
    /// How it is sent to an API.
    pub authorization: Authorization,
    /// What else the server returned that is worth showing, for example Salesforce's `instance_url`.
    pub also_said: Vec<(String, String)>,
    /// Whether each requested scope was granted, as far as that is known.
    pub scopes: Vec<ScopeOutcome>,
    /// The credential that it was minted with.
    pub credential: CredentialId,
    /// The subject the server names in it, if that isn't the service user it was minted for.
    pub subject: Option<SubjectNotice>,
    /// How it was minted.
    pub trace: MintTrace,
}

impl Token {
    /// The value of the `Authorization` header for sending it.
    pub fn header(&self) -> Secret {
        self.authorization.header(&self.access_token)
    }
}

/// The part of a token that a screen may show without asking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TokenView {
    /// What kind of text it is.
    pub form: TokenForm,
    /// Its last four characters; empty for a very short token.
    pub last_four: String,
    /// When it was minted.
    #[serde(with = "time::serde::rfc3339")]
    #[specta(type = String)]
    pub minted_at: OffsetDateTime,
    /// When it expires, if that is known.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub expires_at: Option<OffsetDateTime>,
    /// The scopes that were requested.
    pub requested_scopes: Vec<String>,
    /// The scopes that the server says it granted, if it says so.
    pub granted_scopes: Option<Vec<String>>,
    /// Whether each requested scope was granted, as far as that is known.
    pub scopes: Vec<ScopeOutcome>,
    /// What else the server returned that is worth showing, as names and values.
    pub also_said: Vec<(String, String)>,
    /// The subject the server names in it, if that isn't the service user it was minted for.
    pub subject: Option<SubjectNotice>,
    /// Whether it came from memory instead of being minted by this call.
    pub reused: bool,
    /// How it was minted.
    pub trace: MintTrace,
}

/// How a token is sent to an API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Authorization {
    /// `Authorization: Bearer …` (RFC 6750 §2.1).
    #[default]
    Bearer,
    /// `Authorization: Basic …` with this id and the token (RFC 7617 §2).
    Basic {
        /// The token's id.
        id: String,
    },
}

impl Authorization {
    /// How a personal access token with this id is sent.
    pub fn by(scheme: Scheme, id: &str) -> Self {
        match scheme {
            Scheme::Bearer => Self::Bearer,
            Scheme::Basic => Self::Basic { id: id.to_owned() },
        }
    }

    /// The header's value for this token.
    pub fn header(&self, token: &Secret) -> Secret {
        match self {
            Self::Bearer => Secret::new(format!("Bearer {}", token.expose())),
            Self::Basic { id } => crate::basic::credential(id, token, SecretPlace::BasicRaw),
        }
    }
}

/// Whether a requested scope was granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ScopeOutcome {
    /// The scope.
    pub scope: String,
    /// Whether it was granted.
    pub grant: ScopeGrant,
}

/// Whether a scope was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ScopeGrant {
    /// The server says so, or the token shows it.
    Granted,
    /// The server left it out, or the token lacks something it would otherwise show.
    Dropped,
    /// Neither the server nor the token says.
    Unknown,
}

/// A subject that isn't the service user's id, and what was done about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SubjectNotice {
    /// A stable code: `user-id-corrected` or `other-subject`.
    pub code: String,
    /// What was found, as a sentence without a final period; it names both users.
    pub sentence: String,
    /// The next step, as a sentence without a final period.
    pub help: String,
}

/// How a token was minted, step by step, with secrets left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MintTrace {
    /// The steps, in order.
    pub steps: Vec<MintStep>,
    /// Header and payload of the assertion.
    pub assertion: Option<AssertionShown>,
    /// The request, with its secrets redacted.
    pub request: Option<RequestShown>,
    /// The server's HTTP status.
    pub status: Option<u16>,
    /// The local clock minus the server's, in seconds; `None` if the server sent no `Date`.
    pub skew_seconds: Option<f64>,
}

/// One step of a mint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MintStep {
    /// What was done, for example `Assertion signed`.
    pub name: String,
    /// Identifiers and facts, for example `RS256 · kid 1005… · aud https://auth.acme.com · 5 min`.
    pub detail: String,
    /// How long it took, in milliseconds, if measured.
    pub milliseconds: Option<f64>,
    /// Whether it succeeded.
    pub ok: bool,
}

/// A request as it was sent, with its secrets redacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RequestShown {
    /// HTTP method.
    pub method: String,
    /// The address it was sent to.
    pub url: String,
    /// The credential header and the body's members in order; secrets are redacted.
    pub fields: Vec<(String, String)>,
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    #[test]
    fn the_form_follows_from_header_and_parts() {
        let check = |header: &str, rest: &str, expected: TokenForm| {
            let token = format!("{}{rest}", URL_SAFE_NO_PAD.encode(header));
            assert_eq!(TokenForm::of(&token), expected, "{header}{rest}");
        };
        check(r#"{"alg":"RS256"}"#, ".e30.c2ln", TokenForm::Jwt);
        check(r#"{"alg":"none"}"#, ".e30.", TokenForm::Jwt);
        check(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#, ".a.b.c.d", TokenForm::Encrypted);
        check(r#"{"alg":"RS256"}"#, ".a.b.c.d", TokenForm::Opaque);
        check(r#"{"alg":"RS256"}"#, ".e30", TokenForm::Opaque);
        check(r#"{"enc":"A256GCM","alg":"dir"}"#, ".e30.c2ln", TokenForm::Opaque);
        check(r#"{"typ":"JWT"}"#, ".e30.c2ln", TokenForm::Opaque);
        check("opaque", "", TokenForm::Opaque);
        assert_eq!(TokenForm::of("Zx91-kQ_abcdef"), TokenForm::Opaque);
    }
}
