//! Windows and macOS say which process connected, but not that its number still means the same one. So nothing that is
//! read about it is certain; only its user is.

use std::time::Duration;

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};
use time::OffsetDateTime;

use super::{MAX_ANCESTORS, Peer, PeerError};
use crate::process::{Process, ProcessId};

/// Finds out who is at the other end.
///
/// # Errors
/// It belongs to another user, or the system doesn't say whose it is.
#[cfg(unix)]
pub fn identify(stream: &tokio::net::UnixStream) -> Result<Peer, PeerError> {
    let credentials = stream.peer_cred().map_err(PeerError::Unknown)?;
    if credentials.uid() != nix::unistd::geteuid().as_raw() {
        return Err(PeerError::OtherUser { id: credentials.uid().to_string() });
    }
    let pid = credentials.pid().and_then(|pid| u32::try_from(pid).ok()).unwrap_or(0);
    Ok(Peer { chain: chain(&read(ProcessesToUpdate::All)?, Pid::from_u32(pid)), certain: false })
}

/// Finds out who opened a pipe. The pipe's access list has already kept other users out.
///
/// # Errors
/// The process belongs to another user, or is gone.
#[cfg(windows)]
pub fn identify(pid: u32) -> Result<Peer, PeerError> {
    let system = read(ProcessesToUpdate::All)?;
    let user = |pid| {
        let process = system.process(Pid::from_u32(pid)).ok_or(PeerError::Gone)?;
        Ok(process.user_id().map(|user| user.to_string()))
    };
    let peers = user(pid)?;
    // A process whose user can't be read has more rights than this one.
    if peers.is_none() || peers != user(std::process::id())? {
        return Err(PeerError::OtherUser { id: peers.unwrap_or_else(|| "unknown".to_owned()) });
    }
    Ok(Peer { chain: chain(&system, Pid::from_u32(pid)), certain: false })
}

/// Whether the process still runs.
pub(crate) fn is_running(process: ProcessId) -> bool {
    let pid = Pid::from_u32(process.pid);
    let read = read(ProcessesToUpdate::Some(&[pid]));
    read.is_ok_and(|system| system.process(pid).is_some_and(|found| found.start_time() == process.start))
}

fn read(processes: ProcessesToUpdate<'_>) -> Result<System, PeerError> {
    let mut system = System::new().map_err(|error| PeerError::Unknown(std::io::Error::other(error)))?;
    let wanted = ProcessRefreshKind::nothing()
        .with_user(UpdateKind::Always)
        .with_exe(UpdateKind::Always)
        .with_cwd(UpdateKind::Always);
    system.refresh_processes_specifics(processes, true, wanted);
    Ok(system)
}

/// The process and its ancestors, nearest first.
fn chain(system: &System, pid: Pid) -> Vec<Process> {
    let mut chain: Vec<Process> = Vec::new();
    let mut next = system.process(pid);
    while let Some(found) = next.filter(|_| chain.len() <= MAX_ANCESTORS) {
        // A parent is older than its child; a younger one has reused the number of a parent that ended.
        if chain.last().is_some_and(|child| found.start_time() > child.id.start) {
            break;
        }
        chain.push(process(found));
        next = found.parent().and_then(|parent| system.process(parent));
    }
    chain
}

fn process(found: &sysinfo::Process) -> Process {
    Process {
        id: ProcessId { pid: found.pid().as_u32(), start: found.start_time() },
        name: found.name().to_string_lossy().into_owned(),
        program: found.exe().map(Into::into),
        folder: found.cwd().map(Into::into),
        started_at: Some(OffsetDateTime::UNIX_EPOCH + Duration::from_secs(found.start_time())),
        // Terminals aren't told apart here, so no process counts as one where a person is.
        session: 0,
        terminal: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(windows)]
    #[test]
    fn a_process_of_this_user_is_answered_and_one_that_has_ended_is_not() {
        assert!(!identify(std::process::id()).unwrap().certain);
        let mut child = std::process::Command::new("cmd").args(["/c", "exit"]).spawn().unwrap();
        let pid = child.id();
        child.wait().unwrap();
        drop(child);
        assert!(matches!(identify(pid), Err(PeerError::Gone)));
    }

    #[test]
    fn this_process_recognises_itself() {
        let own = &chain(&read(ProcessesToUpdate::All).unwrap(), Pid::from_u32(std::process::id()))[0];
        assert_eq!(own.id.pid, std::process::id());
        assert_eq!(own.program.as_deref(), std::env::current_exe().ok().as_deref());
        assert!(is_running(own.id));
        assert!(!is_running(ProcessId { start: own.id.start + 1, ..own.id }));
    }
}
