//! The lines that an asker gets.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use mintage_agent_protocol::Answer;
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// How long an asker may take to read a line.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where the answers to one request go.
pub(crate) struct Replies {
    to: Pin<Box<dyn AsyncWrite + Send>>,
}

impl Replies {
    /// Sends answers to this stream.
    pub(crate) fn to(to: impl AsyncWrite + Send + 'static) -> Self {
        Self { to: Box::pin(to) }
    }

    /// Sends one line.
    ///
    /// # Errors
    /// The asker closed the connection or doesn't read.
    pub(crate) async fn say(&mut self, answer: &Answer) -> io::Result<()> {
        let line = answer.to_line();
        let written = async {
            self.to.write_all(&line).await?;
            self.to.flush().await
        };
        tokio::time::timeout(PATIENCE, written).await.map_err(|_| io::ErrorKind::TimedOut)?
    }
}
