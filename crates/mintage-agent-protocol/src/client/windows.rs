//! A named pipe. The agent stores its name in the user's profile.
//!
//! The name has a random part, so that another user can't create a pipe with that name first.
//!
//! Rule: every call to the pipe has a deadline. Windows has none for a file, so each call runs on a thread of its own,
//! which is left behind with the pipe when its time is over.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::windows::fs::OpenOptionsExt;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use mintage_windows::access;
use zeroize::Zeroizing;

use super::{ClientError, SEND_PATIENCE};
use crate::Address;

/// The start of every name. Other names aren't opened.
const PREFIX: &str = r"\\.\pipe\mintage-";

/// Lets the server identify the client, but not impersonate it.
const SECURITY_IDENTIFICATION: u32 = 0x0001_0000;

/// All instances of the pipe are in use; the agent is about to create another.
const ERROR_PIPE_BUSY: i32 = 231;

/// How long to keep trying while the pipe is busy.
const BUSY_PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Stream {
    pipe: Arc<File>,
    patience: Duration,
}

impl Stream {
    pub(super) fn connect(address: &Address, patience: Duration) -> Result<Self, ClientError> {
        let name = std::fs::read_to_string(address.socket()).map_err(ClientError::from_io)?;
        let name = name.trim_end();
        if !name.starts_with(PREFIX) {
            return Err(ClientError::NoAgent);
        }
        let begun = Instant::now();
        loop {
            let opened =
                OpenOptions::new().read(true).write(true).security_qos_flags(SECURITY_IDENTIFICATION).open(name);
            match opened {
                Ok(pipe) => return Ok(Self { pipe: Arc::new(checked(pipe)?), patience }),
                Err(error) if error.raw_os_error() == Some(ERROR_PIPE_BUSY) && begun.elapsed() < BUSY_PATIENCE => {
                    // `WaitNamedPipe` would need unsafe code.
                    std::thread::sleep(Duration::from_millis(2));
                }
                Err(error) => return Err(ClientError::from_io(error)),
            }
        }
    }
}

/// Nobody else can know the name, unless the file that it was read from isn't in the user's own profile.
fn checked(pipe: File) -> Result<File, ClientError> {
    if access::is_own_and_private(&pipe).map_err(ClientError::Failed)? {
        return Ok(pipe);
    }
    let why = "the agent's pipe belongs to another user, or is open to others";
    Err(ClientError::Failed(io::Error::new(io::ErrorKind::PermissionDenied, why)))
}

/// Does something that may block. After its time, the error is [`io::ErrorKind::TimedOut`].
fn within<T: Send + 'static>(
    patience: Duration,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let (done, ended) = mpsc::channel();
    std::thread::Builder::new().spawn(move || done.send(work()))?;
    ended.recv_timeout(patience).unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let (pipe, mut bytes) = (Arc::clone(&self.pipe), Zeroizing::new(vec![0; into.len()]));
        let read = within(self.patience, move || (&*pipe).read(&mut bytes).map(|length| (length, bytes)));
        match read {
            // On Windows a closed pipe is an error; everywhere else it is the end of the stream.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(0),
            Err(error) => Err(error),
            Ok((length, bytes)) => {
                into[..length].copy_from_slice(&bytes[..length]);
                Ok(length)
            }
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (pipe, bytes) = (Arc::clone(&self.pipe), Zeroizing::new(bytes.to_vec()));
        within(SEND_PATIENCE, move || (&*pipe).write(&bytes))
    }

    /// A pipe has nothing to flush.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_that_hangs_is_silent_and_doesn_t_hang_its_client() {
        let (hang_up, hangs) = mpsc::channel::<()>();
        let answer = within(Duration::ZERO, move || hangs.recv().map_err(io::Error::other));
        assert!(matches!(ClientError::from_io(answer.unwrap_err()), ClientError::Silent));
        drop(hang_up);
    }

    #[test]
    fn what_is_done_in_time_has_its_own_result() {
        assert_eq!(within(Duration::MAX, || Ok(7)).unwrap(), 7);
        let refused = within(Duration::MAX, || Err::<(), _>(io::ErrorKind::PermissionDenied.into()));
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::PermissionDenied);
    }
}
