//! The **toolchain**: one that has a system's standard library, or can build it.
//!
//! In this order: the default toolchain with the target installed; nightly with its own source; a copy of nightly with a
//! source that is given. The copy is made of hard links, so that it takes no space and rustup's folder stays as it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tools::{self, Outcome};

/// Where a toolchain has the standard library's source.
const SOURCE: &str = "lib/rustlib/src/rust";

/// What runs cargo, and how.
pub(super) struct Toolchain {
    /// The folder of its programs; `None` is the default toolchain.
    bin: Option<PathBuf>,
}

impl Toolchain {
    /// Finds one for a target; the inner error says why there is none.
    pub(super) fn find(triple: &str, source: Option<&Path>) -> Outcome<Result<Self, String>> {
        if sysroot(None)?.join("lib/rustlib").join(triple).is_dir() {
            return Ok(Ok(Self { bin: None }));
        }
        let target = format!("the target isn't installed (`rustup target add {triple}`)");
        let Ok(nightly) = sysroot(Some("nightly")) else {
            return Ok(Err(format!("{target}, nor a nightly toolchain that could build its standard library")));
        };
        if nightly.join(SOURCE).join("library/std").is_dir() {
            return Ok(Ok(Self { bin: Some(nightly.join("bin")) }));
        }
        match source {
            None => Ok(Err(format!("{target}, and no source of the standard library is given (--std-source PATH)"))),
            Some(source) if !source.exists() => Ok(Err(format!("{target}, and there is no `{}`", source.display()))),
            Some(source) => Ok(Ok(Self { bin: Some(copy(&nightly, source)?.join("bin")) })),
        }
    }

    /// Its cargo, at the repository's root.
    pub(super) fn cargo(&self) -> Command {
        let Some(bin) = &self.bin else { return tools::cargo::<&str>([]) };
        let mut cargo = Command::new(bin.join("cargo"));
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(bin.clone()).chain(std::env::split_paths(&path)));
        cargo.env("PATH", path.unwrap_or_default()).current_dir(tools::root());
        // The toolchain that runs this command sets these for its own programs.
        for variable in ["RUSTUP_TOOLCHAIN", "CARGO", "RUSTC", "LD_LIBRARY_PATH"] {
            cargo.env_remove(variable);
        }
        cargo
    }

    /// What makes it build the standard library, if it has to.
    pub(super) fn options(&self) -> &'static [&'static str] {
        match self.bin {
            Some(_) => &["-Z", "build-std=std,panic_unwind,panic_abort,test"],
            None => &[],
        }
    }
}

/// The folder of a toolchain of rustup's, or of the default one.
fn sysroot(toolchain: Option<&str>) -> Outcome<PathBuf> {
    let mut rustc = match toolchain {
        Some(name) => {
            let mut rustup = Command::new("rustup");
            rustup.args(["run", name, "rustc"]).env_remove("RUSTUP_TOOLCHAIN");
            rustup
        }
        None => Command::new("rustc"),
    };
    Ok(tools::capture(rustc.args(["--print", "sysroot"]))?.trim().into())
}

/// A copy of a toolchain with a source in it, made once.
fn copy(nightly: &Path, source: &Path) -> Outcome<PathBuf> {
    let copy = super::folder()?.join("toolchain");
    let done = copy.join(SOURCE).join("complete");
    let wanted = format!("{}\n{}\n", nightly.display(), source.display());
    if fs::read_to_string(&done).is_ok_and(|made| made == wanted) {
        return Ok(copy);
    }
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    eprintln!("Copying the nightly toolchain's links into {}.", copy.display());
    link(nightly, &copy)?;
    let to = copy.join(SOURCE);
    fs::create_dir_all(&to)?;
    if source.is_dir() {
        tools::run(Command::new("cp").args(["-r", "--no-preserve=mode"]).arg(source).arg(to.join("library")))?;
    } else {
        tools::run(Command::new("tar").arg("-C").arg(&to).arg("-xf").arg(source))?;
    }
    fs::write(done, wanted)?;
    Ok(copy)
}

/// Links every file of a folder, or copies it where another file system makes links impossible.
fn link(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let from = entry?.path();
        let to = to.join(from.file_name().unwrap_or_default());
        if from.is_dir() {
            link(&from, &to)?;
        } else if fs::hard_link(&from, &to).is_err() {
            fs::copy(&from, &to)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_linked_with_all_that_is_in_it() {
        let folder = std::env::temp_dir().join(format!("xtask-link-{}", std::process::id()));
        fs::create_dir_all(folder.join("from/bin")).unwrap();
        fs::write(folder.join("from/bin/rustc"), "a program").unwrap();
        link(&folder.join("from"), &folder.join("to")).unwrap();
        assert_eq!(fs::read_to_string(folder.join("to/bin/rustc")).unwrap(), "a program");
        fs::remove_dir_all(folder).unwrap();
    }
}
