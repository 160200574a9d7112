//! The **recipes** of every provider but ZITADEL and Frontier: how their keys and secrets are managed.
//!
//! Source, where a recipe names none: the vendor's documentation of the calls, and the reports that it names.

use super::*;
use crate::credential::CredentialKind;

/// For environments whose API isn't at the vendor's usual address.
pub(super) fn api_address(explains: &str) -> Parameter {
    parameter("apiAddress", "API address", explains, false)
}

fn call<const N: usize>(method: Method, url: &str, body: [(&str, &str); N]) -> Call {
    Call { method, url: url.into(), body: named(body), ..Call::default() }
}

/// A certificate is uploaded; its end is the key's expiry. It takes 2 to 7 minutes, sometimes more, until a new key works
/// (broadinstitute/sam#1637, vault-plugin-secrets-gcp#111).
pub(super) fn google() -> Vec<Recipe> {
    let keys = "{api}/v1/projects/-/serviceAccounts/{userId}/keys";
    let permissions = ["create", "delete", "disable", "enable"].map(|verb| format!("iam.serviceAccountKeys.{verb}"));
    vec![Recipe {
        name: "Google’s IAM API".into(),
        api: "https://iam.googleapis.com".into(),
        form: PublicForm::CertificatePemBase64,
        actor: ActorRules {
            scopes: texts(&["https://www.googleapis.com/auth/cloud-platform"]),
            // An access token, as itself.
            parameters: named([("targetAudience", ""), ("subject", "")]),
            role: "Service Account Key Admin (`roles/iam.serviceAccountKeyAdmin`)".into(),
            // Listing needs less. Whoever has none of them gets an empty object.
            permissions: Some(PermissionRules {
                call: Call {
                    body: permissions
                        .iter()
                        .enumerate()
                        .map(|(at, one)| (format!("/permissions/{at}"), one.clone()))
                        .collect(),
                    ..call(Method::Post, "{api}/v1/projects/-/serviceAccounts/{userId}:testIamPermissions", [])
                },
                list: "/permissions".into(),
                change: permissions.to_vec(),
            }),
            ..ActorRules::default()
        },
        expiry: ExpiryRule::Optional,
        mark: Mark::ExpirySeconds,
        add: AddRules {
            call: call(Method::Post, &format!("{keys}:upload"), [("publicKeyData", "{publicKey}")]),
            id: "/name".into(),
            secret: "/privateKeyData".into(),
            ..AddRules::default()
        },
        list: Some(ListRules {
            call: call(Method::Get, &format!("{keys}?keyTypes=USER_MANAGED"), []),
            items: "/keys".into(),
            id: "/name".into(),
            created: "/validAfterTime".into(),
            expires: "/validBeforeTime".into(),
            ..ListRules::default()
        }),
        disable: Some(call(Method::Post, &format!("{keys}/{{keyId}}:disable"), [("", "")])),
        enable: Some(call(Method::Post, &format!("{keys}/{{keyId}}:enable"), [("", "")])),
        remove: Some(call(Method::Delete, &format!("{keys}/{{keyId}}"), [])),
        limit: 10,
        delay: 600,
        ..Recipe::default()
    }]
}

/// No permission is needed for an app's own certificates: a present key proves possession. 20 to 120 seconds until a new
/// one works are reported.
pub(super) fn entra() -> Vec<Recipe> {
    let app = "{api}/applications/{objectId}";
    let proves =
        |path: &str| call(Method::Post, &format!("{app}/{path}"), [("/keyId", "{keyId}"), ("/proof", "{proof}")]);
    let graph = |kind: CredentialKind| Recipe {
        name: "Microsoft Graph".into(),
        api: "https://graph.microsoft.com/v1.0".into(),
        kind,
        lookup: Some(Lookup {
            call: call(Method::Get, "{api}/applications(appId='{clientId}')?$select=id", []),
            id: "/id".into(),
        }),
        actor: ActorRules {
            scopes: texts(&["https://graph.microsoft.com/.default"]),
            itself: OwnRight::Always,
            role: "owner of the app registration, with `Application.ReadWrite.OwnedBy`".into(),
            ..ActorRules::default()
        },
        delay: 180,
        ..Recipe::default()
    };
    let keys = Recipe {
        form: PublicForm::CertificateDerBase64,
        actor: ActorRules {
            proof: Some(ProofRules {
                audience: "00000002-0000-0000-c000-000000000000".into(),
                issuer: "{objectId}".into(),
                lifetime: 480,
            }),
            ..graph(CredentialKind::PrivateKey).actor
        },
        expiry: ExpiryRule::Optional,
        mark: Mark::ExpirySeconds,
        add: AddRules {
            call: call(
                Method::Post,
                &format!("{app}/addKey"),
                [
                    ("/keyCredential/type", "AsymmetricX509Cert"),
                    ("/keyCredential/usage", "Verify"),
                    ("/keyCredential/key", "{publicKey}"),
                    ("/passwordCredential", "null"),
                    ("/proof", "{proof}"),
                ],
            ),
            id: "/keyId".into(),
            ..AddRules::default()
        },
        list: Some(ListRules {
            call: call(Method::Get, &format!("{app}?$select=keyCredentials"), []),
            items: "/keyCredentials".into(),
            id: "/keyId".into(),
            created: "/startDateTime".into(),
            expires: "/endDateTime".into(),
            title: "/displayName".into(),
            ..ListRules::default()
        }),
        remove: Some(proves("removeKey")),
        ..graph(CredentialKind::PrivateKey)
    };
    let secrets = Recipe {
        maker: Maker::Server,
        expiry: ExpiryRule::Optional,
        mark: Mark::Title,
        actor: ActorRules { itself: OwnRight::WithRole, ..graph(CredentialKind::ClientSecret).actor },
        add: AddRules {
            call: call(
                Method::Post,
                &format!("{app}/addPassword"),
                [("/passwordCredential/displayName", "{title}"), ("/passwordCredential/endDateTime", "{expiresAt}")],
            ),
            id: "/keyId".into(),
            secret: "/secretText".into(),
            ..AddRules::default()
        },
        list: Some(ListRules {
            call: call(Method::Get, &format!("{app}?$select=passwordCredentials"), []),
            items: "/passwordCredentials".into(),
            ..keys.list.clone().unwrap_or_default()
        }),
        remove: Some(call(Method::Post, &format!("{app}/removePassword"), [("/keyId", "{keyId}")])),
        ..graph(CredentialKind::ClientSecret)
    };
    vec![keys, secrets]
}

/// An app that holds an admin role can't have its keys changed by itself (AWS Secrets Manager's documentation).
pub(super) fn okta() -> Vec<Recipe> {
    let app = "{api}/api/v1/apps/{clientId}/credentials";
    let actor = ActorRules {
        scopes: texts(&["okta.apps.manage"]),
        itself: OwnRight::Never,
        role: "application administrator, with the scope `okta.apps.manage`".into(),
        ..ActorRules::default()
    };
    let keys = Recipe {
        name: "Okta’s Apps API".into(),
        api: "https://{issuerHost}".into(),
        form: PublicForm::Jwk,
        actor: actor.clone(),
        mark: Mark::KeyId,
        add: AddRules {
            call: call(Method::Post, &format!("{app}/jwks"), [("", "{publicJwk}")]),
            ..AddRules::default()
        },
        list: Some(ListRules {
            call: call(Method::Get, &format!("{app}/jwks"), []),
            id: "/kid".into(),
            handle: "/id".into(),
            created: "/created".into(),
            ..ListRules::default()
        }),
        disable_first: true,
        disable: Some(call(Method::Post, &format!("{app}/jwks/{{keyId}}/lifecycle/deactivate"), [])),
        enable: Some(call(Method::Post, &format!("{app}/jwks/{{keyId}}/lifecycle/activate"), [])),
        remove: Some(call(Method::Delete, &format!("{app}/jwks/{{keyId}}"), [])),
        ..Recipe::default()
    };
    let secrets = Recipe {
        kind: CredentialKind::ClientSecret,
        maker: Maker::Server,
        form: PublicForm::default(),
        mark: Mark::None,
        add: AddRules {
            call: call(Method::Post, &format!("{app}/secrets"), [("", "")]),
            id: "/id".into(),
            secret: "/client_secret".into(),
            ..AddRules::default()
        },
        list: Some(ListRules {
            call: call(Method::Get, &format!("{app}/secrets"), []),
            id: "/id".into(),
            created: "/created".into(),
            ..ListRules::default()
        }),
        disable: Some(call(Method::Post, &format!("{app}/secrets/{{keyId}}/lifecycle/deactivate"), [])),
        enable: Some(call(Method::Post, &format!("{app}/secrets/{{keyId}}/lifecycle/activate"), [])),
        remove: Some(call(Method::Delete, &format!("{app}/secrets/{{keyId}}"), [])),
        limit: 2,
        ..keys.clone()
    };
    vec![keys, secrets]
}

/// Two keys at most, and only on the Enterprise plan. A key works once the client lists it.
pub(super) fn auth0() -> Vec<Recipe> {
    let client = "{api}/api/v2/clients/{clientId}";
    let listed = "/client_authentication_methods/private_key_jwt/credentials";
    let uses = |ids: &[&str]| Call {
        method: Method::Patch,
        url: client.into(),
        body: ids.iter().enumerate().map(|(at, id)| (format!("{listed}/{at}/id"), (*id).to_owned())).collect(),
        ..Call::default()
    };
    vec![Recipe {
        name: "Auth0’s Management API".into(),
        api: "{base}".into(),
        form: PublicForm::SpkiPem,
        actor: ActorRules {
            parameters: named([("apiIdentifier", "{base}/api/v2/")]),
            role: "access to the Management API with `read:client_credentials`, `create:client_credentials`, \
                   `update:client_credentials`, `delete:client_credentials` and `update:clients`"
                .into(),
            ..ActorRules::default()
        },
        expiry: ExpiryRule::Optional,
        mark: Mark::Title,
        add: AddRules {
            call: call(
                Method::Post,
                &format!("{client}/credentials"),
                [
                    ("credential_type", "public_key"),
                    ("name", "{title}"),
                    ("pem", "{publicKey}"),
                    ("alg", "RS256"),
                    ("expires_at", "{expiresAt}"),
                ],
            ),
            id: "/kid".into(),
            ..AddRules::default()
        },
        activate: Some(uses(&["{keyId}", "{otherKeyId}"])),
        list: Some(ListRules {
            call: call(Method::Get, &format!("{client}/credentials"), []),
            id: "/kid".into(),
            handle: "/id".into(),
            created: "/created_at".into(),
            expires: "/expires_at".into(),
            title: "/name".into(),
            ..ListRules::default()
        }),
        disable_first: true,
        disable: Some(uses(&["{otherKeyId}"])),
        enable: Some(uses(&["{otherKeyId}", "{keyId}"])),
        remove: Some(call(Method::Delete, &format!("{client}/credentials/{{keyId}}"), [])),
        limit: 2,
        ..Recipe::default()
    }]
}

/// A client has one certificate, which the next one replaces at once.
pub(super) fn keycloak() -> Vec<Recipe> {
    let admin = "{api}/admin/realms/{realm}/clients";
    // Source: RFC 7592, whose endpoint Keycloak documents. Not measured.
    let own = Recipe {
        name: "Keycloak’s client registration".into(),
        api: "https://{issuerHost}".into(),
        form: PublicForm::Jwk,
        actor: ActorRules {
            itself: OwnRight::Always,
            registration: Some(RegistrationRules { token: "/registration_access_token".into() }),
            ..ActorRules::default()
        },
        add: AddRules {
            call: call(Method::Put, "{api}/realms/{realm}/clients-registrations/openid-connect/{clientId}", []),
            ..AddRules::default()
        },
        overlap: false,
        delay: 0,
        ..Recipe::default()
    };
    let by_administrator = Recipe {
        name: "Keycloak’s Admin API".into(),
        api: "https://{issuerHost}".into(),
        lookup: Some(Lookup {
            call: call(Method::Get, &format!("{admin}?clientId={{clientId}}"), []),
            id: "/0/id".into(),
        }),
        form: PublicForm::SpkiPem,
        actor: ActorRules { role: "`manage-clients` of `realm-management`".into(), ..ActorRules::default() },
        add: AddRules {
            call: Call {
                multipart: true,
                ..call(
                    Method::Post,
                    &format!("{admin}/{{objectId}}/certificates/jwt.credential/upload-certificate"),
                    [("keystoreFormat", "Public Key PEM"), ("file", "{publicKey}")],
                )
            },
            ..AddRules::default()
        },
        overlap: false,
        delay: 0,
        ..Recipe::default()
    };
    vec![own, by_administrator]
}

pub(super) fn stackit() -> Vec<Recipe> {
    let keys = "{api}/v2/projects/{projectId}/service-accounts/{clientId}/keys";
    vec![Recipe {
        name: "STACKIT’s Service Account API".into(),
        api: "https://service-account.api.stackit.cloud".into(),
        form: PublicForm::SpkiPem,
        actor: ActorRules { role: "owner of the project".into(), ..ActorRules::default() },
        expiry: ExpiryRule::Optional,
        mark: Mark::ExpirySeconds,
        add: AddRules {
            call: call(Method::Post, keys, [("publicKey", "{publicKey}"), ("validUntil", "{expiresAt}")]),
            id: "/id".into(),
            secret: "/credentials/privateKey".into(),
            ..AddRules::default()
        },
        list: Some(ListRules {
            call: call(Method::Get, keys, []),
            items: "/items".into(),
            id: "/id".into(),
            created: "/createdAt".into(),
            expires: "/validUntil".into(),
            ..ListRules::default()
        }),
        disable: Some(call(Method::Patch, &format!("{keys}/{{keyId}}"), [("active", "false")])),
        enable: Some(call(Method::Patch, &format!("{keys}/{{keyId}}"), [("active", "true")])),
        remove: Some(call(Method::Delete, &format!("{keys}/{{keyId}}"), [])),
        ..Recipe::default()
    }]
}

/// Where only the vendor's console makes keys, and has several at a time. A new one works at once.
pub(super) fn download(name: &str, console: &str) -> Vec<Recipe> {
    vec![Recipe { name: name.into(), maker: Maker::Download, delay: 30, console: console.into(), ..Recipe::default() }]
}

/// Where only the vendor's console takes keys; with `overlap` it takes several.
pub(super) fn console(name: &str, form: PublicForm, overlap: bool, console: &str) -> Vec<Recipe> {
    vec![Recipe {
        name: name.into(),
        maker: Maker::Console,
        form,
        expiry: if form.is_certificate() { ExpiryRule::Optional } else { ExpiryRule::None },
        overlap,
        delay: 30,
        console: console.into(),
        ..Recipe::default()
    }]
}
