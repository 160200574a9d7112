//! Salesforce connected apps.

use super::*;

pub(super) fn provider() -> Provider {
    Provider {
        id: id("salesforce"),
        name: "Salesforce".into(),
        summary: "Connected apps with a certificate, acting for one user (JWT bearer flow).".into(),
        issuer_example: "https://login.salesforce.com".into(),
        endpoints: EndpointTemplates {
            token: "{base}/services/oauth2/token".into(),
            userinfo: "{base}/services/oauth2/userinfo".into(),
            introspection: "{base}/services/oauth2/introspect".into(),
            revocation: "{base}/services/oauth2/revoke".into(),
            jwks: "{base}/id/keys".into(),
        },
        ids: IdNames { user_id: "Username".into(), client_id: "Consumer key".into(), ..IdNames::default() },
        private_key: Some(KeyGrant {
            issuer: "{clientId}".into(),
            audience: texts(&["{base}"]),
            header: HeaderRules { key_id: KeyIdRule::Never, ..HeaderRules::default() },
            issued_at: false,
            jwt_id: false,
            lifetime: 120,
            lifetime_cap: 180,
            ..KeyGrant::default()
        }),
        client_secret: Some(SecretGrant { place: SecretPlace::Post, ..SecretGrant::default() }),
        response: ResponseMap { shown: texts(&["/instance_url", "/id"]), ..ResponseMap::default() },
        // The scopes are the connected app's; the request names none.
        scopes: ScopeRules { place: ScopePlace::None, ..ScopeRules::default() },
        clock_tolerance: 60,
        meanings: vec![
            means("user hasn't approved this consumer", Said::ConsentMissing),
            means("audience is invalid", Said::AudienceRefused),
            means("invalid assertion", Said::KeyDiffers),
            means("assertion expired", Said::TooLate),
            means("expired", Said::TooLate),
            means("client identifier invalid", Said::ClientUnknown),
            means("invalid client credentials", Said::SecretWrong),
            means("inactive_user", Said::UserInactive),
            means("inactive_org", Said::OrganisationDisabled),
        ],
        ..Provider::default()
    }
}
