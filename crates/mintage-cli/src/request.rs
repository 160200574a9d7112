//! A **request** for a token: who should be named in it, where it goes, and what the asker can do with the answer.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use crate::failure::{Exit, Failure};
use crate::target::Target;
use crate::token::Token;

/// What is asked of the owner of the keys.
#[derive(Clone, Debug, Default)]
pub struct TokenRequest {
    /// Which service user.
    pub name: Name,
    /// What the token is for, where the tool says so. The owner holds it against the environment's hosts.
    pub target: Option<Target>,
    /// The issuer that the environment has to have, where a project file says it.
    pub issuer: Option<String>,
    /// The user name that the tool's configuration has for the target. Where several service users are possible, it says
    /// which one.
    pub username: Option<String>,
    /// The tool whose protocol asks, for the record: `git`, `kubectl`.
    pub asker: &'static str,
    /// Scopes instead of the service user's own.
    pub scopes: Vec<String>,
    /// Audiences instead of the service user's own.
    pub audience: Vec<String>,
    /// How long the token must still be valid; the owner has a default.
    pub min_valid: Option<Duration>,
    /// Whether a cached token won't do.
    pub fresh: bool,
    /// The token that a server refused: another one is wanted.
    pub refused: Option<Refused>,
    /// What the asking person gave as a reason.
    pub reason: Option<String>,
    /// Whether nobody may be asked anything.
    pub no_input: bool,
    /// Whether a tool that asks again before the token ends does so because a server refused it. Most ask for each
    /// address or in each of their processes, and a script may ask in a loop; those mustn't cost a mint.
    pub repeat_is_refusal: bool,
}

/// A file that names the service user of a folder, in it or above it.
pub const PROJECT_FILE: &str = ".mintage.toml";

/// A service user by name, `ENV/NAME` or id, and the environment it is looked for in. Where both are missing, the
/// owner goes by the target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// The service user.
    pub user: Option<String>,
    /// The environment.
    pub environment: Option<String>,
}

impl Name {
    /// Fills what is missing from another name. `ENV/NAME` already says its environment.
    pub fn or(self, other: Self) -> Self {
        let named = Self { user: self.user.or(other.user), environment: self.environment };
        let environment = if named.is_complete() { None } else { other.environment };
        Self { environment: named.environment.or(environment), ..named }
    }

    /// Whether nothing is missing.
    pub fn is_complete(&self) -> bool {
        self.user.as_deref().is_some_and(|user| self.environment.is_some() || user.contains('/'))
    }

    /// Reads the names that the environment sets as defaults: `MINTAGE_USER` and `MINTAGE_ENV`.
    pub fn from_environment(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        Self { user: set("MINTAGE_USER"), environment: set("MINTAGE_ENV") }
    }
}

/// A token that a server refused, by the owner's handle or by its own text.
#[derive(Clone, Debug)]
pub enum Refused {
    /// The owner's name for it.
    Handle(String),
    /// The token, from a protocol that has no room for a handle.
    Token(SecretString),
}

/// The owner's answer, where nothing failed.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Here it is.
    Token(Box<Token>),
    /// The target isn't one of the environment's hosts, or no environment has that host.
    NotBound,
}

impl Outcome {
    /// Lets a token through that is made of what headers and lines of text can hold. Servers choose their tokens, and
    /// a line break in one would add lines to a tool's protocol.
    ///
    /// # Errors
    /// `token-not-printable` for any other.
    pub fn checked(self) -> Result<Self, Failure> {
        // RFC 6749 appendix A.12: access-token = 1*VSCHAR, which has spaces in it.
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
        match &self {
            Self::NotBound => Ok(self),
            Self::Token(token) if plain(token.access_token.expose_secret()) && plain(token.user_name("-")) => Ok(self),
            Self::Token(_) => {
                let message = "the server's token contains line breaks or other characters that a header can't";
                Err(Failure::new(Exit::Failed, "token-not-printable", message)
                    .with_help("Report it to the server's administrator"))
            }
        }
    }
}

/// The owner of the keys, seen from a program that wants a token: the agent behind its socket, or the mint in this
/// process.
pub trait TokenSource {
    /// Gives a cached or a new token. The owner applies [`crate::target::Binding::covers`] to the request's target
    /// before anything else.
    ///
    /// # Errors
    /// A [`Failure`] with the code and next step that the desktop would show.
    fn token(&mut self, request: &TokenRequest) -> Result<Outcome, Failure>;

    /// Takes note that a server refused a token, which the request names, so that it isn't handed out again. Nobody
    /// is asked anything for that.
    ///
    /// # Errors
    /// A [`Failure`] if the owner can't be reached.
    fn refused(&mut self, request: &TokenRequest) -> Result<(), Failure>;
}
