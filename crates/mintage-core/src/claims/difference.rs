//! The **difference** between two tokens: what the second says that the first doesn't, and vice versa.
//!
//! Rule: equal means equal in meaning. Object members have no order (RFC 8259 §4); audiences, scopes and roles are sets
//! (RFC 7519 §4.1.3, RFC 6749 §3.3); everything else must match exactly, numbers to their last digit. Nothing here says
//! which of the two is right.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Claim, UnverifiedClaims, one_line, text_of};
use crate::json::Json;

/// Claims whose list, or whose text split at spaces, is a set: RFC 7519 §4.1.3, RFC 8693 §4.2, RFC 9068
/// §2.2.3.1, OpenID Connect Core §2.
const SETS: [&str; 7] = ["aud", "scope", "scp", "roles", "groups", "entitlements", "amr"];
/// Claims that differ in every token: RFC 7519 §4.1.4 to §4.1.7, OpenID Connect Core §2 and §3.
const PASSING: [&str; 8] = ["exp", "nbf", "iat", "jti", "auth_time", "nonce", "at_hash", "c_hash"];

/// How two tokens differ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TokenDifference {
    /// The header's members: the first token's in their order, then those only the second has.
    pub header: Vec<ClaimDifference>,
    /// The payload's members, in the same order.
    pub payload: Vec<ClaimDifference>,
}

/// How one claim changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ClaimDifference {
    /// Its name.
    pub name: String,
    /// How it changed.
    pub change: Change,
    /// Whether it differs from token to token by nature, like times and the token's own id.
    pub passing: bool,
    /// The claim in the first token.
    pub before: Option<Claim>,
    /// The claim in the second token.
    pub after: Option<Claim>,
    /// How its members changed if it is a set or a map in both tokens, otherwise empty.
    pub members: Vec<MemberDifference>,
}

/// How one member of a set or a map changed: a role, an audience, a scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MemberDifference {
    /// The member of the set, or the key of the map.
    pub name: String,
    /// How it changed.
    pub change: Change,
    /// Its value in the first token; empty for a member of a set.
    pub before: Vec<String>,
    /// Its value in the second token.
    pub after: Vec<String>,
}

/// How something changed between two tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Only the second token has it.
    Added,
    /// Only the first token has it.
    Removed,
    /// Both have it, with different meanings.
    Changed,
    /// Both have it, with the same meaning.
    Same,
}

/// Compares two decoded tokens, claim by claim.
pub fn difference(before: &UnverifiedClaims, after: &UnverifiedClaims) -> TokenDifference {
    TokenDifference {
        header: of_objects((&before.header, &before.header_json), (&after.header, &after.header_json)),
        payload: of_objects((&before.payload, &before.payload_json), (&after.payload, &after.payload_json)),
    }
}

/// Compares two objects. The claims are what is shown; the JSON text, which was printed from what was decoded,
/// distinguishes a number from a string that looks like it.
fn of_objects(before: (&[Claim], &str), after: (&[Claim], &str)) -> Vec<ClaimDifference> {
    let (old, new) = (parsed(before.1), parsed(after.1));
    let (old, new) = (by_name(&old), by_name(&new));
    let twins: HashMap<&str, &Claim> = after.0.iter().map(|claim| (claim.name.as_str(), claim)).collect();
    let mut differences: Vec<ClaimDifference> = before
        .0
        .iter()
        .map(|claim| {
            let name = claim.name.as_str();
            let twin = twins.get(name).copied();
            let values = old.get(name).copied().zip(new.get(name).copied());
            let members = values.map(|(old, new)| members(&claim.name, old, new)).unwrap_or_default();
            let change = match values {
                None => Change::Removed,
                Some((old, new)) if same(&claim.name, old, new) => Change::Same,
                Some(_) => Change::Changed,
            };
            found(change, Some(claim), twin, members)
        })
        .collect();
    let added = after.0.iter().filter(|claim| !old.contains_key(claim.name.as_str()));
    differences.extend(added.map(|claim| found(Change::Added, None, Some(claim), Vec::new())));
    differences
}

/// An object's members for lookup, since a token may have thousands.
fn by_name(json: &Json) -> HashMap<&str, &Json> {
    match json {
        Json::Object(members) => members.iter().map(|(name, value)| (name.as_str(), value)).collect(),
        _ => HashMap::new(),
    }
}

fn parsed(json: &str) -> Json {
    Json::parse(json).expect("it was printed from a decoded token")
}

fn found(
    change: Change,
    before: Option<&Claim>,
    after: Option<&Claim>,
    members: Vec<MemberDifference>,
) -> ClaimDifference {
    let name = before.or(after).map(|claim| claim.name.clone()).unwrap_or_default();
    let passing = PASSING.contains(&name.as_str());
    ClaimDifference { name, change, passing, before: before.cloned(), after: after.cloned(), members }
}

/// Whether two values of a claim mean the same.
fn same(name: &str, old: &Json, new: &Json) -> bool {
    match (set_of(name, old), set_of(name, new)) {
        (Some(old), Some(new)) => old.iter().collect::<HashSet<_>>() == new.iter().collect::<HashSet<_>>(),
        _ => equal(old, new),
    }
}

/// Whether two values are equal, ignoring the order of members (RFC 8259 §4). Names are already unique.
fn equal(old: &Json, new: &Json) -> bool {
    match (old, new) {
        (Json::Object(olds), Json::Object(news)) => {
            let new = by_name(new);
            let twin = |(name, value): &(String, Json)| new.get(name.as_str()).is_some_and(|other| equal(value, other));
            olds.len() == news.len() && olds.iter().all(twin)
        }
        (Json::List(olds), Json::List(news)) => {
            olds.len() == news.len() && olds.iter().zip(news).all(|(old, new)| equal(old, new))
        }
        _ => old == new,
    }
}

/// The members of a set, each once; `None` if the claim isn't a set or isn't written as one.
fn set_of(name: &str, value: &Json) -> Option<Vec<String>> {
    if !SETS.contains(&name) {
        return None;
    }
    let members: Vec<&str> = match value {
        // A single audience may be written without an array (RFC 7519 §4.1.3); a scope contains no spaces.
        Json::Text(text) if name == "aud" => vec![text],
        Json::Text(text) => text.split(' ').filter(|word| !word.is_empty()).collect(),
        Json::List(items) => items.iter().map(Json::as_text).collect::<Option<_>>()?,
        _ => return None,
    };
    let mut known = HashSet::new();
    Some(members.into_iter().filter(|member| known.insert(*member)).map(str::to_owned).collect())
}

/// How the members of a set or a map changed, in the order of both.
fn members(name: &str, old: &Json, new: &Json) -> Vec<MemberDifference> {
    if let (Json::Object(olds), Json::Object(news)) = (old, new) {
        return of_maps(olds, new, news, old);
    }
    let (Some(olds), Some(news)) = (set_of(name, old), set_of(name, new)) else { return Vec::new() };
    let member =
        |name: &String, change| MemberDifference { name: name.clone(), change, before: Vec::new(), after: Vec::new() };
    let (old, new): (HashSet<_>, HashSet<_>) = (olds.iter().collect(), news.iter().collect());
    let kept = |name: &String| if new.contains(name) { Change::Same } else { Change::Removed };
    let mut members: Vec<_> = olds.iter().map(|name| member(name, kept(name))).collect();
    members.extend(news.iter().filter(|name| !old.contains(name)).map(|name| member(name, Change::Added)));
    members
}

fn of_maps(olds: &[(String, Json)], new: &Json, news: &[(String, Json)], old: &Json) -> Vec<MemberDifference> {
    let (old, new) = (by_name(old), by_name(new));
    let mut members = Vec::with_capacity(olds.len().max(news.len()));
    for (name, value) in olds {
        let twin = new.get(name.as_str()).copied();
        let change = match twin {
            None => Change::Removed,
            Some(other) if equal(value, other) => Change::Same,
            Some(_) => Change::Changed,
        };
        let (before, after) = (lines(value), twin.map(lines).unwrap_or_default());
        members.push(MemberDifference { name: name.clone(), change, before, after });
    }
    for (name, value) in news.iter().filter(|(name, _)| !old.contains_key(name.as_str())) {
        members.push(MemberDifference {
            name: name.clone(),
            change: Change::Added,
            before: Vec::new(),
            after: lines(value),
        });
    }
    members
}

/// A value of a map, with one line for each of its own members: `{"100505": "acme.com"}` is one such line.
fn lines(value: &Json) -> Vec<String> {
    match value {
        Json::Object(members) => members.iter().map(|(name, value)| format!("{name}: {}", text_of(value))).collect(),
        Json::List(items) => items.iter().map(text_of).collect(),
        Json::Text(text) => vec![text.clone()],
        other => vec![one_line(other)],
    }
}

#[cfg(test)]
mod tests;
