//! A **failure** is why there was no response: the network failed, not the request.
//!
//! Rule: determined by the types below the HTTP client's error, not by its text; the URL is dropped.

use std::error::Error as _;
use std::io;

use rustls::CertificateError;

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
        // The text of what is wrapped; the wrapper's would be in Rust's notation.
        CertificateError::Other(other) => other.0.to_string(),
        other => other.to_string(),
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

fn handshake(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidMessage(_) => "what it sent isn't TLS; it may use plain http on this port".into(),
        rustls::Error::PeerIncompatible(_) => "it offers only unsafe TLS versions or ciphers".into(),
        rustls::Error::AlertReceived(alert) => format!("it ended the handshake with {alert:?}"),
        other => other.to_string(),
    }
}
