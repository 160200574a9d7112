//! `cargo xtask check`: what a reviewer shouldn't have to look for. Everything runs even if a part fails.

use std::process::{Command, Stdio};

use crate::list::List;
use crate::tools::{self, Outcome};
use crate::{cycles, map, node, packages, recipes, test};

/// Runs formatting, types, lints, licences and sources.
///
/// # Errors
/// One of them found something.
pub(crate) fn run() -> Outcome {
    packages::ensure(&[packages::APP])?;
    let mut list = List::default();
    list.add("module cycles", cycles::check());
    list.add("documents", map::check());
    list.add("formatting", tools::run(&mut tools::cargo(["fmt", "--all", "--check"])));
    // The desktop crate embeds the page and can't even be linted without it.
    list.add("the page", node::build_page());
    list.add("page types", tools::run(&mut node::npm(&tools::root().join("ui"), &["run", "check"])));
    let mut clippy = tools::cargo(["clippy"]);
    clippy.args(test::WORKSPACE).args(["--all-targets", "--", "-D", "warnings"]);
    list.add("lints", tools::run(&mut clippy));
    dependencies(&mut list);
    recipes::check(&mut list);
    list.close()
}

fn dependencies(list: &mut List) {
    const RULES: &str = "dependency licences, bans and sources";
    const ADVISORIES: &str = "dependency advisories";
    if !has_cargo_deny() {
        let why = "cargo-deny isn't installed (`cargo install cargo-deny --locked`)";
        list.not_run(RULES, why);
        list.not_run(ADVISORIES, why);
        return;
    }
    list.add(RULES, tools::run(&mut tools::cargo(["deny", "check", "licenses", "bans", "sources"])));
    // The advisory database is on a different server than the crates and may not be reachable.
    let fetched = tools::cargo(["deny", "fetch", "db"]).stdin(Stdio::null()).stderr(Stdio::null()).status();
    if fetched.is_ok_and(|status| status.success()) {
        list.add(ADVISORIES, tools::run(&mut tools::cargo(["deny", "check", "advisories"])));
    } else {
        list.not_run(ADVISORIES, "couldn't fetch the advisory database");
    }
}

/// Returns whether cargo-deny is available; on a build machine it is installed first.
fn has_cargo_deny() -> bool {
    if tools::capture(Command::new("cargo-deny").arg("--version")).is_ok() {
        return true;
    }
    tools::in_ci() && tools::run(&mut tools::cargo(["install", "cargo-deny", "--locked"])).is_ok()
}
