//! The **certificate** (X.509, RFC 5280) that may come with a private key.
//!
//! Rule: only its public key and its digest are used; nothing in it is trusted.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::KeyFileError;
use crate::der::{CONTEXT_0, Der, INTEGER, SEQUENCE, Why, push_element};
use crate::private_key::PrivateKey;

/// `x5t#S256` (RFC 7515 §4.1.8) of the one certificate that belongs to the key; there may be others, since chains
/// include the CA certificates. `None` if there are no certificates at all.
///
/// # Errors
/// [`KeyFileError::CertificateBroken`], [`KeyFileError::CertificateForeign`], [`KeyFileError::SeveralCertificates`].
pub(super) fn thumbprint(certificates: &[&[u8]], key: &PrivateKey) -> Result<Option<String>, KeyFileError> {
    let mut own = Vec::new();
    for certificate in certificates {
        let public = public_key(certificate).map_err(|_| KeyFileError::CertificateBroken)?;
        let fingerprint: String = digest(&SHA256, &public).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        if fingerprint == key.facts().fingerprint && !own.contains(certificate) {
            own.push(*certificate);
        }
    }
    match own.as_slice() {
        [one] => Ok(Some(BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, one)))),
        [] if certificates.is_empty() => Ok(None),
        [] => Err(KeyFileError::CertificateForeign),
        several => Err(KeyFileError::SeveralCertificates { count: several.len() }),
    }
}

/// The SubjectPublicKeyInfo in a certificate (RFC 5280 §4.1).
fn public_key(certificate: &[u8]) -> Result<Vec<u8>, Why> {
    let mut outer = Der::new(certificate);
    let mut content = outer.enter(SEQUENCE)?.enter(SEQUENCE)?;
    if !outer.is_empty() {
        return Err("it has extra bytes at the end");
    }
    if content.peek() == CONTEXT_0 {
        content.take(CONTEXT_0)?;
    }
    content.take(INTEGER)?;
    // The signature's algorithm, the issuer, the validity and the subject.
    for _ in 0..4 {
        content.take(SEQUENCE)?;
    }
    let mut public = Vec::new();
    push_element(&mut public, SEQUENCE, &[content.take(SEQUENCE)?]);
    Ok(public)
}
