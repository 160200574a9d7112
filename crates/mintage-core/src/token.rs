//! A **token** is what the issuer gives for an assertion: it opens APIs, so it lives in memory and
//! leaves it only by a deliberate act.
//!
//! Rule: its form is told by its shape alone (RFC 7515 §9), never by its content; [`TokenView`] is the
//! part of it that a screen may show unasked.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;

use crate::assertion::AssertionShown;
use crate::credential::CredentialId;
use crate::provider::{Scheme, SecretPlace};
use crate::secret::Secret;

pub(crate) mod compact;
pub(crate) mod numeric_date;
mod paste;

use compact::Compact;
pub use paste::extract;

/// What kind of text a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum TokenForm {
    /// Three parts, and a header with `alg` and without `enc`: readable (RFC 7519).
    Jwt,
    /// Five parts: encrypted for the issuer (RFC 7516); readable by nobody else.
    Encrypted,
    /// Anything else: a reference that only the issuer understands.
    Opaque,
}

impl TokenForm {
    /// Tells a token's form. What only resembles a JWT is opaque; `claims::decode` says what is wrong with it.
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
    /// When it expires by the local clock: from `expires_in`, else from the JWT's `exp`, else unknown.
    pub expires_at: Option<OffsetDateTime>,
    /// What was asked for.
    pub requested_scopes: Vec<String>,
    /// What the server says it granted, where it says so (RFC 6749 §3.3).
    pub granted_scopes: Option<Vec<String>>,
    /// How it is sent to an API.
    pub authorization: Authorization,
    /// What else the server said that is worth showing, for example Salesforce's `instance_url`.
    pub also_said: Vec<(String, String)>,
    /// What became of each scope that was asked for, as far as it can be told.
    pub scopes: Vec<ScopeOutcome>,
    /// The credential that it was got with.
    pub credential: CredentialId,
    /// Whom the server names in it, where that isn't the service user it was minted for.
    pub subject: Option<SubjectNotice>,
    /// How it was minted.
    pub story: MintStory,
}

impl Token {
    /// The value of the `Authorization` header that it is sent with.
    pub fn header(&self) -> Secret {
        self.authorization.header(&self.access_token)
    }
}

/// The part of a token that a screen may show unasked.
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
    /// When it expires, where that is known.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub expires_at: Option<OffsetDateTime>,
    /// What was asked for.
    pub requested_scopes: Vec<String>,
    /// What the server says it granted, where it says so.
    pub granted_scopes: Option<Vec<String>>,
    /// What became of each scope that was asked for, as far as it can be told.
    pub scopes: Vec<ScopeOutcome>,
    /// What else the server said that is worth showing, as name and value.
    pub also_said: Vec<(String, String)>,
    /// Whom the server names in it, where that isn't the service user it was minted for.
    pub subject: Option<SubjectNotice>,
    /// Whether it was taken from memory and not minted by this call.
    pub reused: bool,
    /// How it was minted.
    pub story: MintStory,
}

/// How a token is sent to an API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Authorization {
    /// `Authorization: Bearer …` (RFC 6750 §2.1).
    #[default]
    Bearer,
    /// `Authorization: Basic …` of this id and the token (RFC 7617 §2).
    Basic {
        /// The token's id.
        id: String,
    },
}

impl Authorization {
    /// How a ready-made token with this id is sent.
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

/// What became of a scope that was asked for.
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
    /// The server left it out, or the token lacks what it would show in any case.
    Dropped,
    /// Neither the server nor the token tells.
    Unknown,
}

/// A subject that isn't the service user's id, and what was done about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SubjectNotice {
    /// Stable word: `user-id-corrected` or `other-subject`.
    pub code: String,
    /// What was found, in a sentence without its final period; it names both users.
    pub sentence: String,
    /// The next step, in a sentence without its final period.
    pub help: String,
}

/// How a token was minted, step by step, with secrets left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MintStory {
    /// What was done, in order.
    pub steps: Vec<MintStep>,
    /// Header and payload of the assertion.
    pub assertion: Option<AssertionShown>,
    /// The request, with its secrets redacted.
    pub request: Option<RequestShown>,
    /// The server's HTTP status.
    pub status: Option<u16>,
    /// Local clock minus the server's, in seconds; `None` where the server sent no `Date`.
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
    /// How long it took, in milliseconds, where it was measured.
    pub milliseconds: Option<f64>,
    /// Whether it went well.
    pub ok: bool,
}

/// A request as it was sent, with its secrets redacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RequestShown {
    /// HTTP method.
    pub method: String,
    /// Where it went.
    pub url: String,
    /// Credentials' header and the body's members in order; secrets are redacted.
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
