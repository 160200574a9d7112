//! STACKIT service accounts, whose key file tells everything.

use super::*;

pub(super) fn provider() -> Provider {
    Provider {
        id: id("stackit"),
        name: "STACKIT".into(),
        summary: "Service accounts of STACKIT, with the portal's JSON key file.".into(),
        issuer_example: "https://service-account.api.stackit.cloud".into(),
        issuer_is_fixed: true,
        endpoints: EndpointTemplates { token: "{base}/token".into(), ..EndpointTemplates::default() },
        ids: IdNames { user_id: "Subject (sub)".into(), client_id: "Issuer (iss)".into(), ..IdNames::default() },
        private_key: Some(KeyGrant {
            issuer: "{clientId}".into(),
            audience: texts(&["{audience}"]),
            algorithms: vec![Rs512],
            ..KeyGrant::default()
        }),
        scopes: ScopeRules { place: ScopePlace::None, ..ScopeRules::default() },
        clock_tolerance: 60,
        ..Provider::default()
    }
}
