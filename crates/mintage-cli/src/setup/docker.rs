//! docker: a credential helper for one registry, in docker's `config.json`, which docker has no command for.
//!
//! Everything else in the file keeps its order and its text.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::links::Link;
use super::{Change, Edit, Machine, Options};
use crate::failure::{Exit, Failure};

const NAME: &str = "mintage";

pub(super) fn plan(options: &Options, machine: &Machine) -> Result<Change, Failure> {
    let target = options.target("registry.example:5000")?;
    let host = target.to_string();
    let host = host.split_once("://").map_or(host.as_str(), |(_, host)| host);
    let folder = machine.path("DOCKER_CONFIG", ".docker");
    let file = folder.join("config.json");
    let before = super::change::read(&file)?.unwrap_or_else(|| "{}".to_owned());
    let after = edit(&before, host, options.undo).map_err(|error| {
        Failure::new(Exit::Failed, "configuration", format!("`{}` isn't docker's JSON", file.display()))
            .caused_by(&error)
    })?;
    let note = format!(
        "# docker gives its helper no arguments: the service user is the one whose environment has {host} among its hosts.\n"
    );
    Ok(Change {
        edit: (after != before && !(options.undo && before == "{}")).then_some((file, Edit::Text(after))),
        // Other registries may still use the link.
        links: if options.undo {
            Vec::new()
        } else {
            vec![Link::new(machine.link("docker-credential-mintage"), &machine.program, false)]
        },
        host: Some(host.to_owned()),
        note: if options.undo { String::new() } else { note + &machine.path_note() },
    })
}

fn edit(text: &str, host: &str, undo: bool) -> Result<String, serde_json::Error> {
    let mut members: Members = serde_json::from_str(text)?;
    let mut helpers: Members =
        members.get("credHelpers").map_or_else(|| Ok(Members::default()), |raw| serde_json::from_str(raw.get()))?;
    let set = helpers.get(host).is_some_and(|raw| raw.get() == format!("\"{NAME}\""));
    if set != undo {
        return Ok(text.to_owned());
    }
    if undo {
        helpers.0.retain(|(name, _)| name != host);
    } else {
        helpers.set(host, RawValue::from_string(format!("\"{NAME}\""))?);
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
        let after = edit(before, "registry.example:5000", false).unwrap();
        assert_eq!(
            after,
            "{\n\t\"auths\": {\n\t\t\"z\": {\"auth\": \"c2VjcmV0\"}\n\t},\n\t\"HttpHeaders\": { \"n\": 1e400 },\n\t\"credHelpers\": {\n\t\t\"registry.example:5000\": \"mintage\"\n\t}\n}\n"
        );
        assert_eq!(edit(&after, "registry.example:5000", false).unwrap(), after);
        assert_eq!(edit(&after, "registry.example:5000", true).unwrap().trim_end(), before);
        assert_eq!(edit(&after, "other.example", true).unwrap(), after);
        assert!(edit("[]", "x", false).is_err() && edit("{\"credHelpers\":1}", "x", false).is_err());
    }
}
