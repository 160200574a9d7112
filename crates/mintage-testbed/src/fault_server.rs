//! A **fault server** sends on a socket exactly what a test says, however wrong.
//!
//! Rule: raw bytes, no HTTP library, so that nothing repairs the fault on its way. It records what it was sent.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// What the server does after reading a request.
#[derive(Clone)]
pub enum Fault {
    /// Sends this and closes.
    Say(Vec<u8>),
    /// Sends this and then nothing, and never closes.
    Stall(Vec<u8>),
    /// Sends this and then one byte at a time, for ever.
    Drip(Vec<u8>),
    /// Sends this and then as much as the client accepts, for ever.
    Flood(Vec<u8>),
    /// Cuts the connection with a TCP reset.
    Reset,
}

/// A listening fault server; it ends with the test's runtime.
pub struct FaultServer {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl FaultServer {
    /// Answers every request with the same fault, in plain http.
    pub async fn start(fault: Fault) -> Self {
        Self::start_with(None, move |_| fault.clone()).await
    }

    /// Answers each request depending on its text.
    pub async fn start_with(tls: Option<TlsAcceptor>, answer: impl Fn(&str) -> Fault + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (answer, seen) = (Arc::new(answer), requests.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, answer, seen) = (tls.clone(), answer.clone(), seen.clone());
                tokio::spawn(async move {
                    // Clients that disconnect are what most of these tests are about.
                    let _ = match tls {
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => serve(stream, &*answer, &seen).await,
                            Err(error) => Err(error),
                        },
                        None => serve_plain(stream, &*answer, &seen).await,
                    };
                });
            }
        });
        Self { address, requests }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `https://localhost:port`.
    pub fn tls_url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// The requests so far, one text each.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no test panics while it holds this").clone()
    }

    /// Whether nobody but this call has ever connected to it: its own request must be the first one.
    pub async fn was_left_alone(&self) -> bool {
        let mut stream = TcpStream::connect(self.address).await.expect("the server listens");
        stream.write_all(b"GET /marker HTTP/1.1\r\n\r\n").await.expect("the server reads");
        let _ = stream.read(&mut [0; 16]).await;
        let requests = self.requests();
        requests.len() == 1 && requests[0].starts_with("GET /marker")
    }
}

async fn serve_plain(
    stream: TcpStream,
    answer: &(dyn Fn(&str) -> Fault + Send + Sync),
    seen: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    // Dropping the stream now resets the connection; for a clean end it is shut down before.
    stream.set_zero_linger()?;
    serve(stream, answer, seen).await
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: &(dyn Fn(&str) -> Fault + Send + Sync),
    seen: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let request = read_request(&mut stream).await?;
    let fault = answer(&request);
    seen.lock().expect("no test panics while it holds this").push(request);
    match fault {
        Fault::Say(bytes) => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await?;
            // Closing waits for the client's end, otherwise unread bytes would turn it into a reset.
            while stream.read(&mut [0; 1024]).await? > 0 {}
        }
        Fault::Stall(bytes) => {
            stream.write_all(&bytes).await?;
            stream.flush().await?;
            std::future::pending::<()>().await;
        }
        Fault::Drip(bytes) => {
            stream.write_all(&bytes).await?;
            let mut pace = tokio::time::interval(Duration::from_millis(10));
            loop {
                pace.tick().await;
                stream.write_all(b" ").await?;
                stream.flush().await?;
            }
        }
        Fault::Flood(bytes) => {
            stream.write_all(&bytes).await?;
            loop {
                stream.write_all(&[b' '; 65_536]).await?;
            }
        }
        Fault::Reset => {}
    }
    Ok(())
}

/// Reads one request: its head, and as much body as its `Content-Length` says.
async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        // Bytes that don't begin with a method aren't a request, for example a TLS handshake, and get their answer at
        // once.
        if bytes.first().is_some_and(|byte| !byte.is_ascii_uppercase()) {
            return Ok(text);
        }
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let announced = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            });
            if body.len() >= announced.unwrap_or(0) {
                return Ok(text);
            }
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(text);
        }
    }
}

/// A valid HTTP/1.1 response: status line, further header lines, body.
pub fn http(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}
