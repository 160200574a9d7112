//! The **servers** that others wrote: each in a process of its own, made from the packages that
//! `cargo xtask test` installs beside its script.
//!
//! Rule: a server ends with its handle; one that is not installed fails the test with a sentence.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use serde_json::json;

/// A server that another project wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Software {
    /// The npm package `oidc-provider`.
    OidcProvider,
    /// The Python package `Authlib`.
    Authlib,
}

/// A service user that a server knows, with the public half of its key.
pub(crate) struct Known<'a> {
    pub(crate) user_id: &'a str,
    pub(crate) key_id: &'a str,
    pub(crate) public_pem: &'a str,
    pub(crate) name: &'a str,
}

/// A running server.
pub(crate) struct Server {
    process: Child,
    /// Its standard input. The server ends when this is closed, also by the end of this process.
    input: Option<ChildStdin>,
    issuer: String,
}

impl Software {
    pub(crate) const ALL: [Self; 2] = [Self::OidcProvider, Self::Authlib];

    /// Starts it on a free port of the loopback address.
    pub(crate) fn start(self, user: &Known<'_>) -> Server {
        let mut command = self.command();
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn();
        let mut process = spawned.unwrap_or_else(|error| panic!("{self:?} does not start: {error}"));
        let mut input = process.stdin.take().expect("its input is a pipe");
        let user = json!({
            "userId": user.user_id, "keyId": user.key_id, "publicPem": user.public_pem, "name": user.name,
        });
        writeln!(input, "{}", json!({ "users": [user] })).expect("the server reads its settings");
        let output = BufReader::new(process.stdout.take().expect("its output is a pipe"));
        let port = output.lines().map_while(Result::ok).find_map(|line| line.strip_prefix("ready ").map(str::to_owned));
        let port = port.unwrap_or_else(|| panic!("{self:?} ended before it was ready"));
        Server { process, input: Some(input), issuer: format!("http://127.0.0.1:{port}") }
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
    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.input.take());
        // One that has ended by itself cannot be killed, which is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
