//! A small HTTP server on loopback that wants the right token and remembers what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) authorization: Option<String>,
}

/// What's answered.
pub(crate) struct Response {
    pub(crate) kind: &'static str,
    pub(crate) body: Vec<u8>,
}

/// What the server has behind a path; the port is its own.
pub(crate) type Answer = fn(&str, u16) -> Option<Response>;

/// The server, which ends with the test's process.
pub(crate) struct Server {
    pub(crate) port: u16,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Serves whoever brings `token`, as a Bearer token or as anybody's password.
    pub(crate) fn wanting(token: &'static str, challenge: &'static str, answer: Answer) -> Self {
        Self::start(None, token, challenge, answer)
    }

    /// The same with TLS and a certificate that nobody signed.
    pub(crate) fn with_tls(token: &'static str, challenge: &'static str, answer: Answer) -> Self {
        Self::start(Some(tls()), token, challenge, answer)
    }

    fn start(tls: Option<Arc<ServerConfig>>, token: &'static str, challenge: &'static str, answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, tls) = (Arc::clone(&log), tls.clone());
                thread::spawn(move || match tls {
                    None => serve(stream, &log, token, challenge, |path| answer(path, port)),
                    Some(config) => {
                        let connection = ServerConnection::new(config).unwrap();
                        let mut stream = StreamOwned::new(connection, stream);
                        serve(&mut stream, &log, token, challenge, |path| answer(path, port));
                        // Who never spoke TLS, as docker tries too, would be waited for.
                        if !stream.conn.is_handshaking() {
                            stream.conn.send_close_notify();
                            _ = stream.flush();
                        }
                    }
                });
            }
        });
        Self { port, seen }
    }

    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The authorizations that were sent, in order.
    pub(crate) fn authorizations(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().filter_map(|request| request.authorization.clone()).collect()
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|request| request.path.clone()).collect()
    }
}

fn tls() -> Arc<ServerConfig> {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key);
    Arc::new(config.unwrap())
}

fn serve(
    stream: impl Read + Write,
    log: &Mutex<Vec<Request>>,
    token: &str,
    challenge: &str,
    answer: impl Fn(&str) -> Option<Response>,
) {
    let mut reader = BufReader::new(stream);
    let Some(request) = read(&mut reader) else { return };
    log.lock().unwrap().push(request.clone());
    let stream = reader.get_mut();
    let (status, kind, body) = if request.authorization.as_deref().is_none_or(|sent| !admits(sent, token)) {
        ("401 Unauthorized", "text/plain", b"no\n".to_vec())
    } else {
        match answer(&request.path) {
            Some(Response { kind, body }) => ("200 OK", kind, body),
            None => ("404 Not Found", "text/plain", b"nothing\n".to_vec()),
        }
    };
    let challenge =
        if status.starts_with("401") { format!("WWW-Authenticate: {challenge}\r\n") } else { String::new() };
    let head = format!(
        "HTTP/1.1 {status}\r\n{challenge}Content-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}

fn admits(sent: &str, token: &str) -> bool {
    match sent.split_once(' ') {
        Some(("Bearer", sent)) => sent == token,
        Some(("Basic", sent)) => STANDARD.decode(sent).is_ok_and(|pair| pair.ends_with(format!(":{token}").as_bytes())),
        _ => false,
    }
}

fn read(reader: &mut BufReader<impl Read>) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let (mut authorization, mut length) = (None, 0);
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name.to_lowercase().as_str() {
            "authorization" => authorization = Some(value.to_owned()),
            "content-length" => length = value.parse().ok()?,
            _ => {}
        }
    }
    reader.take(length).read_to_end(&mut Vec::new()).ok()?;
    Some(Request { path, authorization })
}
