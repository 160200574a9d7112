//! The **public half** of a new key, in the form that a server takes.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};

use crate::der::{BIT_STRING, Der, SEQUENCE, octets_of};
use crate::error::Error;
use crate::guard::off_thread;
use crate::jose::{KeyFacts, SigningAlgorithm};
use crate::private_key::{KeyError, PrivateKey, Signer as _};
use crate::provider::PublicForm;
use crate::secret::Secret;

/// The public half of a key in the form that a console takes: to show, to copy and to save. Nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PublicHalf {
    /// The form.
    pub form: PublicForm,
    /// The text.
    pub text: String,
    /// A name for its file, for example `deploy-bot.crt`.
    pub file_name: String,
    /// `x5t#S256` of the certificate (RFC 7515 §4.1.8), if it is one.
    pub certificate: Option<String>,
    /// What a person does with it in the provider's console, in whole sentences.
    pub console: String,
}

/// A public half, ready to be sent.
pub(super) struct Written {
    /// The value of `{publicKey}`.
    pub(super) text: String,
    /// `x5t#S256` of the certificate, if it is one.
    pub(super) certificate: Option<String>,
}

/// Writes the public half of a key. A certificate is signed by the key itself and ends when the key expires.
pub(super) async fn write(
    key: &PrivateKey,
    form: PublicForm,
    name: &str,
    now: OffsetDateTime,
    expires_at: Option<OffsetDateTime>,
) -> Result<Written, Error> {
    let facts = key.facts().clone();
    if !form.is_certificate() {
        let text = match form {
            PublicForm::SpkiPemBase64 => STANDARD.encode(&facts.public_pem),
            PublicForm::Jwk => facts.public_jwk(&facts.thumbprint),
            _ => facts.public_pem,
        };
        return Ok(Written { text, certificate: None });
    }
    let (key, name) = (key.clone(), name.to_owned());
    let der = off_thread(move || self_signed(&key, &name, now, expires_at)).await??;
    let pem = pem::encode_config(&pem::Pem::new("CERTIFICATE", der.clone()), lf());
    let certificate = Some(URL_SAFE_NO_PAD.encode(digest(&SHA256, &der)));
    let text = match form {
        PublicForm::CertificatePemBase64 => STANDARD.encode(pem),
        PublicForm::CertificateDerBase64 => STANDARD.encode(der),
        _ => pem,
    };
    Ok(Written { text, certificate })
}

fn lf() -> pem::EncodeConfig {
    pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF)
}

/// A certificate without an expiry of its own (RFC 5280 §4.1.2.5).
const LONGEST: Duration = Duration::days(3650);

/// A self-signed X.509 certificate (RFC 5280) in DER.
fn self_signed(
    key: &PrivateKey,
    name: &str,
    now: OffsetDateTime,
    expires_at: Option<OffsetDateTime>,
) -> Result<Vec<u8>, KeyError> {
    let failed = |_| KeyError::SigningFailed { why: "the certificate couldn't be made" };
    let mut params = rcgen::CertificateParams::default();
    // From the key, so that the same key always makes the same certificate.
    let serial = digest(&SHA256, key.facts().public_pem.as_bytes());
    params.serial_number = Some(rcgen::SerialNumber::from_slice(&serial.as_ref()[..16]));
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    // A server whose clock is behind would refuse one that begins now.
    params.not_before = now.saturating_sub(Duration::hours(1));
    params.not_after = expires_at.unwrap_or_else(|| now.saturating_add(LONGEST));
    params.key_usages = vec![rcgen::KeyUsagePurpose::DigitalSignature];
    let signer = CertificateSigner { key, public: encoded(key.facts())? };
    Ok(params.self_signed(&signer).map_err(failed)?.der().to_vec())
}

/// The public key's bits of a SubjectPublicKeyInfo (RFC 5280 §4.1).
fn encoded(facts: &KeyFacts) -> Result<Vec<u8>, KeyError> {
    let unread = || KeyError::Broken { why: "its public half can't be read" };
    let block = pem::parse(&facts.public_pem).map_err(|_| unread())?;
    let read = || {
        let mut info = Der::new(block.contents()).enter(SEQUENCE)?;
        info.take(SEQUENCE)?;
        octets_of(info.take(BIT_STRING)?).map(<[u8]>::to_vec)
    };
    read().map_err(|_| unread())
}

/// Signs certificates with a key that stays where it is.
struct CertificateSigner<'a> {
    key: &'a PrivateKey,
    public: Vec<u8>,
}

impl rcgen::PublicKeyData for CertificateSigner<'_> {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_RSA_SHA256
    }
}

impl rcgen::SigningKey for CertificateSigner<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.key.sign(SigningAlgorithm::Rs256, message).map_err(|_| rcgen::Error::RemoteKeyError)
    }
}

/// A JWT (RFC 7519) with these claims, signed with RS256 and naming the key's certificate.
pub(super) async fn signed_jwt(
    key: PrivateKey,
    certificate: Option<&str>,
    claims: &serde_json::Value,
) -> Result<Secret, Error> {
    let mut header = serde_json::json!({ "alg": "RS256", "typ": "JWT" });
    if let Some(certificate) = certificate {
        header["x5t#S256"] = certificate.into();
    }
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&header), part(claims));
    let signing = message.clone();
    let signature = off_thread(move || key.sign(SigningAlgorithm::Rs256, signing.as_bytes())).await??;
    Ok(Secret::new(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))))
}
