//! A `.deb` is packed **again with xz**: the bundler knows only gzip, which makes it a quarter larger.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::tools::{self, Outcome};

/// Replaces the package by one with the same contents. The tests' programs, which nobody downloads, are packed fast.
///
/// # Errors
/// `dpkg-deb` isn't there or failed.
pub(super) fn pack_again(package: &Path, debug: bool) -> Outcome {
    let contents = package.with_extension("contents");
    if contents.exists() {
        fs::remove_dir_all(&contents)?;
    }
    tools::run(Command::new("dpkg-deb").arg("--raw-extract").args([package, &contents]))?;
    let mut build = Command::new("dpkg-deb");
    build.args(["--root-owner-group", "-Zxz", if debug { "-z0" } else { "-z9" }, "--build"]);
    tools::run(build.args([&contents, package]))?;
    Ok(fs::remove_dir_all(contents)?)
}
