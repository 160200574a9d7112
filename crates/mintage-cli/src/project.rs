//! A **project file** is a `.mintage.toml` in a repository: it names the environment and service user that are used
//! there, so that `mintage token` needs no arguments.
//!
//! Rule: names only. The file is shared with everyone who sees the repository, and whatever looks like a secret is
//! refused, without being repeated. What it says about hosts counts only once the user has confirmed them.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::failure::{Exit, Failure};
use crate::request::{Name, PROJECT_FILE as FILE_NAME};

mod secrets;

/// No project needs more.
const LONGEST: u64 = 64 * 1024;

/// What a repository's root has in it.
const ROOTS: [&str; 4] = [".git", ".hg", ".jj", ".svn"];

/// What a project file says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Project {
    /// The environment's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The environment's issuer, for those who don't have the environment yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The id of a provider that comes with Mintage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// A provider profile beside this file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<PathBuf>,
    /// `development`, `staging` or `production`; without it, production.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// The service user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Scopes instead of the service user's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// Audiences instead of the service user's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub audience: Vec<String>,
    /// Hosts that the environment's tokens are meant for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
}

impl Project {
    /// Finds the file in a folder or in one above it, up to the repository's root, and reads it. Outside of a
    /// repository only the folder itself counts.
    ///
    /// # Errors
    /// If it's there and can't be used.
    pub fn find(folder: &Path) -> Result<Option<(PathBuf, Self)>, Failure> {
        let is_root = |folder: &Path| ROOTS.iter().any(|name| folder.join(name).exists());
        let root = folder.ancestors().find(|folder| is_root(folder)).unwrap_or(folder);
        for folder in folder.ancestors().take_while(|folder| folder.starts_with(root)) {
            let path = folder.join(FILE_NAME);
            match fs::symlink_metadata(&path) {
                Ok(found) => return Self::open(&path, &found).map(|project| Some((path, project))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(unreadable(&path, &error)),
            }
        }
        Ok(None)
    }

    /// Finds the current folder's file.
    ///
    /// # Errors
    /// As [`Project::find`].
    pub fn here() -> Result<Option<(PathBuf, Self)>, Failure> {
        // Without a current folder there's no file in it either.
        std::env::current_dir().map_or(Ok(None), |folder| Self::find(&folder))
    }

    fn open(path: &Path, found: &fs::Metadata) -> Result<Self, Failure> {
        // Before it is opened: opening a pipe waits for whoever writes into it.
        if !found.is_file() {
            return Err(unusable(path, "it isn't a regular file"));
        }
        let file = File::open(path).map_err(|error| unreadable(path, &error))?;
        let opened = file.metadata().map_err(|error| unreadable(path, &error))?;
        if let Some(reason) = untrusted(&opened) {
            return Err(unusable(path, reason));
        }
        let mut text = String::new();
        file.take(LONGEST + 1).read_to_string(&mut text).map_err(|error| unreadable(path, &error))?;
        if text.len() as u64 > LONGEST {
            return Err(unusable(path, "it is too long"));
        }
        Self::parse(&text).map_err(|reason| unusable(path, &reason))
    }

    /// Reads a file's text.
    ///
    /// # Errors
    /// A reason that never repeats a value.
    pub fn parse(text: &str) -> Result<Self, String> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.message().to_owned())?;
        if let Some(key) = secrets::find(&toml::Value::Table(table.clone())) {
            return Err(format!("`{key}` looks like a secret, and this file is shared"));
        }
        let project = Self::deserialize(table).map_err(|error| error.message().to_owned())?;
        match &project.profile {
            Some(profile) if !profile.components().all(|part| matches!(part, std::path::Component::Normal(_))) => {
                Err("`profile` isn't a file beside this one".to_owned())
            }
            _ => Ok(project),
        }
    }

    /// Writes a file's text.
    pub fn to_text(&self) -> String {
        let body = toml::to_string(self).expect("strings and lists of strings are TOML");
        format!("# Names for `mintage` in this repository. No secrets: keys stay in each person's keychain.\n{body}")
    }

    /// Gives the service user and environment.
    pub fn name(&self) -> Name {
        Name { user: self.user.clone(), environment: self.environment.clone() }
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(Exit::Failed, "project-file", format!("`{}` can't be read", path.display())).caused_by(error)
}

fn unusable(path: &Path, reason: &str) -> Failure {
    Failure::new(Exit::Failed, "project-file", format!("`{}` can't be used: {reason}", path.display())).with_help(
        "A .mintage.toml is yours alone to write, and holds environment, issuer, provider, profile, tier, user, scopes, audience and hosts",
    )
}

/// Somebody else's file in a shared folder must not choose whose tokens are used.
#[cfg(unix)]
fn untrusted(opened: &fs::Metadata) -> Option<&'static str> {
    use std::os::unix::fs::MetadataExt;

    if opened.uid() != nix::unistd::geteuid().as_raw() {
        return Some("it belongs to another user");
    }
    (opened.mode() & 0o002 != 0).then_some("everyone can write it")
}

#[cfg(not(unix))]
fn untrusted(_: &fs::Metadata) -> Option<&'static str> {
    None
}

#[cfg(test)]
mod tests;
