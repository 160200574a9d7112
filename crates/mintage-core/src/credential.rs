//! A **credential** authenticates a service user to its issuer: a private key, a client secret or a personal access
//! token; or an application's key, which authenticates the caller of introspection.
//!
//! Rule: this is the catalogue's half, harmless to copy. The secret half is in the keychain under the credential's id
//! and nothing else.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;

use crate::ids::{CredentialId, ServiceUserId};
use crate::jose::KeyFacts;

/// What kind of secret a credential holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialKind {
    /// A private key that signs assertions (RFC 7523).
    PrivateKey,
    /// A client secret (RFC 6749 §2.3.1).
    ClientSecret,
    /// A token that is never exchanged: ZITADEL's personal access tokens, Frontier's opaque tokens.
    PersonalToken,
    /// An application's private key: authenticates introspection, can't mint.
    ApplicationKey,
}

impl CredentialKind {
    const ALL: [Self; 4] = [Self::PrivateKey, Self::ClientSecret, Self::PersonalToken, Self::ApplicationKey];

    /// The word for it in the catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PrivateKey => "private-key",
            Self::ClientSecret => "client-secret",
            Self::PersonalToken => "personal-token",
            Self::ApplicationKey => "application-key",
        }
    }

    /// Reads the catalogue's word; `None` if this version doesn't know it.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Its name in sentences.
    pub fn name(self) -> &'static str {
        match self {
            Self::PrivateKey => "private key",
            Self::ClientSecret => "client secret",
            Self::PersonalToken => "personal access token",
            Self::ApplicationKey => "application key",
        }
    }

    /// Whether its secret half is a key.
    pub fn is_key(self) -> bool {
        matches!(self, Self::PrivateKey | Self::ApplicationKey)
    }

    /// Whether it can mint tokens.
    pub fn mints(self) -> bool {
        self != Self::ApplicationKey
    }
}

/// The state of a credential between the catalogue and the keychain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum CredentialState {
    /// The row is written, but the keychain item may not be yet: an import in progress or interrupted.
    Pending,
    /// Both halves exist.
    Active,
    /// The row exists, but the keychain had no such item when it was last asked.
    Missing,
    /// Being removed: the item goes first, then the row.
    Deleting,
}

impl CredentialState {
    /// The word for it in the catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Missing => "missing",
            Self::Deleting => "deleting",
        }
    }

    /// Reads the catalogue's word; `None` if this version doesn't know it.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Pending, Self::Active, Self::Missing, Self::Deleting].into_iter().find(|state| state.as_str() == word)
    }
}

/// Where a credential came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "from", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum Source {
    /// From a file; only its name is stored, not its folder.
    File {
        /// The file's name, for example `deploy-bot.json`.
        name: String,
    },
    /// From a file that Mintage has deleted since, at the user's request.
    #[serde(rename = "deleted-file")]
    DeletedFile {
        /// The file's name.
        name: String,
    },
    /// Pasted as text.
    Paste,
    /// Entered as separate values.
    Form,
    /// Created by Mintage itself.
    Generated,
}

/// Who said when a credential expires, or that it doesn't, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ExpiryProvenance {
    /// Who.
    pub source: ExpirySource,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    #[specta(type = String)]
    pub at: OffsetDateTime,
}

/// Who said when a credential expires, other than its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum ExpirySource {
    /// The server's list.
    Server,
    /// A person.
    Person,
}

impl ExpirySource {
    /// The word for it in the catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Person => "person",
        }
    }
}

/// A credential that a server lists for a service user and Mintage doesn't hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ForeignCredential {
    /// Its id at the server.
    pub id: String,
    /// The other kinds that it may be, where the server's list doesn't tell them apart.
    #[serde(default)]
    pub may_be: Vec<CredentialKind>,
    /// Its title, if the server has titles.
    pub title: Option<String>,
    /// When it was created, if the server says so.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub created_at: Option<OffsetDateTime>,
    /// When it expires; `None` if it doesn't, or the server doesn't say.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub expires_at: Option<OffsetDateTime>,
}

/// A credential as stored in the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Credential {
    /// Its id in the catalogue and in the keychain.
    pub id: CredentialId,
    /// The service user it belongs to.
    pub service_user: ServiceUserId,
    /// What kind of secret it is.
    pub kind: CredentialKind,
    /// A key's id at the issuer (the assertion's `kid`).
    pub key_id: Option<String>,
    /// The client id (RFC 6749 §2.2) if it differs from the service user's id: of a secret, an application or a
    /// personal access token.
    pub client_id: Option<String>,
    /// The public facts about the key, if it is one.
    pub key: Option<KeyFacts>,
    /// `x5t#S256` of the key's certificate (RFC 7515 §4.1.8).
    pub certificate: Option<String>,
    /// The audience named in the key file; for an application, the project that it belongs to.
    pub audience: Option<String>,
    /// Where it came from.
    pub source: Source,
    /// Its state between catalogue and keychain.
    pub state: CredentialState,
    /// When the issuer created it, if its id says so.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub issued_at: Option<OffsetDateTime>,
    /// When it expires, if the file says so; `None` is "not in the file" or "never".
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub expires_at: Option<OffsetDateTime>,
    /// When it was imported.
    #[serde(with = "time::serde::rfc3339")]
    #[specta(type = String)]
    pub imported_at: OffsetDateTime,
    /// When it last signed an assertion.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub last_used_at: Option<OffsetDateTime>,
    /// When the server refused it, if its last use was refused.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub refused_at: Option<OffsetDateTime>,
    /// The token endpoint named in the key file: for comparison, nothing is ever sent to it.
    pub token_endpoint: Option<String>,
}

impl Credential {
    /// Whether it is known to work: it has minted since it came, hasn't been refused since, and hasn't expired.
    pub(crate) fn works(&self, now: OffsetDateTime) -> bool {
        self.state == CredentialState::Active
            && self.kind.mints()
            && self.last_used_at.is_some()
            && self.refused_at.is_none()
            && self.expires_at.is_none_or(|at| at > now)
    }

    /// The client id that it uses: its own, otherwise its service user's id.
    pub fn client_id_or<'a>(&'a self, user_id: &'a str) -> &'a str {
        self.client_id.as_deref().unwrap_or(user_id)
    }

    /// Its id at the issuer for display: the key's, otherwise the client id.
    pub fn shown_id(&self) -> &str {
        self.key_id.as_deref().or(self.client_id.as_deref()).unwrap_or_default()
    }

    /// The thumbprint of its key (RFC 7638), if it is one.
    pub fn thumbprint(&self) -> Option<&str> {
        self.key.as_ref().map(|key| key.thumbprint.as_str())
    }
}
