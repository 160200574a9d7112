//! A **failure** is why there was no response: the network failed, not the request.
//!
//! Rule: determined by the types below the HTTP client's error, not by its text; the URL is dropped.

use std::error::Error as _;
use std::io;

use rustls::{AlertDescription, CertificateError};

use super::IssuerError;
use crate::dated::Dated;
use crate::moment;

/// Classifies the HTTP client's error.
pub(super) fn read(error: reqwest::Error, host: &str) -> IssuerError {
    let host = host.to_owned();
    let error = error.without_url();
    if let Some(tls) = find::<rustls::Error>(&error) {
        return match tls {
            rustls::Error::InvalidCertificate(reason) => refused(host, reason),
            other => IssuerError::TlsFailed { host, why: handshake(other) },
        };
    }
    if error.is_timeout() {
        return IssuerError::TimedOut { host };
    }
    if error.is_dns() {
        return IssuerError::HostUnknown { host };
    }
    // No connection, or one that the system reports as cut; anything else arrived but isn't HTTP.
    if error.is_connect() || (error.is_request() && find::<io::Error>(&error).is_some()) {
        return IssuerError::Unreachable { host, source: error };
    }
    IssuerError::AnswerBroken { host, source: error }
}

/// The first error of a type below this one. An `io::Error` hides what it wraps from `source`.
fn find<T: std::error::Error + 'static>(error: &reqwest::Error) -> Option<&T> {
    let mut next = error.source();
    while let Some(current) = next {
        if let Some(found) = current.downcast_ref::<T>() {
            return Some(found);
        }
        next = match current.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => current.source(),
        };
    }
    None
}

/// The system rejected the server's certificate.
pub(super) fn refused(host: String, reason: &CertificateError) -> IssuerError {
    IssuerError::CertificateRefused { host, why: why(reason), dated: dated(reason).map(Box::new) }
}

/// Why a certificate was rejected, as a sentence part.
pub(super) fn why(reason: &CertificateError) -> String {
    dated(reason).map_or_else(|| certificate(reason), |dated| dated.to_string())
}

/// The times that a certificate is outside of.
fn dated(reason: &CertificateError) -> Option<Dated> {
    let at = |seconds: u64| moment::of_seconds(i64::try_from(seconds).ok()?);
    match reason {
        CertificateError::ExpiredContext { not_after, .. } => {
            Some(Dated::new("it expired on", at(not_after.as_secs())?))
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            let from = Dated::new("it is valid only from", at(not_before.as_secs())?);
            Some(Dated { after: ", or your clock is behind".into(), ..from })
        }
        _ => None,
    }
}

fn certificate(reason: &CertificateError) -> String {
    match reason {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired".into(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it isn't valid yet, or your clock is behind".into()
        }
        CertificateError::Revoked => "it has been revoked".into(),
        CertificateError::UnknownIssuer => "it is signed by an authority that this system doesn't know".into(),
        CertificateError::NotValidForName => "it is for another name".into(),
        CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty() => {
            "it doesn't name any host".into()
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            format!("it is for another name: {}", names(presented))
        }
        // WebPKI rejects an authority's own certificate for a server; OpenSSL's defaults create such certificates.
        CertificateError::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            "it is a certificate authority's own certificate, which can't be used for a server".into()
        }
        CertificateError::BadEncoding => "it can't be read".into(),
        CertificateError::BadSignature => "its signature is wrong".into(),
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "it is signed with an algorithm that isn't accepted".into()
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "it isn't for servers: its extended key usage lacks server authentication".into()
        }
        // The text of what is wrapped; the wrapper's, as that of the rest, would be in Rust's notation.
        CertificateError::Other(other) => other.0.to_string(),
        _ => "this system doesn't accept it".into(),
    }
}

/// The first few names as the certificate has them, without rustls's `DnsName("…")` around them.
fn names(presented: &[String]) -> String {
    let plain = |name: &String| name.split('"').nth(1).unwrap_or(name).to_owned();
    let mut names: Vec<String> = presented.iter().take(5).map(plain).collect();
    if presented.len() > 5 {
        names.push(format!("and {} more", presented.len() - 5));
    }
    names.join(", ")
}

/// Why there was no TLS, as a sentence part: never a name of rustls's, which its own texts contain.
fn handshake(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidMessage(_) => "what it sent isn't TLS; it may use plain http on this port".into(),
        rustls::Error::PeerIncompatible(_) => "it offers only unsafe TLS versions or ciphers".into(),
        rustls::Error::AlertReceived(alert) => refusal(*alert),
        rustls::Error::NoCertificatesPresented => "it has no certificate".into(),
        // The system's own text: this is what the verifiers of Windows and macOS fail with.
        rustls::Error::General(why) => why.clone(),
        rustls::Error::Other(other) => other.0.to_string(),
        _ => "it doesn't keep to the TLS protocol".into(),
    }
}

/// What a server means by the alert that ended the handshake (RFC 8446 §6.2).
fn refusal(alert: AlertDescription) -> String {
    match alert {
        AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => {
            "it accepts none of the ciphers that it was offered".into()
        }
        AlertDescription::ProtocolVersion => "it accepts neither TLS 1.2 nor TLS 1.3".into(),
        AlertDescription::UnrecognisedName => "it doesn't know this host name".into(),
        AlertDescription::CertificateRequired | AlertDescription::BadCertificate => {
            "it demands a client certificate, which Mintage doesn't have".into()
        }
        AlertDescription::InternalError => "it had an internal error".into(),
        other => format!("it ended the handshake with TLS alert {}", u8::from(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_handshake_is_told_without_names_from_the_code() {
        for (error, expected) in [
            (rustls::Error::AlertReceived(AlertDescription::ProtocolVersion), "it accepts neither TLS 1.2 nor TLS 1.3"),
            (
                rustls::Error::AlertReceived(AlertDescription::CertificateRequired),
                "it demands a client certificate, which Mintage doesn't have",
            ),
            (rustls::Error::AlertReceived(AlertDescription::UserCanceled), "it ended the handshake with TLS alert 90"),
            (rustls::PeerMisbehaved::TooManyEmptyFragments.into(), "it doesn't keep to the TLS protocol"),
            (rustls::Error::General("Access is denied. (os error 5)".into()), "Access is denied. (os error 5)"),
        ] {
            assert_eq!(handshake(&error), expected);
        }
    }
}
