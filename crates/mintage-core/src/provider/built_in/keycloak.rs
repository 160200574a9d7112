//! Keycloak clients with service accounts.

use super::*;

pub(super) fn provider() -> Provider {
    Provider {
        id: id("keycloak"),
        name: "Keycloak".into(),
        summary: "Clients with a service account in a Keycloak realm, using a client secret or a signed JWT.".into(),
        issuer_example: "https://keycloak.example.com/realms/my-realm".into(),
        discovers: true,
        endpoints: Endpoints {
            token: Some("{base}/protocol/openid-connect/token".into()),
            userinfo: Some("{base}/protocol/openid-connect/userinfo".into()),
            introspection: Some("{base}/protocol/openid-connect/token/introspect".into()),
            revocation: Some("{base}/protocol/openid-connect/revoke".into()),
            jwks: Some("{base}/protocol/openid-connect/certs".into()),
        },
        key_files: KeyFiles { shapes: vec![Shape::KeycloakSettings, Shape::KeycloakClient], ..KeyFiles::default() },
        ids: IdNames { user_id: "Client id".into(), ..IdNames::default() },
        private_key: Some(KeyGrant {
            algorithms: vec![Rs256, Es256, Es384, Ps256, EdDsa],
            // Without `kid` the client's only key is used; with one, no other key is.
            header: key_id_if_known(),
            // An assertion whose `iat` is older than a minute is rejected.
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
            claim("azp", "client that requested the token"),
        ],
        parameters: vec![
            parameter("realm", "Realm", "To rotate keys: its name, at the end of the issuer", false),
            recipes::api_address("Only if the Admin API isn't on the issuer's host, or below a path such as /auth"),
        ],
        recipes: recipes::keycloak(),
        clock_tolerance: 15,
        refusals: refusals("Keycloak", rules()),
        ..Provider::default()
    }
}

/// Sources: Keycloak's source (`JWTClientAuthenticator`, `TokenEndpoint`, `UserInfoEndpoint`) and its issues.
fn rules() -> Vec<RefusalRule> {
    use RequestKind::Userinfo;
    vec![
        says("realm does not exist", Reason::TenantUnknown)
            .explains("The server has no realm with this name")
            .help("Fix the realm at the end of the issuer; it's case-sensitive"),
        says("realm not enabled", Reason::OrganisationDisabled)
            .explains("The realm is disabled")
            .help("Ask an administrator to enable the realm"),
        says("https required", Reason::EndpointWrong)
            .explains("The realm requires https, but the request used http")
            .help("Enter the issuer with https"),
        says("token reuse detected", Reason::JwtIdRefused),
        says("missing id on the token", Reason::JwtIdRefused),
        says("multiple audiences not allowed", Reason::AudienceRefused)
            .explains("Keycloak accepts only one audience in an assertion, but this one has several")
            .help("Set the issuer as this environment's only audience"),
        by_id("UNKNOWN_CLIENT", Reason::ClientUnknown),
        says("token was issued too far in the past", Reason::TooLate),
        says("token is not active", Reason::TimesRefused),
        says("token is not valid yet", Reason::TooEarly),
        says("signature on jwt token failed validation", Reason::KeyDiffers),
        says("unable to load public key", Reason::KeyUnknown),
        says("client_assertion_type is missing", Reason::KeyWanted).sent(&[Sent::ClientSecret]),
        says("public client not allowed to retrieve service account", Reason::GrantNotAllowed)
            .help("Turn on Client authentication and Service accounts roles for this client"),
        says("client not enabled to retrieve service account", Reason::GrantNotAllowed)
            .help("Turn on Service accounts roles for this client"),
        says("client disabled", Reason::ClientDisabled),
        says("invalid client secret", Reason::SecretWrong),
        says("invalid client or invalid client credentials", Reason::SecretWrong),
        says("client secret not provided", Reason::SecretWanted),
        says("client not found", Reason::ClientUnknown),
        says("invalid client credentials", Reason::SecretWrong),
        says("token verification failed", Reason::TokenRefused).on(&[Userinfo]),
        says("session not found", Reason::TokenRefused).on(&[Userinfo]),
        says("missing openid scope", Reason::TokenScope)
            .on(&[Userinfo])
            .help("Add the scope `openid`, then mint again"),
        says("user disabled", Reason::UserInactive),
        says("audience", Reason::AudienceRefused),
    ]
}
