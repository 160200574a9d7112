//! The **key files** that the consoles of a kind of server give out: how one is known, and where it has what.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::key_file::Shape;

/// Which key files are these servers'.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct KeyFiles {
    /// Shapes that Mintage reads by itself, as they hold more than places can say.
    pub shapes: Vec<Shape>,
    /// JSON that is described here; the first rule counts that fits and can read it.
    pub rules: Vec<KeyFileRule>,
}

/// Describes the JSON of one kind of key file.
///
/// A **place** is a JSON Pointer (RFC 6901), for example `/credentials/kid`, or empty for none. Names count in
/// every spelling: `/clientId` finds `client_id` and `clientID` as well. Where a place gives an id or an
/// address, it may also be a text with pointers in braces, for example `https://{/domain}/`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct KeyFileRule {
    /// What such a file is called on screen, for example `Service-account key file (Google)`.
    pub name: String,
    /// How the file is known: what must be at which place; an empty text stands for anything.
    pub matches: BTreeMap<String, String>,
    /// The private key.
    pub private_key: String,
    /// The public key as PEM, of a file that comes without its private key where the user made the key pair.
    pub public_key: String,
    /// How the private key is written.
    pub key_encoding: KeyEncoding,
    /// The passphrase of an encrypted private key, where a file holds it.
    pub passphrase: String,
    /// The client secret, alone or beside the private key.
    pub client_secret: String,
    /// A token that is sent as it is.
    pub ready_token: String,
    /// The service user's id.
    pub user_id: String,
    /// The client id.
    pub client_id: String,
    /// The key's id.
    pub key_id: String,
    /// The issuer.
    pub issuer: String,
    /// `aud` of the assertions.
    pub audience: String,
    /// The token endpoint.
    pub token_endpoint: String,
    /// When the credential expires, where a file tells: RFC 3339, or seconds since 1970 with 0 for never.
    pub expires_at: String,
    /// What the service user may be called, where a file tells; of an e-mail address, what is before its `@`.
    pub suggested_name: String,
    /// What a file may lack. Passphrase, expiry and suggested name always may; everything else that has a place
    /// must be there.
    pub optional: Vec<FileFact>,
}

/// How a private key is written in a member of JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum KeyEncoding {
    /// PEM (RFC 7468).
    #[default]
    Pem,
    /// Base64 (RFC 4648 §4, §5) of a PEM or of its DER.
    Base64,
    /// A JWK (RFC 7517 §4): an object, or its text.
    Jwk,
}

/// What a key file may tell beside its credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum FileFact {
    /// The service user's id.
    UserId,
    /// The client id.
    ClientId,
    /// The key's id.
    KeyId,
    /// The issuer.
    Issuer,
    /// `aud` of the assertions.
    Audience,
    /// The token endpoint.
    TokenEndpoint,
}

impl FileFact {
    /// The member of a profile that says where it is.
    pub(crate) fn member(self) -> &'static str {
        match self {
            Self::UserId => "keyFiles.rules.userId",
            Self::ClientId => "keyFiles.rules.clientId",
            Self::KeyId => "keyFiles.rules.keyId",
            Self::Issuer => "keyFiles.rules.issuer",
            Self::Audience => "keyFiles.rules.audience",
            Self::TokenEndpoint => "keyFiles.rules.tokenEndpoint",
        }
    }
}

impl KeyFileRule {
    /// What a file may tell, each with its place.
    pub(crate) fn facts(&self) -> [(FileFact, &str); 6] {
        [
            (FileFact::UserId, &self.user_id),
            (FileFact::ClientId, &self.client_id),
            (FileFact::KeyId, &self.key_id),
            (FileFact::Issuer, &self.issuer),
            (FileFact::Audience, &self.audience),
            (FileFact::TokenEndpoint, &self.token_endpoint),
        ]
    }
}
