//! A **service user** is an account for software at an issuer: the subject that tokens are minted for.
//!
//! Rule: it belongs to one environment and is identified there by its user id (the assertion's `sub`); its credentials
//! authenticate it.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;

use crate::ids::{CredentialId, EnvironmentId, ServiceUserId};

/// The part of a service user that the user edits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ServiceUserDraft {
    /// The name in the list.
    pub name: String,
    /// Scopes to request, in order (RFC 6749 §3.3).
    pub scopes: Vec<String>,
    /// Kept at the top of the list.
    pub favourite: bool,
    /// Free-form tags for searching.
    pub tags: Vec<String>,
    /// What people should know about it, in several lines if need be; it's stored as plain text.
    pub notes: String,
}

impl ServiceUserDraft {
    /// This edit of `opened`, applied to what is stored by now: fields that it didn't change stay as they are stored.
    /// `None` if both sides changed a field, and not to the same value.
    pub fn merged(&self, opened: &Self, stored: &Self) -> Option<Self> {
        Some(Self {
            name: merged_field(&self.name, &opened.name, &stored.name)?,
            scopes: merged_field(&self.scopes, &opened.scopes, &stored.scopes)?,
            favourite: merged_field(&self.favourite, &opened.favourite, &stored.favourite)?,
            tags: merged_field(&self.tags, &opened.tags, &stored.tags)?,
            notes: merged_field(&self.notes, &opened.notes, &stored.notes)?,
        })
    }
}

fn merged_field<T: Clone + PartialEq>(edited: &T, opened: &T, stored: &T) -> Option<T> {
    if edited == opened {
        return Some(stored.clone());
    }
    (stored == opened || stored == edited).then(|| edited.clone())
}

/// A service user as stored in the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ServiceUser {
    /// Its id in the catalogue.
    pub id: ServiceUserId,
    /// The environment it belongs to.
    pub environment: EnvironmentId,
    /// Its id at the issuer: always a string, since ids exceed 2^53 or are custom.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(name: &str, scopes: &[&str], favourite: bool) -> ServiceUserDraft {
        let scopes = scopes.iter().map(ToString::to_string).collect();
        ServiceUserDraft { name: name.into(), scopes, favourite, tags: vec!["ci".into()], notes: String::new() }
    }

    #[test]
    fn edits_of_different_fields_are_merged_and_of_the_same_field_refused() {
        let opened = draft("bot", &["openid"], false);
        for (edited, stored, expected) in [
            (draft("a", &["openid"], false), opened.clone(), Some(draft("a", &["openid"], false))),
            (opened.clone(), draft("b", &[], true), Some(draft("b", &[], true))),
            (draft("a", &["openid"], false), draft("bot", &["email"], true), Some(draft("a", &["email"], true))),
            (draft("a", &["openid"], true), draft("a", &["openid"], true), Some(draft("a", &["openid"], true))),
            (draft("a", &["openid"], false), draft("b", &["openid"], false), None),
            (draft("bot", &["openid", "x"], false), draft("bot", &["openid", "y"], false), None),
        ] {
            assert_eq!(edited.merged(&opened, &stored), expected, "{edited:?} over {stored:?}");
        }
    }
}
