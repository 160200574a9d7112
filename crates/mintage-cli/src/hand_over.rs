//! **Handing over** to the full program, which is installed beside the small one or in its `libexec` folder.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Exit, Failure};
use crate::output::ErrorFormat;
use crate::{exec, fast_path};

/// The full program's name.
pub const FULL: &str = "mintage-full";

/// Becomes the full program. Only returns, with an exit code, if that isn't possible.
pub fn to_full_program(argv: &[OsString]) -> u8 {
    let failure = match full_program() {
        Ok(full) => match exec::replace(Command::new(&full).args(fast_path::for_full_program(argv))) {
            Ok(code) => return code,
            Err(error) => exec::not_run(&full.to_string_lossy(), &error),
        },
        Err(error) => Failure::new(Exit::Failed, "incomplete-installation", "couldn't find the rest of Mintage")
            .with_help("Install Mintage again")
            .caused_by(&error),
    };
    ErrorFormat::default().report(&failure);
    failure.exit.code()
}

/// Finds the full program.
///
/// # Errors
/// It isn't where it belongs.
pub fn full_program() -> io::Result<PathBuf> {
    let own = std::env::current_exe()?.canonicalize()?;
    let name = format!("{FULL}{}", std::env::consts::EXE_SUFFIX);
    let beside = own.parent().unwrap_or(Path::new("."));
    let folders = [beside.to_owned(), beside.join("../libexec/mintage"), beside.join("../lib/mintage")];
    let missing = || io::Error::new(io::ErrorKind::NotFound, format!("`{name}` isn't beside `{}`", own.display()));
    folders.iter().map(|folder| folder.join(&name)).find(|path| path.is_file()).ok_or_else(missing)
}
