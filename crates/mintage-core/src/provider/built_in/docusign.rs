//! DocuSign integrations.

use super::*;

pub(super) fn provider() -> Provider {
    Provider {
        id: id("docusign"),
        name: "DocuSign".into(),
        summary: "Integrations with an RSA key, acting for one user (JWT grant).".into(),
        issuer_example: "https://account.docusign.com".into(),
        endpoints: EndpointTemplates {
            token: "{base}/oauth/token".into(),
            userinfo: "{base}/oauth/userinfo".into(),
            ..EndpointTemplates::default()
        },
        ids: IdNames { user_id: "User id (GUID)".into(), client_id: "Integration key".into(), ..IdNames::default() },
        private_key: Some(KeyGrant {
            issuer: "{clientId}".into(),
            // The host alone: a scheme in front of it is refused.
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
        clock_tolerance: 60,
        meanings: vec![
            means("consent_required", Said::ConsentMissing),
            means("no_valid_keys_or_signatures", Said::KeyDiffers),
            means("issuer_not_found", Said::ClientUnknown),
            means("user_not_found", Said::UserInactive),
            means("expired_token", Said::TooLate),
            means("invalid_scope", Said::ScopeRefused),
        ],
        ..Provider::default()
    }
}
