//! A **recipe** says how one kind of credential is managed through a server's own API, as data: how it is added,
//! listed, switched off and removed, and what whoever does that must be allowed to do.
//!
//! Rule: what a response means isn't here but in the profile's refusal rules: which ids mean "gone", "no permission" and
//! "this version doesn't have that path". Where a server has several versions of its API, each is a recipe, the newest
//! first; a path that is unknown leads to the next.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::call::Call;
use crate::credential::CredentialKind;

/// Placeholders that only a recipe's calls know, in addition to [`super::template::KNOWN`]: the public half in the
/// recipe's [`PublicForm`]; the same as a JWK's JSON; when the credential should expire (RFC 3339); the id of the
/// credential that takes over, or that is still there beside the one that the call is about; the proof of possession;
/// the address of the API; what [`Recipe::lookup`] found; the role that a new service user gets.
pub(crate) const RECIPE_PLACEHOLDERS: [&str; 8] =
    ["publicKey", "publicJwk", "expiresAt", "otherKeyId", "proof", "api", "objectId", "role"];

/// The parameter of an environment that replaces a recipe's [`Recipe::api`], if the profile has it.
pub(crate) const API_ADDRESS: &str = "apiAddress";

/// How credentials of one kind are managed at a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Recipe {
    /// The API's name in sentences, for example `ZITADEL’s API v2`.
    pub name: String,
    /// The API's address, as a template: the value of `{api}`, unless the environment's parameter `apiAddress` has one.
    pub api: String,
    /// The kind of credential that it manages.
    pub kind: CredentialKind,
    /// Finds what the server calls the service user, if calls need another id than the catalogue has.
    pub lookup: Option<Lookup>,
    /// Finds the client id that a new secret is sent with, where it is neither the secret's nor the service user's id
    /// (ZITADEL's login names).
    pub client_id: Option<Lookup>,
    /// Who makes the secret half.
    pub maker: Maker,
    /// Whether a credential's id at the server is its client id (Frontier's secrets).
    pub id_is_client_id: bool,
    /// The form in which the server takes the public half.
    pub form: PublicForm,
    /// What the acting service user needs.
    pub actor: ActorRules,
    /// Whether a new credential gets an expiry date.
    pub expiry: ExpiryRule,
    /// How a new credential is recognised in a list if the answer with its id was lost.
    pub mark: Mark,
    /// Adds a credential. For [`Maker::Console`] and [`Maker::Download`] its `url` is empty.
    pub add: AddRules,
    /// Makes an added credential usable, where adding alone doesn't (Auth0): `{keyId}` is the new one, `{otherKeyId}`
    /// the old one.
    pub activate: Option<Call>,
    /// Lists a service user's credentials.
    pub list: Option<ListRules>,
    /// Whether only a credential that was switched off can be removed.
    pub disable_first: bool,
    /// Switches a credential off so that it can be switched on again.
    pub disable: Option<Call>,
    /// Switches it on again.
    pub enable: Option<Call>,
    /// Removes a credential.
    pub remove: Option<Call>,
    /// Whether success says nothing about a removal, because the server also says it of what it doesn't have (Frontier):
    /// the list decides.
    pub confirm_by_list: bool,
    /// How many credentials a service user may have; 0 if there is no limit worth mentioning.
    pub limit: u32,
    /// Whether the old and the new credential work side by side. If not, adding the new one ends the old one.
    pub overlap: bool,
    /// How long it may take until a new credential works, in seconds.
    pub delay: u32,
    /// What a person does in the console, where only a console takes or makes keys: whole sentences.
    pub console: String,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            name: String::new(),
            api: String::new(),
            lookup: None,
            client_id: None,
            kind: CredentialKind::PrivateKey,
            maker: Maker::default(),
            id_is_client_id: false,
            form: PublicForm::default(),
            actor: ActorRules::default(),
            expiry: ExpiryRule::default(),
            mark: Mark::default(),
            add: AddRules::default(),
            activate: None,
            list: None,
            disable_first: false,
            disable: None,
            enable: None,
            remove: None,
            confirm_by_list: false,
            limit: 0,
            overlap: true,
            delay: 10,
            console: String::new(),
        }
    }
}

/// Who makes the secret half of a credential.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Maker {
    /// Mintage makes a key pair, and only the public half is sent.
    #[default]
    Mintage,
    /// The server makes it and returns it once.
    Server,
    /// Mintage makes a key pair, and a person uploads the public half in the provider's console.
    Console,
    /// The provider's console makes a key pair and gives it out once, as a file that a person brings (GitHub).
    Download,
}

/// The form in which a server takes the public half of a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum PublicForm {
    /// SubjectPublicKeyInfo in PEM (`PUBLIC KEY`, RFC 7468 §13).
    #[default]
    SpkiPem,
    /// The same, in base64 once more.
    SpkiPemBase64,
    /// A self-signed X.509 certificate in PEM (RFC 7468 §5).
    CertificatePem,
    /// The same, in base64 once more.
    CertificatePemBase64,
    /// A self-signed X.509 certificate's DER in base64.
    CertificateDerBase64,
    /// A JWK (RFC 7517 §4), whose `kid` is the key's thumbprint (RFC 7638).
    Jwk,
}

impl PublicForm {
    /// Whether it is a certificate, whose end is the key's expiry.
    pub fn is_certificate(self) -> bool {
        matches!(self, Self::CertificatePem | Self::CertificatePemBase64 | Self::CertificateDerBase64)
    }
}

/// Whether a new credential gets an expiry date, and how exactly servers repeat it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ExpiryRule {
    /// It must have one.
    Required,
    /// It may have one.
    Optional,
    /// It can't have one.
    #[default]
    None,
}

/// How a new credential is recognised in a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Mark {
    /// Nothing in a list identifies it.
    #[default]
    None,
    /// By its expiry date, which is unique to the microsecond (ZITADEL returns no public half and no title).
    ExpiryMicroseconds,
    /// By its expiry date, which is unique to the second.
    ExpirySeconds,
    /// By its title.
    Title,
    /// By the id that Mintage chose: the key's thumbprint (RFC 7638).
    KeyId,
}

/// What the service user that acts needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ActorRules {
    /// The scopes of its token, instead of its own; none to use its own.
    pub scopes: Vec<String>,
    /// The environment's parameters that its token needs to have other values, as templates (Auth0: the API).
    pub parameters: BTreeMap<String, String>,
    /// Whether a service user may manage its own credentials.
    pub itself: OwnRight,
    /// The role that allows it, in the provider's words.
    pub role: String,
    /// How a caller asks what it may do; absent if it can't.
    pub permissions: Option<PermissionRules>,
    /// How a present key proves possession (Entra), as the claims of a JWT besides its times.
    pub proof: Option<ProofRules>,
    /// A registration access token acts, and not an access token (RFC 7592): the address of [`AddRules::call`] is the
    /// client's configuration endpoint, and the key is registered in its JWK set. Only for service users that have one.
    pub registration: Option<RegistrationRules>,
}

/// How a client's registration is changed with its own token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RegistrationRules {
    /// Where an answer has the token that replaces the one that was sent (RFC 6901).
    pub token: String,
}

/// Whether a service user may manage its own credentials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum OwnRight {
    /// Only if it has the role.
    #[default]
    WithRole,
    /// Always, without any role.
    Always,
    /// Never, whatever its role.
    Never,
}

/// How a caller asks what it may do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct PermissionRules {
    /// The call.
    pub call: Call,
    /// Where the answer has the list of permissions (RFC 6901); absent means none.
    pub list: String,
    /// The permissions that adding and removing need.
    pub change: Vec<String>,
}

impl PermissionRules {
    /// Whether whoever has these permissions may add and remove.
    pub fn allow(&self, granted: &[String]) -> bool {
        self.change.iter().all(|needed| granted.contains(needed))
    }
}

/// A proof that the caller has a present key: a JWT signed by it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ProofRules {
    /// `aud`.
    pub audience: String,
    /// `iss`, as a template.
    pub issuer: String,
    /// How long it is valid, in seconds.
    pub lifetime: u32,
}

/// How a credential is added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct AddRules {
    /// The call.
    pub call: Call,
    /// Where the answer has the new id (RFC 6901). Of a path (Google), the last segment counts. Empty if the id is the
    /// key's thumbprint, or if there is none (a secret that replaces the previous one).
    pub id: String,
    /// Where the answer has what the server made, if it makes anything: for [`Maker::Server`] the secret; for
    /// [`Maker::Mintage`] a private key, which must be absent.
    pub secret: String,
    /// Whether the whole answer is a credential file of this provider.
    pub secret_is_file: bool,
}

/// How the server's own id of a service user is found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Lookup {
    /// The call.
    pub call: Call,
    /// Where the answer has the id (RFC 6901).
    pub id: String,
}

/// How credentials are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ListRules {
    /// The call.
    pub call: Call,
    /// Where the answer has the list (RFC 6901); empty if it is the list. Absent means nothing was found.
    pub items: String,
    /// Where an item has its id: the one that assertions name, if they name any. Of a path (Google), the last segment
    /// counts.
    pub id: String,
    /// Where an item has the id that calls need, if it is another one (Okta, Auth0).
    pub handle: String,
    /// Where an item has its creation time, as RFC 3339; empty if nowhere.
    pub created: String,
    /// Where an item has its expiry, as RFC 3339; empty if nowhere.
    pub expires: String,
    /// Where an item has its title; empty if nowhere.
    pub title: String,
    /// What an item must have at which path; items that don't are of another kind.
    pub only: BTreeMap<String, String>,
    /// The other kinds that the list has, too, and that nothing in it tells from this one (Frontier).
    pub mixed_with: Vec<CredentialKind>,
}

impl Recipe {
    /// Its calls, each with its member.
    pub(crate) fn calls(&self) -> Vec<(&'static str, &Call)> {
        let mut calls = vec![("recipes.add.call", &self.add.call)];
        calls.extend(self.lookup.iter().map(|lookup| ("recipes.lookup.call", &lookup.call)));
        calls.extend(self.client_id.iter().map(|lookup| ("recipes.clientId.call", &lookup.call)));
        calls.extend(self.activate.iter().map(|call| ("recipes.activate", call)));
        calls.extend(self.list.iter().map(|list| ("recipes.list.call", &list.call)));
        calls.extend(self.disable.iter().map(|call| ("recipes.disable", call)));
        calls.extend(self.enable.iter().map(|call| ("recipes.enable", call)));
        calls.extend(self.remove.iter().map(|call| ("recipes.remove", call)));
        calls.extend(self.actor.permissions.iter().map(|rules| ("recipes.actor.permissions.call", &rules.call)));
        calls.retain(|(_, call)| !call.url.is_empty());
        calls
    }

    /// Every template in it.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let calls: Vec<&str> = self.calls().into_iter().flat_map(|(_, call)| call.texts()).collect();
        let proof = self.actor.proof.iter().map(|proof| proof.issuer.as_str());
        std::iter::once(self.api.as_str())
            .chain(calls)
            .chain(proof)
            .chain(self.actor.parameters.values().map(String::as_str))
    }

    /// Whether its API can be called without a person.
    pub fn is_automatic(&self) -> bool {
        !matches!(self.maker, Maker::Console | Maker::Download)
    }
}
