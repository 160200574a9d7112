//! Auth0 machine-to-machine applications.

use super::*;

pub(super) fn provider() -> Provider {
    Provider {
        id: id("auth0"),
        name: "Auth0".into(),
        summary: "Machine-to-machine applications of an Auth0 tenant, with a client secret or a private key.".into(),
        issuer_example: "https://my-tenant.eu.auth0.com/".into(),
        discovers: true,
        endpoints: Endpoints {
            token: Some("{base}/oauth/token".into()),
            userinfo: Some("{base}/userinfo".into()),
            revocation: Some("{base}/oauth/revoke".into()),
            jwks: Some("{base}/.well-known/jwks.json".into()),
            ..Endpoints::default()
        },
        parameters: vec![
            parameter(
                "apiIdentifier",
                "API identifier",
                "The API that the token is for; you'll find it under Applications, APIs",
                true,
            ),
            recipes::api_address("Only with a custom domain: the tenant's own address"),
        ],
        ids: IdNames { user_id: "Client id".into(), ..IdNames::default() },
        private_key: Some(KeyGrant {
            // With a trailing slash, however the issuer was typed.
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
        recipes: recipes::auth0(),
        clock_tolerance: 10,
        refusals: refusals("Auth0", rules()),
        ..Provider::default()
    }
}

/// Sources: Auth0's documentation of the client credentials flow and of private key JWT, and public reports.
fn rules() -> Vec<RefusalRule> {
    vec![
        // Source: auth0/terraform-provider-auth0#909, auth0/auth0-cli#1196; for keys, not measured.
        plan_lacks("upgrade your subscription"),
        plan_lacks("account is not allowed to perform this operation"),
        says("quota exceeded", Reason::QuotaExhausted).with_status(&[429]),
        // These quote an address, which may contain any of the words below.
        says("service not found", Reason::TargetUnknown),
        says("service not enabled within domain", Reason::TargetUnknown),
        says("unknown host", Reason::WrongHost).with_status(&[404]),
        says("not allowed access to apiv1", Reason::TargetUnknown),
        says("not allowed access to apis v1", Reason::TargetUnknown),
        says("is not authorized to access", Reason::ConsentMissing)
            .help("Authorize the application for this API under Applications, APIs, Machine to Machine Applications"),
        says("has not been granted scopes", Reason::ScopeRefused),
        says("unknown or invalid client_id", Reason::ClientUnknown),
        says("jti", Reason::JwtIdRefused),
        says("audience", Reason::AudienceRefused).sent(&[Sent::Assertion]),
        says("audience", Reason::TargetUnknown).sent(&[Sent::ClientSecret]),
        says("grant type 'client_credentials' not allowed", Reason::GrantNotAllowed),
        says("invalid signature", Reason::KeyDiffers),
        says("expired", Reason::TooLate).sent(&[Sent::Assertion]),
        says("lifetime", Reason::LifetimeTooLong),
        error("unauthorized_client", Reason::GrantNotAllowed).on(&[RequestKind::Token]),
        error("access_denied", Reason::CredentialRefused).with_status(&[401]).on(&[RequestKind::Token]),
    ]
}

/// What a tenant's plan doesn't include is refused with the status for a missing permission, which no role helps with.
fn plan_lacks(words: &str) -> RefusalRule {
    says(words, Reason::PolicyBlocked)
        .with_status(&[403])
        .on(&[RequestKind::Api])
        .explains("The tenant’s plan at Auth0 doesn’t include this")
        .help("Ask the tenant’s owner about its plan: keys of applications (Private Key JWT) need the Enterprise plan")
}
