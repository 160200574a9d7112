//! A **helper** answers a tool in the tool's own protocol: git, kubectl, docker and others run `mintage` and read a
//! token from its standard output.
//!
//! Rule: one file per protocol, and each is pure. What a tool said becomes a [`Step`]: a reply, or a request for a
//! token together with the way to write down whatever comes of it. Standard output is the protocol and carries
//! nothing else; some tools even read standard error.

use std::io;

use zeroize::Zeroizing;

use crate::failure::{Exit, Failure};
use crate::request::{Outcome, TokenRequest};

mod bazel;
pub mod call;
mod cargo;
mod docker;
mod git;
mod google;
mod headers;
mod keyring;
mod kubectl;
mod pnpm;
pub mod serve;
mod terraform;
#[cfg(test)]
mod testing;

use call::Call;

/// The tools whose protocols are spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Bazel, Buck2 and uv: the credential helper specification.
    Bazel,
    /// cargo's credential providers.
    Cargo,
    /// docker's credential helpers.
    Docker,
    /// git's credential helpers.
    Git,
    /// Google's executable-sourced credentials.
    Google,
    /// A JSON object of headers, which MCP clients read.
    Headers,
    /// The `keyring` program that pip and uv run.
    Keyring,
    /// kubectl and every client that's built on client-go.
    Kubectl,
    /// pnpm's `tokenHelper`.
    Pnpm,
    /// Terraform's and OpenTofu's credentials helpers.
    Terraform,
}

impl Tool {
    /// Each of them, in the order in which help texts list them.
    pub const ALL: [Self; 10] = [
        Self::Git,
        Self::Kubectl,
        Self::Docker,
        Self::Terraform,
        Self::Cargo,
        Self::Keyring,
        Self::Bazel,
        Self::Google,
        Self::Headers,
        Self::Pnpm,
    ];

    /// Its name after `mintage helper`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bazel => "bazel",
            Self::Cargo => "cargo",
            Self::Docker => "docker",
            Self::Git => "git",
            Self::Google => "google",
            Self::Headers => "headers",
            Self::Keyring => "keyring",
            Self::Kubectl => "kubectl",
            Self::Pnpm => "pnpm",
            Self::Terraform => "terraform",
        }
    }

    /// Finds a tool by the name that [`Tool::name`] gives. uv, Buck2 and MCP clients have names of their own here.
    pub fn find(name: &str) -> Option<Self> {
        match name {
            "uv" | "buck2" => Some(Self::Bazel),
            "mcp" => Some(Self::Headers),
            _ => Self::ALL.into_iter().find(|tool| tool.name() == name),
        }
    }

    fn step(self, input: &Input) -> Step {
        match self {
            Self::Bazel => bazel::step(input),
            Self::Cargo => cargo::step(input),
            Self::Docker => docker::step(input),
            Self::Git => git::step(input),
            Self::Google => google::step(input),
            Self::Headers => headers::step(input),
            Self::Keyring => keyring::step(input),
            Self::Kubectl => kubectl::step(input),
            Self::Pnpm => pnpm::step(input),
            Self::Terraform => terraform::step(input),
        }
    }
}

/// Everything that a tool says.
pub struct Input<'a> {
    /// The command line.
    pub call: &'a Call,
    /// An environment variable, if it's set.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// What came on standard input, as far as the protocol reads it.
    pub stdin: &'a [u8],
}

impl Input<'_> {
    /// Starts a request with what the command line says.
    fn request(&self) -> TokenRequest {
        self.call.request(self.variable)
    }
}

/// What to do with what a tool said.
pub enum Step {
    /// Say this.
    Reply(Reply),
    /// Ask for a token, then say what the closure makes of it.
    Ask(Box<TokenRequest>, Answer),
    /// Pass on which token was refused, then say this.
    Refused(Box<TokenRequest>, Reply),
}

/// Writes a tool's reply to whatever came of a request.
pub type Answer = Box<dyn FnOnce(Result<Outcome, Failure>) -> Reply>;

impl Step {
    fn ask(request: TokenRequest, answer: impl FnOnce(Result<Outcome, Failure>) -> Reply + 'static) -> Self {
        Self::Ask(Box::new(request), Box::new(answer))
    }
}

/// What a tool reads, to the byte.
#[derive(Debug, Default)]
pub struct Reply {
    /// Standard output. It's wiped after use, because a token may be in it.
    pub stdout: Zeroizing<Vec<u8>>,
    /// Standard error.
    pub stderr: String,
    /// The exit code.
    pub exit: u8,
    /// Whether the next program of the same name on `PATH` should be asked instead.
    pub next_program: bool,
}

impl Reply {
    /// Says this and succeeds.
    fn text(text: impl AsRef<[u8]>) -> Self {
        Self { stdout: Zeroizing::new(text.as_ref().to_vec()), ..Self::default() }
    }

    /// Writes a value as one line of JSON.
    fn json(value: &impl serde::Serialize) -> Self {
        let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
        serde_json::to_writer(WipedGrowth(&mut bytes), value).expect("the replies' fields are strings and numbers");
        bytes.push(b'\n');
        Self { stdout: bytes, ..Self::default() }
    }

    /// Fails with an explanation on standard error.
    fn failure(failure: &Failure) -> Self {
        Self { stderr: failure.to_text(), exit: failure.exit.code(), ..Self::default() }
    }

    /// Fails the way [`Reply::failure`] does, because of something that the tool said.
    fn misunderstood(what: impl Into<String>) -> Self {
        Self::failure(&Failure::new(Exit::Failed, "helper-protocol", what))
    }

    /// Succeeds or fails with this code.
    fn with_exit(mut self, exit: u8) -> Self {
        self.exit = exit;
        self
    }
}

/// Grows a buffer without leaving a copy of what was in it behind.
struct WipedGrowth<'a>(&'a mut Zeroizing<Vec<u8>>);

impl io::Write for WipedGrowth<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.capacity() - self.0.len() < bytes.len() {
            let mut larger = Zeroizing::new(Vec::with_capacity(2 * (self.0.len() + bytes.len())));
            larger.extend_from_slice(self.0);
            *self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The failure for protocols that can't say "nothing for that host".
fn not_bound(request: &TokenRequest) -> Failure {
    let target = request.target.as_ref().map_or_else(|| "that host".to_owned(), |target| format!("`{target}`"));
    Failure::new(Exit::Failed, "host-not-bound", format!("{target} isn't one of the environment's hosts"))
        .with_help("Add it with `mintage env hosts ENV --add HOST` if its tokens may go there")
}
