//! A **service user** is an account for software at an issuer: the subject that tokens are minted for.
//!
//! Rule: it belongs to one environment and is named there by its user id (the assertion's `sub`); what
//! proves it is in its credentials.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::credential::{Credential, CredentialId, CredentialKind};
use crate::environment::{Environment, EnvironmentId};
use crate::token::TokenView;

/// Names one service user; a random UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct ServiceUserId(#[specta(type = String)] pub Uuid);

/// The part of a service user that its user edits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ServiceUserDraft {
    /// Shown in the list.
    pub name: String,
    /// Scopes to ask for, in order (RFC 6749 §3.3).
    pub scopes: Vec<String>,
    /// Kept on top of the list.
    pub favourite: bool,
    /// Free words to search by.
    pub tags: Vec<String>,
}

/// A service user as the catalogue keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ServiceUser {
    /// Its name in the catalogue.
    pub id: ServiceUserId,
    /// The environment it belongs to.
    pub environment: EnvironmentId,
    /// Its id at the issuer: always text, as ids exceed 2^53 or are custom.
    pub user_id: String,
    /// What the user edits.
    #[serde(flatten)]
    pub settings: ServiceUserDraft,
    /// The credential that minting uses.
    pub default_credential: Option<CredentialId>,
    /// When it was imported.
    #[serde(with = "time::serde::rfc3339")]
    #[specta(type = String)]
    pub created_at: OffsetDateTime,
    /// When a token was last minted or copied for it.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub last_used_at: Option<OffsetDateTime>,
}

/// Whether a token for a service user is in memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum TokenState {
    /// None was minted since the app started.
    None,
    /// One is in memory and still valid; without an expiry where the server told none.
    Valid {
        /// When it expires.
        #[serde(with = "time::serde::rfc3339::option")]
        #[specta(type = Option<String>)]
        expires_at: Option<OffsetDateTime>,
    },
    /// The one in memory has expired.
    Expired,
}

/// One row of the list of service users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ServiceUserRow {
    /// The service user itself.
    #[serde(flatten)]
    pub service_user: ServiceUser,
    /// Kind of its default credential.
    pub credential_kind: Option<CredentialKind>,
    /// How many credentials it has.
    pub credentials: u32,
    /// Key id of its default credential, for the search.
    pub key_id: Option<String>,
    /// When its default credential expires.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub key_expires_at: Option<OffsetDateTime>,
    /// Whether its default credential is missing from the keychain.
    pub key_missing: bool,
    /// Whether a token is in memory.
    pub token: TokenState,
}

/// Everything the detail pane shows about one service user, in one reply.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ServiceUserDetail {
    /// The service user itself.
    pub service_user: ServiceUser,
    /// Its environment.
    pub environment: Environment,
    /// Host and port of the issuer.
    pub host: String,
    /// All its credentials, the default first.
    pub credentials: Vec<Credential>,
    /// The token in memory, masked.
    pub token: Option<TokenView>,
}
