//! **axe** checks a page for accessibility problems (WCAG 2.2 AA and more).
//!
//! Rule: all its rules count, best practices included. What it can't decide (contrast over an image) is printed, not
//! failed.

use std::path::Path;

use serde_json::{Value, json};

use crate::rest::{Script, wait_for_rest};
use crate::wait::until;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/node_modules/axe-core/axe.min.js");

/// Collects what axe found in many views, and fails with all of it at the end.
#[derive(Default)]
pub struct Findings {
    views: usize,
    passed: usize,
    violations: Vec<String>,
}

impl Findings {
    /// Checks the current page once it is at rest, except for some rules.
    #[expect(clippy::print_stdout, reason = "what was looked through is part of the test's report")]
    pub fn look(&mut self, view: &str, script: &Script<'_>, without: &[&str]) {
        if script("return typeof window.axe", json!([])) != json!("object") {
            let source = std::fs::read_to_string(Path::new(SOURCE))
                .unwrap_or_else(|error| panic!("axe-core is not installed ({error}); run `cargo xtask test window`"));
            script(&format!("{source}; window.axe = axe;"), json!([]));
        }
        wait_for_rest(script);
        script(RUN, json!([without]));
        let mut found = Value::Null;
        until(&format!("axe has looked through {view}"), || {
            found = script("return window.axeFound ?? null", json!([]));
            !found.is_null()
        });
        assert!(found["error"].is_null(), "axe could not look through {view}: {}", found["error"]);
        let passed = found["passed"].as_u64().unwrap_or_default();
        let violations: Vec<String> = texts(&found["violations"]);
        println!(
            "{view}: {passed} rules hold, {} do not, {} undecided",
            violations.len(),
            texts(&found["unsure"]).len()
        );
        violations.iter().for_each(|violation| println!("  {violation}"));
        self.views += 1;
        self.passed += usize::try_from(passed).unwrap_or_default();
        self.violations.extend(violations.into_iter().map(|violation| format!("{view}: {violation}")));
    }

    /// Fails if anything was found anywhere.
    #[expect(clippy::print_stdout, reason = "as above")]
    pub fn conclude(self) {
        println!("{} views, {} rules held in all", self.views, self.passed);
        assert!(self.passed > 0, "axe checked nothing");
        assert!(self.violations.is_empty(), "{} violations\n{}", self.violations.len(), self.violations.join("\n"));
    }
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Runs axe; its results are stored in the page.
const RUN: &str = "
    const rules = Object.fromEntries(arguments[0].map((id) => [id, { enabled: false }]));
    window.axeFound = null;
    const places = (rule) => rule.nodes.map((node) => '\\n    ' + node.target.join(' ') + ' — '
      + (node.failureSummary ?? '').split('\\n').slice(1).join('; ').trim()).slice(0, 5).join('');
    window.axe.run(document, { rules, resultTypes: ['violations', 'incomplete', 'passes'] }).then(
      (found) => window.axeFound = {
        passed: found.passes.length,
        violations: found.violations.map((rule) => `${rule.id} (${rule.impact}): ${rule.help}${places(rule)}`),
        unsure: found.incomplete.map((rule) => rule.id),
      },
      (error) => window.axeFound = { error: String(error) },
    );";
