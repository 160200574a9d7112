//! ZITADEL, whose words depend on the era: see [`crate::dialect::Dialect`].

mod refusals;

use serde_json::{Value, json};

use crate::assertion::{AssertionRules, AudienceName, AudienceRule, IdRule, KeyReference, SubjectRule, Times};
use crate::claims;
use crate::rules::{Carrier, GrantRule, Issued, OPENID_CONFIGURATION, Paths, Rules, ScopePlace, ScopeRule};
use crate::token::{TokenAudience, TokenRules};
pub(crate) use refusals::true_cause;

pub(crate) const RULES: Rules = Rules {
    issuer: "",
    paths: Paths {
        token: "/oauth/v2/token",
        discovery: Some(OPENID_CONFIGURATION),
        keys: Some("/oauth/v2/keys"),
        userinfo: Some("/oidc/v1/userinfo"),
        introspection: Some("/oauth/v2/introspect"),
        revocation: Some("/oauth/v2/revoke"),
    },
    takes_json: false,
    grants: &[GrantRule::JWT_BEARER, GrantRule::client_credentials(&[Carrier::Basic, Carrier::Post])],
    assertion: AssertionRules {
        algorithms: &["RS256", "PS256"],
        small_keys: false,
        key: KeyReference::KeyId,
        audience: AudienceRule { names: &[AudienceName::Issuer], several: true },
        subject: SubjectRule::Itself,
        times: Times {
            late: -1,
            early: 1,
            cap: None,
            issued_at_required: true,
            max_age: Some(3600),
            not_before: false,
        },
        id: IdRule::Ignored,
        claims: &[],
    },
    scope: ScopeRule { place: ScopePlace::FormAsZitadel, required: true, suffix: None },
    client_id_required: false,
    clients_are_login_names: true,
    token: TokenRules {
        form: None,
        prefix: "",
        lifetime: 43_199,
        audience: TokenAudience::Projects,
        claims: |grant, user| Value::Object(claims::reserved(user, &grant.scopes, &grant.audience)),
    },
    status: 200,
    respond,
    refuse: |failure, place| place.dialect.refuse(failure, place),
};

/// The response of RFC 6749 §5.1; `scope` is not part of it.
fn respond(issued: &Issued<'_>) -> Value {
    let mut response = json!({
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in(),
    });
    if let Some(id_token) = &issued.id_token {
        response["id_token"] = json!(id_token);
    }
    response
}
