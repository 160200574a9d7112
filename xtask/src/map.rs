//! What the documents and manifests **claim** about the code: files that are named exist, and nothing that ships depends
//! on the testbed.

use std::fs;

use crate::tools::{self, Failure, Outcome};

const DOCUMENTS: &[&str] = &["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"];

/// Where a path in a document may start; a module's path is under the core's sources.
const STARTS: &[&str] = &["", "crates/mintage-core/src/", "crates/mintage-core/src/provider/built_in/", "ui/"];

/// What ships.
const SHIPPED: &[&str] = &[
    "crates/mintage-core",
    "crates/mintage-app",
    "crates/mintage-demo",
    "crates/mintage-agent-protocol",
    "crates/mintage-agent",
    "crates/mintage-cli",
    "src-tauri",
];

/// Checks the documents' paths and the shipped crates' dependencies.
///
/// # Errors
/// A file that is named doesn't exist; a shipped crate depends on the testbed.
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
    for shipped in SHIPPED {
        let manifest = fs::read_to_string(root.join(shipped).join("Cargo.toml"))?;
        if dependencies(&manifest).any(|name| name == "mintage-testbed") {
            found.push(format!("`{shipped}` ships, but depends on the testbed"));
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

/// The names under `[dependencies]` of a manifest.
fn dependencies(manifest: &str) -> impl Iterator<Item = &str> {
    let lines = manifest.lines().skip_while(|line| line.trim() != "[dependencies]").skip(1);
    let section = lines.take_while(|line| !line.starts_with('['));
    section.filter_map(|line| line.split(['.', ' ', '=']).next())
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
    fn dependencies_end_where_the_next_section_begins() {
        let manifest =
            "[dependencies]\na.workspace = true\nb = \"1\"\n\n[dev-dependencies]\nmintage-testbed.workspace = true\n";
        assert_eq!(dependencies(manifest).filter(|name| !name.is_empty()).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn the_documents_are_true() {
        check().expect("what the documents claim holds");
    }
}
