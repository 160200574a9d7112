//! A **process** as the agent knows it.

use std::path::PathBuf;

use mintage_agent_protocol::ProcessRow;
use mintage_agent_protocol::text::rfc3339;
use time::OffsetDateTime;

/// Identifies a process. The start time is part of it because the system reuses numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProcessId {
    /// Its number.
    pub pid: u32,
    /// When it was started, in the system's own ticks.
    pub start: u64,
}

/// A process, with what a person recognises it by. A program can choose everything here except the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub id: ProcessId,
    /// Its name.
    pub name: String,
    /// The file it runs.
    pub program: Option<PathBuf>,
    /// Its working folder.
    pub folder: Option<PathBuf>,
    /// When it was started, by the wall clock.
    pub started_at: Option<OffsetDateTime>,
    /// The process that leads its session.
    pub session: u32,
    /// The number of its terminal, if it has one.
    pub terminal: Option<u64>,
}

impl Process {
    /// The file name of its program without Windows' ending, or its own name if the file is unknown.
    pub fn program_name(&self) -> &str {
        let file = self.program.as_deref().and_then(|path| path.file_name()).and_then(|name| name.to_str());
        // Linux appends this to a program that an update replaced while it ran.
        let ending = if cfg!(windows) { ".exe" } else { " (deleted)" };
        file.map_or(&self.name, |name| name.strip_suffix(ending).unwrap_or(name))
    }

    /// The form in which it is shown.
    pub fn row(&self) -> ProcessRow {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        ProcessRow {
            pid: self.id.pid,
            name: self.name.clone(),
            program: path(&self.program),
            folder: path(&self.folder),
            started_at: self.started_at.map(rfc3339),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A process of that number and program, in a session of `session`, at a terminal unless `session` is 0.
    pub(crate) fn process(pid: u32, program: &str, session: u32) -> Process {
        Process {
            id: ProcessId { pid, start: 1000 + u64::from(pid) },
            name: program.chars().take(15).collect(),
            program: Some(PathBuf::from("/usr/bin").join(program)),
            folder: Some(PathBuf::from("/home/u/project")),
            started_at: None,
            session,
            terminal: (session != 0).then_some(u64::from(session)),
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_was_updated_while_it_ran_keeps_its_name() {
        let mut updated = process(7, "claude", 1);
        updated.program = Some("/usr/bin/claude (deleted)".into());
        assert_eq!(updated.program_name(), "claude");
        updated.program = None;
        assert_eq!(updated.program_name(), "claude");
    }
}
