//! The **source** of the tokens that the agent hands out: the mint of the desktop app or of a headless agent.

use std::collections::BTreeSet;
use std::future::Future;
use std::time::Duration;

use mintage_agent_protocol::form::Form;
use mintage_agent_protocol::{Copied, Problem, RecordRow, Token, TokenRequest};
use time::OffsetDateTime;

/// Mints, finds and forgets tokens. Its methods are called from many connections at once.
pub trait Source: Send + Sync + 'static {
    /// Describes itself for a hello.
    fn about(&self) -> impl Future<Output = About> + Send;

    /// Finds the service user that a request names and the token that it would get. It doesn't mint.
    ///
    /// # Errors
    /// There is no such service user or more than one, or the host that the token is for isn't the environment's.
    fn resolve(&self, request: &TokenRequest) -> impl Future<Output = Result<Target, Problem>> + Send;

    /// Gets a token. Concurrent calls for the same token share one mint. The future is dropped if the asker goes away.
    ///
    /// # Errors
    /// The token couldn't be minted.
    fn token(&self, target: &Target, freshness: Freshness) -> impl Future<Output = Result<Minted, Problem>> + Send;

    /// Puts the text of a token, which is in this form, on the clipboard. It's only called if the desktop serves.
    ///
    /// # Errors
    /// There is no clipboard, or it can't be written.
    fn copy(&self, _: &Target, _: &str, _: Form) -> impl Future<Output = Result<Copied, Problem>> + Send {
        async { Err(crate::problems::no_clipboard()) }
    }

    /// The handle of a token that was handed out, by its [`fingerprint`](mintage_agent_protocol::fingerprint).
    fn handle_of(&self, fingerprint: u64) -> impl Future<Output = Option<String>> + Send;

    /// Forgets the token with this handle because the server refused it. Unknown handles are ignored.
    fn refused(&self, handle: &str) -> impl Future<Output = ()> + Send;

    /// The ids of the service users whose token is in memory and still valid.
    ///
    /// # Errors
    /// They couldn't be read.
    fn in_memory(&self) -> impl Future<Output = Result<Vec<String>, Problem>> + Send;

    /// Whether it's locked.
    fn is_locked(&self) -> bool;

    /// Forgets every token, and returns none until it is unlocked.
    fn lock(&self) -> impl Future<Output = ()> + Send;

    /// Returns tokens again. The keychain may ask for its password.
    ///
    /// # Errors
    /// The keychain stays locked or doesn't respond.
    fn unlock(&self) -> impl Future<Output = Result<(), Problem>> + Send;

    /// Stores rows of the record. A row replaces the stored row with the same grant, service user and environment.
    ///
    /// # Errors
    /// Some couldn't be stored; all of them are given again later.
    fn keep(&self, rows: &[RecordRow]) -> impl Future<Output = Result<(), Problem>> + Send;
}

/// What a source says about itself.
#[derive(Debug, Clone)]
pub struct About {
    /// The program's version.
    pub program: String,
    /// The version of its catalogue's schema.
    pub schema: i64,
}

/// Whether a person is asked before a token of an environment is handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// A person is asked once per grant.
    Ask,
    /// Nobody is asked; the person is notified afterwards. Ignored in production.
    Tell,
}

/// What a request resolves to: the service user and the token that it would get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The service user's id.
    pub user: String,
    /// The service user's name.
    pub service_user: String,
    /// The environment's name.
    pub environment: String,
    /// The environment's id.
    pub environment_id: String,
    /// Whether that is production.
    pub production: bool,
    /// Whether a person is asked.
    pub approval: Approval,
    /// The scopes that will be requested, the defaults filled in.
    pub scopes: BTreeSet<String>,
    /// The audiences that will be requested, the defaults filled in.
    pub audience: BTreeSet<String>,
}

impl Target {
    /// Whether a person is asked. In production, always.
    pub fn asks(&self) -> bool {
        self.production || self.approval == Approval::Ask
    }

    /// Whether it is the same token. Scopes have to be equal: a request without scopes gets the server's defaults, which
    /// may be more than any list. A service user that was moved to another environment gets another token.
    pub fn is_same_token(&self, other: &Self) -> bool {
        self.user == other.user
            && self.environment_id == other.environment_id
            && self.scopes == other.scopes
            && self.audience == other.audience
    }
}

/// What the token has to be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    /// How long it has to stay valid at least; the source has a default.
    pub min_valid: Option<Duration>,
    /// Whether it has to be new.
    pub fresh: bool,
}

/// A token and its properties.
#[derive(Debug, Clone)]
pub struct Minted {
    /// The token.
    pub value: Token,
    /// Its opaque name, which isn't derived from the token.
    pub handle: String,
    /// How to present it, for example `Bearer`.
    pub token_type: String,
    /// For `Basic`, the half of the pair that isn't secret.
    pub token_id: Option<String>,
    /// When it ends, if the server said so.
    pub expires_at: Option<OffsetDateTime>,
    /// The scopes that the server granted.
    pub scopes: Vec<String>,
    /// Who issued it.
    pub issuer: String,
    /// Whether it was minted earlier.
    pub reused: bool,
}
