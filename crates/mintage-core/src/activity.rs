//! **Activity** is the record of what was done, when and with which outcome.
//!
//! Rule: an entry holds names, codes and times; never a token, a key or a server's body.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;

use crate::environment::EnvironmentId;
use crate::service_user::ServiceUserId;

mod export;
mod filter;

pub use export::ExportForm;
pub use filter::{ActivityFilter, Outcome};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum Deed {
    /// A credential was imported.
    Import,
    /// A token was minted or refused.
    Mint,
    /// A token was copied to the clipboard.
    Copy,
    /// A token was shown in full.
    Reveal,
    /// Userinfo was fetched.
    Userinfo,
    /// A token was introspected.
    Introspect,
    /// A token was revoked.
    Revoke,
    /// An assertion was signed without being exchanged.
    Sign,
    /// A key or secret was made or removed at the server.
    Provision,
    /// A token was read and checked; noted once for each token.
    Inspect,
    /// A credential or service user was removed.
    Forget,
}

impl Deed {
    /// Every deed, in the order of a service user's life.
    pub const ALL: [Self; 11] = [
        Self::Import,
        Self::Mint,
        Self::Copy,
        Self::Reveal,
        Self::Userinfo,
        Self::Inspect,
        Self::Introspect,
        Self::Revoke,
        Self::Sign,
        Self::Provision,
        Self::Forget,
    ];

    /// The word for it in the catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Mint => "mint",
            Self::Copy => "copy",
            Self::Reveal => "reveal",
            Self::Userinfo => "userinfo",
            Self::Introspect => "introspect",
            Self::Revoke => "revoke",
            Self::Sign => "sign",
            Self::Provision => "provision",
            Self::Inspect => "inspect",
            Self::Forget => "forget",
        }
    }

    /// Reads the catalogue's word; `None` for one that this version does not know.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.as_str() == word)
    }
}

/// One entry of the record. Names are copied in, so that the record outlives what it speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ActivityEntry {
    /// When it happened.
    #[serde(with = "time::serde::rfc3339")]
    #[specta(type = String)]
    pub at: OffsetDateTime,
    /// What was done.
    pub deed: Deed,
    /// The environment, if it still exists.
    pub environment: Option<EnvironmentId>,
    /// The environment's name at that time; empty where the deed concerns none.
    pub environment_name: String,
    /// The service user, if it still exists.
    pub service_user: Option<ServiceUserId>,
    /// The service user's name at that time; empty where the deed concerns none.
    pub service_user_name: String,
    /// `None` if it succeeded, the error's code (see [`crate::error::Error::code`]) if not.
    pub error_code: Option<String>,
    /// A few plain words, for example the form that was copied: `as curl`.
    pub detail: String,
}

/// What a search of the record found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ActivityPage {
    /// The newest of the entries found, the newest first.
    pub entries: Vec<ActivityEntry>,
    /// How many were found in all.
    pub found: u32,
    /// How many the record holds.
    pub kept: u32,
}
