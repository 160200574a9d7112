//! STACKIT's key flow: RS512, and every claim's value from the key file.

use mintage_demo::TokenForm;
use mintage_demo::assertion::{AssertionRules, KeyReference};
use mintage_demo::rules::Rules;
use mintage_demo::token::TokenRules;

use super::generic;
use super::service_account::{self, ASSERTION, TOKEN};

pub(super) const RULES: Rules = Rules {
    assertion: AssertionRules { algorithms: &["RS512"], key: KeyReference::KeyId, ..ASSERTION },
    token: TokenRules { form: Some(TokenForm::Jwt), claims: generic::scope_claim, ..TOKEN },
    ..service_account::RULES
};
