//! A **public name** for an issuer that listens on loopback: what a real host is to the app, with https, reached through
//! a proxy of the system.
//!
//! Rule: requests and answers pass unchanged, except that each side sees its own name of the issuer.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream as Plain};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::certificates::Certificates;
use crate::fault_server::{Fault, FaultServer};

/// An issuer under another name, until the test's runtime ends.
pub struct PublicName {
    proxy: SocketAddr,
    authority: String,
}

impl PublicName {
    /// Gives a host's name to the issuer with this address, `http://127.0.0.1:PORT`.
    pub async fn start(host: &str, issuer: &str) -> Self {
        let certificates = Certificates::generate();
        let (own, public) = (issuer.to_owned(), format!("https://{host}"));
        let pass = move |request: &str| Fault::Say(pass(request, &own, &public));
        let server = FaultServer::start_with(Some(certificates.for_host(host)), pass).await;
        let proxy = tunnel_to(server.address()).await;
        Self { proxy, authority: certificates.authority_pem() }
    }

    /// The proxy's address, for the variable `HTTPS_PROXY`.
    pub fn proxy(&self) -> String {
        format!("http://{}", self.proxy)
    }

    /// The authority that a program has to trust, as PEM.
    pub fn authority_pem(&self) -> &str {
        &self.authority
    }
}

/// Passes a request to the issuer under its own name, and returns the answer with the public one.
fn pass(request: &str, own: &str, public: &str) -> Vec<u8> {
    let host = |url: &str| url.split_once("://").map_or_else(String::new, |(_, host)| host.to_owned());
    let request = request.replacen(&host(public), &host(own), 1).replacen("\r\n", "\r\nConnection: close\r\n", 1);
    let answer = tokio::task::block_in_place(|| -> std::io::Result<String> {
        let mut stream = Plain::connect(host(own))?;
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    });
    let answer = answer.expect("the issuer answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
    let body = body.replace(own, public);
    let lines = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("content-length:"));
    let head = lines.collect::<Vec<_>>().join("\r\n");
    format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// A proxy (RFC 9110 §9.3.6) whose every tunnel ends at this address, whatever host was asked for.
async fn tunnel_to(server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound listener has an address");
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut asked = Vec::new();
                while !asked.ends_with(b"\r\n\r\n") {
                    asked.push(client.read_u8().await?);
                }
                client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
                copy_bidirectional(&mut client, &mut TcpStream::connect(server).await?).await
            });
        }
    });
    address
}
