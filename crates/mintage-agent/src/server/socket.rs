//! A UNIX socket, 0600 in a folder that is closed to others.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use mintage_agent_protocol::{Address, trust};
use tokio::net::{UnixListener, UnixStream};

use crate::peer::{self, Peer, PeerError};

/// How long to wait if the system is out of file descriptors.
const EXHAUSTED: Duration = Duration::from_millis(50);

#[derive(Debug)]
pub(super) struct Listener(UnixListener);

/// An asker's connection.
#[derive(Debug)]
pub(super) struct Connection(UnixStream);

impl Listener {
    /// The caller holds the lock, so a socket that already exists is stale.
    pub(super) fn bind(address: &Address) -> io::Result<Self> {
        match trust::check_socket(address.socket()) {
            Ok(()) => fs::remove_file(address.socket())?,
            Err(error) if error.is_absent() => {}
            Err(error) => return Err(io::Error::other(error)),
        }
        let listener = UnixListener::bind(address.socket())?;
        fs::set_permissions(address.socket(), Permissions::from_mode(0o600))?;
        Ok(Self(listener))
    }

    pub(super) async fn accept(&mut self) -> Connection {
        loop {
            match self.0.accept().await {
                Ok((stream, _)) => return Connection(stream),
                Err(_) => tokio::time::sleep(EXHAUSTED).await,
            }
        }
    }

    /// Stops listening. Clients that weren't accepted yet find no agent and start another one.
    pub(super) fn close(self, address: &Address) {
        // If it can't be removed, the next agent replaces it.
        let _ = fs::remove_file(address.socket());
    }
}

impl Connection {
    pub(super) fn identify(&self) -> Result<Peer, PeerError> {
        peer::identify(&self.0)
    }

    pub(super) fn into_stream(self) -> UnixStream {
        self.0
    }
}
