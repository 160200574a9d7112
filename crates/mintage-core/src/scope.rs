//! Which requested **scopes** were granted: servers silently drop unknown ones, so the response is compared with the
//! request, and if the server doesn't say, with what the token shows.
//!
//! Rule: pure, and never more certain than its sources: what no source says is unknown.

use crate::claims::{self, Claim};
use crate::provider::template::Values;
use crate::provider::{Evidence, Provider, ScopePreset};
use crate::token::{ScopeGrant, ScopeOutcome};

/// Determines whether each scope was granted. `granted` is what the server says (RFC 6749 §3.3); the token is used if
/// the server says nothing and the token can be read.
pub fn outcomes(
    requested: &[String],
    granted: Option<&[String]>,
    token: &str,
    provider: &Provider,
) -> Vec<ScopeOutcome> {
    let claims = claims::decode(token, &[]).map(|claims| claims.payload).ok();
    let outcome = |scope: &String| ScopeOutcome {
        scope: scope.clone(),
        grant: match granted {
            Some(granted) if granted.contains(scope) => ScopeGrant::Granted,
            Some(_) => ScopeGrant::Dropped,
            None => claims.as_deref().map_or(ScopeGrant::Unknown, |claims| shown(scope, claims, provider)),
        },
    };
    requested.iter().map(outcome).collect()
}

/// What a readable token shows about one scope.
fn shown(scope: &str, claims: &[Claim], provider: &Provider) -> ScopeGrant {
    let presets = &provider.scopes.presets;
    // A preset that matches the scope exactly says more than one with placeholders.
    let exact = presets.iter().find(|preset| preset.scope == scope).map(|preset| (preset, Values::new()));
    let found = exact.or_else(|| presets.iter().find_map(|preset| Some((preset, fitted(&preset.scope, scope)?))));
    let Some((ScopePreset { evidence: Some(evidence), .. }, values)) = found else { return ScopeGrant::Unknown };
    match claims.iter().any(|claim| proves(claim, evidence, &values)) {
        true => ScopeGrant::Granted,
        false if evidence.certain => ScopeGrant::Dropped,
        false => ScopeGrant::Unknown,
    }
}

fn proves(claim: &Claim, evidence: &Evidence, values: &Values) -> bool {
    if !claims::matches(&evidence.claim, &claim.name) {
        return false;
    }
    let wanted = crate::provider::template::expand(&evidence.holds, values);
    // A whole word of the claim, not a part of one: `12` isn't in `["123"]`.
    let is_separator = |c: char| matches!(c, '"' | ',' | ' ' | '[' | ']' | '{' | '}');
    wanted.is_empty() || claim.value == wanted || claim.value.split(is_separator).any(|word| word == wanted)
}

/// The values of a scope template's placeholders in this scope, if it matches.
fn fitted(template: &str, scope: &str) -> Option<Values> {
    let (before, rest) = template.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    let value = scope.strip_prefix(before)?.strip_suffix(after)?;
    (!value.is_empty() && !value.contains(':')).then(|| [(name.to_owned(), value.to_owned())].into())
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    use super::*;
    use crate::provider::{ProviderId, built_in};

    fn zitadel() -> &'static Provider {
        built_in().iter().find(|provider| provider.id == ProviderId("zitadel".into())).expect("built in")
    }

    fn token(payload: &str) -> String {
        let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.c2ln", part(r#"{"alg":"RS256"}"#), part(payload))
    }

    #[test]
    fn the_server_is_believed_first_and_the_token_shows_the_rest() {
        let check = |scope: &str, granted: Option<&str>, payload: &str, expected: ScopeGrant| {
            let granted = granted.map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
            let found = outcomes(&[scope.to_owned()], granted.as_deref(), &token(payload), zitadel());
            assert_eq!(found[0].grant, expected, "{scope} of {payload}");
        };
        let project = "urn:zitadel:iam:org:project:id:12:aud";
        let roles = "urn:zitadel:iam:org:projects:roles";
        check("openid", Some("openid profile"), "{}", ScopeGrant::Granted);
        check("email", Some("openid"), "{}", ScopeGrant::Dropped);
        check("openid", None, "{}", ScopeGrant::Unknown);
        check(project, None, r#"{"aud":["12","7"]}"#, ScopeGrant::Granted);
        check(project, None, r#"{"aud":"12"}"#, ScopeGrant::Granted);
        check(project, None, r#"{"aud":["123"]}"#, ScopeGrant::Dropped);
        check(project, None, "{}", ScopeGrant::Dropped);
        check("urn:zitadel:iam:org:project:id:zitadel:aud", None, "{}", ScopeGrant::Unknown);
        check(roles, None, r#"{"urn:zitadel:iam:org:project:12:roles":{"a":{}}}"#, ScopeGrant::Granted);
        check(roles, None, r#"{"urn:zitadel:iam:org:project:roles":{"a":{}}}"#, ScopeGrant::Granted);
        // A user without roles, groups or metadata has no such claim even if the scope was granted.
        check(roles, None, r#"{"sub":"1"}"#, ScopeGrant::Unknown);
        check("urn:zitadel:iam:user:metadata", None, r#"{"sub":"1"}"#, ScopeGrant::Unknown);
        check("urn:zitadel:iam:user:groups", None, r#"{"sub":"1"}"#, ScopeGrant::Unknown);
        check("urn:zitadel:iam:user:groups", None, r#"{"groups":[]}"#, ScopeGrant::Granted);
        let organisation = "urn:zitadel:iam:org:id:7";
        check(organisation, None, r#"{"urn:zitadel:iam:org:id":"7"}"#, ScopeGrant::Granted);
        check(organisation, None, r#"{"urn:zitadel:iam:org:id":"8"}"#, ScopeGrant::Dropped);
        check(organisation, None, r#"{"sub":"1"}"#, ScopeGrant::Dropped);
        check("urn:zitadel:iam:user:resourceowner", None, r#"{"sub":"1"}"#, ScopeGrant::Dropped);
        let role = "urn:zitadel:iam:org:project:role:admin";
        check(role, None, r#"{"urn:zitadel:iam:org:project:roles":{"admin":{"1":"a.b"}}}"#, ScopeGrant::Granted);
        check(role, None, r#"{"urn:zitadel:iam:org:project:roles":{"adm":{"1":"a.b"}}}"#, ScopeGrant::Unknown);
        let opaque = outcomes(&[project.to_owned()], None, "opaque", zitadel());
        assert_eq!(opaque[0].grant, ScopeGrant::Unknown);
    }
}
