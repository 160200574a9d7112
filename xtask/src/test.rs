//! `cargo xtask test`: installs what the tests need and runs them, ring by ring.
//!
//! All rings of Rust tests select the whole workspace with the same features and differ only in
//! their targets: so cargo builds every dependency once, and the linter before it shares the
//! build scripts' work.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::report::{self, Counts, Ring};
use crate::tools::{self, Failure, Outcome};
use crate::{node, packages, python};

/// What the whole workspace is built with: the app with its page embedded, as it ships, and with a
/// door for the WebDriver, which no shipped app has.
pub(crate) const WORKSPACE: &[&str] =
    &["--workspace", "--features", "mintage-desktop/custom-protocol,mintage-desktop/e2e"];

const RINGS: &[&str] = &["unit", "ui", "journeys", "window"];

/// Runs the named rings, or all of them.
///
/// # Errors
/// Something that the tests need cannot be had, or a ring failed.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let (names, filters) = split(arguments);
    if let Some(unknown) = names.iter().find(|name| !RINGS.contains(&name.as_str())) {
        return Err(
            Failure::new(format!("there is no ring `{unknown}`")).help(format!("name any of {}", RINGS.join(", ")))
        );
    }
    let wanted: Vec<&'static str> =
        RINGS.iter().copied().filter(|ring| names.is_empty() || names.iter().any(|name| name == ring)).collect();
    prepare(&wanted)?;
    let rings = wanted.into_iter().map(|name| run_ring(name, filters)).collect::<Outcome<Vec<Ring>>>()?;
    report::print(&rings);
    let failed: Vec<&str> = rings.iter().filter(|ring| !ring.ok).map(|ring| ring.name).collect();
    if failed.is_empty() { Ok(()) } else { Err(Failure::new(format!("failed: {}", failed.join(", ")))) }
}

fn split(arguments: &[String]) -> (&[String], &[String]) {
    match arguments.iter().position(|argument| argument == "--") {
        Some(at) => (&arguments[..at], &arguments[at + 1..]),
        None => (arguments, &[]),
    }
}

fn prepare(rings: &[&str]) -> Outcome {
    packages::ensure(&[packages::APP])?;
    // The desktop crate embeds the page, so even its unit tests need it built.
    node::build_page()?;
    if rings.contains(&"journeys") || rings.contains(&"window") {
        packages::ensure(&[packages::HEADLESS, packages::TESTS])?;
        install_servers(&tools::root().join("tests/servers"))?;
    }
    if rings.contains(&"window") {
        node::build_gallery()?;
    }
    Ok(())
}

/// Installs the packages of the servers that the journeys talk to.
fn install_servers(folder: &Path) -> Outcome {
    let Ok(servers) = fs::read_dir(folder) else { return Ok(()) };
    for server in servers {
        let server = server?.path();
        if server.join("package.json").is_file() {
            node::install(&server)?;
        }
        if server.join("requirements.txt").is_file() {
            python::install(&server)?;
        }
    }
    Ok(())
}

fn run_ring(name: &'static str, filters: &[String]) -> Outcome<Ring> {
    let started = Instant::now();
    let mut counts = Counts::default();
    let mut ok = true;
    for mut command in commands(name, filters)? {
        ok &= tools::tee(&mut command, |line| counts += report::counts(line).unwrap_or_default())?;
    }
    Ok(Ring { name, counts, ok: ok && counts.failed == 0, took: started.elapsed() })
}

fn commands(ring: &str, filters: &[String]) -> Outcome<Vec<Command>> {
    let root = tools::root();
    let ui = root.join("ui");
    Ok(match ring {
        "unit" => vec![cargo_test(&["--lib", "--bins"], filters), cargo_test(&["--doc"], filters)],
        "ui" => {
            let mut test = node::npm(&ui, &["test", "--"]);
            test.args(filters);
            vec![node::npm(&ui, &["run", "check"]), test]
        }
        "journeys" => of_targets(&test_targets(&root.join("crates"))?, filters),
        _ => of_targets(&targets_of(&root.join("src-tauri"))?, filters),
    })
}

fn of_targets(targets: &[String], filters: &[String]) -> Vec<Command> {
    if targets.is_empty() {
        return Vec::new();
    }
    let selection: Vec<&str> = targets.iter().flat_map(|target| ["--test", target.as_str()]).collect();
    vec![cargo_test(&selection, filters)]
}

fn cargo_test(selection: &[&str], filters: &[String]) -> Command {
    let mut command = tools::cargo(["test", "--no-fail-fast"]);
    command.args(WORKSPACE).args(selection).arg("--").args(filters);
    // One of the test servers runs on Node.js.
    node::with_brought(&mut command);
    command
}

/// The integration tests of all packages in a folder.
fn test_targets(folder: &Path) -> Outcome<Vec<String>> {
    let mut targets = Vec::new();
    for package in fs::read_dir(folder)? {
        targets.extend(targets_of(&package?.path())?);
    }
    Ok(targets)
}

/// The integration tests of one package: those its manifest names and those in its own `tests/`.
fn targets_of(package: &Path) -> Outcome<Vec<String>> {
    let Ok(manifest) = fs::read_to_string(package.join("Cargo.toml")) else { return Ok(Vec::new()) };
    let mut targets = named_in(&manifest);
    for entry in fs::read_dir(package.join("tests")).into_iter().flatten() {
        let path = entry?.path();
        let is_target = path.extension().is_some_and(|extension| extension == "rs") || path.join("main.rs").is_file();
        if let Some(name) = path.file_stem().filter(|_| is_target) {
            targets.push(name.to_string_lossy().into_owned());
        }
    }
    targets.sort();
    targets.dedup();
    Ok(targets)
}

fn named_in(manifest: &str) -> Vec<String> {
    let mut inside = false;
    let mut names = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[[test]]";
        } else if inside && let Some(("name", value)) = line.split_once('=').map(|(key, value)| (key.trim(), value)) {
            names.push(value.trim().trim_matches('"').to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_targets_are_read_from_a_manifest() {
        let manifest = "[package]\nname = \"core\"\n\n[[test]]\nname = \"journeys\"\npath = \"../../tests/journeys.rs\"\n\n\
                        [dependencies]\nname = \"1\"\n[[test]]\nname=\"kill\"\n[[bench]]\nname = \"speed\"\n";
        assert_eq!(named_in(manifest), ["journeys", "kill"]);
    }

    #[test]
    fn what_follows_two_dashes_goes_to_the_test_programs() {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let check = |line: &str, rings: &str, filters: &str| {
            let arguments = words(line);
            assert_eq!(split(&arguments), (&words(rings)[..], &words(filters)[..]), "{line:?}");
        };
        check("", "", "");
        check("unit ui", "unit ui", "");
        check("unit -- key_file", "unit", "key_file");
        check("-- key_file --nocapture", "", "key_file --nocapture");
    }
}
