//! On Linux the kernel provides a pidfd of the peer (since 6.5). While it is held, the peer's number can't be reused
//! unnoticed between reading `/proc` and checking that the process still runs.
//!
//! An older kernel only tells the number, and a pidfd is opened by that (since 5.3). Its process can be another than the
//! one that connected only if that one ended, and its number was reused, between connecting and being looked at.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{getsockopt, sockopt::PeerPidfd};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use tokio::net::UnixStream;

use super::proc_files::ProcFiles;
use super::{Peer, PeerError};
use crate::process::ProcessId;

/// Finds out who is at the other end.
///
/// # Errors
/// It belongs to another user, the process that connected is gone, or the system doesn't say which one it is.
pub fn identify(stream: &UnixStream) -> Result<Peer, PeerError> {
    let credentials = stream.peer_cred().map_err(PeerError::Unknown)?;
    if credentials.uid() != nix::unistd::geteuid().as_raw() {
        return Err(PeerError::OtherUser { id: credentials.uid().to_string() });
    }
    let pid = credentials.pid().and_then(|pid| u32::try_from(pid).ok()).unwrap_or(0);
    match hold(getsockopt(stream, PeerPidfd))? {
        Hold::Pidfd(pidfd) => held(&pidfd, pid),
        Hold::Nothing => by_number(stream.as_fd(), pid),
    }
}

/// Whether the process still runs.
pub(crate) fn is_running(process: ProcessId) -> bool {
    ProcFiles::of_system().start(process.pid) == Some(process.start)
}

#[derive(Debug)]
enum Hold {
    Pidfd(OwnedFd),
    /// The kernel doesn't know the option.
    Nothing,
}

/// A kernel that doesn't know the option says `ENOPROTOOPT`. Other errors, such as `EINVAL`, mean that the peer is gone.
fn hold(asked: Result<OwnedFd, Errno>) -> Result<Hold, PeerError> {
    match asked {
        Ok(pidfd) => Ok(Hold::Pidfd(pidfd)),
        Err(Errno::ENOPROTOOPT) => Ok(Hold::Nothing),
        Err(Errno::EMFILE | Errno::ENFILE | Errno::ENOMEM) => {
            Err(PeerError::Unknown(std::io::ErrorKind::OutOfMemory.into()))
        }
        Err(_) => Err(PeerError::Gone),
    }
}

fn held(pidfd: &OwnedFd, pid: u32) -> Result<Peer, PeerError> {
    let info =
        std::fs::read_to_string(format!("/proc/self/fdinfo/{}", pidfd.as_raw_fd())).map_err(PeerError::Unknown)?;
    match held_pid(&info) {
        // A process in a container has no number in this namespace, and so no ancestors that mean something to a person.
        Some(0) if pid == 0 => Ok(Peer { chain: Vec::new(), certain: true }),
        Some(held) if u32::try_from(held) == Ok(pid) && pid != 0 => {
            let chain = ProcFiles::of_system().chain(pid);
            if chain.is_empty() || !is_alive(pidfd) {
                return Err(PeerError::Gone);
            }
            Ok(Peer { chain, certain: true })
        }
        _ => Err(PeerError::Gone),
    }
}

/// Holds the process with that number, if it is this user's, runs on, and still has the connection.
fn by_number(stream: BorrowedFd<'_>, pid: u32) -> Result<Peer, PeerError> {
    let files = ProcFiles::of_system();
    let raw = i32::try_from(pid).ok().and_then(Pid::from_raw);
    // A process in a container has no number here.
    let Some(raw) = raw else { return Ok(Peer::unknown()) };
    let Some(before) = files.start(pid) else { return Err(PeerError::Gone) };
    let pidfd = match pidfd_open(raw, PidfdFlags::empty()) {
        Ok(pidfd) => pidfd,
        Err(rustix::io::Errno::SRCH) => return Err(PeerError::Gone),
        // The kernel is older still, or a sandbox forbids the call.
        Err(_) => return Ok(Peer { chain: files.chain(pid), certain: false }),
    };
    let chain = files.chain(pid);
    let is_same = chain.first().is_some_and(|process| process.id.start == before)
        && files.user(pid) == Some(nix::unistd::geteuid().as_raw());
    if !is_same || !is_alive(&pidfd) || has_hung_up(stream) {
        return Err(PeerError::Gone);
    }
    Ok(Peer { chain, certain: true })
}

/// `Pid` in a pidfd's fdinfo: −1 once the process has been reaped, 0 if it is outside this process's namespace.
fn held_pid(info: &str) -> Option<i64> {
    info.lines().find_map(|line| line.strip_prefix("Pid:"))?.trim().parse().ok()
}

/// A pidfd becomes readable when its process ends.
fn is_alive(pidfd: &OwnedFd) -> bool {
    let mut polled = [PollFd::new(pidfd.as_fd(), PollFlags::POLLIN)];
    poll(&mut polled, PollTimeout::ZERO) == Ok(0)
}

/// Whether the other end of a connection is closed. An asker that only stops sending still waits for its answer.
fn has_hung_up(stream: BorrowedFd<'_>) -> bool {
    let mut polled = [PollFd::new(stream, PollFlags::empty())];
    poll(&mut polled, PollTimeout::ZERO) != Ok(0)
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt;
    use std::process::Stdio;

    use super::*;

    #[test]
    fn only_a_kernel_that_is_too_old_is_forgiven() {
        assert!(matches!(hold(Err(Errno::ENOPROTOOPT)), Ok(Hold::Nothing)));
        for gone in [Errno::EINVAL, Errno::ESRCH, Errno::ENODATA, Errno::ENOTCONN] {
            assert!(matches!(hold(Err(gone)), Err(PeerError::Gone)), "{gone}");
        }
        assert!(matches!(hold(Err(Errno::EMFILE)), Err(PeerError::Unknown(_))));
    }

    #[test]
    fn a_pidfd_tells_whose_it_is() {
        assert_eq!(held_pid("pos:\t0\nflags:\t02000002\nPid:\t4711\nNSpid:\t4711\n"), Some(4711));
        assert_eq!(held_pid("Pid:\t-1\nNSpid:\t-1\n"), Some(-1));
        assert_eq!(held_pid("pos:\t0\n"), None);
    }

    #[tokio::test]
    async fn this_process_recognises_itself_at_the_other_end() {
        let (ours, _theirs) = UnixStream::pair().unwrap();
        let peer = identify(&ours).unwrap();
        assert_eq!(peer.chain[0].id.pid, std::process::id());
        assert!(peer.certain);
        assert!(is_running(peer.chain[0].id));
        assert!(!is_running(ProcessId { start: peer.chain[0].id.start + 1, ..peer.chain[0].id }));
    }

    /// As before Linux 6.5.
    #[tokio::test]
    async fn a_process_is_held_by_its_number_while_it_runs_and_is_connected() {
        let own = std::process::id();
        let (ours, theirs) = UnixStream::pair().unwrap();
        let peer = by_number(ours.as_fd(), own).unwrap();
        assert_eq!((peer.chain[0].id.pid, peer.certain), (own, true));
        let theirs = theirs.into_std().unwrap();
        theirs.shutdown(std::net::Shutdown::Write).unwrap();
        assert!(by_number(ours.as_fd(), own).is_ok(), "it waits for an answer");
        drop(theirs);
        // A process that another test starts just now has a copy of it until it becomes its program.
        while by_number(ours.as_fd(), own).is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        assert!(matches!(by_number(ours.as_fd(), own), Err(PeerError::Gone)));
    }

    #[tokio::test]
    async fn a_number_of_nobody_or_of_another_user_is_not_taken_for_the_peer() {
        let (ours, _theirs) = UnixStream::pair().unwrap();
        let mut child = std::process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        assert!(matches!(by_number(ours.as_fd(), child.id()), Err(PeerError::Gone)));
        assert_eq!(by_number(ours.as_fd(), 0).unwrap(), Peer::unknown());
        if nix::unistd::geteuid().is_root() {
            // Only root can start a process of another user.
            let mut other = std::process::Command::new("cat").uid(65534).stdin(Stdio::piped()).spawn().unwrap();
            assert!(matches!(by_number(ours.as_fd(), other.id()), Err(PeerError::Gone)));
            drop(other.stdin.take());
            other.wait().unwrap();
        }
    }
}
