//! A UNIX socket. Its place is checked before connecting.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use super::{ClientError, SEND_PATIENCE};
use crate::{Address, trust};

#[derive(Debug)]
pub(super) struct Stream(UnixStream);

impl Stream {
    pub(super) fn connect(address: &Address, patience: Duration) -> Result<Self, ClientError> {
        for checked in [trust::check_folder(address.folder()), trust::check_socket(address.socket())] {
            checked.map_err(|error| if error.is_absent() { ClientError::NoAgent } else { error.into() })?;
        }
        let stream = UnixStream::connect(address.socket()).map_err(ClientError::from_io)?;
        stream.set_write_timeout(Some(SEND_PATIENCE)).map_err(ClientError::from_io)?;
        stream.set_read_timeout(Some(patience)).map_err(ClientError::from_io)?;
        Ok(Self(stream))
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
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
