//! The **key files** that a provider's console issues: how to recognise them, and where each value is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

/// Which key files these servers issue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct KeyFiles {
    /// Shapes that Mintage reads itself, since paths can't describe them fully.
    pub shapes: Vec<Shape>,
    /// JSON that is described here; the first rule that matches and can read it wins.
    pub rules: Vec<KeyFileRule>,
}

/// The recognised shape of a key file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// ZITADEL's service-account JSON, of any era.
    ZitadelServiceAccount,
    /// ZITADEL's application JSON, of any era: it authenticates introspection and can't mint.
    ZitadelApplication,
    /// Raystack Frontier's service-user key, as its API returns it.
    FrontierKey,
    /// Raystack Frontier's service-user secret, as its API returns it.
    FrontierSecret,
    /// Raystack Frontier's opaque token, as its API returns it.
    FrontierToken,
    /// Keycloak's adapter configuration (`keycloak.json`) with a client secret.
    KeycloakSettings,
    /// A client and its secret as Keycloak's admin API and exports return it.
    KeycloakClient,
    /// A private JWK (RFC 7517 §4): the user has to enter the ids.
    Jwk,
    /// A JWK set (RFC 7517 §5) with one private key: the user has to enter the ids.
    JwkSet,
    /// Any JSON with a client id and a client secret.
    ClientSecret,
    /// JSON that a provider's profile describes.
    Described,
    /// A private key alone, as PEM, DER or OpenSSH: the user has to enter the ids.
    Pem,
    /// A client secret or personal access token alone, entered as such: the user has to enter the ids.
    Alone,
}

/// Describes the JSON of one kind of key file.
///
/// A **path** is a JSON Pointer (RFC 6901), for example `/credentials/kid`, or empty for none. Names match in every
/// spelling: `/clientId` also finds `client_id` and `clientID`. For an id or an address, it may also be a text with
/// pointers in braces, for example `https://{/domain}/`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct KeyFileRule {
    /// The name of such a file on screen, for example `Service-account key file (Google)`.
    pub name: String,
    /// How to recognise the file: what must be at which path; an empty text matches anything.
    pub matches: BTreeMap<String, String>,
    /// The private key.
    pub private_key: String,
    /// The public key as PEM, in a file without its private key because the user created the key pair.
    pub public_key: String,
    /// How the private key is encoded.
    pub key_encoding: KeyEncoding,
    /// The passphrase of an encrypted private key, if the file contains it.
    pub passphrase: String,
    /// The client secret, alone or together with the private key.
    pub client_secret: String,
    /// A token that is sent as is.
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
    /// When the credential expires, if the file says so: RFC 3339, or seconds since 1970 with 0 for never.
    pub expires_at: String,
    /// A name to suggest for the service user, if the file has one; for an e-mail address, the part before its `@`.
    pub suggested_name: String,
    /// What may be missing from a file. Passphrase, expiry and suggested name are always optional; everything else that
    /// has a path is required.
    pub optional: Vec<FileFact>,
}

/// How a private key is encoded in a JSON member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum KeyEncoding {
    /// PEM (RFC 7468).
    #[default]
    Pem,
    /// Base64 (RFC 4648 §4, §5) of a PEM or of its DER.
    Base64,
    /// A JWK (RFC 7517 §4): an object, or its JSON as a string.
    Jwk,
}

/// What a key file may say besides its credential.
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
    /// The profile member that says where it is.
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
    /// What a file may say, each with its path.
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
