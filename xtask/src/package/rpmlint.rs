//! A `.rpm` is checked as Fedora's own archive would.

use std::path::Path;
use std::process::Command;

use crate::packages;
use crate::tools::{self, Outcome};

/// Fails on every error and warning that `packaging/linux/rpmlint.toml` doesn't say why to accept.
///
/// # Errors
/// rpmlint found something, or can't be installed.
pub(super) fn check(package: &Path) -> Outcome {
    packages::ensure(&[packages::RPMLINT])?;
    let mut rpmlint = Command::new("rpmlint");
    rpmlint.arg("--strict").arg("--config").arg(tools::root().join("packaging/linux/rpmlint.toml"));
    tools::run(rpmlint.arg(package))
}
