//! A `.deb` is checked as Debian's own archive would.

use std::path::Path;
use std::process::Command;

use crate::packages;
use crate::tools::{self, Outcome};

/// What lintian says that doesn't apply to a package outside Debian's archive.
const NOT_OURS: &[&str] = &[
    // Closes a request for packaging, which only a package in the archive has.
    "initial-upload-closes-no-bugs",
];

/// Fails on every error and warning.
///
/// # Errors
/// lintian found something, or can't be installed.
pub(super) fn check(package: &Path) -> Outcome {
    packages::ensure(&[packages::LINTIAN])?;
    let mut lintian = Command::new("lintian");
    lintian.args(["--fail-on", "error,warning", "--tag-display-limit", "0", "--suppress-tags", &NOT_OURS.join(",")]);
    tools::run(lintian.arg(package))
}
