//! `cargo xtask check`: what a reviewer need not look for. All of it runs even when a part fails.

use std::process::{Command, Stdio};

use crate::tools::{self, Failure, Outcome};
use crate::{circles, node, packages, test};

/// Runs formatting, types, lints, licences and sources.
///
/// # Errors
/// One of them has found something.
pub(crate) fn run() -> Outcome {
    packages::ensure(&[packages::APP])?;
    let mut list = List::default();
    list.add("circles of modules", circles::check());
    list.add("formatting", tools::run(&mut tools::cargo(["fmt", "--all", "--check"])));
    // The desktop crate embeds the page and cannot even be linted without it.
    list.add("the page", node::build_page());
    list.add("types of the page", tools::run(&mut node::npm(&tools::root().join("ui"), &["run", "check"])));
    let mut clippy = tools::cargo(["clippy"]);
    clippy.args(test::WORKSPACE).args(["--all-targets", "--", "-D", "warnings"]);
    list.add("lints", tools::run(&mut clippy));
    dependencies(&mut list);
    list.close()
}

#[derive(Default)]
struct List {
    lines: Vec<String>,
    failed: Vec<&'static str>,
}

impl List {
    fn add(&mut self, what: &'static str, outcome: Outcome) {
        match outcome {
            Ok(()) => self.lines.push(format!("{what}: ok")),
            Err(failure) => {
                self.lines.push(format!("{what}: FAILED\n  {failure}"));
                self.failed.push(what);
            }
        }
    }

    fn not_run(&mut self, what: &str, why: &str) {
        self.lines.push(format!("{what}: NOT RUN, {why}"));
    }

    fn close(self) -> Outcome {
        println!();
        for line in &self.lines {
            println!("{line}");
        }
        if self.failed.is_empty() {
            return Ok(());
        }
        Err(Failure::new(format!("failed: {}", self.failed.join(", "))))
    }
}

fn dependencies(list: &mut List) {
    const RULES: &str = "licences, bans and sources of dependencies";
    const ADVISORIES: &str = "advisories about dependencies";
    if !has_cargo_deny() {
        let why = "cargo-deny is not installed (`cargo install cargo-deny --locked`)";
        list.not_run(RULES, why);
        list.not_run(ADVISORIES, why);
        return;
    }
    list.add(RULES, tools::run(&mut tools::cargo(["deny", "check", "licenses", "bans", "sources"])));
    // The database of advisories lies on another server than the crates and need not be reachable.
    let fetched = tools::cargo(["deny", "fetch", "db"]).stdin(Stdio::null()).stderr(Stdio::null()).status();
    if fetched.is_ok_and(|status| status.success()) {
        list.add(ADVISORIES, tools::run(&mut tools::cargo(["deny", "check", "advisories"])));
    } else {
        list.not_run(ADVISORIES, "their database cannot be fetched here");
    }
}

/// Tells whether cargo-deny is there; on a build machine it is installed first.
fn has_cargo_deny() -> bool {
    if tools::capture(Command::new("cargo-deny").arg("--version")).is_ok() {
        return true;
    }
    tools::in_ci() && tools::run(&mut tools::cargo(["install", "cargo-deny", "--locked"])).is_ok()
}
