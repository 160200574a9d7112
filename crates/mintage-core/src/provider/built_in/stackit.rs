//! STACKIT service accounts, whose key file contains everything.

use super::*;

pub(super) fn provider() -> Provider {
    Provider {
        id: id("stackit"),
        name: "STACKIT".into(),
        summary: "STACKIT service accounts, using the portal's JSON key file.".into(),
        issuer_example: "https://service-account.api.stackit.cloud".into(),
        issuer_is_fixed: true,
        endpoints: Endpoints { token: Some("{base}/token".into()), ..Endpoints::default() },
        ids: IdNames { user_id: "Subject (sub)".into(), client_id: "Issuer (iss)".into(), ..IdNames::default() },
        key_files: key_files(),
        private_key: Some(KeyGrant {
            issuer: "{clientId}".into(),
            audience: texts(&["{audience}"]),
            algorithms: vec![Rs512],
            ..KeyGrant::default()
        }),
        scopes: ScopeRules { place: ScopePlace::None, ..ScopeRules::default() },
        parameters: vec![
            parameter("projectId", "Project id", "To rotate keys: the project that the service account is in", false),
            recipes::api_address("Only if the API isn't at service-account.api.stackit.cloud"),
        ],
        recipes: recipes::stackit(),
        clock_tolerance: 60,
        refusals: refusals("STACKIT", rules()),
        ..Provider::default()
    }
}

/// The portal's file, which contains the credentials, or the credentials alone; each is recognised by members that no
/// other file has, so that an incomplete one gets a precise error.
fn key_files() -> KeyFiles {
    let known_by: [(&str, &[&str]); 3] =
        [("/credentials", &["iss"]), ("/credentials", &["privateKey"]), ("", &["privateKey", "iss", "sub"])];
    let rules = known_by.map(|(credentials, members)| {
        let inside = |member: &str| format!("{credentials}/{member}");
        KeyFileRule {
            name: "Service-account key (STACKIT)".into(),
            matches: members.iter().map(|member| (inside(member), String::new())).collect(),
            private_key: inside("privateKey"),
            public_key: "/publicKey".into(),
            user_id: inside("sub"),
            client_id: inside("iss"),
            key_id: inside("kid"),
            audience: inside("aud"),
            token_endpoint: inside("tokenEndpoint"),
            expires_at: "/validUntil".into(),
            // The issuer is the service account's e-mail address.
            suggested_name: inside("iss"),
            optional: vec![FileFact::TokenEndpoint],
            ..KeyFileRule::default()
        }
    });
    KeyFiles { rules: rules.into(), ..KeyFiles::default() }
}

/// Sources: STACKIT's documentation of the key flow and its SDK's issues. A new key is unknown for a moment.
fn rules() -> Vec<RefusalRule> {
    vec![
        says("key is not active", Reason::KeyExpired),
        says("key not found", Reason::KeyUnknown),
        says("service account not found", Reason::UserInactive),
        says("invalid jwt", Reason::CredentialRefused).on(&[RequestKind::Token]),
    ]
}
