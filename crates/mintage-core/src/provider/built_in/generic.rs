//! Any other server that follows the specifications.

use super::*;

pub(super) fn jwt_bearer() -> Provider {
    Provider {
        id: id("generic"),
        name: "Other OpenID provider (JWT bearer)".into(),
        summary: "Any server that supports the JWT bearer grant (RFC 7523 §2.1) and publishes its metadata.".into(),
        issuer_example: "https://login.example.com".into(),
        discovers: true,
        private_key: Some(KeyGrant { algorithms: all_algorithms(), header: key_id_if_known(), ..KeyGrant::default() }),
        client_secret: Some(SecretGrant::default()),
        ready_token: Some(Scheme::Bearer),
        scopes: ScopeRules { defaults: texts(&["openid"]), presets: openid_scopes(), ..ScopeRules::default() },
        clock_tolerance: 60,
        ..Provider::default()
    }
}

pub(super) fn client_credentials() -> Provider {
    let jwt_bearer = jwt_bearer();
    Provider {
        id: id("generic-client"),
        name: "Other OpenID provider (client credentials)".into(),
        summary:
            "Any server that supports the client credentials grant, with a secret or private_key_jwt (RFC 7523 §2.2)."
                .into(),
        ids: IdNames { user_id: "Client id".into(), ..IdNames::default() },
        private_key: Some(KeyGrant {
            algorithms: all_algorithms(),
            header: key_id_if_known(),
            fields: named([("client_id", "{clientId}")]),
            ..KeyGrant::client_assertion()
        }),
        scopes: ScopeRules { defaults: Vec::new(), ..jwt_bearer.scopes.clone() },
        key_files: KeyFiles { rules: [0, 1, 2].map(adobe_credential).into(), ..KeyFiles::default() },
        ..jwt_bearer
    }
}

/// One of the credentials in a project downloaded from Adobe's Developer Console. The file doesn't say where tokens are
/// minted.
fn adobe_credential(index: usize) -> KeyFileRule {
    let credential = format!("/project/workspace/details/credentials/{index}");
    let inside = |member: &str| format!("{credential}/oauth_server_to_server/{member}");
    KeyFileRule {
        name: "OAuth Server-to-Server credential (Adobe)".into(),
        matches: [(inside("client_id"), String::new()), (inside("client_secrets"), String::new())].into(),
        client_secret: inside("client_secrets/0"),
        client_id: inside("client_id"),
        suggested_name: format!("{credential}/name"),
        ..KeyFileRule::default()
    }
}

/// The first one that a key supports is used, so the order matters only for RSA: PKCS#1 before PSS.
fn all_algorithms() -> Vec<crate::jose::SigningAlgorithm> {
    vec![Rs256, Es256, Es384, EdDsa, Ps256, Rs384, Rs512]
}
