//! **Links** to `mintage` under the names that tools look for.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::failure::{Exit, Failure};

/// A link to make or to take away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Make it.
    Make {
        /// The link.
        path: PathBuf,
        /// The program.
        program: PathBuf,
    },
    /// Take it away.
    Remove {
        /// The link.
        path: PathBuf,
    },
}

pub(super) fn path(link: &Link) -> &Path {
    match link {
        Link::Make { path, .. } | Link::Remove { path } => path,
    }
}

impl Link {
    pub(super) fn new(path: PathBuf, program: &Path, undo: bool) -> Self {
        if undo { Self::Remove { path } } else { Self::Make { path, program: program.to_owned() } }
    }

    /// Shows what would change.
    ///
    /// # Errors
    /// Somebody else's program is in the link's place.
    pub(super) fn preview(&self) -> Result<String, Failure> {
        match self {
            Self::Make { path, program } if leads_to(path, program) => Ok(String::new()),
            Self::Make { path, .. } if is_others(path) => {
                let message = format!("`{}` is another program", path.display());
                Err(Failure::new(Exit::Failed, "path-taken", message).with_help("Move it away, then run this again"))
            }
            Self::Make { path, program } => Ok(format!("+link {} -> {}\n", path.display(), program.display())),
            Self::Remove { path } if is_ours(path) => Ok(format!("-link {}\n", path.display())),
            Self::Remove { .. } => Ok(String::new()),
        }
    }

    /// Makes the link, in place of an older one of ours, or takes it away. Somebody else's stays.
    pub(super) fn apply(&self) -> io::Result<()> {
        match self {
            Self::Make { path, program } if leads_to(path, program) => Ok(()),
            Self::Make { path, program } => {
                path.parent().map_or(Ok(()), fs::create_dir_all)?;
                if is_ours(path) {
                    fs::remove_file(path)?;
                }
                link(program, path)
            }
            Self::Remove { path } if is_ours(path) => fs::remove_file(path),
            Self::Remove { .. } => Ok(()),
        }
    }
}

/// Whether it is a link to `mintage`, which may not be there any more.
fn is_ours(path: &Path) -> bool {
    let is_mintage =
        |target: &Path| target.file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with("mintage"));
    fs::read_link(path).is_ok_and(|target| is_mintage(&target))
        || path.is_symlink() && path.canonicalize().is_ok_and(|target| is_mintage(&target))
}

#[cfg(unix)]
fn is_others(path: &Path) -> bool {
    path.symlink_metadata().is_ok() && !is_ours(path)
}

/// Nothing tells an older copy of `mintage` from another program.
#[cfg(not(unix))]
fn is_others(_: &Path) -> bool {
    false
}

fn leads_to(path: &Path, program: &Path) -> bool {
    fs::read_link(path).is_ok_and(|target| target == program)
}

#[cfg(unix)]
fn link(program: &Path, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(program, path)
}

/// Symbolic links need rights on Windows; a copy doesn't.
#[cfg(not(unix))]
fn link(program: &Path, path: &Path) -> io::Result<()> {
    fs::copy(program, path).map(drop)
}
