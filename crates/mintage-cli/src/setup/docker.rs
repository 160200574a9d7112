//! docker: a credential helper for one registry, in docker's `config.json`, which docker has no command for.
//!
//! Everything else in the file keeps its order and its text.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::text::links;
use super::{Change, Edit, Machine, Options};
use crate::failure::{Exit, Failure};

pub(super) fn plan(options: &Options, machine: &Machine) -> Result<Change, Failure> {
    let target = options.target("registry.example:5000")?;
    let host = target.to_string();
    let host = host.split_once("://").map_or(host.as_str(), |(_, host)| host);
    let folder = machine.path("DOCKER_CONFIG", ".docker");
    let file = folder.join("config.json");
    let before = super::change::read(&file)?.unwrap_or_else(|| "{}".to_owned());
    // docker gives its helper no arguments: the program's name says whose token it is.
    let program = options.program_name("docker-credential-mintage")?;
    let helper = program.trim_start_matches("docker-credential-");
    let after = edit(&before, host, (!options.undo).then_some(helper)).map_err(|error| {
        Failure::new(Exit::Failed, "configuration", format!("`{}` isn't docker's JSON", file.display()))
            .caused_by(&error)
    })?;
    let is_needed = after.contains(&format!("\"{helper}\""));
    Ok(Change {
        edit: (after != before && !(options.undo && before == "{}")).then_some((file, Edit::Text(after))),
        links: links(machine.link(&program), options, machine, is_needed),
        host: Some(host.to_owned()),
        note: if options.undo { String::new() } else { machine.path_note() },
    })
}

/// Names the helper for a registry, or without one takes ours away.
fn edit(text: &str, host: &str, helper: Option<&str>) -> Result<String, serde_json::Error> {
    let mut members: Members = serde_json::from_str(text)?;
    let mut helpers: Members =
        members.get("credHelpers").map_or_else(|| Ok(Members::default()), |raw| serde_json::from_str(raw.get()))?;
    let existing = helpers.get(host).map(RawValue::get);
    match helper.map(|name| format!("\"{name}\"")) {
        Some(name) if existing == Some(name.as_str()) => return Ok(text.to_owned()),
        Some(name) => helpers.set(host, RawValue::from_string(name)?),
        None if existing.is_some_and(|name| name == "\"mintage\"" || name.starts_with("\"mintage-")) => {
            helpers.0.retain(|(name, _)| name != host);
        }
        None => return Ok(text.to_owned()),
    }
    if helpers.0.is_empty() {
        members.0.retain(|(name, _)| name != "credHelpers");
    } else {
        members.set("credHelpers", RawValue::from_string(helpers.write(2))?);
    }
    Ok(members.write(1) + "\n")
}

/// An object's members in their order, each with its text as it was.
#[derive(Default)]
struct Members(Vec<(String, Box<RawValue>)>);

impl Members {
    fn get(&self, name: &str) -> Option<&RawValue> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, raw)| &**raw)
    }

    fn set(&mut self, name: &str, raw: Box<RawValue>) {
        match self.0.iter_mut().find(|(key, _)| key == name) {
            Some((_, value)) => *value = raw,
            None => self.0.push((name.to_owned(), raw)),
        }
    }

    /// Writes the object as docker does: with tabs.
    fn write(&self, depth: usize) -> String {
        let (inner, outer) = ("\t".repeat(depth), "\t".repeat(depth - 1));
        let members = self
            .0
            .iter()
            .map(|(name, raw)| format!("{inner}{}: {}", serde_json::Value::from(name.as_str()), raw.get()));
        format!("{{\n{}\n{outer}}}", members.collect::<Vec<_>>().join(",\n"))
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_else_keeps_its_place_and_its_text() {
        let before =
            "{\n\t\"auths\": {\n\t\t\"z\": {\"auth\": \"c2VjcmV0\"}\n\t},\n\t\"HttpHeaders\": { \"n\": 1e400 }\n}";
        let set = |text: &str| edit(text, "registry.example:5000", Some("mintage-ci-bot")).unwrap();
        let after = set(before);
        assert_eq!(
            after,
            "{\n\t\"auths\": {\n\t\t\"z\": {\"auth\": \"c2VjcmV0\"}\n\t},\n\t\"HttpHeaders\": { \"n\": 1e400 },\n\t\"credHelpers\": {\n\t\t\"registry.example:5000\": \"mintage-ci-bot\"\n\t}\n}\n"
        );
        assert_eq!(set(&after), after);
        let unset = |text: &str, host| edit(text, host, None).unwrap();
        assert_eq!(unset(&after, "registry.example:5000").trim_end(), before);
        assert_eq!(unset(&after, "other.example"), after);
        let others = "{\"credHelpers\":{\"gcr.io\":\"gcloud\"}}";
        assert_eq!(unset(others, "gcr.io"), others);
        assert!(edit("[]", "x", None).is_err() && edit("{\"credHelpers\":1}", "x", None).is_err());
    }
}
