//! Google Cloud service accounts.

use super::*;

pub(super) fn provider() -> Provider {
    Provider {
        id: id("google"),
        name: "Google Cloud".into(),
        summary: "Google Cloud and Workspace service accounts, using the console's JSON key file.".into(),
        issuer_example: "https://accounts.google.com".into(),
        issuer_is_fixed: true,
        discovers: true,
        endpoints: Endpoints {
            token: Some("https://oauth2.googleapis.com/token".into()),
            userinfo: Some("https://openidconnect.googleapis.com/v1/userinfo".into()),
            revocation: Some("https://oauth2.googleapis.com/revoke".into()),
            jwks: Some("https://www.googleapis.com/oauth2/v3/certs".into()),
            ..Endpoints::default()
        },
        parameters: vec![
            parameter(
                "targetAudience",
                "Target audience",
                "Set it to the address of a service (Cloud Run, IAP) to get an id token for it instead of an access token",
                false,
            ),
            recipes::api_address("Only if IAM isn't at iam.googleapis.com, for example behind Private Service Connect"),
            parameter("subject", "Acts as", "The user's e-mail address, for domain-wide delegation", false),
        ],
        ids: IdNames { user_id: "Client e-mail".into(), key_id: "Private key id".into(), ..IdNames::default() },
        key_files: KeyFiles {
            rules: vec![KeyFileRule {
                name: "Service-account key file (Google)".into(),
                matches: named([("/type", "service_account")]),
                private_key: "/private_key".into(),
                user_id: "/client_email".into(),
                key_id: "/private_key_id".into(),
                // Google's servers are addressed by the endpoint that is called.
                audience: "/token_uri".into(),
                token_endpoint: "/token_uri".into(),
                suggested_name: "/client_email".into(),
                ..KeyFileRule::default()
            }],
            ..KeyFiles::default()
        },
        private_key: Some(KeyGrant {
            header: key_id_if_known(),
            subject: "{subject}".into(),
            audience: texts(&["{tokenEndpoint}"]),
            claims: named([("target_audience", "{targetAudience}")]),
            direct: true,
            // AIP-4111: the account is also `sub`, and there is a scope or an audience, never both.
            direct_rules: Some(DirectRules { subject: "{userId}".into(), ..DirectRules::default() }),
            ..KeyGrant::default()
        }),
        response: ResponseMap {
            token: texts(&["/access_token", "/id_token"]),
            token_type_optional: true,
            ..ResponseMap::default()
        },
        scopes: ScopeRules {
            place: ScopePlace::Claim,
            defaults: texts(&["https://www.googleapis.com/auth/cloud-platform"]),
            presets: vec![
                preset("https://www.googleapis.com/auth/cloud-platform", "everything the account's roles allow"),
                preset(
                    "https://www.googleapis.com/auth/cloud-platform.read-only",
                    "reading everything the account's roles allow",
                ),
                preset("https://www.googleapis.com/auth/userinfo.email", "adds the e-mail address to userinfo"),
                preset("https://www.googleapis.com/auth/devstorage.read_write", "Cloud Storage objects"),
            ],
            ..ScopeRules::default()
        },
        recipes: recipes::google(),
        clock_tolerance: 60,
        refusals: refusals("Google", rules()),
        ..Provider::default()
    }
}

/// Sources: Google's guide on server-to-server OAuth and its errors, and public reports.
fn rules() -> Vec<RefusalRule> {
    vec![
        // Also returned for a key that was deleted or disabled, and for a few minutes for a new one.
        says("invalid jwt signature", Reason::KeyDiffers).means(&[Reason::KeyDiffers, Reason::KeyUnknown]),
        says("short-lived token", Reason::TimesRefused),
        says("account not found", Reason::UserInactive),
        says("invalid email or user id", Reason::UserUnknown)
            .explains("Google doesn't know the user that the service account acts as")
            .help("Fix `Acts as` in the environment: enter a Workspace user's e-mail address"),
        says("not a valid email or user id", Reason::UserUnknown)
            .explains("Google doesn't know the user that the service account acts as")
            .help("Fix `Acts as` in the environment: enter a Workspace user's e-mail address"),
        says("account has been deleted", Reason::UserInactive),
        says("empty or missing scope", Reason::ScopeEmpty),
        says("invalid oauth scope", Reason::ScopeRefused),
        says("no valid verifier found", Reason::KeyUnknown),
        says("invalid_rapt", Reason::PolicyBlocked),
        error("admin_policy_enforced", Reason::PolicyBlocked),
        error("org_internal", Reason::PolicyBlocked),
        error("disabled_client", Reason::ClientDisabled),
        error("deleted_client", Reason::ClientUnknown),
        says("audience", Reason::AudienceRefused),
        says("client is unauthorized to retrieve access tokens using this method", Reason::ConsentMissing)
            .help("Add the client id and these scopes under Domain-wide delegation in the Workspace Admin console"),
        says("requested client not authorized", Reason::ConsentMissing),
        says("unauthorized client or scope in request", Reason::ConsentMissing)
            .help("Add the client id and these scopes under Domain-wide delegation in the Workspace Admin console"),
        says("insufficient authentication scopes", Reason::TokenScope).on(&[RequestKind::Api, RequestKind::Userinfo]),
        // Google's APIs include a status name next to a gRPC code.
        says("iam.disableserviceaccountkeyupload", Reason::PolicyBlocked).on(&[RequestKind::Api]),
        code("permission_denied", Reason::NoPermission).on(&[RequestKind::Api]),
        code("not_found", Reason::KeyUnknown).on(&[RequestKind::Api]),
    ]
}
