//! **Setup** configures a tool to ask `mintage` for tokens.
//!
//! Rule: what would change is shown before it changes. Where a tool has a command for its own configuration, that
//! command makes the change, first to a copy, to show the difference, and to the real file only on request. Other
//! files are edited here, keep a backup beside them, and are replaced as a whole. A token is never written anywhere.

use std::path::{Path, PathBuf};

use mintage_agent_protocol::text::word;

use crate::failure::{Exit, Failure};
use crate::target::Target;

mod cargo;
mod change;
mod docker;
mod git;
mod kubectl;
mod links;
mod preview;
mod snippets;
mod text;

pub use change::{Change, Edit};

/// The tools that can be configured.
pub const TOOLS: [&str; 10] =
    ["git", "kubectl", "docker", "terraform", "cargo", "keyring", "bazel", "pnpm", "google", "headers"];

/// What somebody wants to set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// The service user.
    pub user: String,
    /// Its environment.
    pub environment: Option<String>,
    /// The URL, host, registry or cluster.
    pub host: Option<String>,
    /// Whether to take it back.
    pub undo: bool,
}

/// Where things are on this machine.
pub struct Machine<'a> {
    /// The user's home.
    pub home: PathBuf,
    /// The `mintage` program.
    pub program: PathBuf,
    /// An environment variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Machine<'_> {
    /// A path that a variable names, or the usual one below the home.
    fn path(&self, variable: &str, usual: &str) -> PathBuf {
        (self.variable)(variable).filter(|path| !path.is_empty()).map_or_else(|| self.home.join(usual), PathBuf::from)
    }

    /// A link in the user's own folder for programs: the one that `mintage` is in may belong to the system.
    fn link(&self, name: &str) -> PathBuf {
        self.programs().join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    fn programs(&self) -> PathBuf {
        self.home.join(".local/bin")
    }

    /// What to say to someone whose shell doesn't look there.
    fn path_note(&self) -> String {
        let path = (self.variable)("PATH").unwrap_or_default();
        if std::env::split_paths(&path).any(|folder| folder == self.programs()) {
            return String::new();
        }
        format!("# Put {} before other folders on PATH.\n", self.programs().display())
    }
}

impl Options {
    /// Gives the words that a tool's configuration says after the program's name, so that they find this service user.
    fn arguments(&self) -> Vec<String> {
        let environment = self.environment.iter().flat_map(|name| ["-e".to_owned(), name.clone()]);
        std::iter::once(self.user.clone()).chain(environment).collect()
    }

    /// Gives the name of a program for tools that give it no arguments: it says whose tokens they are.
    fn program_name(&self, start: &str) -> Result<String, Failure> {
        let name = match &self.environment {
            Some(environment) => format!("{start}-{}@{environment}", self.user),
            None => format!("{start}-{}", self.user),
        };
        if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte)) {
            return Ok(name);
        }
        let message = format!("`{name}` can't be a program's name");
        Err(Failure::new(Exit::Usage, "usage", message).with_help("Give the service user's id instead of its name"))
    }

    fn host(&self, example: &str) -> Result<&str, Failure> {
        self.host.as_deref().ok_or_else(|| {
            Failure::new(Exit::Usage, "usage", "say where its tokens go").with_help(format!("Add `--host {example}`"))
        })
    }

    /// The host and port of a target, as an environment lists them.
    fn bound(target: &Target) -> Option<String> {
        target.to_string().split_once("://").map(|(_, host)| host.to_owned())
    }

    /// The host that was given, for tools that work without one.
    fn given_host(&self) -> Option<String> {
        self.host.as_deref().and_then(Target::parse).as_ref().and_then(Self::bound)
    }

    fn target(&self, example: &str) -> Result<Target, Failure> {
        let host = self.host(example)?;
        Target::parse(host).ok_or_else(|| crate::scan::no_url(host))
    }
}

/// Works out what has to change.
///
/// # Errors
/// A usage failure if an option is missing, or one that says what's in the way.
pub fn plan(tool: &str, options: &Options, machine: &Machine) -> Result<Change, Failure> {
    let mut change = change(tool, options, machine)?;
    if !options.undo {
        return Ok(change);
    }
    // Other tools may get tokens for the same host.
    if let Some(host) = change.host.take().filter(|_| change.edit.is_some() || !change.links.is_empty()) {
        let words: Vec<_> = options.arguments().iter().map(|argument| word(argument)).collect();
        change.note += &format!(
            "# Its tokens may still go to {host}; `mintage env hosts {} --remove {host}` ends that.\n",
            words.join(" ")
        );
    }
    Ok(change)
}

fn change(tool: &str, options: &Options, machine: &Machine) -> Result<Change, Failure> {
    match tool {
        "git" => git::plan(options, machine),
        "kubectl" => kubectl::plan(options, machine),
        "docker" => docker::plan(options, machine),
        "terraform" => text::terraform(options, machine),
        "cargo" => cargo::plan(options, machine),
        "keyring" => Ok(text::keyring(options, machine)),
        "bazel" => text::bazel(options, machine),
        "pnpm" => text::pnpm(options, machine),
        "google" => Ok(snippets::google(options)),
        _ => Ok(snippets::headers(options)),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
