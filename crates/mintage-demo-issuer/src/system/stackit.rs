//! STACKIT's key flow: RS512, and every claim's value from the key file.

use serde_json::{Value, json};

use super::{GrantRule, Issued, Paths, Rules, ScopePlace, ScopeRule, TokenAudience, TokenRules, generic, words};
use crate::assertion::{AssertionRules, AudienceName, AudienceRule, Cap, IdRule, KeyReference, SubjectRule, Times};
use crate::user::TokenForm;

pub(super) const RULES: Rules = Rules {
    issuer: "",
    paths: Paths::token_only("/token"),
    takes_json: false,
    grants: &[GrantRule::JWT_BEARER],
    assertion: AssertionRules {
        algorithms: &["RS512"],
        small_keys: false,
        key: KeyReference::KeyId,
        audience: AudienceRule { names: &[AudienceName::Origin], several: false },
        subject: SubjectRule::SpokenFor { required: true, or_itself: false },
        times: Times {
            late: 0,
            early: 0,
            cap: Some(Cap::FromNow(3600)),
            issued_at_required: true,
            max_age: None,
            not_before: true,
        },
        id: IdRule::Ignored,
        claims: &[],
    },
    scope: ScopeRule { place: ScopePlace::Nowhere, required: false, suffix: None },
    client_id_required: false,
    clients_are_login_names: false,
    token: TokenRules {
        form: Some(TokenForm::Jwt),
        prefix: "",
        lifetime: 3600,
        audience: TokenAudience::Issuer,
        claims: generic::scope_claim,
    },
    status: 200,
    respond,
    refuse: words::refuse,
};

fn respond(issued: &Issued<'_>) -> Value {
    json!({
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in(),
        "scope": issued.scope(),
    })
}
