//! A **connection** that can be aborted: nothing more is sent, and the client's next read fails.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// What aborts one connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connection(Arc<AtomicBool>);

impl Connection {
    /// Aborts it before anything more is sent.
    pub(crate) fn abort(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Connected<IncomingStream<'_, Abortable>> for Connection {
    fn connect_info(stream: IncomingStream<'_, Abortable>) -> Self {
        stream.remote_addr().clone()
    }
}

/// Accepts connections that can be aborted.
pub(crate) struct Abortable(pub(crate) TcpListener);

impl Listener for Abortable {
    type Io = AbortableStream;
    type Addr = Connection;

    async fn accept(&mut self) -> (Self::Io, Connection) {
        let (stream, _): (TcpStream, SocketAddr) = Listener::accept(&mut self.0).await;
        let connection = Connection::default();
        (AbortableStream { stream, connection: connection.clone() }, connection)
    }

    fn local_addr(&self) -> io::Result<Connection> {
        Ok(Connection::default())
    }
}

/// A stream that fails once its connection is aborted.
pub(crate) struct AbortableStream {
    stream: TcpStream,
    connection: Connection,
}

impl AbortableStream {
    fn live(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        if self.connection.0.load(Ordering::SeqCst) {
            Err(io::ErrorKind::BrokenPipe.into())
        } else {
            Ok(Pin::new(&mut self.stream))
        }
    }
}

impl AsyncRead for AbortableStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.live()?.poll_read(cx, buffer)
    }
}

impl AsyncWrite for AbortableStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.live()?.poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.live()?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
