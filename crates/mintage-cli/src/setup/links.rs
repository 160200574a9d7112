//! **Links** to `mintage` under the names that tools look for.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

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

    pub(super) fn preview(&self) -> String {
        match self {
            Self::Make { path, program } if leads_to(path, program) => String::new(),
            Self::Make { path, program } => format!("+link {} -> {}\n", path.display(), program.display()),
            Self::Remove { path } if path.is_symlink() => format!("-link {}\n", path.display()),
            Self::Remove { .. } => String::new(),
        }
    }

    /// Makes the link, or takes it away. What isn't a link isn't ours.
    pub(super) fn apply(&self) -> io::Result<()> {
        match self {
            Self::Make { path, program } if leads_to(path, program) => Ok(()),
            Self::Make { path, program } => {
                path.parent().map_or(Ok(()), fs::create_dir_all)?;
                link(program, path)
            }
            Self::Remove { path } if path.is_symlink() => fs::remove_file(path),
            Self::Remove { .. } => Ok(()),
        }
    }
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
