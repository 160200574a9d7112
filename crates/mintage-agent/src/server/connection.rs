//! One **connection**: identify the peer, read one line, send the answers.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use mintage_agent_protocol::{Answer, Problem, REQUEST_LIMIT, Request};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::Connection;
use crate::agent::{Agent, Replies};
use crate::peer::Peer;
use crate::problems;
use crate::source::Source;

/// Answers the request on this connection.
pub(super) async fn answer<S: Source>(connection: Connection, agent: Arc<Agent<S>>, patience: Duration, is_full: bool) {
    // An unknown peer or another user's gets no answer at all.
    let Ok(peer) = connection.identify() else { return };
    let (mut from, to) = tokio::io::split(connection.into_stream());
    let mut replies = Replies::to(to);
    if is_full {
        let _ = replies.say(&Answer::Error(problems::busy())).await;
        return;
    }
    let request = match tokio::time::timeout(patience, read_line(&mut from)).await {
        Ok(Ok(line)) => Request::from_line(&line).map_err(|error| problems::unreadable(&error)),
        Ok(Err(Unread::TooLong)) => Err(problems::too_large()),
        Err(_) => Err(problems::too_slow()),
        Ok(Err(Unread::Closed)) => return,
    };
    // If the asker closes the connection, the work for it is dropped.
    tokio::select! {
        _ = answer_request(&agent, request, peer, &mut replies) => {}
        () = closed(&mut from) => {}
    }
}

async fn answer_request<S: Source>(
    agent: &Agent<S>,
    request: Result<Request, Problem>,
    peer: Peer,
    replies: &mut Replies,
) -> io::Result<()> {
    match request {
        Ok(request) => agent.answer(request, Arc::new(peer), replies).await,
        Err(problem) => replies.say(&Answer::Error(problem)).await,
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Unread {
    TooLong,
    Closed,
}

/// Reads up to the first newline.
async fn read_line(from: &mut (impl AsyncRead + Unpin)) -> Result<Vec<u8>, Unread> {
    let mut line = Vec::with_capacity(1024);
    loop {
        let searched = line.len();
        let room = (REQUEST_LIMIT - searched) as u64;
        match from.take(room).read_buf(&mut line).await {
            Ok(0) if searched == REQUEST_LIMIT => return Err(Unread::TooLong),
            Ok(0) | Err(_) => return Err(Unread::Closed),
            Ok(_) => {}
        }
        if let Some(end) = line[searched..].iter().position(|byte| *byte == b'\n') {
            line.truncate(searched + end);
            return Ok(line);
        }
    }
}

/// Resolves when the asker has closed the connection. Anything it sends after its request is ignored.
async fn closed(from: &mut (impl AsyncRead + Unpin)) {
    let mut ignored = [0; 256];
    while matches!(from.read(&mut ignored).await, Ok(1..)) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(parts: &[&[u8]]) -> Result<Vec<u8>, Unread> {
        read_line(&mut &parts.concat()[..]).await
    }

    #[tokio::test]
    async fn a_request_ends_at_its_newline() {
        assert_eq!(read(&[b"{}\n"]).await, Ok(b"{}".to_vec()));
        assert_eq!(read(&[b"{", b"}\nmore\n"]).await, Ok(b"{}".to_vec()));
        assert_eq!(read(&[b"{}"]).await, Err(Unread::Closed));
        assert_eq!(read(&[]).await, Err(Unread::Closed));
    }

    #[tokio::test]
    async fn a_request_may_fill_the_limit_and_not_pass_it() {
        let fits = vec![b'x'; REQUEST_LIMIT - 1];
        assert_eq!(read(&[&fits, b"\n"]).await, Ok(fits.clone()));
        assert_eq!(read(&[&fits, b"x\n"]).await, Err(Unread::TooLong));
    }
}
