//! A **forge** creates tokens, good and bad, with keys that live as long as the test.

use std::sync::LazyLock;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A modulus created in the flawed way of CVE-2017-15361: both factors have the form that can be attacked.
const ROCA_MODULUS: &str = concat!(
    "tFSZd7L4agDBFVmTQU1c23yFYVd-YYfvbh-JVzTkGSRUfCuUHJJAwAjrwT-_1MYvNbQ38r27cMh85WERV00ofD2Jsq_kD2qbzEPxdb3eAo79",
    "61JoYVxpXItE7fvENPspex6aD4a2b92Y8cN-QU-4LMJnGrjOtPXw2z-FyO3-R-pJrk7Sor7Uw4-xQSRhsaAKtvgWekFKj426oDULnVgLpnLU",
    "x-At4jvemcecFYwdN7uifJx3EXQp-jaadtZ-DZ4VcLNrrHINNXOym1A9BzPFzYSIcnz_NTrTkH4Katdm9hVUwaj89Juo5dVgYMWUq26NwNJZ",
    "kfzAcsV67zj5M56zNw"
);

/// The keys of an issuer.
pub(crate) struct Forge {
    rsa: RsaKeyPair,
    p256: EcdsaKeyPair,
    p384: EcdsaKeyPair,
    p521: EcdsaKeyPair,
    ed: Ed25519KeyPair,
}

/// The forge that all tests share: creating keys takes time.
pub(crate) static FORGE: LazyLock<Forge> = LazyLock::new(Forge::new);

pub(crate) fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("base64url")
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Forge {
    fn new() -> Self {
        let ec = |algorithm| EcdsaKeyPair::generate(algorithm).expect("a key");
        Self {
            rsa: RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"),
            p256: ec(&signature::ECDSA_P256_SHA256_FIXED_SIGNING),
            p384: ec(&signature::ECDSA_P384_SHA384_FIXED_SIGNING),
            p521: ec(&signature::ECDSA_P521_SHA512_FIXED_SIGNING),
            ed: Ed25519KeyPair::generate().expect("a key"),
        }
    }

    /// A token with exactly this header and payload, signed with the algorithm's key.
    pub(crate) fn sign(&self, algorithm: &str, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
        self.sign_parts(algorithm, &encode(header), &encode(payload))
    }

    /// The same for parts that are already encoded, in whatever way.
    pub(crate) fn sign_parts(&self, algorithm: &str, header: &str, payload: &str) -> String {
        let input = format!("{header}.{payload}");
        format!("{input}.{}", encode(self.signature(algorithm, input.as_bytes())))
    }

    fn signature(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        let ec = |key: &EcdsaKeyPair| key.sign(&random, message).expect("a signature").as_ref().to_vec();
        let encoding: &'static dyn signature::RsaEncoding = match algorithm {
            "ES256" => return ec(&self.p256),
            "ES384" => return ec(&self.p384),
            "ES512" => return ec(&self.p521),
            "EdDSA" => return self.ed.sign(message).as_ref().to_vec(),
            // The classic confusion: the public key as the secret.
            "HS256" => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, self.rsa.public_key().as_ref());
                return hmac::sign(&key, message).as_ref().to_vec();
            }
            "ES256 as DER" => return self.der_signature(message),
            "RS256" => &signature::RSA_PKCS1_SHA256,
            "RS384" => &signature::RSA_PKCS1_SHA384,
            "RS512" => &signature::RSA_PKCS1_SHA512,
            "PS256" => &signature::RSA_PSS_SHA256,
            "PS384" => &signature::RSA_PSS_SHA384,
            "PS512" => &signature::RSA_PSS_SHA512,
            other => panic!("{other}"),
        };
        let mut signature = vec![0; self.rsa.public_modulus_len()];
        self.rsa.sign(encoding, &random, message, &mut signature).expect("a signature");
        signature
    }

    fn der_signature(&self, message: &[u8]) -> Vec<u8> {
        let pkcs8 = self.p256.to_pkcs8v1().expect("PKCS#8");
        let key = EcdsaKeyPair::from_pkcs8(&signature::ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref()).expect("a key");
        key.sign(&SystemRandom::new(), message).expect("a signature").as_ref().to_vec()
    }

    /// The RSA key as a JWK with these members added.
    pub(crate) fn rsa_jwk(&self, members: &str) -> String {
        let modulus = self.rsa.public_key().modulus().big_endian_without_leading_zero();
        let exponent = self.rsa.public_key().exponent().big_endian_without_leading_zero();
        format!(r#"{{"kty":"RSA","n":"{}","e":"{}"{members}}}"#, encode(modulus), encode(exponent))
    }

    /// A key with half the modulus.
    fn small_jwk(&self, members: &str) -> String {
        let modulus = &self.rsa.public_key().modulus().big_endian_without_leading_zero()[..128];
        format!(r#"{{"kty":"RSA","n":"{}","e":"AQAB"{members}}}"#, encode(modulus))
    }

    fn ec_jwk(key: &EcdsaKeyPair, curve: &str, members: &str) -> String {
        let point = &key.public_key().as_ref()[1..];
        let (x, y) = point.split_at(point.len() / 2);
        format!(r#"{{"kty":"EC","crv":"{curve}","x":"{}","y":"{}"{members}}}"#, encode(x), encode(y))
    }

    /// The public half of the P-521 key as a JWK.
    pub(crate) fn p521_jwk(&self) -> String {
        Self::ec_jwk(&self.p521, "P-521", "")
    }

    /// Everything that the issuer publishes, the good and the bad.
    pub(crate) fn key_set(&self) -> String {
        let ed = encode(self.ed.public_key().as_ref());
        let keys = [
            self.rsa_jwk(r#","kid":"rsa","use":"sig""#),
            self.rsa_jwk(r#","kid":"rs256-only","alg":"RS256""#),
            self.rsa_jwk(r#","kid":"enc","use":"enc""#),
            self.rsa_jwk(r#","kid":"sign-only","key_ops":["sign"]"#),
            self.rsa_jwk(r#","kid":"oaep","alg":"RSA-OAEP""#),
            self.rsa_jwk(r#","kid":"twice""#),
            self.small_jwk(r#","kid":"twice-but-one-is-small""#),
            self.rsa_jwk(r#","kid":"twice-but-one-is-small""#),
            self.small_jwk(r#","kid":"small""#),
            format!(r#"{{"kty":"RSA","kid":"roca","n":"{ROCA_MODULUS}","e":"AQAB"}}"#),
            Self::ec_jwk(&self.p256, "P-256", r#","kid":"p256""#),
            Self::ec_jwk(&self.p256, "P-256", r#","kid":"twice""#),
            Self::ec_jwk(&self.p384, "P-384", r#","kid":"p384""#),
            Self::ec_jwk(&self.p521, "P-521", r#","kid":"p521""#),
            format!(r#"{{"kty":"OKP","crv":"Ed25519","kid":"ed","x":"{ed}"}}"#),
            r#"{"kty":"oct","kid":"shared","k":"c2VjcmV0"}"#.to_owned(),
            r#"{"kty":"AKP","kid":"future","alg":"ML-DSA-65","pub":"AAAA"}"#.to_owned(),
        ];
        format!(r#"{{"keys":[{}]}}"#, keys.join(","))
    }
}
