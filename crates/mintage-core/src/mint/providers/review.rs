//! A profile **reviewed** before it is stored: which hosts it sends credentials to, and how it differs from the most
//! similar built-in profile.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use specta::Type;

use super::Mint;
use crate::error::Error;
use crate::provider::{Provider, ProviderId, built_in, is_built_in};

/// More differences than anyone reads.
const MOST: usize = 200;

/// What to know about a profile before storing it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProviderReview {
    /// Its id.
    pub id: ProviderId,
    /// Whether a profile with this id exists already.
    pub exists: bool,
    /// The hosts that it names, and so the only ones besides the environment's issuer that it can send anything to.
    pub hosts: Vec<NamedHost>,
    /// The name of the most similar built-in profile.
    pub nearest: String,
    /// What is different from that one, in the document's order.
    pub differences: Vec<ProfileDifference>,
    /// The profile as JSON, with every member there is.
    pub document: String,
}

/// A host that a profile names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NamedHost {
    /// The host, possibly with placeholders.
    pub host: String,
    /// The members that name it, for example `endpoints.token`.
    pub members: Vec<String>,
}

/// One member that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProfileDifference {
    /// The member, for example `privateKey.lifetime`.
    pub member: String,
    /// Its value in the built-in profile; empty if it has none.
    pub before: String,
    /// Its value in this one; empty if it has none.
    pub after: String,
}

impl Mint {
    /// Reviews a profile's text.
    ///
    /// # Errors
    /// Why it can't be read; what the catalogue reports.
    pub async fn review_provider(&self, text: &str) -> Result<ProviderReview, Error> {
        let provider = self.read_provider(text)?;
        let exists = is_built_in(&provider.id) || self.catalog.provider(&provider.id).await?.is_some();
        let document = leaves(&provider);
        let (nearest, differences) = built_in()
            .iter()
            .map(|known| (known, differences(&leaves(known), &document)))
            .min_by_key(|(_, differences)| differences.len())
            .map(|(known, differences)| (known.name.clone(), differences))
            .unwrap_or_default();
        Ok(ProviderReview {
            exists,
            hosts: hosts(&document),
            nearest,
            differences: differences.into_iter().take(MOST).collect(),
            document: serde_json::to_string_pretty(&provider).expect("a profile is plain text and numbers"),
            id: provider.id,
        })
    }
}

/// Every value of a profile by its member's path.
fn leaves(provider: &Provider) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    collect("", &serde_json::to_value(provider).expect("a profile is plain text and numbers"), &mut found);
    found
}

fn collect(path: &str, value: &Value, found: &mut BTreeMap<String, String>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| collect(&below(name), value, found)),
        Value::Array(items) if items.iter().any(Value::is_object) => {
            items.iter().enumerate().for_each(|(at, value)| collect(&below(&at.to_string()), value, found));
        }
        Value::Null => {}
        Value::String(text) if text.is_empty() => {}
        Value::Array(items) if items.is_empty() => {}
        Value::String(text) => drop(found.insert(path.to_owned(), text.clone())),
        Value::Array(items) => {
            let words: Vec<_> =
                items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect();
            found.insert(path.to_owned(), words.join(", "));
        }
        other => drop(found.insert(path.to_owned(), other.to_string())),
    }
}

fn hosts(document: &BTreeMap<String, String>) -> Vec<NamedHost> {
    let mut found: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (member, value) in document {
        for word in value.split([',', ' ', '"', '`']) {
            let Some((_, rest)) = word.split_once("://") else { continue };
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            let members = found.entry(host).or_default();
            if !host.is_empty() && !members.contains(member) {
                members.push(member.clone());
            }
        }
    }
    found.into_iter().map(|(host, members)| NamedHost { host: host.to_owned(), members }).collect()
}

fn differences(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<ProfileDifference> {
    let mut members: Vec<_> = before.keys().chain(after.keys()).collect();
    members.sort();
    members.dedup();
    let value = |of: &BTreeMap<String, String>, member: &String| of.get(member).cloned().unwrap_or_default();
    let all = members.into_iter().map(|member| ProfileDifference {
        before: value(before, member),
        after: value(after, member),
        member: member.clone(),
    });
    all.filter(|each| each.before != each.after).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_copy_differs_in_what_was_changed_and_names_its_hosts() {
        let known = built_in().first().expect("there are built-in profiles").clone();
        let mut changed = known.clone();
        changed.clock_tolerance += 7;
        let found = differences(&leaves(&known), &leaves(&changed));
        assert!(found.iter().any(|each| each.member == "clockTolerance"), "{found:?}");
        assert!(differences(&leaves(&known), &leaves(&known)).is_empty());
        let named: BTreeMap<_, _> = [("endpoints.token".to_owned(), "https://tokens.evil.example/x".to_owned())].into();
        assert_eq!(
            hosts(&named),
            [NamedHost { host: "tokens.evil.example".into(), members: vec!["endpoints.token".into()] }]
        );
    }
}
