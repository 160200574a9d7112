//! GitHub Apps, as one installation.

use super::*;

pub(super) fn provider() -> Provider {
    Provider {
        id: id("github-app"),
        name: "GitHub App".into(),
        summary: "An installation of a GitHub App, with the app's private key.".into(),
        issuer_example: "https://api.github.com".into(),
        endpoints: Endpoints {
            token: Some("{base}/app/installations/{installationId}/access_tokens".into()),
            userinfo: Some("{base}/installation/repositories".into()),
            ..Endpoints::default()
        },
        parameters: vec![parameter(
            "installationId",
            "Installation id",
            "The number at the end of the installation's address in GitHub's settings",
            true,
        )],
        ids: IdNames { user_id: "App id or client id".into(), ..IdNames::default() },
        // GitHub's response when an app is created from a manifest.
        key_files: KeyFiles {
            rules: vec![KeyFileRule {
                name: "App made from a manifest (GitHub)".into(),
                matches: named([("/pem", ""), ("/webhook_secret", "")]),
                private_key: "/pem".into(),
                user_id: "/client_id".into(),
                suggested_name: "/name".into(),
                ..KeyFileRule::default()
            }],
            ..KeyFiles::default()
        },
        private_key: Some(KeyGrant {
            grant_type: String::new(),
            carrier: Carrier::Bearer,
            body: Body::Json,
            header: HeaderRules { key_id: KeyIdRule::Never, ..HeaderRules::default() },
            subject: String::new(),
            audience: Vec::new(),
            jwt_id: false,
            lifetime: 300,
            // From `iat`, which is a minute in the past, as GitHub advises.
            lifetime_cap: 540,
            backdate: 60,
            direct: true,
            ..KeyGrant::default()
        }),
        response: ResponseMap {
            token: texts(&["/token"]),
            lifetime: String::new(),
            expires_at: "/expires_at".into(),
            scope: String::new(),
            token_type: String::new(),
            token_type_optional: true,
            created: true,
            shown: texts(&["/repository_selection"]),
        },
        scopes: ScopeRules { place: ScopePlace::None, ..ScopeRules::default() },
        userinfo: UserinfoRules { subject: String::new(), ..UserinfoRules::default() },
        recipes: recipes::download(
            "GitHub’s app settings",
            "Open the app’s settings, then General, Private keys, and choose Generate a private key. GitHub makes the \
             key, and the browser saves its file, this once. The old key is the older one in that list.",
        ),
        clock_tolerance: 30,
        refusals: refusals("GitHub", rules()),
        ..Provider::default()
    }
}

/// Sources: GitHub's REST documentation (apps, rate limits, troubleshooting), and public reports.
fn rules() -> Vec<RefusalRule> {
    use RequestKind::{Token, Userinfo};
    vec![
        says("rate limit", Reason::ServerBusy),
        says("ip allow list", Reason::PolicyBlocked)
            .help("Ask an owner of the organization to add your address to its IP allow list"),
        says("must generate a public key", Reason::KeyUnknown)
            .help("Generate a private key in the app's settings and import it"),
        says("could not be decoded", Reason::KeyDiffers),
        says("too far in the future", Reason::LifetimeTooLong),
        says("'issued at' claim ('iat') must be", Reason::TooEarly),
        says("'expiration time' claim ('exp') must be", Reason::TooLate),
        says("'issuer' claim ('iss')", Reason::ClientUnknown),
        says("integration not found", Reason::ClientUnknown),
        says("repository that does not exist", Reason::TargetUnknown)
            .explains("One of the requested repositories doesn't exist, or the installation can't access it")
            .help("Ask an owner which repositories the app is installed on"),
        says("installation has been suspended", Reason::TargetSuspended),
        says("app has been suspended", Reason::ClientDisabled),
        says("permissions requested are not granted", Reason::ScopeRefused),
        says("resource not accessible by integration", Reason::NoPermission).on(&[Userinfo]),
        says("bad credentials", Reason::TokenRefused).on(&[Userinfo]),
        says("bad credentials", Reason::CredentialRefused).on(&[Token]),
        // The assertion was lost on the way.
        says("requires authentication", Reason::Named).on(&[Token]),
        says("not found", Reason::TargetUnknown).on(&[Token]),
    ]
}
