//! Okta service apps.

use super::*;

pub(super) fn provider() -> Provider {
    Provider {
        id: id("okta"),
        name: "Okta".into(),
        summary: "Service apps of an Okta authorization server, with a private JWK or a client secret.".into(),
        issuer_example: "https://my-org.okta.com/oauth2/default".into(),
        discovers: true,
        endpoints: EndpointTemplates {
            token: "{base}/v1/token".into(),
            introspection: "{base}/v1/introspect".into(),
            revocation: "{base}/v1/revoke".into(),
            jwks: "{base}/v1/keys".into(),
            ..EndpointTemplates::default()
        },
        ids: IdNames { user_id: "Client id".into(), ..IdNames::default() },
        private_key: Some(KeyGrant {
            audience: texts(&["{tokenEndpoint}"]),
            algorithms: vec![Rs256, Rs384, Rs512, Es256, Es384],
            ..KeyGrant::client_assertion()
        }),
        client_secret: Some(SecretGrant::default()),
        introspection: IntrospectionRules { audience: texts(&["{endpoint}"]), ..IntrospectionRules::default() },
        scopes: ScopeRules {
            required: true,
            presets: vec![preset("okta.{resource}.read", "reads this resource through Okta's own API")],
            ..ScopeRules::default()
        },
        clock_tolerance: 60,
        meanings: vec![
            means("expiration too far into the future", Said::LifetimeTooLong),
            means("token is expired", Said::TooLate),
            means("issued in the future", Said::TooEarly),
            means("audience claim", Said::AudienceRefused),
            means("signature is invalid", Said::KeyDiffers),
            means("could not be validated", Said::KeyDiffers),
            means("no jwks", Said::KeyUnknown),
            means("cannot find a signing key", Said::KeyUnknown),
            means("jti", Said::JwtIdRefused),
            means("client secret supplied for a confidential client is invalid", Said::SecretWrong),
            means("invalid value for 'client_id'", Said::ClientUnknown),
            means("client_id", Said::ClientUnknown),
        ],
        ..Provider::default()
    }
}
