//! `cargo xtask bench`: builds the release, a bare window beside it and the measures, and runs them in
//! a session of their own. The figures go to standard output; nothing is asserted.

use std::process::Command;

use crate::session::Session;
use crate::tools::{self, Failure, Outcome};
use crate::{node, packages};

/// The app as it ships but for the door of the WebDriver, and what is compiled for this alone.
const BUILD: &[&str] = &[
    "build",
    "--release",
    "--package=mintage-desktop",
    "--package=mintage-bench",
    "--package=mintage-empty-window",
    "--features=mintage-desktop/custom-protocol,mintage-desktop/e2e,mintage-bench/measure,mintage-empty-window/measure",
];

const MEASURES: &[&str] = &["mint", "import", "list", "start", "filter"];

/// Measures what is named, or everything.
///
/// # Errors
/// Something it needs cannot be had, or a measure could not be taken.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    if !cfg!(target_os = "linux") {
        return Err(Failure::new("the measures run on Linux only"));
    }
    if let Some(unknown) = arguments.iter().find(|name| !MEASURES.contains(&name.as_str())) {
        return Err(Failure::new(format!("there is no measure `{unknown}`"))
            .help(format!("name any of {}", MEASURES.join(", "))));
    }
    packages::ensure(&[packages::APP, packages::HEADLESS, packages::TESTS])?;
    node::build_page()?;
    tools::run(&mut tools::cargo(BUILD))?;
    let made = tools::target()?.join("release");
    let session = Session::open("1280x800")?;
    let mut bench = Command::new(made.join("mintage-bench"));
    bench.args([made.join("mintage-desktop"), made.join("mintage-empty-window")]).args(arguments);
    session.enter(&mut bench);
    tools::run(&mut bench)
}
