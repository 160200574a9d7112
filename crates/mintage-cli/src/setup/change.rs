//! A **change** to a tool's configuration: one file, the links that the tool looks for, and a note for what only a
//! person can do.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::links::{self, Link};
use super::{file_name, preview};
use crate::failure::{Exit, Failure};

/// What has to change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The configuration file and its edit.
    pub edit: Option<(PathBuf, Edit)>,
    /// Program names under which the tool finds `mintage`.
    pub links: Vec<Link>,
    /// The host that the tool sends tokens to, as an environment lists it.
    pub host: Option<String>,
    /// Lines for what can't be done from here.
    pub note: String,
}

/// How a file is edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// By the tool's own commands. [`Edit::FILE`] is replaced by the file's path.
    Commands(Vec<Vec<String>>),
    /// To this text.
    Text(String),
}

impl Edit {
    /// The placeholder for the path in commands.
    pub const FILE: &'static str = "{file}";
}

impl Change {
    /// Shows what would change, as a unified diff, the links, and the note. Nothing is changed.
    ///
    /// # Errors
    /// If the file can't be read, the tool refuses, or a link's place is taken.
    pub fn preview(&self) -> Result<String, Failure> {
        let mut text = String::new();
        if let Some((path, edit)) = &self.edit {
            let before = read(path)?;
            let after = match edit {
                Edit::Text(after) => after.clone(),
                Edit::Commands(lines) => after_commands(path, before.as_deref().unwrap_or_default(), lines)?,
            };
            text += &preview::diff(path, before.as_deref(), &after);
        }
        for link in &self.links {
            text += &link.preview()?;
        }
        Ok(text + &self.note)
    }

    /// Makes the change.
    ///
    /// # Errors
    /// If the file can't be written, or the tool refuses.
    pub fn apply(&self) -> Result<(), Failure> {
        if let Some((path, edit)) = &self.edit {
            match edit {
                Edit::Text(after) => replace(path, after).map_err(|error| unwritable(path, &error))?,
                Edit::Commands(lines) => {
                    path.parent().map_or(Ok(()), fs::create_dir_all).map_err(|error| unwritable(path, &error))?;
                    lines.iter().try_for_each(|line| run(line, path))?;
                }
            }
        }
        self.links.iter().try_for_each(|link| link.apply().map_err(|error| unwritable(links::path(link), &error)))
    }
}

pub(super) fn read(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let message = format!("couldn't read `{}`", path.display());
            Err(Failure::new(Exit::Failed, "configuration", message).caused_by(&error))
        }
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(Exit::Failed, "configuration", format!("couldn't write `{}`", path.display())).caused_by(error)
}

/// Lets the tool change a copy. The copy is as private as the original may have to be, and is removed.
fn after_commands(path: &Path, before: &str, lines: &[Vec<String>]) -> Result<String, Failure> {
    let copy = || {
        let folder = tempfile::tempdir()?;
        let copy = folder.path().join(file_name(path));
        let mut file = fs::File::create_new(&copy)?;
        file.write_all(before.as_bytes())?;
        Ok((folder, copy))
    };
    let (_folder, copy) = copy().map_err(|error: io::Error| unwritable(path, &error))?;
    lines.iter().try_for_each(|line| run(line, &copy))?;
    Ok(read(&copy)?.unwrap_or_default())
}

fn run(line: &[String], file: &Path) -> Result<(), Failure> {
    let words = line.iter().map(|word| word.replace(Edit::FILE, &file.to_string_lossy()));
    let words: Vec<String> = words.collect();
    let ran = Command::new(&words[0]).args(&words[1..]).stdin(Stdio::null()).output();
    let output = ran.map_err(|error| crate::exec::not_run(&words[0], &error))?;
    if output.status.success() {
        return Ok(());
    }
    let mut failure = Failure::new(
        Exit::Failed,
        "configuration",
        format!("`{}` refused the change", words[..2.min(words.len())].join(" ")),
    );
    failure.causes.extend(String::from_utf8_lossy(&output.stderr).trim().lines().map(str::to_owned));
    Err(failure)
}

/// Replaces a file as a whole, with the mode that it has, and keeps what it was beside it.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    if let Ok(metadata) = fs::metadata(path) {
        file.as_file().set_permissions(metadata.permissions())?;
        let backup = path.with_file_name(format!("{}.before-mintage", file_name(path)));
        if !backup.exists() {
            fs::copy(path, backup)?;
        }
    }
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|failed| failed.error)
}
