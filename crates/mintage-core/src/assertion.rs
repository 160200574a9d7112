//! An **assertion** is the JWT that a service user signs to ask for a token (RFC 7523 §3).
//!
//! Rule: pure. Time and jti are arguments, so the same input gives the same bytes; the signature is
//! verified with the key's own public half before the assertion is handed out.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};

use crate::error::KeyError;
use crate::private_key::PrivateKey;
use crate::secret::Secret;

/// What an assertion is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssertionPlan {
    /// `kid` of the header (RFC 7515 §4.1.4).
    pub key_id: String,
    /// `iss` (RFC 7523 §3 point 1).
    pub issuer: String,
    /// `sub` (RFC 7523 §3 point 2).
    pub subject: String,
    /// `aud` (RFC 7523 §3 point 3): one entry is written as a string, several as an array.
    pub audience: Vec<String>,
    /// `iat`, already backdated and corrected by the measured clock skew.
    pub issued_at: OffsetDateTime,
    /// How long it is valid from the time of sending, which is later than `issued_at`.
    pub expires_at: OffsetDateTime,
    /// `jti`: 128 random bits, new for every attempt.
    pub jwt_id: String,
}

impl AssertionPlan {
    /// How long the assertion claims to be valid: `exp − iat`.
    pub fn lifetime(&self) -> Duration {
        self.expires_at - self.issued_at
    }
}

/// A signed assertion with its parts for display.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// The compact serialisation (RFC 7515 §3.1): whoever holds it can get a token while it is valid.
    pub compact: Secret,
    /// What was signed.
    pub shown: AssertionShown,
}

/// Header and payload of an assertion as JSON text; harmless, as the signature is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AssertionShown {
    /// The JOSE header, pretty-printed.
    pub header: String,
    /// The claims, pretty-printed.
    pub payload: String,
}

/// Signs the planned assertion with RS256. Times are whole seconds (older servers refuse fractions).
///
/// # Errors
/// [`KeyError::SigningFailed`] where the key does not sign or the signature does not verify.
pub fn sign(plan: &AssertionPlan, key: &PrivateKey) -> Result<Assertion, KeyError> {
    let _ = (plan, key);
    todo!("key-file work")
}
