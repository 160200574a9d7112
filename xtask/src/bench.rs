//! `cargo xtask bench`: builds the release that is measured, a bare window as its baseline and the benchmarks, and runs
//! them in their own session. The figures go to standard output; nothing is asserted.

use std::path::PathBuf;
use std::process::Command;

use crate::session::Session;
use crate::tools::{self, Failure, Outcome};
use crate::{node, packages};

/// The benchmarks, which contain the core.
const BUILD: &[&str] = &["build", "--release", "--package=mintage-bench", "--features=mintage-bench/measure"];

/// The app as shipped, except for the WebDriver feature, and the bare window.
const BUILD_WINDOWS: &[&str] = &[
    "build",
    "--release",
    "--package=mintage-desktop",
    "--package=mintage-empty-window",
    "--features=mintage-desktop/custom-protocol,mintage-desktop/e2e,mintage-empty-window/measure",
];

const BUILD_CLI: &[&str] = &["build", "--release", "--package=mintage-cli"];

const MEASURES: &[&str] = &["mint", "import", "list", "start", "filter", "cli"];

/// Those that open a window.
const OF_WINDOWS: &[&str] = &["start", "filter"];

/// Runs the named benchmarks, or all of them.
///
/// # Errors
/// Something it needs isn't available, or a benchmark failed.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    if !cfg!(target_os = "linux") {
        return Err(Failure::new("benchmarks run only on Linux"));
    }
    if let Some(unknown) = arguments.iter().find(|name| !MEASURES.contains(&name.as_str())) {
        return Err(Failure::new(format!("there is no benchmark `{unknown}`"))
            .help(format!("choose from {}", MEASURES.join(", "))));
    }
    let wanted = |name: &str| arguments.is_empty() || arguments.iter().any(|one| one == name);
    packages::ensure(&[packages::APP, packages::HEADLESS, packages::TESTS])?;
    tools::run(&mut tools::cargo(BUILD))?;
    if OF_WINDOWS.iter().any(|name| wanted(name)) {
        node::build_page()?;
        tools::run(&mut tools::cargo(BUILD_WINDOWS))?;
    }
    let made = tools::target()?;
    let release = made.join("release");
    let mut bench = Command::new(release.join("mintage-bench"));
    if wanted("cli") {
        packages::ensure(&[packages::COMMAND_LINE])?;
        tools::run(&mut tools::cargo(BUILD_CLI))?;
        small(&["--package=mintage-agent-protocol", "--example=empty"])?;
        // The two programs beside each other, as in a package.
        let folder = tools::scratch()?.join("bench-cli");
        std::fs::create_dir_all(&folder)?;
        std::fs::copy(small_program()?, folder.join("mintage"))?;
        std::fs::copy(release.join("mintage-full"), folder.join("mintage-full"))?;
        bench.env("MINTAGE_BENCH_CLI", folder).env("MINTAGE_BENCH_EMPTY", made.join("small/examples/empty"));
    }
    let session = Session::open("1280x800")?;
    bench.args([release.join("mintage-desktop"), release.join("mintage-empty-window")]).args(arguments);
    session.enter(&mut bench);
    tools::run(&mut bench)
}

/// Builds the small `mintage` with its own profile and little else, and returns its path.
///
/// # Errors
/// The build failed.
pub(crate) fn small_program() -> Outcome<PathBuf> {
    small(&["--package=mintage-cli", "--no-default-features", "--bin=mintage"])?;
    Ok(tools::target()?.join(format!("small/mintage{}", std::env::consts::EXE_SUFFIX)))
}

fn small(what: &[&str]) -> Outcome {
    tools::run(tools::cargo(["build", "--locked", "--profile=small"]).args(what))
}
