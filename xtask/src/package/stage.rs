//! The **stage** is a folder laid out like a release of cargo's, in which the bundler works.
//!
//! ```text
//! release/mintage-desktop   the program that the bundler takes as the app; it marks it with the kind of package
//! bin/mintage, …            the command-line programs, with the host's triple in their names for macOS and Windows
//! share/man, share/…        what `mintage-full` writes about itself: manual pages and completions
//! release/bundle/KIND/…     the packages
//! ```

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tools::{self, Failure, Outcome};

/// The program with the window.
pub(super) const APP: &str = "mintage-desktop";
/// The command that people type, and the program behind it.
pub(super) const COMMANDS: [&str; 2] = ["mintage", "mintage-full"];

/// The folder, and the triple of the system that it is for.
pub(super) struct Stage {
    folder: PathBuf,
    triple: String,
}

impl Stage {
    /// Copies the programs that were built into `built`, the small one from `small` if it has its own place, and has them write their documents.
    pub(super) fn lay_out(built: &Path, small: Option<&Path>, strip: bool) -> Outcome<Self> {
        let folder = tools::scratch()?.join("package");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let stage = Self { folder, triple: host()? };
        let suffix = std::env::consts::EXE_SUFFIX;
        place(&built.join(format!("{APP}{suffix}")), &stage.app(), strip)?;
        for command in COMMANDS {
            let own = small.filter(|_| command == COMMANDS[0]);
            let from = own.map_or_else(|| built.join(format!("{command}{suffix}")), Path::to_path_buf);
            place(&from, &stage.command(command), strip)?;
        }
        if cfg!(target_os = "linux") {
            stage.write_documents()?;
        }
        Ok(stage)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn triple(&self) -> &str {
        &self.triple
    }

    pub(super) fn bundles(&self) -> PathBuf {
        self.folder.join("release/bundle")
    }

    /// The program with the window.
    pub(super) fn app(&self) -> PathBuf {
        self.folder.join(format!("release/{APP}{}", std::env::consts::EXE_SUFFIX))
    }

    /// A command-line program. The bundlers of macOS and Windows look for one with the triple in its name, sign it there
    /// and leave the triple out of the package.
    pub(super) fn command(&self, name: &str) -> PathBuf {
        let triple = if cfg!(target_os = "linux") { String::new() } else { format!("-{}", self.triple) };
        self.folder.join(format!("bin/{name}{triple}{}", std::env::consts::EXE_SUFFIX))
    }

    /// The manual pages, compressed as Debian wants them.
    pub(super) fn manual_pages(&self) -> Outcome<Vec<PathBuf>> {
        let mut pages = fs::read_dir(self.folder.join("share/man"))?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<Vec<_>, _>>()?;
        pages.sort();
        Ok(pages)
    }

    /// A shell's completions.
    pub(super) fn completions(&self, shell: &str) -> PathBuf {
        self.folder.join("share/completions").join(shell)
    }

    /// Debian's changelog, compressed.
    pub(super) fn changelog(&self) -> PathBuf {
        self.folder.join("share/changelog.gz")
    }

    fn write_documents(&self) -> Outcome {
        let (man, completions) = (self.folder.join("share/man"), self.folder.join("share/completions"));
        fs::create_dir_all(&man)?;
        fs::create_dir_all(&completions)?;
        let full = self.command("mintage-full");
        tools::run(Command::new(&full).args(["man", "--dir"]).arg(&man))?;
        fs::copy(tools::root().join("packaging/linux/mintage-desktop.1"), man.join("mintage-desktop.1"))?;
        fs::copy(tools::root().join("packaging/linux/changelog"), self.folder.join("share/changelog"))?;
        let mut gzip = Command::new("gzip");
        gzip.args(["-9", "--no-name"]).args(self.manual_pages()?).arg(self.folder.join("share/changelog"));
        tools::capture(&mut gzip)?;
        for shell in ["bash", "zsh", "fish"] {
            let script = tools::capture(Command::new(&full).args(["completions", shell]))?;
            fs::write(completions.join(shell), script)?;
        }
        Ok(())
    }
}

/// Copies a program, without its symbols where `strip` is set.
fn place(from: &Path, to: &Path, strip: bool) -> Outcome {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).map_err(|error| Failure::new(format!("couldn't copy `{}`: {error}", from.display())))?;
    if strip { tools::capture(Command::new("strip").arg(to)).map(drop) } else { Ok(()) }
}

/// The triple that rustc builds for by default.
fn host() -> Outcome<String> {
    let version = tools::capture(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Failure::new("rustc doesn't report its host"))
}
