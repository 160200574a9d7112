//! A **grant** is one way of requesting a token (RFC 6749 §1.3): which credential authenticates the client, where it
//! goes in the request, and what accompanies it.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use specta::Type;

use crate::jose::{KeyFacts, SigningAlgorithm};
use crate::private_key::KeyError;

/// `grant_type` of RFC 7523 §2.1.
pub(crate) const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// `client_assertion_type` of RFC 7523 §2.2.
pub(crate) const CLIENT_ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// `grant_type` of RFC 6749 §4.4.2.
pub(crate) const CLIENT_CREDENTIALS: &str = "client_credentials";

/// How a private key gets a token: the assertion and the request that carries it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct KeyGrant {
    /// `grant_type`, exactly; empty if the request has none.
    pub grant_type: String,
    /// Where the assertion goes.
    pub carrier: Carrier,
    /// How the request's body is encoded.
    pub body: Body,
    /// Further members of the body, as templates; those that expand to nothing are left out.
    pub fields: BTreeMap<String, String>,
    /// Whether the service user's client secret is also sent in the body, with `client_id` (Box).
    pub with_client_secret: bool,
    /// Algorithms that the servers accept; the first one that the key supports is used.
    pub algorithms: Vec<SigningAlgorithm>,
    /// What the assertion's header contains.
    pub header: HeaderRules,
    /// `iss`, as a template; empty for none (RFC 7523 §3 point 1).
    pub issuer: String,
    /// `sub`, as a template; empty for none (RFC 7523 §3 point 2).
    pub subject: String,
    /// `aud`, as templates: one is written as a string, several as an array, none not at all (point 3).
    pub audience: Vec<String>,
    /// Whether `kid` is also a claim (Frontier).
    pub key_id_claim: bool,
    /// Whether `iat` is written (RFC 7523 §3 point 6).
    pub issued_at: bool,
    /// Whether `nbf` is written (point 5).
    pub not_before: bool,
    /// Whether `jti` is written (point 7).
    pub jwt_id: bool,
    /// Further claims, as templates; those that expand to nothing are left out.
    pub claims: BTreeMap<String, String>,
    /// How long an assertion is valid by default, in seconds.
    pub lifetime: u32,
    /// The longest validity that the servers accept, in seconds.
    pub lifetime_cap: u32,
    /// How far `iat` and `nbf` are backdated, in seconds.
    pub backdate: u32,
    /// Whether the assertion may also be sent to APIs as a bearer token, without an exchange.
    pub direct: bool,
    /// What an assertion for direct use contains instead; absent if it is the same.
    pub direct_rules: Option<DirectRules>,
    /// Whether the client may act for users other than the one named in the key file, so that an entered user id takes
    /// precedence over the file's (Box).
    pub speaks_for_users: bool,
}

impl Default for KeyGrant {
    /// RFC 7523 §2.1 as ZITADEL and most others interpret it.
    fn default() -> Self {
        Self {
            grant_type: JWT_BEARER.to_owned(),
            carrier: Carrier::Assertion,
            body: Body::Form,
            fields: BTreeMap::new(),
            with_client_secret: false,
            algorithms: vec![SigningAlgorithm::Rs256],
            header: HeaderRules::default(),
            issuer: "{userId}".to_owned(),
            subject: "{userId}".to_owned(),
            audience: vec!["{issuer}".to_owned()],
            key_id_claim: false,
            issued_at: true,
            not_before: false,
            jwt_id: true,
            claims: BTreeMap::new(),
            lifetime: 300,
            lifetime_cap: 3600,
            backdate: 20,
            direct: false,
            direct_rules: None,
            speaks_for_users: false,
        }
    }
}

impl KeyGrant {
    /// RFC 7523 §2.2: the client authenticates with the assertion and requests `client_credentials`.
    pub(crate) fn client_assertion() -> Self {
        Self {
            grant_type: CLIENT_CREDENTIALS.to_owned(),
            carrier: Carrier::ClientAssertion,
            issuer: "{clientId}".to_owned(),
            subject: "{clientId}".to_owned(),
            ..Self::default()
        }
    }

    /// The first of the algorithms that the key supports, and that it is bound to if it is.
    ///
    /// # Errors
    /// [`KeyError::AlgorithmNotTaken`], [`KeyError::AlgorithmBound`].
    pub(crate) fn algorithm_for(&self, key: &KeyFacts) -> Result<SigningAlgorithm, KeyError> {
        let takes = || self.algorithms.iter().map(|algorithm| algorithm.name()).collect::<Vec<_>>().join(", ");
        self.algorithms.iter().find(|algorithm| key.takes(**algorithm)).copied().ok_or_else(|| match key.algorithm {
            Some(bound) => KeyError::AlgorithmBound { algorithm: bound.name(), takes: takes() },
            None => KeyError::AlgorithmNotTaken { key_type: key.key_type.clone(), takes: takes() },
        })
    }

    /// Every template in it.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let single = [&self.issuer, &self.subject].into_iter();
        let own = single.chain(&self.audience).chain(self.fields.values()).chain(self.claims.values());
        own.chain(self.direct_rules.iter().flat_map(DirectRules::texts)).map(String::as_str)
    }
}

/// What an assertion for direct use contains instead of one that is exchanged (Google, AIP-4111).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct DirectRules {
    /// `sub`, as a template; empty for none.
    pub subject: String,
    /// `aud`, as templates; none for none.
    pub audience: Vec<String>,
    /// Further claims, as templates.
    pub claims: BTreeMap<String, String>,
}

impl DirectRules {
    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.subject).chain(&self.audience).chain(self.claims.values())
    }
}

/// Where an assertion goes in the request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Carrier {
    /// In the body as `assertion` (RFC 7523 §2.1).
    #[default]
    Assertion,
    /// In the body as `client_assertion`, with its type (RFC 7523 §2.2).
    ClientAssertion,
    /// In the `Authorization` header as a bearer token (Frontier, GitHub).
    Bearer,
}

/// How a request's body is encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Body {
    /// `application/x-www-form-urlencoded` (RFC 6749 appendix B).
    #[default]
    Form,
    /// A JSON object.
    Json,
}

/// What an assertion's header contains besides `alg`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct HeaderRules {
    /// `typ` (RFC 7519 §5.1); empty for none.
    pub typ: String,
    /// Whether `kid` is written (RFC 7515 §4.1.4).
    pub key_id: KeyIdRule,
    /// Whether `x5t#S256` is written (RFC 7515 §4.1.8): the key then needs a certificate.
    pub certificate: bool,
}

impl Default for HeaderRules {
    fn default() -> Self {
        Self { typ: "JWT".to_owned(), key_id: KeyIdRule::Required, certificate: false }
    }
}

/// Whether a key's id is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum KeyIdRule {
    /// Always: the servers look the key up by it.
    #[default]
    Required,
    /// If the key has one: the servers don't require it.
    IfKnown,
    /// Not at all.
    Never,
}

impl<'de> Deserialize<'de> for KeyIdRule {
    /// Reads the word, or the `true` and `false` of earlier profiles, which meant required and never.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Word;
        impl Visitor<'_> for Word {
            type Value = KeyIdRule;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("`required`, `ifKnown` or `never`")
            }

            fn visit_bool<E: de::Error>(self, flag: bool) -> Result<KeyIdRule, E> {
                Ok(if flag { KeyIdRule::Required } else { KeyIdRule::Never })
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<KeyIdRule, E> {
                match word {
                    "required" => Ok(KeyIdRule::Required),
                    "ifKnown" => Ok(KeyIdRule::IfKnown),
                    "never" => Ok(KeyIdRule::Never),
                    _ => Err(E::unknown_variant(word, &["required", "ifKnown", "never"])),
                }
            }
        }
        from.deserialize_any(Word)
    }
}

/// How a client secret gets a token (RFC 6749 §4.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SecretGrant {
    /// `grant_type`, exactly.
    pub grant_type: String,
    /// Where the client id and secret go.
    pub place: SecretPlace,
    /// How the request's body is encoded.
    pub body: Body,
    /// Further members of the body, as templates; those that expand to nothing are left out.
    pub fields: BTreeMap<String, String>,
}

impl Default for SecretGrant {
    fn default() -> Self {
        Self {
            grant_type: CLIENT_CREDENTIALS.to_owned(),
            place: SecretPlace::BasicEncoded,
            body: Body::Form,
            fields: BTreeMap::new(),
        }
    }
}

impl SecretGrant {
    /// Every template in it.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.fields.values().map(String::as_str)
    }
}

/// Where the client id and secret go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum SecretPlace {
    /// `Authorization: Basic`, both form-encoded first (RFC 6749 §2.3.1).
    #[default]
    BasicEncoded,
    /// `Authorization: Basic` with the two unencoded (RFC 7617 §2).
    BasicRaw,
    /// In the body as `client_id` and `client_secret`.
    Post,
}
