//! The **name** that is proposed for a service user.

use super::Candidate;
use crate::credential::Source;

/// One that the file tells, else the file's own without its ending. Downloads are often named after an id, which says
/// nothing to people; then it is the service user's id.
pub(super) fn proposed_name(candidate: &Candidate<'_>, owner_id: &str) -> String {
    if let Some(name) = &candidate.name {
        return name.clone();
    }
    let Source::File { name } = &candidate.source else { return owner_id.to_owned() };
    let stem = stem_of(name);
    let is_id = stem.bytes().all(|byte| byte.is_ascii_digit())
        || candidate.known.key_id.as_deref() == Some(stem)
        || stem == owner_id;
    if is_id { owner_id.to_owned() } else { stem.to_owned() }
}

/// A file's name without its ending, and without the number that browsers give a second download.
fn stem_of(name: &str) -> &str {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem).trim_end();
    let numbered = stem.strip_suffix(')').and_then(|text| text.rsplit_once('('));
    match numbered {
        Some((before, number)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            before.trim()
        }
        _ => stem.trim(),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::credential::CredentialKind;
    use crate::mint::ReviewId;
    use crate::mint::import::PlanEntry;
    use crate::mint::import::ids::KnownIds;

    #[test]
    fn a_name_is_the_files_unless_that_is_an_id() {
        let entry = PlanEntry::of(ReviewId(Uuid::nil()));
        let check = |source: Source, name: Option<&str>, expected: &str| {
            let candidate = Candidate {
                entry: &entry,
                known: KnownIds::none(CredentialKind::PrivateKey),
                makers: Vec::new(),
                issuer: None,
                token_endpoint: None,
                name: name.map(str::to_owned),
                source: source.clone(),
                key: None,
            };
            assert_eq!(proposed_name(&candidate, "17"), expected, "{source:?}");
        };
        let file = |name: &str| Source::File { name: name.to_owned() };
        check(file("deploy-bot.json"), None, "deploy-bot");
        check(file("deploy-bot (2).json"), None, "deploy-bot");
        check(file("key.of.ci.pem"), None, "key.of.ci");
        check(file("100509901696068329.json"), None, "17");
        check(file("17.json"), None, "17");
        check(file(".pem"), None, "17");
        check(file("(1).json"), None, "17");
        check(Source::Paste, None, "17");
        check(file("download.json"), Some("ci-bot"), "ci-bot");
    }
}
