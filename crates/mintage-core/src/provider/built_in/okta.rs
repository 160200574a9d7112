//! Okta service apps.

use super::*;

pub(super) fn provider() -> Provider {
    Provider {
        id: id("okta"),
        name: "Okta".into(),
        summary: "Service apps of an Okta authorization server, with a private JWK or a client secret.".into(),
        issuer_example: "https://my-org.okta.com/oauth2/default".into(),
        discovers: true,
        endpoints: Endpoints {
            token: Some("{base}/v1/token".into()),
            introspection: Some("{base}/v1/introspect".into()),
            revocation: Some("{base}/v1/revoke".into()),
            jwks: Some("{base}/v1/keys".into()),
            ..Endpoints::default()
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
            presets: vec![preset("okta.{resource}.read", "reads this resource through Okta's API")],
            ..ScopeRules::default()
        },
        parameters: vec![recipes::api_address("Only if the organisation's API isn't on the issuer's host")],
        recipes: recipes::okta(),
        clock_tolerance: 60,
        refusals: refusals("Okta", rules()),
        ..Provider::default()
    }
}

/// Sources: Okta's reference of its OpenID Connect API and of its error codes, and public reports.
fn rules() -> Vec<RefusalRule> {
    use RequestKind::{Token, Userinfo};
    let dpop = "Turn off Require Demonstrating Proof of Possession (DPoP) for this app in the console";
    vec![
        error("invalid_dpop_proof", Reason::DpopRequired).help(dpop),
        error("use_dpop_nonce", Reason::DpopRequired).help(dpop),
        by_id("E0000011", Reason::TokenRefused),
        by_id("E0000006", Reason::NoPermission),
        by_id("E0000047", Reason::ServerBusy),
        by_id("E0000022", Reason::EndpointWrong),
        by_id("E0000007", Reason::EndpointWrong).on(&[Token, Userinfo]),
        by_id("E0000007", Reason::KeyUnknown).on(&[RequestKind::Api]),
        says("must use the private_key_jwt", Reason::KeyWanted),
        says("policy evaluation failed", Reason::PolicyBlocked)
            .explains("No access policy of the authorization server allows this client to get a token")
            .help("Ask an administrator to add the client and its scopes to an access policy"),
        says("expiration too far into the future", Reason::LifetimeTooLong),
        says("token is expired", Reason::TooLate).on(&[Token]),
        says("issued in the future", Reason::TooEarly),
        says("audience claim", Reason::AudienceRefused),
        says("signature is invalid", Reason::KeyDiffers),
        says("could not be validated", Reason::KeyDiffers),
        says("no jwks", Reason::KeyUnknown),
        says("jti", Reason::JwtIdRefused),
        says("client secret supplied for a confidential client is invalid", Reason::SecretWrong),
        says("client is not active", Reason::ClientDisabled),
        says("invalid value for 'client_id'", Reason::ClientUnknown),
        says("the issuer claim", Reason::ClientUnknown),
        says("client_id", Reason::ClientUnknown),
    ]
}
