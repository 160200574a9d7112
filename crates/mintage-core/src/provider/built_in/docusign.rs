//! DocuSign integrations.

use super::*;

pub(super) fn provider() -> Provider {
    Provider {
        id: id("docusign"),
        name: "DocuSign".into(),
        summary: "Integrations with an RSA key that act for one user (JWT grant).".into(),
        issuer_example: "https://account.docusign.com".into(),
        endpoints: Endpoints {
            token: Some("{base}/oauth/token".into()),
            userinfo: Some("{base}/oauth/userinfo".into()),
            ..Endpoints::default()
        },
        ids: IdNames { user_id: "User id (GUID)".into(), client_id: "Integration key".into(), ..IdNames::default() },
        private_key: Some(KeyGrant {
            issuer: "{clientId}".into(),
            // Only the host: a scheme in front of it is rejected.
            audience: texts(&["{issuerHost}"]),
            header: HeaderRules { key_id: KeyIdRule::Never, ..HeaderRules::default() },
            ..KeyGrant::default()
        }),
        scopes: ScopeRules {
            place: ScopePlace::Claim,
            required: true,
            defaults: texts(&["signature", "impersonation"]),
            presets: vec![
                preset("signature", "sends and reads envelopes"),
                preset("impersonation", "acts for the user; the JWT grant always needs it"),
            ],
            ..ScopeRules::default()
        },
        recipes: recipes::console(
            "DocuSign’s Apps and Keys page",
            PublicForm::SpkiPem,
            true,
            "Open the app under Apps and Keys, choose Edit, then Upload Public Key.",
        ),
        clock_tolerance: 60,
        refusals: refusals("DocuSign", rules()),
        ..Provider::default()
    }
}

/// Sources: DocuSign's guide on JWT grant and its errors, and public reports.
fn rules() -> Vec<RefusalRule> {
    vec![
        says("consent_required", Reason::ConsentMissing),
        says("no_valid_keys_or_signatures", Reason::KeyDiffers).means(&[Reason::KeyDiffers, Reason::KeyUnknown]),
        // Integration keys of the developer environment are unknown in production until they go live.
        says("issuer_not_found", Reason::ClientUnknown),
        says("user_not_found", Reason::UserInactive).means(&[Reason::UserInactive, Reason::WrongEnvironment]),
        says("invalid_audience", Reason::AudienceRefused),
        says("expired_token", Reason::TooLate),
        says("invalid_scope", Reason::ScopeRefused),
        says("partner_authentication_failed", Reason::ClientUnknown),
    ]
}
