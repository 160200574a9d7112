//! cargo: a credential provider for one registry, in cargo's `config.toml`, which cargo has no command for.

use std::path::Path;

use super::text::{block, edit, insert, quoted};
use super::{Change, Machine, Options};
use crate::failure::{Exit, Failure};
use crate::target::Target;

const PROVIDER: &str = "credential-provider";

pub(super) fn plan(options: &Options, machine: &Machine) -> Result<Change, Failure> {
    let registry = options.host("REGISTRY-NAME")?;
    if !registry.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
        let message = format!("`{registry}` isn't the name of a registry in cargo's configuration");
        return Err(Failure::new(Exit::Usage, "usage", message).with_help("Give the name from `[registries.NAME]`"));
    }
    let file = machine.path("CARGO_HOME", ".cargo").join("config.toml");
    let before = super::change::read(&file)?.unwrap_or_default();
    let rest = block(&before, "#", registry, None);
    if options.undo {
        return Ok(Change { edit: edit(file, &before, rest), ..Change::default() });
    }
    let known = read(&rest, registry, &file)?;
    if known.contains_key(PROVIDER) {
        let message = format!("`{}` already names a credential provider for `{registry}`", file.display());
        return Err(Failure::new(Exit::Failed, "configuration", message).with_help("Remove it first"));
    }
    let Some(index) = index(registry, &known, machine) else {
        let message = format!("cargo doesn't know a registry `{registry}`");
        let help = format!("Add its `index` to [registries.{registry}] in `{}`, then run this again", file.display());
        return Err(Failure::new(Exit::NoSuchName, "registry-not-found", message).with_help(help));
    };
    let args = options.arguments();
    let words: Vec<String> = ["mintage"].into_iter().chain(args.iter().map(String::as_str)).map(quoted).collect();
    let line = format!("{PROVIDER} = [{}]\n", words.join(", "));
    let host = Target::parse(index.trim_start_matches("sparse+")).as_ref().and_then(Options::bound);
    let after = add(&rest, registry, &line);
    if !read(&after, registry, &file).is_ok_and(|table| table.contains_key(PROVIDER)) {
        let note =
            format!("# `{}` has `{registry}` in a form of its own. Add this line to it:\n{line}", file.display());
        return Ok(Change { host, note, ..Change::default() });
    }
    Ok(Change { edit: edit(file, &before, after), host, ..Change::default() })
}

/// The registry's address: from the variable that overrides it, the user's configuration, or that of a folder
/// (<https://doc.rust-lang.org/cargo/reference/config.html>).
fn index(registry: &str, known: &toml::Table, machine: &Machine) -> Option<String> {
    let variable = format!("CARGO_REGISTRIES_{}_INDEX", registry.to_ascii_uppercase().replace('-', "_"));
    let of = |table: &toml::Table| table.get("index").and_then(|index| index.as_str().map(str::to_owned));
    let of_folder = |folder: &Path| {
        let file = folder.join(".cargo/config.toml");
        read(&std::fs::read_to_string(&file).ok()?, registry, &file).ok().as_ref().and_then(of)
    };
    (machine.variable)(&variable)
        .or_else(|| of(known))
        .or_else(|| std::env::current_dir().ok()?.ancestors().find_map(of_folder))
}

/// What is configured for a registry.
fn read(text: &str, registry: &str, file: &Path) -> Result<toml::Table, Failure> {
    let mut all: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        Failure::new(Exit::Failed, "configuration", format!("`{}` isn't valid TOML", file.display())).caused_by(&error)
    })?;
    let own = all.get_mut("registries").and_then(|registries| registries.as_table_mut()?.remove(registry));
    Ok(own.and_then(|own| own.try_into().ok()).unwrap_or_default())
}

/// Adds a line to the registry's table, or the table.
fn add(text: &str, registry: &str, line: &str) -> String {
    let header = format!("[registries.{registry}]");
    let mut end = 0;
    for existing in text.split_inclusive('\n') {
        end += existing.len();
        if existing.trim() == header {
            return insert(text, end, "#", registry, line);
        }
    }
    insert(text, end, "#", registry, &format!("{header}\n{line}"))
}
