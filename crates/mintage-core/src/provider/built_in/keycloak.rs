//! Keycloak clients with service accounts.

use super::*;

pub(super) fn provider() -> Provider {
    Provider {
        id: id("keycloak"),
        name: "Keycloak".into(),
        summary: "Clients with a service account in a Keycloak realm, with a client secret or signed JWT.".into(),
        issuer_example: "https://keycloak.example.com/realms/my-realm".into(),
        discovers: true,
        endpoints: EndpointTemplates {
            token: "{base}/protocol/openid-connect/token".into(),
            userinfo: "{base}/protocol/openid-connect/userinfo".into(),
            introspection: "{base}/protocol/openid-connect/token/introspect".into(),
            revocation: "{base}/protocol/openid-connect/revoke".into(),
            jwks: "{base}/protocol/openid-connect/certs".into(),
        },
        key_files: KeyFiles { shapes: vec![Shape::KeycloakSettings, Shape::KeycloakClient], ..KeyFiles::default() },
        ids: IdNames { user_id: "Client id".into(), ..IdNames::default() },
        private_key: Some(KeyGrant {
            algorithms: vec![Rs256, Es256, Es384, Ps256, EdDsa],
            // Without `kid` the client's one key counts; with one, no other key does.
            header: key_id_if_known(),
            // An assertion whose `iat` is older than a minute is refused.
            lifetime: 50,
            lifetime_cap: 60,
            backdate: 5,
            ..KeyGrant::client_assertion()
        }),
        client_secret: Some(SecretGrant::default()),
        scopes: ScopeRules { defaults: texts(&["openid"]), presets: openid_scopes(), ..ScopeRules::default() },
        glossary: vec![
            claim("realm_access", "roles in the realm"),
            claim("resource_access", "roles in the realm's clients"),
            claim("azp", "client that asked for the token"),
        ],
        clock_tolerance: 15,
        meanings: vec![
            means("audience", Said::AudienceRefused),
            means("token reuse detected", Said::JwtIdRefused),
            means("token was issued too far in the past", Said::TooLate),
            means("token is not active", Said::TooLate),
            means("token is not valid yet", Said::TooEarly),
            means("signature on jwt token failed validation", Said::KeyDiffers),
            means("unable to load public key", Said::KeyUnknown),
            means("client not enabled to retrieve service account", Said::GrantNotAllowed),
            means("invalid client secret", Said::SecretWrong),
            means("invalid client or invalid client credentials", Said::SecretWrong),
            means("client not found", Said::ClientUnknown),
        ],
        ..Provider::default()
    }
}
