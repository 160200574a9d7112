//! Salesforce connected apps.

use super::*;

pub(super) fn provider() -> Provider {
    Provider {
        id: id("salesforce"),
        name: "Salesforce".into(),
        summary: "Connected apps with a certificate that act for one user (JWT bearer flow).".into(),
        issuer_example: "https://login.salesforce.com".into(),
        endpoints: Endpoints {
            token: Some("{base}/services/oauth2/token".into()),
            userinfo: Some("{base}/services/oauth2/userinfo".into()),
            introspection: Some("{base}/services/oauth2/introspect".into()),
            revocation: Some("{base}/services/oauth2/revoke".into()),
            jwks: Some("{base}/id/keys".into()),
        },
        ids: IdNames { user_id: "Username".into(), client_id: "Consumer key".into(), ..IdNames::default() },
        private_key: Some(KeyGrant {
            issuer: "{clientId}".into(),
            audience: texts(&["{base}"]),
            header: HeaderRules { key_id: KeyIdRule::Never, ..HeaderRules::default() },
            issued_at: false,
            jwt_id: false,
            lifetime: 120,
            lifetime_cap: 180,
            ..KeyGrant::default()
        }),
        client_secret: Some(SecretGrant { place: SecretPlace::Post, ..SecretGrant::default() }),
        response: ResponseMap { shown: texts(&["/instance_url", "/id"]), ..ResponseMap::default() },
        // The scopes are the connected app's; the request doesn't name any.
        scopes: ScopeRules { place: ScopePlace::None, ..ScopeRules::default() },
        recipes: recipes::console(
            "Salesforce’s Setup",
            PublicForm::CertificatePem,
            false,
            "Open the app in the App Manager, edit it, and upload the certificate under Use digital signatures. The app has one certificate, so the old key stops working.",
        ),
        clock_tolerance: 60,
        refusals: refusals("Salesforce", rules()),
        ..Provider::default()
    }
}

/// Sources: Salesforce's help on OAuth error codes and on the client credentials flow, and public reports.
fn rules() -> Vec<RefusalRule> {
    use RequestKind::Userinfo;
    let my_domain = "Enter your My Domain as the issuer, for example `https://acme.my.salesforce.com`";
    vec![
        says("no client credentials user enabled", Reason::ActingUserMissing)
            .explains("The app's client credentials flow has no Run As user")
            .help("Choose a Run As user under the app's Client Credentials Flow settings"),
        says("request not supported on this domain", Reason::WrongHost)
            .explains("This flow is available only on your own domain, not on the login host")
            .help(my_domain),
        says("user hasn't approved this consumer", Reason::ConsentMissing),
        says("not admin approved", Reason::ConsentMissing)
            .help("Ask an administrator to pre-authorize the user's profile or permission set for the app"),
        error("invalid_app_access", Reason::ConsentMissing),
        error("oauth_app_blocked", Reason::ClientDisabled)
            .explains("An administrator has blocked this app in the org")
            .help("Ask an administrator to unblock it under Connected Apps OAuth Usage"),
        says("retry your request", Reason::ServerFailed),
        says("is not installed in this org", Reason::NotInTenant),
        error("app_not_found", Reason::NotInTenant),
        says("ip restricted", Reason::PolicyBlocked)
            .help("Ask an administrator to relax the IP restrictions of the app or the user's profile"),
        says("login rate exceeded", Reason::ServerBusy),
        says("audience is invalid", Reason::AudienceRefused)
            .help("Use `https://login.salesforce.com`, or `https://test.salesforce.com` for a sandbox, as the issuer"),
        says("invalid assertion", Reason::KeyDiffers).means(&[Reason::KeyDiffers, Reason::KeyUnknown]),
        says("assertion expired", Reason::TooLate),
        says("expired access/refresh token", Reason::TokenExpired).on(&[Userinfo]),
        says("expired", Reason::TooLate).sent(&[Sent::Assertion]),
        says("client identifier invalid", Reason::ClientUnknown),
        says("invalid client credentials", Reason::SecretWrong),
        error("inactive_user", Reason::UserInactive),
        error("inactive_org", Reason::OrganisationDisabled),
        says("bad_oauth_token", Reason::TokenRefused).on(&[Userinfo]),
        says("invalid_session_id", Reason::TokenRefused).on(&[Userinfo]),
        says("wrong_org", Reason::WrongEnvironment),
    ]
}
