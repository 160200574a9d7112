//! Configuration files that are lines of text: what's added is enclosed in two marker lines and removed with them.

use std::path::PathBuf;

use super::links::Link;
use super::{Change, Edit, Machine, Options};
use crate::failure::{Exit, Failure};
use crate::target::Target;

/// Adds a marked block at the end, replaces the one that's there, or removes it.
pub(super) fn block(before: &str, comment: &str, label: &str, body: Option<&str>) -> String {
    let (start, end) = marks(comment, label);
    let mut text = before.to_owned();
    if let Some(from) = text.find(&start)
        && let Some(to) = text[from..].find(&end)
    {
        text.replace_range(from..from + to + end.len(), "");
    }
    match body {
        Some(body) => insert(&text, text.len(), comment, label, body),
        None => text,
    }
}

/// Inserts a marked block at this place, which is the beginning of a line or the text's end.
pub(super) fn insert(text: &str, at: usize, comment: &str, label: &str, body: &str) -> String {
    let (start, end) = marks(comment, label);
    let (before, after) = text.split_at(at);
    let missing = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    format!("{before}{missing}{start}{body}{end}{after}")
}

fn marks(comment: &str, label: &str) -> (String, String) {
    (format!("{comment} mintage: {label}\n"), format!("{comment} mintage: end of {label}\n"))
}

pub(super) fn edit(file: PathBuf, before: &str, after: String) -> Option<(PathBuf, Edit)> {
    (after != before).then_some((file, Edit::Text(after)))
}

/// A double-quoted value for HCL, TOML and rc files.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Terraform has one credentials helper for all hosts, found in its plugin folder.
pub(super) fn terraform(options: &Options, machine: &Machine) -> Result<Change, Failure> {
    let file = machine.path("TF_CLI_CONFIG_FILE", ".terraformrc");
    let before = super::change::read(&file)?.unwrap_or_default();
    let args = options.arguments().iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", ");
    let body = format!("credentials_helper \"mintage\" {{\n  args = [{args}]\n}}\n");
    let rest = block(&before, "#", "credentials helper", None);
    if !options.undo && rest.lines().any(|line| line.trim_start().starts_with("credentials_helper")) {
        let message = format!("`{}` already names a credentials helper, and terraform takes one", file.display());
        return Err(Failure::new(Exit::Failed, "configuration", message).with_help("Remove it first"));
    }
    let after = block(&before, "#", "credentials helper", (!options.undo).then_some(&body));
    let plugins = machine.home.join(".terraform.d/plugins/terraform-credentials-mintage");
    Ok(Change {
        edit: edit(file, &before, after),
        links: links(plugins, options, machine, rest.contains("credentials_helper \"mintage\"")),
        host: options.given_host(),
        note: if options.undo || options.host.is_some() { String::new() } else { TERRAFORM_HOSTS.to_owned() },
    })
}

const TERRAFORM_HOSTS: &str =
    "# Terraform gets tokens for hosts of the environment only; `--host app.terraform.io` adds one.\n";

/// The link that a configuration names, unless it is to be taken away and something else there needs it.
pub(super) fn links(path: PathBuf, options: &Options, machine: &Machine, is_needed: bool) -> Vec<Link> {
    let stays = options.undo && is_needed;
    (!stays).then(|| Link::new(path, &machine.program, options.undo)).into_iter().collect()
}

/// Bazel gives its helper no arguments: the link's name says whose tokens they are.
pub(super) fn bazel(options: &Options, machine: &Machine) -> Result<Change, Failure> {
    let target = options.target("cache.example")?;
    let host = target.url().host_str().unwrap_or_default();
    let bound = Options::bound(&target);
    let link = machine.link(&options.program_name("mintage-bazel")?);
    let file = machine.home.join(".bazelrc");
    let before = super::change::read(&file)?.unwrap_or_default();
    let body = format!("common --credential_helper={host}={}\n", link.display());
    let after = block(&before, "#", host, (!options.undo).then_some(&body));
    let is_needed = after.contains(&format!("={}\n", link.display()));
    Ok(Change {
        edit: edit(file, &before, after),
        links: links(link, options, machine, is_needed),
        host: bound,
        ..Change::default()
    })
}

/// pnpm reads `tokenHelper` from the user's own `.npmrc` only.
pub(super) fn pnpm(options: &Options, machine: &Machine) -> Result<Change, Failure> {
    let target = options.target("https://npm.example/")?;
    let url = target.url();
    let scope = url.as_str().trim_start_matches(url.scheme()).trim_start_matches(':');
    let scope = format!("{}/", scope.trim_end_matches('/'));
    let link = machine.link(&options.program_name("mintage-pnpm")?);
    let file = machine.path("NPM_CONFIG_USERCONFIG", ".npmrc");
    let before = super::change::read(&file)?.unwrap_or_default();
    let body = format!("{scope}:tokenHelper={}\n", link.display());
    let after = block(&before, "#", &scope, (!options.undo).then_some(&body));
    let is_needed = after.contains(&format!("={}\n", link.display()));
    Ok(Change {
        edit: edit(file, &before, after),
        links: links(link, options, machine, is_needed),
        host: Options::bound(&target),
        ..Change::default()
    })
}

/// pip and uv run a program called `keyring`, and give it the user name that the index's URL has.
pub(super) fn keyring(options: &Options, machine: &Machine) -> Change {
    let target = options.host.as_deref().and_then(Target::parse);
    let mut index = target.map_or_else(|| EXAMPLE_INDEX.parse().expect("it is a URL"), |target| target.url().clone());
    // Fails for URLs without a host only.
    _ = index.set_username(&options.user);
    let note = format!(
        "# Then let pip and uv ask it:\n\
         #   pip config set --user global.keyring-provider subprocess\n\
         #   export UV_KEYRING_PROVIDER=subprocess\n\
         # pip asks only if the index's URL has a user name, which also says whose token it is: {index}\n\
         # A real keyring further down PATH still answers for all other hosts.\n"
    );
    Change {
        links: vec![Link::new(machine.link("keyring"), &machine.program, options.undo)],
        host: options.given_host(),
        note: if options.undo { String::new() } else { note + &machine.path_note() },
        ..Change::default()
    }
}

const EXAMPLE_INDEX: &str = "https://pypi.example/simple/";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_added_replaced_and_removed_without_a_trace() {
        let one = block("mine", "#", "x", Some("a\n"));
        assert_eq!(one, "mine\n# mintage: x\na\n# mintage: end of x\n");
        let two = block(&one, "#", "x", Some("b\n"));
        assert_eq!(two, "mine\n# mintage: x\nb\n# mintage: end of x\n");
        let other = block(&two, "#", "y", Some("c\n"));
        assert_eq!(block(&block(&other, "#", "x", None), "#", "y", None), "mine\n");
        assert_eq!(block("mine\n", "#", "x", None), "mine\n");
    }
}
