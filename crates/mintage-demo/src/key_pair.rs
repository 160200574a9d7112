//! A **key pair** that a server creates for a service user: the private half is returned once and not kept.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RsaKeyPair};

use crate::der;

/// A new RSA-2048 key, each half as PEM.
pub struct NewKeyPair {
    /// PKCS#8, as Frontier returns it.
    pub pkcs8: String,
    /// PKCS#1, as ZITADEL returns it.
    pub pkcs1: String,
    /// SPKI.
    pub public: String,
}

impl NewKeyPair {
    /// Creates one; it takes a moment. `None` if the crypto provider can't.
    pub fn generate() -> Option<Self> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).ok()?;
        let private: Pkcs8V1Der<'_> = pair.as_der().ok()?;
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().ok()?;
        let pem = |tag: &str, der: &[u8]| pem::encode(&pem::Pem::new(tag, der));
        Some(Self {
            pkcs8: pem("PRIVATE KEY", private.as_ref()),
            pkcs1: pem("RSA PRIVATE KEY", der::pkcs1_of_pkcs8(private.as_ref())?),
            public: pem("PUBLIC KEY", public.as_ref()),
        })
    }
}
