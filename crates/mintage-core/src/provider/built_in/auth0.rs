//! Auth0 machine-to-machine applications.

use super::*;

pub(super) fn provider() -> Provider {
    Provider {
        id: id("auth0"),
        name: "Auth0".into(),
        summary: "Machine-to-machine applications of an Auth0 tenant, with a client secret or a private key.".into(),
        issuer_example: "https://my-tenant.eu.auth0.com/".into(),
        discovers: true,
        endpoints: EndpointTemplates {
            token: "{base}/oauth/token".into(),
            userinfo: "{base}/userinfo".into(),
            revocation: "{base}/oauth/revoke".into(),
            jwks: "{base}/.well-known/jwks.json".into(),
            ..EndpointTemplates::default()
        },
        parameters: vec![parameter(
            "apiIdentifier",
            "API identifier",
            "Which API the token is for; it stands under Applications, APIs",
            true,
        )],
        ids: IdNames { user_id: "Client id".into(), ..IdNames::default() },
        private_key: Some(KeyGrant {
            // With a slash at its end, however the issuer was typed.
            audience: texts(&["{base}/"]),
            algorithms: vec![Rs256, Rs384, Ps256],
            header: key_id_if_known(),
            fields: named([("audience", "{apiIdentifier}"), ("client_id", "{clientId}")]),
            lifetime: 120,
            lifetime_cap: 300,
            ..KeyGrant::client_assertion()
        }),
        client_secret: Some(SecretGrant {
            place: SecretPlace::Post,
            fields: named([("audience", "{apiIdentifier}")]),
            ..SecretGrant::default()
        }),
        introspection: IntrospectionRules { audience: texts(&["{base}/"]), ..IntrospectionRules::default() },
        clock_tolerance: 10,
        meanings: vec![
            // These quote an address, which may hold any of the words below.
            means("service not found", Said::TargetUnknown),
            means("service not enabled within domain", Said::TargetUnknown),
            means("not allowed access to apiv1", Said::TargetUnknown),
            means("not allowed access to apis v1", Said::TargetUnknown),
            means("is not authorized to access", Said::ConsentMissing),
            means("has not been granted scopes", Said::ScopeRefused),
            means("jti", Said::JwtIdRefused),
            means("audience", Said::AudienceRefused),
            means("grant type 'client_credentials' not allowed", Said::GrantNotAllowed),
            means("invalid signature", Said::KeyDiffers),
            means("expired", Said::TooLate),
            means("lifetime", Said::LifetimeTooLong),
            means("unauthorized_client", Said::GrantNotAllowed),
            means("unauthorized", Said::CredentialRefused),
        ],
        ..Provider::default()
    }
}
