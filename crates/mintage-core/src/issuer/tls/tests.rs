//! What each system's verifier says, and what is told for it.

use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ExtendedKeyPurpose;

use super::*;
use crate::issuer::failure;

/// 28 November 2026.
const NOW: u64 = 1_795_824_000;

const PURPOSE: &str = "it isn't for servers: its extended key usage lacks server authentication";
const PURPOSE_OF_A_CLIENT: CertificateError =
    CertificateError::InvalidPurposeContext { required: ExtendedKeyPurpose::ServerAuth, presented: Vec::new() };

fn unaccepted_algorithm() -> CertificateError {
    CertificateError::UnsupportedSignatureAlgorithmContext {
        signature_algorithm_id: Vec::new(),
        supported_algorithms: Vec::new(),
    }
}

/// The text of an error that a verifier passes on with its code.
fn other(text: &str) -> CertificateError {
    CertificateError::Other(OtherError(Arc::from(Box::<dyn std::error::Error + Send + Sync>::from(text))))
}

fn parameters(name: &str, years: (i32, i32)) -> CertificateParams {
    let mut parameters = CertificateParams::new([name.to_owned()]).expect("a name");
    parameters.not_before = date_time_ymd(years.0, 1, 1);
    parameters.not_after = date_time_ymd(years.1, 1, 1);
    parameters
}

/// A certificate for this name and these years, signed by an authority or by itself.
fn certificate(name: &str, years: (i32, i32), by_authority: bool) -> CertificateDer<'static> {
    let (key, authority_key) = (KeyPair::generate().expect("a key"), KeyPair::generate().expect("a key"));
    let parameters = parameters(name, years);
    if !by_authority {
        return parameters.self_signed(&key).expect("a certificate").into();
    }
    let mut authority = CertificateParams::new(Vec::new()).expect("no names");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(rcgen::DnType::CommonName, "An authority");
    parameters.signed_by(&key, &Issuer::new(authority, authority_key)).expect("a certificate").into()
}

fn told(reason: CertificateError, certificate: &CertificateDer<'_>, alone: bool) -> String {
    let name = ServerName::try_from("a.test").expect("a name");
    let now = UnixTime::since_unix_epoch(Duration::from_secs(NOW));
    failure::why(&explained(reason, certificate, alone, &name, now))
}

#[test]
fn every_systems_verdict_becomes_the_same_sentence() {
    let expired = certificate("a.test", (2020, 2021), true);
    let future = certificate("a.test", (3000, 3001), true);
    let elsewhere = certificate("other.example.com", (2020, 4096), true);
    let good = certificate("a.test", (2020, 4096), true);
    let own = certificate("a.test", (2020, 4096), false);

    let unknown = "it is signed by an authority that this system doesn't know";
    let incomplete = &format!("{unknown}, and the server doesn't send that authority's certificate");
    for (name, reason, certificate, alone, expected) in [
        // Windows says that it has expired of both.
        ("Windows", CertificateError::Expired, &expired, false, "it expired on 1 January 2021"),
        ("Windows", CertificateError::Expired, &future, false, "it is valid only from 1 January 3000"),
        ("an authority's", CertificateError::Expired, &good, false, "it has expired"),
        ("Windows, nested", other("Nested. (os error -2146762494)"), &expired, true, "it expired on 1 January 2021"),
        ("macOS", other("“a” certificate is expired: -67818"), &expired, true, "it expired on 1 January 2021"),
        ("macOS", other("not valid yet: -67819"), &future, true, "it is valid only from 1 January 3000"),
        ("both", CertificateError::NotValidForName, &elsewhere, true, "it is for another name: other.example.com"),
        ("both", CertificateError::UnknownIssuer, &good, false, unknown),
        ("both, alone", CertificateError::UnknownIssuer, &good, true, incomplete),
        ("self-signed", CertificateError::UnknownIssuer, &own, true, unknown),
        ("Windows, partial", other("A chain couldn't be built. (os error -2146762486)"), &good, true, incomplete),
        ("Windows, its test root", other("Untrusted. (os error -2146762483)"), &good, false, unknown),
        ("macOS", other("“a” certificate is not trusted: -67843"), &good, false, unknown),
        ("Windows", other("Revoked. (os error -2146762484)"), &good, false, "it has been revoked"),
        ("Windows", other("Its signature is wrong. (os error -2146869244)"), &good, false, "its signature is wrong"),
        ("Windows", CertificateError::InvalidPurpose, &good, false, PURPOSE),
        ("Linux", PURPOSE_OF_A_CLIENT, &good, false, PURPOSE),
        ("any", CertificateError::BadEncoding, &good, false, "it can't be read"),
        ("any", CertificateError::UnhandledCriticalExtension, &good, false, "this system doesn't accept it"),
        ("Linux", unaccepted_algorithm(), &good, false, "it is signed with an algorithm that isn't accepted"),
        ("any other", other("The sky is falling: -12345"), &good, false, "The sky is falling: -12345"),
    ] {
        let told = told(reason, certificate, alone);
        assert_eq!(told.split(" at ").next(), Some(expected), "{name}: {told}");
    }
}

#[test]
fn a_certificate_that_cannot_be_read_is_refused_as_the_system_said() {
    let garbled = CertificateDer::from(vec![0x30, 0x03, 0x02, 0x01]);
    assert_eq!(told(CertificateError::Expired, &garbled, true), "it has expired");
}
