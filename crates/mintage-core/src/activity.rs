//! **Activity** is the record of what was done, when and with which outcome.
//!
//! Rule: an entry contains names, codes and times; never a token, a key or a server's body.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;

use crate::ids::{EnvironmentId, ServiceUserId};

mod export;
mod filter;

pub use export::ExportForm;
pub use filter::{ActivityFilter, Outcome};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum Action {
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
    /// A key or secret was created or removed on the server.
    Provision,
    /// A credential was replaced by a new one, or added.
    Rotate,
    /// A service user was moved to another environment.
    Move,
    /// Tokens were handed to a program; one entry for each grant.
    Program,
    /// A token was read and checked; recorded once for each token.
    Inspect,
    /// A credential or service user was removed.
    Forget,
}

impl Action {
    /// Every action, in the order of a service user's life.
    pub const ALL: [Self; 14] = [
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
        Self::Rotate,
        Self::Move,
        Self::Program,
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
            Self::Rotate => "rotate",
            Self::Move => "move",
            Self::Program => "program",
            Self::Inspect => "inspect",
            Self::Forget => "forget",
        }
    }

    /// Reads the catalogue's word; `None` if this version doesn't know it.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == word)
    }
}

/// One entry of the record. Names are copied into it, so that the record outlives what it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ActivityEntry {
    /// When it happened.
    #[serde(with = "time::serde::rfc3339")]
    #[specta(type = String)]
    pub at: OffsetDateTime,
    /// What was done.
    pub action: Action,
    /// The environment, if it still exists.
    pub environment: Option<EnvironmentId>,
    /// The environment's name at that time; empty if the action isn't about one.
    pub environment_name: String,
    /// The service user, if it still exists.
    pub service_user: Option<ServiceUserId>,
    /// The service user's name at that time; empty if the action isn't about one.
    pub service_user_name: String,
    /// `None` if it succeeded, the error's code (see [`crate::error::Error::code`]) if not.
    pub error_code: Option<String>,
    /// A few plain words, for example the form that was copied: `as curl`.
    pub detail: String,
    /// How often it happened and when last, if the entry stands for several times.
    pub repeated: Option<Repeated>,
}

/// What an entry that stands for several times says about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Repeated {
    /// How often it happened, the first time included.
    pub times: u32,
    /// When it happened last.
    #[serde(with = "time::serde::rfc3339")]
    #[specta(type = String)]
    pub last: OffsetDateTime,
}

/// The result of searching the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ActivityPage {
    /// The newest of the entries found, the newest first.
    pub entries: Vec<ActivityEntry>,
    /// How many were found in total.
    pub found: u32,
    /// How many entries the record has.
    pub kept: u32,
}
