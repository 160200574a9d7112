//! **Checking** the rules for refusals: one that matches every response, or none, would mislead.

use super::impossible;
use crate::provider::{Provider, ProviderError, RefusalRule, Refusals};

/// More rules than any server has responses.
const MOST: usize = 200;

/// The names of the gRPC and Connect codes (gRPC status codes 1 to 16).
const CODES: [&str; 16] = crate::provider::rpc_code::RPC_CODES;

pub(super) fn check(provider: &Provider) -> Result<(), ProviderError> {
    let Refusals { rules, otherwise, .. } = &provider.refusals;
    if rules.len() > MOST || otherwise.len() > MOST {
        return Err(impossible("refusals.rules", "there are more than 200"));
    }
    rules.iter().chain(otherwise).try_for_each(rule)
}

fn rule(rule: &RefusalRule) -> Result<(), ProviderError> {
    let texts = [&rule.says, &rule.error, &rule.code, &rule.id, &rule.header, &rule.cookie];
    if texts.into_iter().any(|text| !text.is_empty() && text.trim().is_empty()) {
        return Err(impossible("refusals.rules", "a text of only whitespace matches every response"));
    }
    if !rule.names_something() {
        return Err(impossible("refusals.rules", "a rule without conditions matches every response"));
    }
    if rule.means.0.is_empty() {
        return Err(ProviderError::Missing { member: "refusals.rules.means" });
    }
    if rule.status.iter().any(|status| !matches!(status, 4 | 5 | 200..=599)) {
        return Err(impossible("refusals.rules.status", "use an HTTP status, or 4 or 5 for a whole class"));
    }
    if !rule.code.is_empty() && !CODES.contains(&rule.code.as_str()) {
        return Err(impossible("refusals.rules.code", "use a gRPC status code, such as `not_found`"));
    }
    if rule.at.keys().chain(&rule.lacks).any(|place| !place.starts_with('/')) {
        return Err(impossible("refusals.rules", "use a JSON Pointer into the response, beginning with a slash"));
    }
    if [&rule.explains, &rule.help].into_iter().any(|text| text.ends_with('.') || text.trim() != text) {
        return Err(impossible("refusals.rules", "`explains` and `help` are sentences without a final period"));
    }
    Ok(())
}
