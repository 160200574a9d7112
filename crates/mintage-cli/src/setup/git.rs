//! git: a helper for one host, behind an empty one that silences those from elsewhere.

use std::path::{Path, PathBuf};
use std::process::Command;

use mintage_agent_protocol::text::word;

use super::{Change, Edit, Machine, Options};
use crate::failure::{Exit, Failure};

pub(super) fn plan(options: &Options, machine: &Machine) -> Result<Change, Failure> {
    let target = options.target("https://git.example")?;
    let (key, file) = (format!("credential.{target}.helper"), file(machine));
    // git gives the line to a shell.
    let words: Vec<String> = options.arguments().iter().map(|argument| word(argument)).collect();
    let ours = format!("!mintage helper git {}", words.join(" "));
    let existing = existing(&file, &key);
    let git =
        |words: &[&str]| ["git", "config", "--file", Edit::FILE].iter().chain(words).map(ToString::to_string).collect();
    let set: Vec<&String> = existing.iter().filter(|value| is_ours(value)).collect();
    let lines: Vec<Vec<String>> = match (options.undo, set.as_slice()) {
        (true, []) => Vec::new(),
        // The empty entry before ours goes with it; anything else isn't ours.
        (true, ours) if others(&existing) == [""] && !ours.is_empty() => vec![git(&["--unset-all", &key])],
        (true, _) => vec![git(&["--unset-all", &key, "^!mintage helper git "])],
        (false, []) => vec![git(&["--add", &key, ""]), git(&["--add", &key, &ours])],
        (false, [one]) if **one == ours => Vec::new(),
        (false, _) => vec![git(&["--replace-all", &key, &ours, "^!mintage helper git "])],
    };
    if !options.undo && others(&existing).iter().any(|value| !value.is_empty()) {
        let message = format!("`{}` already names another helper for {target}", file.display());
        return Err(Failure::new(Exit::Failed, "configuration", message)
            .with_help(format!("Look at it with `git config --file {} --get-all {key}`", file.display())));
    }
    let edit = (!lines.is_empty()).then_some((file, Edit::Commands(lines)));
    Ok(Change { edit, host: Options::bound(&target), ..Change::default() })
}

fn others(existing: &[String]) -> Vec<&str> {
    existing.iter().map(String::as_str).filter(|value| !is_ours(value)).collect()
}

fn is_ours(value: &str) -> bool {
    value.starts_with("!mintage helper git ")
}

/// The file that `git config --global` writes.
fn file(machine: &Machine) -> PathBuf {
    let usual = machine.path("GIT_CONFIG_GLOBAL", ".gitconfig");
    let other = machine.path("XDG_CONFIG_HOME", ".config").join("git/config");
    if !usual.exists() && other.exists() { other } else { usual }
}

fn existing(file: &Path, key: &str) -> Vec<String> {
    let output = Command::new("git").args(["config", "--null", "--file"]).arg(file).args(["--get-all", key]).output();
    let text = output.map(|output| output.stdout).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    text.split_terminator('\0').map(str::to_owned).collect()
}
