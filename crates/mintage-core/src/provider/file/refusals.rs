//! **Checking** the rules for refusals: one that fits every answer, or none, would mislead.

use super::check::impossible;
use crate::error::ProviderError;
use crate::provider::{Provider, RefusalRule, Refusals};

/// More rules than any server has answers.
const MOST: usize = 200;

/// The words of gRPC and Connect (gRPC status codes 1 to 16).
const CODES: [&str; 16] = crate::issuer::RPC_CODES;

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
        return Err(impossible("refusals.rules", "a text of white space alone is in every answer"));
    }
    if !rule.names_something() {
        return Err(impossible("refusals.rules", "a rule that names nothing of the answer fits every answer"));
    }
    if rule.means.0.is_empty() {
        return Err(ProviderError::Missing { member: "refusals.rules.means" });
    }
    if rule.status.iter().any(|status| !matches!(status, 4 | 5 | 200..=599)) {
        return Err(impossible("refusals.rules.status", "it is an HTTP status, or 4 or 5 for a class of them"));
    }
    if !rule.code.is_empty() && !CODES.contains(&rule.code.as_str()) {
        return Err(impossible("refusals.rules.code", "it is a word of gRPC, such as `not_found`"));
    }
    if rule.at.keys().chain(&rule.lacks).any(|place| !place.starts_with('/')) {
        return Err(impossible("refusals.rules", "a place in the answer is a JSON Pointer and begins with a slash"));
    }
    if [&rule.explains, &rule.help].into_iter().any(|text| text.ends_with('.') || text.trim() != text) {
        return Err(impossible("refusals.rules", "`explains` and `help` are sentences without their final period"));
    }
    Ok(())
}
