//! What consoles issue: one function per shape, with the tests' own keys.

use serde_json::json;

/// Writes a console's file for these ids; an id that the shape has no room for is typed.
pub(crate) type File = fn(&Ids<'_>) -> String;

/// The ids that a file may contain.
pub(crate) struct Ids<'a> {
    pub(crate) user_id: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) key_id: &'a str,
    pub(crate) token_url: &'a str,
    pub(crate) issuer: &'a str,
    pub(crate) secret: &'a str,
}

fn fixture(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/");
    std::fs::read_to_string(format!("{folder}{name}")).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub(crate) const ZITADEL: File = |ids| {
    let key = fixture("throwaway-rsa-2048-a.pkcs1.pem");
    json!({ "type": "serviceaccount", "keyId": ids.key_id, "key": key, "userId": ids.user_id }).to_string()
};

pub(crate) const PEM: File = |_| fixture("throwaway-rsa-2048-a.pkcs8.pem");
pub(crate) const P256: File = |_| fixture("throwaway-ec-p256.pkcs8.pem");
pub(crate) const ED25519: File = |_| fixture("throwaway-ed25519.pkcs8.pem");
pub(crate) const JWK: File = |_| fixture("throwaway-rsa-2048-a.jwk.json");

pub(crate) const CERTIFICATE: File =
    |_| fixture("throwaway-rsa-2048-a.pkcs8.pem") + &fixture("throwaway-rsa-2048-a.certificate.pem");

pub(crate) const FRONTIER: File = |ids| {
    let key = fixture("throwaway-rsa-2048-a.pkcs8.pem");
    json!({ "key": { "type": "sv_rsa", "kid": ids.key_id, "principal_id": ids.user_id, "private_key": key } })
        .to_string()
};

pub(crate) const GOOGLE: File = |ids| {
    json!({
        "type": "service_account",
        "project_id": "acme",
        "private_key_id": ids.key_id,
        "private_key": fixture("throwaway-rsa-2048-a.pkcs8.pem"),
        "client_email": ids.user_id,
        "client_id": "1180",
        "token_uri": ids.token_url,
    })
    .to_string()
};

pub(crate) const BOX: File = |ids| {
    json!({
        "boxAppSettings": {
            "clientID": ids.client_id,
            "clientSecret": ids.secret,
            "appAuth": {
                "publicKeyID": ids.key_id,
                "privateKey": fixture("throwaway-rsa-2048-a.encrypted-aes256.pem"),
                "passphrase": "throwaway",
            },
        },
        "enterpriseID": ids.user_id,
    })
    .to_string()
};

pub(crate) const STACKIT: File = |ids| {
    json!({
        "id": "d7c1a1f0-0000-4000-8000-000000000001",
        "credentials": {
            "kid": ids.key_id,
            "iss": ids.client_id,
            "sub": ids.user_id,
            "aud": ids.issuer,
            "privateKey": fixture("throwaway-rsa-2048-a.pkcs8.pem"),
        },
    })
    .to_string()
};

/// A vendor's own format, known only to a profile: the key as base64 without its frame.
pub(crate) const ACME: File = |ids| {
    let pem = fixture("throwaway-rsa-2048-a.pkcs8.pem");
    let key: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    json!({ "acme_robot": { "name": ids.user_id, "keys": [{ "kid": ids.key_id, "pkcs8": key }] } }).to_string()
};
