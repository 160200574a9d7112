//! Microsoft Entra ID app registrations.

use super::*;

pub(super) fn provider() -> Provider {
    Provider {
        id: id("entra"),
        name: "Microsoft Entra ID".into(),
        summary: "App registrations of an Entra tenant, with a certificate or a client secret.".into(),
        issuer_example: "https://login.microsoftonline.com/your-tenant-id/v2.0".into(),
        discovers: true,
        endpoints: Endpoints {
            userinfo: Some("https://graph.microsoft.com/oidc/userinfo".into()),
            ..Endpoints::default()
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
                preset(
                    "https://graph.microsoft.com/.default",
                    "everything the app is allowed to do in Microsoft Graph",
                ),
                preset("https://management.azure.com/.default", "Azure Resource Manager"),
                preset("https://vault.azure.net/.default", "Azure Key Vault"),
                preset("api://{appId}/.default", "everything the app is allowed to do in your own API"),
            ],
            ..ScopeRules::default()
        },
        glossary: vec![
            claim("appid", "application that requested the token"),
            claim("oid", "object id of the service principal"),
            claim("tid", "tenant"),
            claim("roles", "application permissions"),
        ],
        parameters: vec![recipes::api_address("Only for a national cloud: its Microsoft Graph, with the version")],
        recipes: recipes::entra(),
        clock_tolerance: 300,
        refusals: refusals("Entra", rules()),
        ..Provider::default()
    }
}

/// The output of `az ad sp create-for-rbac`: in its own form, and in the one for GitHub's action, which names the
/// cloud; and the variables that Azure's SDKs read.
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

/// Sources: Microsoft's reference of AADSTS error codes, and public reports. The number decides, since the text next to
/// it changes and is translated.
fn rules() -> Vec<RefusalRule> {
    let number = |number: &str, means| by_id(&format!("AADSTS{number}"), means);
    let secret = &[Sent::ClientSecret];
    vec![
        // Microsoft Graph's own codes.
        says("request_resourcenotfound", Reason::UserUnknown).on(&[RequestKind::Api]),
        says("no credentials found to be removed", Reason::KeyUnknown).on(&[RequestKind::Api]),
        number("700024", Reason::TimesRefused),
        number("700027", Reason::KeyExpired)
            .says("the key used is expired")
            .explains("The key's certificate has expired in the app registration")
            .help("Add a new certificate to the app registration, and import its key with it"),
        number("700027", Reason::KeyDiffers).says("the key was found, but"),
        number("700027", Reason::CertificateUnknown),
        number("700030", Reason::CertificateUnknown),
        number("700023", Reason::AudienceRefused),
        number("700212", Reason::AudienceRefused),
        number("700021", Reason::RequestRefused),
        number("50012", Reason::SecretWrong).sent(secret),
        number("50012", Reason::KeyDiffers),
        number("50027", Reason::KeyDiffers),
        number("700016", Reason::ClientUnknown).explains(
            "The tenant has no app with this client id: it belongs to another tenant, or no one has consented to it here",
        ),
        number("70001", Reason::ClientUnknown),
        number("700038", Reason::ClientUnknown),
        number("7000229", Reason::NotInTenant)
            .explains("The app has no service principal in this tenant")
            .help("Ask an administrator to grant the app admin consent in this tenant, which creates it"),
        number("7000215", Reason::SecretWrong)
            .explains("The client secret is wrong; this may be the secret's id instead of its value")
            .help("Create a new secret under Certificates & secrets and import its value"),
        number("70002", Reason::SecretWrong),
        number("7000222", Reason::SecretExpired)
            .help("Create a new secret under Certificates & secrets and import its value"),
        number("7000218", Reason::SecretWanted),
        number("7000216", Reason::SecretWanted),
        number("700025", Reason::GrantNotAllowed)
            .explains("The app is registered as a public client, which can use neither a secret nor a key")
            .help("Turn off Allow public client flows for the app, or choose another app"),
        number("7000112", Reason::UserInactive),
        number("50034", Reason::UserUnknown),
        number("50053", Reason::UserInactive),
        number("50057", Reason::UserInactive),
        number("53003", Reason::PolicyBlocked)
            .explains("A Conditional Access policy of the tenant blocks this sign-in")
            .help("Ask an Entra administrator which Conditional Access policy applies to workload identities"),
        number("53000", Reason::PolicyBlocked),
        number("530003", Reason::PolicyBlocked),
        number("530035", Reason::PolicyBlocked),
        number("90094", Reason::ConsentMissing),
        number("500014", Reason::TargetSuspended)
            .explains("The API in the scope is disabled in this tenant")
            .help("Ask an administrator to enable it under Enterprise applications"),
        number("50196", Reason::ServerBusy),
        number("5000224", Reason::OrganisationDisabled)
            .explains("Microsoft has blocked this tenant")
            .help("Ask an administrator of the tenant to contact Microsoft"),
        number("65001", Reason::ConsentMissing),
        number("501051", Reason::ConsentMissing)
            .explains("The app isn't assigned to a role of the API that the token is for")
            .help("Ask an administrator to assign the app a role of that API, or to turn off Assignment required"),
        number("50105", Reason::ConsentMissing),
        number("70011", Reason::ScopeRefused)
            .help("Request one scope that ends in `/.default`, for example `https://graph.microsoft.com/.default`"),
        number("1002012", Reason::ScopeRefused)
            .help("Request one scope that ends in `/.default`, for example `https://graph.microsoft.com/.default`"),
        number("28000", Reason::ScopeRefused).help("Request the scopes of one API only: a token is for a single API"),
        number("500011", Reason::ScopeRefused)
            .explains("The tenant doesn't know the API in the scope")
            .help("Fix the part of the scope before `/.default`, or add the API to the tenant"),
        number("50001", Reason::ScopeRefused),
        number("650057", Reason::ScopeRefused),
        number("90002", Reason::TenantUnknown),
        number("900023", Reason::TenantUnknown),
        number("900021", Reason::TenantUnknown),
        number("900382", Reason::WrongEnvironment)
            .explains("The app belongs to another cloud, for example Azure Government or Azure China")
            .help("Enter the issuer at the login host of that cloud"),
        number("50194", Reason::TenantUnknown)
            .explains("The app belongs to one tenant, but the issuer doesn't name it")
            .help("Enter your tenant's id in place of `common` in the issuer"),
        number("50059", Reason::TenantUnknown).help("Enter your tenant's id in the issuer"),
        number("900144", Reason::RequestAltered),
        number("70003", Reason::GrantUnsupported),
        number("90033", Reason::ServerFailed),
    ]
}
