//! Which **tier** a host's name suggests. Only a guess to start from.

use url::{Host, Url};

use crate::environment::Tier;
use crate::issuer_url::is_loopback;

/// Words of host names, by tier. Words that a product or a team may be called (`demo`, `lab`, `ci`) say nothing.
const WORDS: [(Tier, &[&str]); 3] = [
    (Tier::Development, &["local", "localhost", "dev", "develop", "development", "sandbox", "test", "testing", "qa"]),
    (
        Tier::Staging,
        &[
            "stg",
            "stage",
            "staging",
            "uat",
            "pre",
            "preprod",
            "preproduction",
            "nonprod",
            "preview",
            "integration",
            "acceptance",
        ],
    ),
    (Tier::Production, &["prd", "prod", "production", "live"]),
];
/// Top-level names that nobody owns (RFC 2606, RFC 6762, RFC 8375) and that networks use inside; production, too.
const PRIVATE: [&str; 12] = [
    "localhost",
    "local",
    "localdomain",
    "test",
    "invalid",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "arpa",
];
/// Those of them that are for testing alone (RFC 2606 §2).
const RESERVED: [&str; 3] = ["localhost", "test", "invalid"];
/// Second-level names under which countries' domains are registered: `acme.co.uk`.
const SECOND_LEVEL: [&str; 9] = ["ac", "co", "com", "edu", "gov", "ne", "net", "or", "org"];

/// The tier that a host's name suggests; `None` if it names none, or several.
pub(super) fn suggested_by(url: &Url) -> Option<Tier> {
    if is_loopback(url) {
        return Some(Tier::Development);
    }
    let Some(Host::Domain(host)) = url.host() else { return None };
    let host = host.trim_end_matches('.');
    let labels: Vec<&str> = host.split('.').collect();
    let free = &labels[..labels.len() - names_in(&labels)];
    let words: Vec<&str> = free.iter().flat_map(|label| label.split(['-', '_'])).map(without_number).collect();
    let mut named = WORDS.iter().filter(|(_, of_tier)| words.iter().any(|word| of_tier.contains(word)));
    match (named.next(), named.next()) {
        (Some((tier, _)), None) => Some(*tier),
        (Some(_), Some(_)) => None,
        (None, _) => RESERVED.contains(&labels[labels.len() - 1]).then_some(Tier::Development),
    }
}

/// The part of a host that somebody registered: `okta.com` of `my-org.okta.com`.
pub(super) fn registered_part(host: &str) -> &str {
    let host = host.trim_end_matches('.');
    let labels: Vec<&str> = host.split('.').collect();
    let before = host.rmatch_indices('.').nth(names_in(&labels).max(2) - 1);
    before.map_or(host, |(dot, _)| &host[dot + 1..])
}

/// How many labels at the end are somebody's name, whatever its words are: `test.com`, `live.co.uk`.
fn names_in(labels: &[&str]) -> usize {
    match labels {
        [.., top] if labels.len() > 1 && PRIVATE.contains(top) => 1,
        [.., second, top] if top.len() == 2 && SECOND_LEVEL.contains(second) => labels.len().min(3),
        [.., _, _] => 2,
        _ => 0,
    }
}

/// `staging` of `staging2`.
fn without_number(word: &str) -> &str {
    word.trim_end_matches(|c: char| c.is_ascii_digit())
}
