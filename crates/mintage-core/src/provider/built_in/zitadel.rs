//! ZITADEL of three eras, and Paonia, which runs its software.

use super::*;
use crate::credential::CredentialKind;

mod recipes;
mod refusals;

const REVOCATION: &str = "ZITADEL revokes a token only for the application it was issued to, so in practice you \
                          can’t revoke a service user’s token. Removing its key doesn’t end tokens already issued: \
                          they last until they expire.";

pub(super) fn self_hosted() -> Provider {
    Provider {
        id: id("zitadel"),
        name: "ZITADEL (self-hosted)".into(),
        summary: "Your own ZITADEL, version 2 or later. Every custom domain is a separate issuer.".into(),
        family: "ZITADEL and Paonia".into(),
        issuer_example: "https://auth.example.com".into(),
        discovers: true,
        endpoints: Endpoints {
            token: Some("{base}/oauth/v2/token".into()),
            userinfo: Some("{base}/oidc/v1/userinfo".into()),
            introspection: Some("{base}/oauth/v2/introspect".into()),
            revocation: Some("{base}/oauth/v2/revoke".into()),
            jwks: Some("{base}/oauth/v2/keys".into()),
        },
        key_files: KeyFiles {
            shapes: vec![Shape::ZitadelServiceAccount, Shape::ZitadelApplication],
            ..KeyFiles::default()
        },
        // The servers have no maximum; an hour from sending is as much as anyone should need.
        private_key: Some(KeyGrant { lifetime_cap: 3620, ..KeyGrant::default() }),
        // The client id is the user's login name.
        client_secret: Some(SecretGrant::default()),
        ready_token: Some(Scheme::Bearer),
        scopes: ScopeRules {
            required: true,
            defaults: texts(&["openid", "profile"]),
            presets: scopes(),
            ..ScopeRules::default()
        },
        userinfo: UserinfoRules { subject_is_user: true, ..UserinfoRules::default() },
        introspection: IntrospectionRules {
            place: SecretPlace::BasicEncoded,
            audience_scope: "urn:zitadel:iam:org:project:id:{projectId}:aud".into(),
            revocation_note: REVOCATION.into(),
            ..IntrospectionRules::default()
        },
        recipes: recipes::recipes(),
        creation: Some(recipes::creation()),
        parameters: vec![parameter(
            "orgId",
            "Organisation id",
            "Only for ZITADEL v2: needed to manage keys in another organisation than the acting service user’s",
            false,
        )],
        glossary: glossary(),
        clock_tolerance: 1,
        refusals: refusals::refusals(),
        ..Provider::default()
    }
}

pub(super) fn cloud() -> Provider {
    Provider {
        id: id("zitadel-cloud"),
        name: "ZITADEL Cloud".into(),
        summary: "An instance at zitadel.cloud, or your own domain for it.".into(),
        issuer_example: "https://my-instance-abc123.zitadel.cloud".into(),
        ..self_hosted()
    }
}

pub(super) fn of_2021() -> Provider {
    let today = self_hosted();
    Provider {
        id: id("zitadel-2021"),
        name: "ZITADEL 2021 (zitadel.ch)".into(),
        summary: "The first generation, with the issuer and its endpoints on two hosts.".into(),
        issuer_example: "https://issuer.zitadel.ch".into(),
        issuer_is_fixed: true,
        endpoints: Endpoints {
            token: Some("https://api.zitadel.ch/oauth/v2/token".into()),
            userinfo: Some("https://api.zitadel.ch/oauth/v2/userinfo".into()),
            introspection: Some("https://api.zitadel.ch/oauth/v2/introspect".into()),
            revocation: None,
            jwks: Some("https://api.zitadel.ch/oauth/v2/keys".into()),
        },
        // Its API for keys takes no public halves.
        recipes: Vec::new(),
        creation: None,
        parameters: Vec::new(),
        // Both came with later generations.
        client_secret: None,
        ready_token: None,
        scopes: ScopeRules { required: false, ..today.scopes.clone() },
        ..today
    }
}

pub(super) fn paonia() -> Provider {
    let zitadel = self_hosted();
    Provider {
        id: id("paonia"),
        name: "Paonia".into(),
        summary: "Three values instead of a file: user id, key id and private key.".into(),
        issuer_example: "https://auth.paonia.io".into(),
        issuer_is_fixed: true,
        key_files: KeyFiles::default(),
        // Paonia's text asks for the bare host, its server for the issuer; an array satisfies both.
        private_key: Some(KeyGrant {
            audience: texts(&["{issuer}", "{issuerHost}"]),
            lifetime_cap: 3620,
            ..KeyGrant::default()
        }),
        client_secret: None,
        ready_token: None,
        recipes: recipes::recipes().into_iter().filter(|recipe| recipe.kind == CredentialKind::PrivateKey).collect(),
        refusals: Refusals { server_name: "Paonia".into(), ..refusals::refusals() },
        ..zitadel
    }
}

fn scopes() -> Vec<ScopePreset> {
    let mut scopes = openid_scopes();
    scopes.extend([
        certain_preset(
            "urn:zitadel:iam:org:project:id:{projectId}:aud",
            "lets this project's APIs accept and introspect the token",
            "aud",
            "{projectId}",
        ),
        preset("urn:zitadel:iam:org:project:id:zitadel:aud", "lets the token call ZITADEL's own APIs"),
        shown_preset(
            "urn:zitadel:iam:org:projects:roles",
            "adds the roles; also needs the project's audience scope",
            "urn:zitadel:iam:org:project:*roles",
            "",
        ),
        shown_preset(
            "urn:zitadel:iam:org:project:role:{roleKey}",
            "requests one role of the project",
            "urn:zitadel:iam:org:project:*roles",
            "{roleKey}",
        ),
        certain_preset(
            "urn:zitadel:iam:org:id:{orgId}",
            "binds the token to one organisation",
            "urn:zitadel:iam:org:id",
            "{orgId}",
        ),
        certain_preset(
            "urn:zitadel:iam:org:domain:primary:{domain}",
            "binds the token to the organisation with this domain",
            "urn:zitadel:iam:org:domain:primary",
            "{domain}",
        ),
        preset("urn:zitadel:iam:org:roles:id:{orgId}", "limits the roles to one organisation"),
        shown_preset("urn:zitadel:iam:user:metadata", "adds the user's metadata", "urn:zitadel:iam:user:metadata", ""),
        certain_preset(
            "urn:zitadel:iam:user:resourceowner",
            "adds the organisation that owns the user",
            "urn:zitadel:iam:user:resourceowner:id",
            "",
        ),
        shown_preset("urn:zitadel:iam:user:groups", "adds the user's groups", "groups", ""),
    ]);
    scopes
}

fn glossary() -> Vec<ClaimMeaning> {
    let roles = |name: &str, meaning: &str| ClaimMeaning { form: ClaimForm::ZitadelRoles, ..claim(name, meaning) };
    vec![
        roles("urn:zitadel:iam:org:project:roles", "roles granted to this service user"),
        roles("urn:zitadel:iam:org:project:*:roles", "roles granted in this project"),
        ClaimMeaning { form: ClaimForm::Base64Map, ..claim("urn:zitadel:iam:user:metadata", "the user's metadata") },
        claim("urn:zitadel:iam:user:resourceowner:id", "id of the owning organisation"),
        claim("urn:zitadel:iam:user:resourceowner:name", "name of the owning organisation"),
        claim("urn:zitadel:iam:user:resourceowner:primary_domain", "domain of the owning organisation"),
        claim("urn:zitadel:iam:org:id", "organisation the token is bound to"),
        claim("urn:zitadel:iam:org:domain:primary", "organisation the token is bound to"),
        claim("urn:zitadel:iam:action:*:log", "log of an action that shaped the token"),
        claim("groups", "groups of the user"),
        claim("client_id", "the service user's login name"),
    ]
}
