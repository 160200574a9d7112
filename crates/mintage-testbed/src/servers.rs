//! Third-party **servers**: each in its own process, using the packages that `cargo xtask test` installs next to its
//! script.
//!
//! Rule: a server ends with its handle; one that isn't installed fails the test with a sentence.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// A third-party server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Software {
    /// The npm package `oidc-provider`.
    OidcProvider,
    /// The Python package `Authlib`.
    Authlib,
}

/// The users and clients that a server knows.
#[derive(Default)]
pub struct Known {
    /// Service users of the JWT bearer grant (RFC 7523 §2.1).
    users: Vec<Value>,
    /// Clients of the client credentials grant (RFC 6749 §4.4), as their metadata (RFC 7591 §2).
    clients: Vec<Value>,
}

impl Known {
    /// Adds a service user with the public half of its key.
    pub fn user(mut self, user_id: &str, key_id: &str, public_pem: &str, name: &str) -> Self {
        self.users.push(json!({ "userId": user_id, "keyId": key_id, "publicPem": public_pem, "name": name }));
        self
    }

    /// Adds a client with a secret, for `client_secret_basic` or `client_secret_post`.
    pub fn client_with_secret(mut self, client_id: &str, method: &str, secret: &str) -> Self {
        self.clients.push(json!({
            "client_id": client_id, "token_endpoint_auth_method": method, "client_secret": secret,
        }));
        self
    }

    /// Adds a client with the public half of its key, for `private_key_jwt`.
    pub fn client_with_key(mut self, client_id: &str, public_jwk: &str) -> Self {
        let key: Value = serde_json::from_str(public_jwk).expect("a JWK is JSON");
        self.clients.push(json!({
            "client_id": client_id, "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [key] },
        }));
        self
    }
}

/// A running server.
pub struct Server {
    process: Child,
    /// Its standard input. The server ends when this is closed, including by the end of this process.
    input: Option<ChildStdin>,
    /// Its standard output, kept open: a server that writes to a closed pipe dies.
    _output: Lines<BufReader<ChildStdout>>,
    issuer: String,
}

impl Software {
    pub const ALL: [Self; 2] = [Self::OidcProvider, Self::Authlib];

    /// Starts it on a free port of the loopback address.
    pub fn start(self, known: &Known) -> Server {
        let mut command = self.command();
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn();
        let mut process = spawned.unwrap_or_else(|error| panic!("{self:?} does not start: {error}"));
        let mut input = process.stdin.take().expect("its input is a pipe");
        let settings = json!({ "users": known.users, "clients": known.clients });
        writeln!(input, "{settings}").expect("the server reads its settings");
        let mut output = BufReader::new(process.stdout.take().expect("its output is a pipe")).lines();
        let port =
            output.by_ref().map_while(Result::ok).find_map(|line| line.strip_prefix("ready ").map(str::to_owned));
        let port = port.unwrap_or_else(|| panic!("{self:?} ended before it was ready"));
        Server { process, input: Some(input), _output: output, issuer: format!("http://127.0.0.1:{port}") }
    }

    fn command(self) -> Command {
        let servers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/servers");
        let (folder, program, package, script): (_, PathBuf, _, _) = match self {
            Self::OidcProvider => {
                let folder = servers.join("oidc-provider");
                let package = folder.join("node_modules/oidc-provider");
                (folder, "node".into(), package, "server.mjs")
            }
            Self::Authlib => {
                let folder = servers.join("authlib");
                let python = folder.join(if cfg!(windows) { ".venv/Scripts/python.exe" } else { ".venv/bin/python" });
                (folder, python.clone(), python, "server.py")
            }
        };
        assert!(package.exists(), "the server {self:?} is not installed; `cargo xtask test` installs it");
        let mut command = Command::new(program);
        command.arg(folder.join(script)).current_dir(folder);
        command
    }
}

impl Server {
    /// Its issuer identifier.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.input.take());
        // One that has already ended can't be killed, which is fine.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
