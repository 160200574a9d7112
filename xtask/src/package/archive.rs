//! **Archives** for those who install nothing: the command-line programs alone on Linux, and all programs on Windows.

use std::fs;
use std::process::Command;

use super::stage::{APP, COMMANDS, Stage};
use crate::tools::{self, Outcome};

/// Makes this system's archive beside its packages; macOS has none, since a `.dmg` installs nothing either.
pub(super) fn make(stage: &Stage) -> Outcome {
    if cfg!(target_os = "macos") {
        return Ok(());
    }
    let kind = if cfg!(windows) { "portable" } else { "command-line" };
    let name = format!("Mintage_{}_{}_{kind}", env!("CARGO_PKG_VERSION"), stage.triple());
    let folder = stage.folder().join("archive").join(&name);
    fs::create_dir_all(&folder)?;
    // From where the bundler has signed them.
    let mut programs = COMMANDS.map(|command| (command, stage.command(command))).to_vec();
    if cfg!(windows) {
        programs.push((APP, stage.app()));
    }
    for (name, program) in programs {
        fs::copy(program, folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))?;
    }
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        fs::copy(tools::root().join(licence), folder.join(licence))?;
    }
    let made = stage.bundles().join("archive");
    fs::create_dir_all(&made)?;
    // Both systems have a `tar`; Windows' own also writes zip, chosen by the name.
    let ending = if cfg!(windows) { "zip" } else { "tar.gz" };
    let mut tar = Command::new("tar");
    tar.args(["-a", "-c", "-f"]).arg(made.join(format!("{name}.{ending}")));
    tools::run(tar.arg("-C").arg(stage.folder().join("archive")).arg(&name))
}
