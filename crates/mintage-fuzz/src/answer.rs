//! Server responses, and the certificates that come before them.

use mintage_core::endpoints::Endpoints;
use mintage_core::issuer::{IssuerError, Recorded, certificate_rejected};
use mintage_core::issuer_url::IssuerUrl;
use mintage_core::provider::{ResponseMap, built_in};
use mintage_core::request::{RequestContext, plan};
use mintage_core::secret::Secret;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use url::Url;

use crate::leak;

const ISSUER: &str = "https://auth.example.com";
/// 28 November 2026.
const NOW: OffsetDateTime = datetime!(2026-11-28 12:00 UTC);
/// The signature of an assertion on P-256, the shortest there is, and the assertion.
const SIGNATURE: &str = "c2lnbmF0dXJlLW9mLXRoZS1hc3NlcnRpb24tdGhhdC1hLXNlcnZlci1taWdodC1zZW5kLWJhY2stLS0tLS0tLQ";
const SENT: &str = concat!(
    "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.",
    "c2lnbmF0dXJlLW9mLXRoZS1hc3NlcnRpb24tdGhhdC1hLXNlcnZlci1taWdodC1zZW5kLWJhY2stLS0tLS0tLQ"
);

/// An HTTP response, read as discovery and as the response to a token request.
pub(crate) fn message(input: &[u8]) {
    let issuer = IssuerUrl::parse(ISSUER).expect("an issuer");
    let recorded = || Recorded::parse(input, Url::parse(ISSUER).expect("a URL"));
    let Some(answer) = recorded() else { return };
    match answer.discovery(&issuer) {
        Ok(found) => {
            let found = found.value;
            assert_eq!(found.issuer, ISSUER);
            let Endpoints { token, userinfo, introspection, revocation, jwks } = found.endpoints;
            let endpoints = [token, userinfo, introspection, revocation, jwks];
            for endpoint in endpoints.into_iter().flatten() {
                let url = Url::parse(&endpoint).expect("an endpoint is a URL");
                assert!(url.scheme() == "https" && url.username().is_empty() && url.password().is_none(), "{url}");
            }
        }
        // Nothing was sent that it could repeat.
        Err(error) => leak::check_error(error.code(), &error.to_string(), &error.help()),
    }
    let maps = built_in().iter().map(|provider| provider.response.clone());
    for map in std::iter::once(ResponseMap::default()).chain(maps) {
        let sent = Secret::new(SENT.to_owned());
        match recorded().expect("as before").token(&map, &[&sent]) {
            Ok(answer) => {
                let token = answer.value.access_token.expose();
                assert!(!token.is_empty() && token.bytes().all(|byte| (0x20..=0x7e).contains(&byte)));
                assert!(answer.value.expires_in.is_none_or(|life| !life.is_negative()));
            }
            Err(error) => check(&error),
        }
    }
}

fn check(error: &IssuerError) {
    leak::check_error(error.code(), &error.to_string(), &error.help());
    let shown = format!("{error} {error:?} {}", error.help());
    assert!(!shown.contains(SIGNATURE), "the signature of an assertion is shown");
}

/// A server's certificate that the system rejected, with why.
pub(crate) fn certificate(input: &[u8]) {
    const HOST: &str = "auth.example.com";
    /// Five names of the longest kind, and a sentence around them.
    const LONGEST: usize = 5 * 253 + 500;
    for now in [OffsetDateTime::UNIX_EPOCH, NOW] {
        for error in certificate_rejected(input, HOST, now).expect("a name") {
            let message = error.to_string();
            leak::check_error(error.code(), &message, &error.help());
            assert!(
                message.len() <= LONGEST && message.is_ascii() && !message.contains(char::is_control),
                "{message:?}"
            );
        }
    }
}

/// The value of a `Date` and, on a second line, of a `Retry-After`: what follows from a server's clock.
pub(crate) fn dates(input: &[u8]) {
    let mut lines = input.split(|byte| *byte == b'\n');
    let (date, pause) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let head = |status: &str| [b"HTTP/1.1 ", status.as_bytes(), b"\nDate: ", date, b"\nRetry-After: ", pause].concat();
    let recorded = |message: &[u8]| Recorded::parse(message, Url::parse(ISSUER).expect("a URL")).expect("a status");
    match recorded(&head("429 Too Many Requests")).token(&ResponseMap::default(), &[]).map(|answer| answer.status) {
        Err(error @ IssuerError::Busy { retry_after, .. }) => {
            assert!(retry_after.is_none_or(|pause| !pause.is_negative()));
            check(&error);
        }
        other => panic!("429 is no pause: {other:?}"),
    }
    let token =
        [&head("200 OK")[..], b"\n\n{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":3600}"].concat();
    let answer = recorded(&token).token(&ResponseMap::default(), &[]).expect("a token");
    if let Some(at) = answer.server_date {
        sign_at(at);
    }
}

/// What is signed by the server's clock, for every provider.
fn sign_at(now: OffsetDateTime) {
    let values = [("issuer".to_owned(), ISSUER.to_owned())].into();
    let key = mintage_core::jose::KeyFacts {
        key_type: "RSA".into(),
        bits: 2048,
        fingerprint: String::new(),
        thumbprint: String::new(),
        public_pem: String::new(),
        algorithm: None,
    };
    for provider in built_in() {
        let (audience, scopes) = (&[][..], &[][..]);
        let context = RequestContext { provider, values: &values, audience, scopes, certificate: None, lifetime: None };
        if let Ok(plan) = plan(&context, &key, now, "id") {
            let life = plan.expires_at - now;
            assert!(!life.is_negative() && life <= Duration::days(1), "{now}: {life}");
        }
    }
}
