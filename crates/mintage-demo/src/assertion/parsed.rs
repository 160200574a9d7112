//! A **parsed** assertion: its parts, and whether a key made its signature.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519,
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::Flaw;
use crate::der;
use crate::user::RegisteredKey;

pub(super) struct Parsed<'a> {
    pub(super) header: Map<String, Value>,
    pub(super) claims: Map<String, Value>,
    signing_input: &'a str,
    signature: Vec<u8>,
}

impl<'a> Parsed<'a> {
    /// Splits the compact serialisation (RFC 7515 §3.1).
    pub(super) fn read(assertion: &'a str) -> Result<Self, Flaw> {
        let (signing_input, signature) = assertion.rsplit_once('.').ok_or(Flaw::Malformed("not three parts"))?;
        let (header, claims) = signing_input.split_once('.').ok_or(Flaw::Malformed("not three parts"))?;
        if claims.contains('.') {
            return Err(Flaw::Malformed("not three parts"));
        }
        Ok(Self {
            header: object(header).ok_or(Flaw::Malformed("the header is not a JSON object"))?,
            claims: object(claims).ok_or(Flaw::Malformed("the payload is not a JSON object"))?,
            signing_input,
            signature: URL_SAFE_NO_PAD
                .decode(signature)
                .map_err(|_| Flaw::Malformed("the signature is no base64url"))?,
        })
    }

    /// The algorithm, if the system accepts it. `small_keys` allows RSA keys of 1024 bits, for RS256 only.
    pub(super) fn algorithm(
        &self,
        taken: &[&str],
        small_keys: bool,
    ) -> Result<&'static dyn VerificationAlgorithm, Flaw> {
        let name = self.header.get("alg").and_then(Value::as_str).unwrap_or_default();
        // No extension is supported, so any `crit` must be rejected (RFC 7515 §4.1.11).
        if self.header.contains_key("crit") || !taken.contains(&name) {
            return Err(Flaw::Algorithm(name.to_owned()));
        }
        match name {
            "RS256" if small_keys => Ok(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY),
            _ => verification(name).ok_or_else(|| Flaw::Algorithm(name.to_owned())),
        }
    }

    pub(super) fn is_signed_by(&self, key: &RegisteredKey, algorithm: &'static dyn VerificationAlgorithm) -> bool {
        let Ok(pem) = pem::parse(&key.public_pem) else { return false };
        // The label is ignored: ZITADEL v2.55 and v4 accept SPKI under `RSA PUBLIC KEY` (measured).
        der::is_public_key(pem.contents())
            && UnparsedPublicKey::new(algorithm, pem.contents())
                .verify(self.signing_input.as_bytes(), &self.signature)
                .is_ok()
    }
}

/// The algorithms of RFC 7518 §3.1 with a public key, and RFC 8037 §3.1.
fn verification(name: &str) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match name {
        "RS256" => &RSA_PKCS1_2048_8192_SHA256,
        "RS384" => &RSA_PKCS1_2048_8192_SHA384,
        "RS512" => &RSA_PKCS1_2048_8192_SHA512,
        "PS256" => &RSA_PSS_2048_8192_SHA256,
        "PS384" => &RSA_PSS_2048_8192_SHA384,
        "PS512" => &RSA_PSS_2048_8192_SHA512,
        "ES256" => &ECDSA_P256_SHA256_FIXED,
        "ES384" => &ECDSA_P384_SHA384_FIXED,
        "ES512" => &ECDSA_P521_SHA512_FIXED,
        "EdDSA" => &ED25519,
        _ => return None,
    })
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
