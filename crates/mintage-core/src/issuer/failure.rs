//! A **failure** is why no answer came: the way was closed, not the door.
//!
//! Rule: told by the types below the HTTP client's error, not by its words; the URL is dropped.

use std::error::Error as _;
use std::io;

use rustls::CertificateError;

use crate::dated::Dated;
use crate::error::IssuerError;
use crate::moment;

/// Types the HTTP client's error.
pub(super) fn read(error: reqwest::Error, host: &str) -> IssuerError {
    let host = host.to_owned();
    let error = error.without_url();
    if let Some(tls) = find::<rustls::Error>(&error) {
        return match tls {
            rustls::Error::InvalidCertificate(reason) => {
                let dated = dated(reason).map(Box::new);
                let why = dated.as_ref().map_or_else(|| certificate(reason), |dated| dated.to_string());
                IssuerError::CertificateRefused { host, why, dated }
            }
            other => IssuerError::TlsFailed { host, why: handshake(other) },
        };
    }
    if error.is_timeout() {
        return IssuerError::TimedOut { host };
    }
    if error.is_dns() {
        return IssuerError::HostUnknown { host };
    }
    // No connection, or one that the system reports as cut; what remains arrived but is no HTTP.
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
            "it is not valid yet, or your clock is behind".into()
        }
        CertificateError::Revoked => "it has been revoked".into(),
        CertificateError::UnknownIssuer => "it is signed by an authority that this system does not know".into(),
        CertificateError::NotValidForName => "it is for another name".into(),
        CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty() => {
            "it names no host at all".into()
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            format!("it is for another name: {}", names(presented))
        }
        // WebPKI refuses an authority's own certificate as a server's; OpenSSL's defaults make such.
        CertificateError::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            "it is a certificate authority's own, which may not serve as a server's".into()
        }
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
        rustls::Error::InvalidMessage(_) => "what it sent is not TLS; perhaps it speaks plain http on this port".into(),
        rustls::Error::PeerIncompatible(_) => "it offers only TLS versions or ciphers that are not safe".into(),
        rustls::Error::AlertReceived(alert) => format!("it ended the handshake with {alert:?}"),
        other => other.to_string(),
    }
}
