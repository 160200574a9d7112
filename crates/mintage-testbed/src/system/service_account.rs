//! What systems have in common that issue tokens to service accounts for an assertion alone (RFC 7523), for each to
//! say where it differs.

use mintage_demo::TokenForm;
use mintage_demo::assertion::{
    AssertionRules, AudienceName, AudienceRule, Cap, IdRule, KeyReference, SubjectRule, Times,
};
use mintage_demo::rules::{GrantRule, Issued, Paths, Rules, ScopePlace, ScopeRule};
use mintage_demo::token::{TokenAudience, TokenRules};
use mintage_demo::words;
use serde_json::{Value, json};

pub(super) const RULES: Rules = Rules {
    issuer: "",
    paths: Paths::token_only("/token"),
    takes_json: false,
    grants: &[GrantRule::JWT_BEARER],
    assertion: ASSERTION,
    scope: ScopeRule { place: ScopePlace::Nowhere, required: false, suffix: None },
    client_id_required: false,
    clients_are_login_names: false,
    token: TOKEN,
    status: 200,
    respond,
    refuse: words::refuse,
};

pub(super) const ASSERTION: AssertionRules = AssertionRules {
    algorithms: &["RS256"],
    small_keys: false,
    key: KeyReference::Any,
    audience: AudienceRule { names: &[AudienceName::Origin], several: false },
    subject: SubjectRule::SpokenFor { required: true, or_itself: false },
    times: TIMES,
    id: IdRule::Ignored,
    claims: &[],
};

pub(super) const TIMES: Times = Times {
    late: 0,
    early: 0,
    cap: Some(Cap::FromNow(3600)),
    issued_at_required: true,
    max_age: None,
    not_before: true,
};

pub(super) const TOKEN: TokenRules = TokenRules {
    form: Some(TokenForm::Opaque),
    prefix: "",
    lifetime: 3600,
    audience: TokenAudience::Issuer,
    claims: |_, _| Value::Null,
};

fn respond(issued: &Issued<'_>) -> Value {
    json!({
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in(),
        "scope": issued.scope(),
    })
}
