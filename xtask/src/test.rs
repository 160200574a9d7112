//! `cargo xtask test`: installs what the tests need and runs them, ring by ring.
//!
//! All rings of Rust tests select the whole workspace with the same features and differ only in their targets: so cargo
//! builds every dependency once, and the linter before it shares the build scripts' work.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::report::{self, Ring};
use crate::tools::{self, Failure, Outcome};
use crate::{node, packages, python};

/// The features of the whole workspace: the app with its page embedded, as shipped, and with the WebDriver feature,
/// which no shipped app has.
pub(crate) const WORKSPACE: &[&str] =
    &["--workspace", "--features", "mintage-desktop/custom-protocol,mintage-desktop/e2e"];

/// The programs that ask `mintage` for tokens, and that no Debian package has in a version that can: kubectl, uv, pnpm.
const PROGRAMS: &str = "tests/programs";

const RINGS: &[&str] = &["unit", "ui", "journeys", "window"];

/// Runs the named rings, or all of them.
///
/// # Errors
/// Something that the tests need isn't available, or a ring failed.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let (names, filters) = split(arguments);
    if let Some(unknown) = names.iter().find(|name| !RINGS.contains(&name.as_str())) {
        return Err(
            Failure::new(format!("there is no ring `{unknown}`")).help(format!("choose from {}", RINGS.join(", ")))
        );
    }
    let wanted: Vec<&'static str> =
        RINGS.iter().copied().filter(|ring| names.is_empty() || names.iter().any(|name| name == ring)).collect();
    prepare(&wanted)?;
    let rings =
        wanted.into_iter().map(|name| Ring::run(name, commands(name, filters))).collect::<Outcome<Vec<Ring>>>()?;
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
    if rings.contains(&"journeys") {
        packages::ensure(&[packages::TOOLS])?;
        install_servers(&tools::root().join(PROGRAMS))?;
    }
    if rings.contains(&"window") {
        node::build_gallery()?;
    }
    Ok(())
}

/// Installs the packages of servers and programs that the journeys use, one folder each.
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

fn commands(ring: &str, filters: &[String]) -> Vec<Command> {
    match ring {
        "unit" => vec![cargo_test(&["--lib", "--bins"], filters), cargo_test(&["--doc"], filters)],
        "ui" => {
            let ui = tools::root().join("ui");
            let mut test = node::npm(&ui, &["test", "--"]);
            test.args(filters);
            vec![node::npm(&ui, &["run", "check"]), test]
        }
        "journeys" => {
            let mut helper = tools::cargo(["build"]);
            helper.args(WORKSPACE).args(["--example", "mintage_with_tokens"]);
            let mut journeys =
                cargo_test(&["--test", "it", "--test", "journey", "--test", "agent", "--test", "tools"], filters);
            with_programs(&mut journeys);
            vec![helper, journeys]
        }
        // Programs ask the app in the window by the command, which is another package's.
        _ => vec![commands_of_the_terminal(), cargo_test(&["--test", "window"], filters)],
    }
}

/// Builds them beside an example: examples have the dependencies of tests, so those are compiled as the other rings had
/// them compiled.
fn commands_of_the_terminal() -> Command {
    let mut command = tools::cargo(["build"]);
    command.args(WORKSPACE).args(["--bin", "mintage", "--bin", "mintage-full", "--example", "mintage_with_tokens"]);
    command
}

/// Puts the programs of [`PROGRAMS`] before the system's. Journeys with a program that isn't there are skipped, and listed
/// below the table: docker and terraform aren't brought, and git only sends bearer tokens from 2.46 on.
fn with_programs(command: &mut Command) {
    let folder = tools::root().join(PROGRAMS);
    let brought: Option<std::ffi::OsString> =
        command.get_envs().find(|(name, _)| *name == "PATH").and_then(|(_, value)| value).map(Into::into);
    let path = brought.or_else(|| std::env::var_os("PATH")).unwrap_or_default();
    let own = [folder.join("python/.venv/bin"), folder.join("node/node_modules/.bin")];
    if let Ok(path) = std::env::join_paths(own.into_iter().chain(std::env::split_paths(&path))) {
        command.env("PATH", path);
    }
}

fn cargo_test(selection: &[&str], filters: &[String]) -> Command {
    let mut command = tools::cargo(["test", "--no-fail-fast"]);
    command.args(WORKSPACE).args(selection).arg("--").args(filters);
    // One of the test servers runs on Node.js.
    node::with_brought(&mut command);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

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
