//! A **credential** is what proves a service user to its issuer: a private key, a client secret or a
//! ready-made token; or an application's key, which proves who introspects a token.
//!
//! Rule: this is the catalogue's half, harmless to copy. The secret half is in the keychain under the
//! credential's id and nothing else.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::private_key::KeyFacts;
use crate::service_user::ServiceUserId;

/// Names one credential in the catalogue and, alone, in the keychain; a random UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct CredentialId(#[specta(type = String)] pub Uuid);

/// What kind of secret a credential holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialKind {
    /// A private key that signs assertions (RFC 7523).
    PrivateKey,
    /// A client secret (RFC 6749 §2.3.1).
    ClientSecret,
    /// A ready-made token, which is never exchanged: ZITADEL's personal access tokens, Frontier's opaque
    /// tokens.
    PersonalToken,
    /// An application's private key: authenticates introspection, cannot mint.
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

    /// Reads the catalogue's word; `None` for one that this version does not know.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// What it is called in sentences.
    pub fn name(self) -> &'static str {
        match self {
            Self::PrivateKey => "private key",
            Self::ClientSecret => "client secret",
            Self::PersonalToken => "ready-made token",
            Self::ApplicationKey => "application key",
        }
    }

    /// Whether its secret half is a key.
    pub fn is_key(self) -> bool {
        matches!(self, Self::PrivateKey | Self::ApplicationKey)
    }

    /// Whether a token can be had with it.
    pub fn mints(self) -> bool {
        self != Self::ApplicationKey
    }
}

/// Where a credential stands between the catalogue and the keychain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum CredentialState {
    /// The row is written, the keychain item perhaps not yet: an import under way or interrupted.
    Pending,
    /// Both halves are there.
    Active,
    /// The row stands, but the keychain had no such item when it was last asked.
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

    /// Reads the catalogue's word; `None` for one that this version does not know.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Pending, Self::Active, Self::Missing, Self::Deleting].into_iter().find(|state| state.as_str() == word)
    }
}

/// How a credential came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "from", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum Source {
    /// From a file; only its name is kept, not its folder.
    File {
        /// The file's name, for example `deploy-bot.json`.
        name: String,
    },
    /// Pasted as text.
    Paste,
    /// Filled in as separate values.
    Form,
    /// Made by Mintage itself.
    Generated,
}

/// A credential as the catalogue keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Credential {
    /// Its name in the catalogue and in the keychain.
    pub id: CredentialId,
    /// Whose it is.
    pub service_user: ServiceUserId,
    /// What kind of secret it is.
    pub kind: CredentialKind,
    /// A key's id at the issuer (the assertion's `kid`).
    pub key_id: Option<String>,
    /// The client id (RFC 6749 §2.2) where it is another one than the service user's id: of a secret,
    /// an application or a ready-made token.
    pub client_id: Option<String>,
    /// What is public about the key, where it is one.
    pub key: Option<KeyFacts>,
    /// `x5t#S256` of the certificate that came with the key (RFC 7515 §4.1.8).
    pub certificate: Option<String>,
    /// The audience that the key file named; of an application, the project that it belongs to.
    pub audience: Option<String>,
    /// How it came in.
    pub source: Source,
    /// Where it stands between catalogue and keychain.
    pub state: CredentialState,
    /// When the issuer made it, where its id tells.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub issued_at: Option<OffsetDateTime>,
    /// When it expires, where the file told; `None` is "not told" or "never".
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
    /// When the server refused it, where its last use was refused.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub refused_at: Option<OffsetDateTime>,
    /// The token endpoint that the key file named: to compare, never to send anything to.
    pub token_endpoint: Option<String>,
}

impl Credential {
    /// The client id that it goes by: its own, else its service user's id.
    pub fn client_id_or<'a>(&'a self, user_id: &'a str) -> &'a str {
        self.client_id.as_deref().unwrap_or(user_id)
    }

    /// Its id at the issuer for people: the key's, else the client id.
    pub fn shown_id(&self) -> &str {
        self.key_id.as_deref().or(self.client_id.as_deref()).unwrap_or_default()
    }

    /// The thumbprint of its key (RFC 7638), where it is one.
    pub fn thumbprint(&self) -> Option<&str> {
        self.key.as_ref().map(|key| key.thumbprint.as_str())
    }
}
