//! What the documents and manifests **claim** about the code: files that are named exist, and nothing that ships depends
//! on a crate for tests.

use std::fs;
use std::path::PathBuf;

use crate::tools::{self, Failure, Outcome};

const DOCUMENTS: &[&str] = &["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"];

/// Where a path in a document may start; a module's path is under the core's sources.
const STARTS: &[&str] = &["", "crates/mintage-core/src/", "crates/mintage-core/src/provider/built_in/", "ui/"];

/// The crates that don't ship.
const FOR_TESTS: &[&str] = &["mintage-testbed", "mintage-fuzz"];

/// Checks the documents' paths and the shipped crates' dependencies.
///
/// # Errors
/// A file that is named doesn't exist; a shipped crate depends on one for tests.
pub(crate) fn check() -> Outcome {
    let root = tools::root();
    let mut found = Vec::new();
    for document in DOCUMENTS {
        for path in paths(&fs::read_to_string(root.join(document))?) {
            if !STARTS.iter().any(|start| root.join(start).join(&path).exists()) {
                found.push(format!("{document} names `{path}`, which doesn't exist"));
            }
        }
    }
    for shipped in shipped()? {
        let manifest = fs::read_to_string(shipped.join("Cargo.toml"))?;
        if dependencies(&manifest).iter().any(|name| FOR_TESTS.contains(name)) {
            found.push(format!("`{}` ships, but depends on a crate for tests", shipped.display()));
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    Err(Failure::new(found.join("\n    ")).help("correct the document or the manifest"))
}

/// The files that a document names in backticks: they have a slash or are in a folder of [`STARTS`], and end like source.
fn paths(document: &str) -> Vec<String> {
    let is_source = |text: &&str| {
        [".rs", ".ts", ".svelte"].iter().any(|end| text.ends_with(end))
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c))
            && !text.contains("NAME")
    };
    document.split('`').skip(1).step_by(2).filter(is_source).map(str::to_owned).collect()
}

/// The folders of the crates that ship: all but those for tests, so that a new one counts.
fn shipped() -> Outcome<Vec<PathBuf>> {
    let root = tools::root();
    let mut folders = vec![root.join("src-tauri")];
    for entry in fs::read_dir(root.join("crates"))? {
        let entry = entry?;
        if !FOR_TESTS.iter().any(|name| entry.file_name() == *name) {
            folders.push(entry.path());
        }
    }
    Ok(folders)
}

/// The names that a manifest depends on, on any system, except for its tests.
fn dependencies(manifest: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut listed = false;
    for line in manifest.lines().map(str::trim) {
        let Some(header) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) else {
            names.extend(line.split(['.', ' ', '=']).next().filter(|name| listed && is_name(name)));
            continue;
        };
        // `[dependencies]`, `[target.'cfg(unix)'.build-dependencies]`, `[dependencies.NAME]`
        let (table, name) = match header.rsplit_once("dependencies.") {
            Some((table, name)) => (table, Some(name)),
            None => (header.strip_suffix("dependencies").unwrap_or("dev-"), None),
        };
        let counts = !table.ends_with("dev-");
        names.extend(name.filter(|_| counts));
        listed = counts && name.is_none();
    }
    names
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_in_backticks_are_read_and_other_code_is_not() {
        let document =
            "See `mint/token.rs`, `cargo xtask check`, `reveal_token`, `system/NAME.rs` and `ui/src/lib/ipc.ts`.";
        assert_eq!(paths(document), ["mint/token.rs", "ui/src/lib/ipc.ts"]);
    }

    #[test]
    fn dependencies_of_every_system_count_and_those_of_tests_do_not() {
        let manifest = "[package]\nname = \"x\"\n[dependencies]\na.workspace = true # why\n# not this\nb = \"1\"\n
            [target.'cfg(windows)'.dependencies]\nc = \"1\"\n[dependencies.d]\nversion = \"1\"\n
            [build-dependencies]\ne = \"1\"\n[dev-dependencies]\nf = \"1\"\n[dev-dependencies.g]\nversion = \"1\"\n
            [target.'cfg(unix)'.dev-dependencies]\nh = \"1\"\n[features]\ni = []\n";
        assert_eq!(dependencies(manifest), ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn the_documents_are_true() {
        check().expect("what the documents claim holds");
    }
}
