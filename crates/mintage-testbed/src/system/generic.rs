//! Any OpenID provider, as strict as RFC 6749, RFC 7521 and RFC 7523 allow.

use mintage_demo::User;
use mintage_demo::assertion::{
    AssertionRules, AudienceName, AudienceRule, Cap, IdRule, KeyReference, SubjectRule, Times,
};
use mintage_demo::rules::{Carrier, GrantRule, Issued, OPENID_CONFIGURATION, Paths, Rules, ScopePlace, ScopeRule};
use mintage_demo::token::{Grant, TokenAudience, TokenRules};
use mintage_demo::words;
use serde_json::{Value, json};

/// Each algorithm with a public key that a client may choose.
pub(super) const ALGORITHMS: &[&str] =
    &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

pub(super) const RULES: Rules = Rules {
    issuer: "",
    paths: Paths {
        token: "/token",
        discovery: Some(OPENID_CONFIGURATION),
        keys: Some("/jwks"),
        userinfo: Some("/userinfo"),
        introspection: Some("/introspect"),
        revocation: Some("/revoke"),
    },
    takes_json: false,
    grants: &[
        GrantRule::JWT_BEARER,
        GrantRule::client_credentials(&[Carrier::ClientAssertion, Carrier::Basic, Carrier::Post]),
    ],
    assertion: AssertionRules {
        algorithms: ALGORITHMS,
        small_keys: false,
        key: KeyReference::KeyIdIfGiven,
        // The draft that follows RFC 7523 requires the issuer, and nothing else.
        audience: AudienceRule { names: &[AudienceName::Issuer], several: false },
        subject: SubjectRule::SpokenFor { required: true, or_itself: true },
        times: Times {
            late: 0,
            early: 60,
            cap: Some(Cap::FromNow(3600)),
            issued_at_required: false,
            max_age: Some(3600),
            not_before: true,
        },
        id: IdRule::OnceIfGiven,
        claims: &[],
    },
    scope: ScopeRule { place: ScopePlace::Form, required: false, suffix: None },
    client_id_required: false,
    clients_are_login_names: false,
    token: TokenRules { form: None, prefix: "", lifetime: 3600, audience: TokenAudience::Issuer, claims: scope_claim },
    status: 200,
    respond,
    refuse: words::refuse,
};

/// `scope` as RFC 9068 §2.2.3 has it.
pub(super) fn scope_claim(grant: &Grant, _: &User) -> Value {
    json!({ "scope": grant.scopes.joined() })
}

/// The response of RFC 6749 §5.1 with every member.
pub(super) fn respond(issued: &Issued<'_>) -> Value {
    let mut response = json!({
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in(),
        "scope": issued.scope(),
    });
    if let Some(id_token) = &issued.id_token {
        response["id_token"] = json!(id_token);
    }
    response
}
