//! Microsoft Entra ID app registrations.

use super::*;

pub(super) fn provider() -> Provider {
    Provider {
        id: id("entra"),
        name: "Microsoft Entra ID".into(),
        summary: "App registrations of an Entra tenant, with a certificate's key or a client secret.".into(),
        issuer_example: "https://login.microsoftonline.com/your-tenant-id/v2.0".into(),
        discovers: true,
        endpoints: EndpointTemplates {
            userinfo: "https://graph.microsoft.com/oidc/userinfo".into(),
            ..EndpointTemplates::default()
        },
        ids: IdNames { user_id: "Application (client) id".into(), ..IdNames::default() },
        key_files: key_files(),
        private_key: Some(KeyGrant {
            audience: texts(&["{tokenEndpoint}"]),
            algorithms: vec![Ps256],
            header: HeaderRules { typ: "JWT".into(), key_id: KeyIdRule::Never, certificate: true },
            fields: named([("client_id", "{clientId}")]),
            not_before: true,
            ..KeyGrant::client_assertion()
        }),
        client_secret: Some(SecretGrant { place: SecretPlace::Post, ..SecretGrant::default() }),
        scopes: ScopeRules {
            required: true,
            defaults: texts(&["https://graph.microsoft.com/.default"]),
            presets: vec![
                preset("https://graph.microsoft.com/.default", "everything the app is permitted in Microsoft Graph"),
                preset("https://management.azure.com/.default", "Azure Resource Manager"),
                preset("https://vault.azure.net/.default", "Azure Key Vault"),
                preset("api://{appId}/.default", "everything the app is permitted in your own API"),
            ],
            ..ScopeRules::default()
        },
        glossary: vec![
            claim("appid", "application that asked for the token"),
            claim("oid", "object id of the service principal"),
            claim("tid", "tenant"),
            claim("roles", "application permissions"),
        ],
        clock_tolerance: 300,
        meanings: vec![
            means("aadsts700024", Said::TooLate),
            means("aadsts700027", Said::CertificateUnknown),
            means("aadsts700023", Said::AudienceRefused),
            means("aadsts700021:", Said::RequestRefused),
            means("aadsts700016", Said::ClientUnknown),
            means("aadsts7000215", Said::SecretWrong),
            means("aadsts7000222", Said::SecretWrong),
            means("aadsts7000112", Said::UserInactive),
            means("aadsts70011", Said::ScopeRefused),
            means("aadsts1002012", Said::ScopeRefused),
            means("aadsts500011", Said::ScopeRefused),
            means("aadsts90002", Said::WrongHost),
        ],
        ..Provider::default()
    }
}

/// What `az ad sp create-for-rbac` prints: in its own form, and in the one for GitHub's action, which names the cloud;
/// and the variables that Azure's SDKs read.
fn key_files() -> KeyFiles {
    let rule = |id: &str, secret: &str, known_by: &str, issuer: &str| KeyFileRule {
        name: "Service principal (Azure CLI)".into(),
        matches: [id, secret, known_by].map(|place| (place.to_owned(), String::new())).into(),
        client_secret: secret.into(),
        client_id: id.into(),
        issuer: issuer.into(),
        suggested_name: "/displayName".into(),
        ..KeyFileRule::default()
    };
    let rules = vec![
        rule("/appId", "/password", "/tenant", "https://login.microsoftonline.com/{/tenant}/v2.0"),
        rule(
            "/clientId",
            "/clientSecret",
            "/activeDirectoryEndpointUrl",
            "{/activeDirectoryEndpointUrl}/{/tenantId}/v2.0",
        ),
        rule(
            "/AZURE_CLIENT_ID",
            "/AZURE_CLIENT_SECRET",
            "/AZURE_TENANT_ID",
            "https://login.microsoftonline.com/{/AZURE_TENANT_ID}/v2.0",
        ),
    ];
    KeyFiles { rules, ..KeyFiles::default() }
}
