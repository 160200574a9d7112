//! Python: a separate environment for each folder that requires packages.

use std::path::Path;
use std::process::Command;

use crate::packages;
use crate::stamp::Stamp;
use crate::tools::{self, Outcome};

/// Installs a folder's `requirements.txt` into its `.venv` if those aren't the installed packages.
pub(crate) fn install(folder: &Path) -> Outcome {
    let environment = folder.join(".venv");
    let requirements = folder.join("requirements.txt");
    let stamp = Stamp::of(environment.join(".stamp"), std::slice::from_ref(&requirements), &[])?;
    if stamp.is_fresh() {
        return Ok(());
    }
    let python = if cfg!(windows) { "python" } else { "python3" };
    if tools::capture(Command::new(python).args(["-c", "import venv, ensurepip"])).is_err() {
        packages::ensure(&[packages::PYTHON])?;
    }
    tools::run(Command::new(python).args(["-m", "venv", "--clear"]).arg(&environment))?;
    let bin = environment.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let mut pip = Command::new(bin.join("python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(&requirements);
    tools::run(&mut pip)?;
    stamp.press()
}
