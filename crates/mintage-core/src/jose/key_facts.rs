//! The **public facts** about a key pair, to store and to show.

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::spki::pem_of;
use super::{KeyType, PublicKey, SigningAlgorithm};

/// The public facts about a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyFacts {
    /// Key type: `RSA`, `P-256`, `P-384` or `Ed25519`.
    pub key_type: String,
    /// Size in bits: of the modulus, or of the curve's numbers.
    pub bits: u32,
    /// SHA-256 of the SubjectPublicKeyInfo, as lower-case hex.
    pub fingerprint: String,
    /// JWK thumbprint (RFC 7638), base64url without padding.
    pub thumbprint: String,
    /// The public half as SubjectPublicKeyInfo PEM (`PUBLIC KEY`), with LF line endings.
    pub public_pem: String,
    /// The one algorithm that the key may sign with, if its JWK binds it (RFC 7517 §4.4).
    pub algorithm: Option<SigningAlgorithm>,
}

impl KeyFacts {
    /// The public facts about the key pair with this public half.
    pub(crate) fn of(public: &PublicKey) -> Self {
        let spki = public.spki();
        Self {
            key_type: public.key_type().name().to_owned(),
            bits: public.bits(),
            fingerprint: digest(&SHA256, &spki).as_ref().iter().map(|byte| format!("{byte:02x}")).collect(),
            thumbprint: public.thumbprint(),
            public_pem: pem_of(&spki),
            algorithm: None,
        }
    }

    /// Whether the key may sign with it: by its type, and by what it is bound to (RFC 7517 §4.4).
    pub fn takes(&self, algorithm: SigningAlgorithm) -> bool {
        algorithm.key_type() == self.key_type && self.algorithm.is_none_or(|bound| bound == algorithm)
    }

    /// The public half as a JWK (RFC 7517 §4) with the given key id, `use: sig` and the `alg` that it is bound to, or
    /// else its type's default, as JSON.
    pub fn public_jwk(&self, key_id: &str) -> String {
        let mut jwk = serde_json::Map::new();
        let key_type = KeyType::named(&self.key_type);
        if let Some(public) = key_type.and_then(|key_type| PublicKey::of_pem(key_type, &self.public_pem)) {
            jwk.extend(public.jwk_members().into_iter().map(|(name, value)| (name.to_owned(), value.into())));
            let algorithm = self.algorithm.or_else(|| SigningAlgorithm::usual(&self.key_type));
            jwk.extend(algorithm.map(|algorithm| ("alg".to_owned(), algorithm.name().into())));
        }
        jwk.insert("use".to_owned(), "sig".into());
        jwk.insert("kid".to_owned(), key_id.into());
        serde_json::Value::Object(jwk).to_string()
    }
}
