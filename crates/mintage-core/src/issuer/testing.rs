//! **Reading** responses without a server, in the same way as real ones.

use reqwest::header::HeaderMap;

use super::*;
use crate::provider::RequestKind;

/// A response as it comes over the wire.
pub(crate) struct Written<'a> {
    pub(crate) host: &'a str,
    pub(crate) status: u16,
    pub(crate) headers: &'a [(String, String)],
    pub(crate) body: &'a str,
}

/// How a request of this kind reads a response; `Ok` if it isn't a failure.
pub(crate) fn read(
    written: &Written<'_>,
    request: RequestKind,
    proof: Refused,
    map: &ResponseMap,
) -> Result<(), IssuerError> {
    let mut headers = HeaderMap::new();
    for (name, value) in written.headers {
        let name: reqwest::header::HeaderName = name.parse().expect("a header's name");
        headers.append(name, value.parse().expect("a header's value"));
    }
    let mut reply = Reply::begin(written.host.to_owned(), written.status, headers);
    reply.body = Zeroizing::new(written.body.as_bytes().to_vec());
    let issuer = IssuerUrl::parse("https://auth.example.com").expect("an issuer");
    match request {
        RequestKind::Token => token_of(reply, proof, map, &[]).map(|_| ()),
        RequestKind::Introspection => object_of(reply, Refused::Application, &[]).map(|_| ()),
        RequestKind::Revocation => nothing_of(reply, &[]).map(|_| ()),
        RequestKind::Userinfo => object_of(reply, Refused::Token, &[]).map(|_| ()),
        RequestKind::Api | RequestKind::KeyComparison => bytes_of(reply, &[]).map(|_| ()),
        RequestKind::KeySet => reply.require_ok(Refused::Keys, &[]),
        RequestKind::Discovery => discovery_of(reply, &issuer).map(|_| ()),
    }
}
