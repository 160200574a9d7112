//! **TLS**: the system decides whether a server's certificate is trusted.
//!
//! Rule: nothing is trusted here that the system doesn't trust. Windows and macOS only say no, as a code; so that the
//! same fault has the same sentence everywhere, the certificate itself is read for the reason.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;

use super::IssuerError;
use super::server_certificate::ServerCertificate;

/// The configuration of a client that trusts the system's authorities and these.
pub(super) fn config(authorities: &[CertificateDer<'static>]) -> Result<ClientConfig, IssuerError> {
    let failed = |error: rustls::Error| IssuerError::NoClient { why: error.to_string() };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let system = verifier(authorities, Arc::clone(&provider)).map_err(|error| match error {
        // Where the verifier reads the system's authorities itself, its only error without a type: there are none.
        rustls::Error::General(_) if cfg!(all(unix, not(target_vendor = "apple"))) => IssuerError::NoCertificates,
        rustls::Error::General(why) => IssuerError::NoClient { why },
        error => failed(error),
    })?;
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(failed)?;
    let verified = config.dangerous().with_custom_certificate_verifier(Arc::new(Explaining(system)));
    let mut config = verified.with_no_client_auth();
    // RFC 7301 §3.2: in the order in which they are preferred.
    config.alpn_protocols = vec!["h2".into(), "http/1.1".into()];
    Ok(config)
}

/// The configuration of a client that only speaks plain HTTP. It trusts nobody: to read the system's authorities takes
/// longer than a mint.
pub(super) fn unused() -> Result<ClientConfig, IssuerError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| IssuerError::NoClient { why: error.to_string() })?;
    Ok(config.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

/// The system's verifier. On Windows, further authorities need a certificate engine of their own, which can fail.
fn verifier(authorities: &[CertificateDer<'static>], provider: Arc<CryptoProvider>) -> Result<Verifier, rustls::Error> {
    if authorities.is_empty() {
        return Verifier::new(provider);
    }
    Verifier::new_with_extra_roots(authorities.iter().cloned(), provider)
}

/// The system's verdict, with a reason where the system gives none.
#[derive(Debug)]
struct Explaining(Verifier);

impl ServerCertVerifier for Explaining {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verdict = self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        verdict.map_err(|error| match error {
            rustls::Error::InvalidCertificate(reason) => {
                let alone = intermediates.is_empty();
                rustls::Error::InvalidCertificate(explained(reason, end_entity, alone, server_name, now))
            }
            other => other,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// The server's certificate came without that of its authority, which may be all that is wrong.
#[derive(Debug, thiserror::Error)]
#[error(
    "it is signed by an authority that this system doesn't know, and the server doesn't send that authority's certificate"
)]
struct Incomplete;

/// The same reason, with the certificate's own facts. `alone` is whether the server sent no other certificate.
pub(super) fn explained(
    reason: CertificateError,
    certificate: &CertificateDer<'_>,
    alone: bool,
    name: &ServerName<'_>,
    now: UnixTime,
) -> CertificateError {
    let reason = typed(reason);
    let Ok(read) = ServerCertificate::read(certificate) else { return reason };
    match reason {
        CertificateError::Expired | CertificateError::NotValidYet => {
            if now > read.not_after {
                CertificateError::ExpiredContext { time: now, not_after: read.not_after }
            } else if now < read.not_before {
                CertificateError::NotValidYetContext { time: now, not_before: read.not_before }
            } else {
                // It is an authority's certificate that is out of its time.
                reason
            }
        }
        CertificateError::NotValidForName => {
            CertificateError::NotValidForNameContext { expected: name.to_owned(), presented: read.names }
        }
        CertificateError::UnknownIssuer if alone && !read.signs_itself => {
            CertificateError::Other(OtherError(Arc::new(Incomplete)))
        }
        reason => reason,
    }
}

/// What a code means that the system's verifier passes on as the end of a text.
fn typed(reason: CertificateError) -> CertificateError {
    let CertificateError::Other(OtherError(text)) = &reason else { return reason };
    let text = text.to_string();
    let digits = text.trim_end_matches(')').rsplit([' ', ':']).next();
    match digits.and_then(|digits| digits.parse::<i32>().ok()).map(i32::cast_unsigned) {
        // winerror.h: CERT_E_CHAINING, CERT_E_UNTRUSTEDTESTROOT, CERT_E_UNTRUSTEDCA
        Some(0x800B_010A | 0x800B_010D | 0x800B_0112) => CertificateError::UnknownIssuer,
        // CERT_E_EXPIRED, CERT_E_VALIDITYPERIODNESTING
        Some(0x800B_0101 | 0x800B_0102) => CertificateError::Expired,
        // CERT_E_REVOKED
        Some(0x800B_010C) => CertificateError::Revoked,
        // TRUST_E_CERT_SIGNATURE
        Some(0x8009_6004) => CertificateError::BadSignature,
        // SecBase.h: errSecCertificateExpired, errSecCertificateNotValidYet, errSecNotTrusted
        Some(code) if code == (-67818_i32).cast_unsigned() => CertificateError::Expired,
        Some(code) if code == (-67819_i32).cast_unsigned() => CertificateError::NotValidYet,
        Some(code) if code == (-67843_i32).cast_unsigned() => CertificateError::UnknownIssuer,
        _ => reason,
    }
}

#[cfg(test)]
mod tests;
