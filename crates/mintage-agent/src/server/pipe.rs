//! A named pipe that only this user can open. Its name has a random part and is stored in the user's profile.

use std::fs;
use std::io;
use std::time::Duration;

use interprocess::os::windows::named_pipe::tokio::{DuplexPipeStream, PipeListener};
use interprocess::os::windows::named_pipe::{PipeListenerOptions, pipe_mode::Bytes};
use interprocess::os::windows::security_descriptor::SecurityDescriptor;
use mintage_agent_protocol::Address;
use mintage_windows::access;
use widestring::U16CString;

use crate::peer::{self, Peer, PeerError};

/// How long to wait if the system can't create another instance of the pipe.
const EXHAUSTED: Duration = Duration::from_millis(50);

#[derive(Debug)]
pub(super) struct Listener(PipeListener<Bytes, Bytes>);

/// An asker's connection.
#[derive(Debug)]
pub(super) struct Connection(DuplexPipeStream<Bytes>);

impl Listener {
    /// Creates the pipe, which fails if there is one of that name, and then tells its name.
    pub(super) fn bind(address: &Address) -> io::Result<Self> {
        let name = format!(r"\\.\pipe\mintage-{}", uuid::Uuid::new_v4().simple());
        let descriptor = U16CString::from_str(access::private_descriptor()?).map_err(io::Error::other)?;
        let descriptor = SecurityDescriptor::deserialize(&descriptor)?;
        // Clients of other computers are rejected unless the options say otherwise.
        let options = PipeListenerOptions::new().path(name.as_str()).security_descriptor(Some(descriptor));
        let listener = options.create_tokio_duplex()?;
        fs::write(address.socket(), &name)?;
        Ok(Self(listener))
    }

    pub(super) async fn accept(&mut self) -> Connection {
        loop {
            match self.0.accept().await {
                Ok(stream) => return Connection(stream),
                Err(_) => tokio::time::sleep(EXHAUSTED).await,
            }
        }
    }

    /// Stops listening.
    pub(super) fn close(self, address: &Address) {
        // If it can't be removed, the next agent replaces it.
        let _ = fs::remove_file(address.socket());
    }
}

impl Connection {
    pub(super) fn identify(&self) -> Result<Peer, PeerError> {
        peer::identify(self.0.client_process_id().map_err(PeerError::Unknown)?)
    }

    pub(super) fn into_stream(self) -> DuplexPipeStream<Bytes> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use mintage_agent_protocol::{Request, client};

    use super::*;

    /// The client refuses a pipe that others could open.
    #[tokio::test]
    async fn an_asker_of_this_user_connects_and_is_recognised() {
        let folder = tempfile::tempdir().unwrap();
        let address = Address::at(folder.path().join("agent.pipe")).unwrap();
        let mut listener = Listener::bind(&address).unwrap();
        let asked = address.clone();
        let asking = tokio::task::spawn_blocking(move || {
            client::Connection::open(&asked, &Request::Hello { program: String::new() })
        });
        let connection = listener.accept().await;
        let peer = connection.identify().unwrap();
        assert_eq!(peer.chain[0].id.pid, std::process::id());
        asking.await.unwrap().unwrap();
        listener.close(&address);
        assert!(!address.socket().exists());
    }
}
