//! The providers that Mintage knows from the start.

use super::{
    AudiencePart, ClaimForm, ClaimMeaning, EndpointTemplates, Provider, ProviderId, RefusalDialect, ScopePreset,
};

/// `grant_type` of RFC 7523 §2.1.
pub(crate) const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// All built-in providers; the generic one is last.
pub fn built_in() -> Vec<Provider> {
    vec![zitadel_cloud(), zitadel(), zitadel_2021(), paonia(), generic()]
}

fn zitadel() -> Provider {
    Provider {
        id: ProviderId("zitadel".into()),
        name: "ZITADEL (self-hosted)".into(),
        summary: "Your own ZITADEL, version 2 or later. Every custom domain is an issuer of its own.".into(),
        issuer_example: "https://auth.example.com".into(),
        issuer_is_fixed: false,
        discovers: true,
        endpoints: EndpointTemplates {
            token: "{issuer}/oauth/v2/token".into(),
            userinfo: "{issuer}/oidc/v1/userinfo".into(),
            introspection: "{issuer}/oauth/v2/introspect".into(),
            jwks: "{issuer}/oauth/v2/keys".into(),
        },
        grant_type: JWT_BEARER.into(),
        audience: vec![AudiencePart::Issuer],
        default_scopes: vec!["openid".into(), "profile".into()],
        scope_presets: zitadel_scopes(),
        glossary: zitadel_glossary(),
        assertion_lifetime: 300,
        assertion_lifetime_cap: 3600,
        backdate: 20,
        clock_tolerance: 1,
        refusals: RefusalDialect::Zitadel,
        scope_required: true,
    }
}

fn zitadel_cloud() -> Provider {
    Provider {
        id: ProviderId("zitadel-cloud".into()),
        name: "ZITADEL Cloud".into(),
        summary: "An instance at zitadel.cloud, or your own domain for it.".into(),
        issuer_example: "https://my-instance-abc123.zitadel.cloud".into(),
        ..zitadel()
    }
}

fn zitadel_2021() -> Provider {
    Provider {
        id: ProviderId("zitadel-2021".into()),
        name: "ZITADEL 2021 (zitadel.ch)".into(),
        summary: "The first generation, with the issuer and its endpoints on two hosts.".into(),
        issuer_example: "https://issuer.zitadel.ch".into(),
        issuer_is_fixed: true,
        endpoints: EndpointTemplates {
            token: "https://api.zitadel.ch/oauth/v2/token".into(),
            userinfo: "https://api.zitadel.ch/oauth/v2/userinfo".into(),
            introspection: "https://api.zitadel.ch/oauth/v2/introspect".into(),
            jwks: "https://api.zitadel.ch/oauth/v2/keys".into(),
        },
        scope_required: false,
        ..zitadel()
    }
}

fn paonia() -> Provider {
    Provider {
        id: ProviderId("paonia".into()),
        name: "Paonia".into(),
        summary: "Three values instead of a file: user id, key id and private key.".into(),
        issuer_example: "https://auth.paonia.io".into(),
        issuer_is_fixed: true,
        // Paonia's text asks for the bare host, its server for the issuer; an array satisfies both readings.
        audience: vec![AudiencePart::Issuer, AudiencePart::BareHost],
        ..zitadel()
    }
}

fn generic() -> Provider {
    Provider {
        id: ProviderId("generic".into()),
        name: "Other OpenID provider".into(),
        summary: "Any server that takes the JWT bearer grant (RFC 7523) and publishes its metadata.".into(),
        issuer_example: "https://login.example.com".into(),
        issuer_is_fixed: false,
        discovers: true,
        endpoints: EndpointTemplates::default(),
        grant_type: JWT_BEARER.into(),
        audience: vec![AudiencePart::Issuer],
        default_scopes: vec!["openid".into()],
        scope_presets: openid_scopes(),
        glossary: Vec::new(),
        assertion_lifetime: 300,
        assertion_lifetime_cap: 3600,
        backdate: 20,
        clock_tolerance: 60,
        refusals: RefusalDialect::OAuth,
        scope_required: false,
    }
}

fn preset(scope: &str, explains: &str) -> ScopePreset {
    ScopePreset { scope: scope.into(), explains: explains.into() }
}

fn openid_scopes() -> Vec<ScopePreset> {
    vec![
        preset("openid", "adds an id token and the subject to userinfo"),
        preset("profile", "adds the name to userinfo"),
        preset("email", "adds the e-mail address to userinfo"),
    ]
}

fn zitadel_scopes() -> Vec<ScopePreset> {
    let mut scopes = openid_scopes();
    scopes.extend([
        preset(
            "urn:zitadel:iam:org:project:id:{projectId}:aud",
            "lets this project's APIs accept and introspect the token",
        ),
        preset("urn:zitadel:iam:org:project:id:zitadel:aud", "lets the token call ZITADEL's own APIs"),
        preset("urn:zitadel:iam:org:projects:roles", "adds the roles; needs the project's audience scope beside it"),
        preset("urn:zitadel:iam:org:project:role:{roleKey}", "asks for one role of the project"),
        preset("urn:zitadel:iam:org:id:{orgId}", "binds the token to one organisation"),
        preset("urn:zitadel:iam:org:roles:id:{orgId}", "limits the roles to one organisation"),
        preset("urn:zitadel:iam:user:metadata", "adds the user's metadata"),
        preset("urn:zitadel:iam:user:resourceowner", "adds the organisation that owns the user"),
        preset("urn:zitadel:iam:user:groups", "adds the user's groups"),
    ]);
    scopes
}

fn zitadel_glossary() -> Vec<ClaimMeaning> {
    let meaning = |claim: &str, meaning: &str, form: ClaimForm| ClaimMeaning {
        claim: claim.into(),
        meaning: meaning.into(),
        form,
    };
    vec![
        meaning("urn:zitadel:iam:org:project:roles", "roles granted to this service user", ClaimForm::ZitadelRoles),
        meaning("urn:zitadel:iam:org:project:*:roles", "roles granted in this project", ClaimForm::ZitadelRoles),
        meaning("urn:zitadel:iam:user:metadata", "the user's metadata", ClaimForm::Base64Map),
        meaning("urn:zitadel:iam:user:resourceowner:id", "id of the owning organisation", ClaimForm::Plain),
        meaning("urn:zitadel:iam:user:resourceowner:name", "name of the owning organisation", ClaimForm::Plain),
        meaning(
            "urn:zitadel:iam:user:resourceowner:primary_domain",
            "domain of the owning organisation",
            ClaimForm::Plain,
        ),
        meaning("urn:zitadel:iam:org:id", "organisation the token is bound to", ClaimForm::Plain),
        meaning("urn:zitadel:iam:org:domain:primary", "organisation the token is bound to", ClaimForm::Plain),
        meaning("urn:zitadel:iam:action:*:log", "log of an action that shaped the token", ClaimForm::Plain),
        meaning("groups", "groups of the user", ClaimForm::Plain),
        meaning("client_id", "the service user's login name", ClaimForm::Plain),
    ]
}
