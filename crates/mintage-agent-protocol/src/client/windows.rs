//! A named pipe. The agent stores its name in the user's profile.
//!
//! The name has a random part, so that another user can't create a pipe with that name first.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::windows::fs::OpenOptionsExt;
use std::time::{Duration, Instant};

use mintage_windows::access;

use super::ClientError;
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
pub(super) struct Stream(File);

impl Stream {
    pub(super) fn connect(address: &Address, _patience: Duration) -> Result<Self, ClientError> {
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
                Ok(pipe) => return checked(pipe).map(Self),
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

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.0.read(into) {
            // On Windows a closed pipe is an error; everywhere else it is the end of the stream.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(0),
            read => read,
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
