//! The **mint of this process**, for what isn't asked of the agent: imports, checks, and questions to issuers.
//!
//! Rule: a service user's token comes from the agent, which asks whoever has to be asked; the mint here only borrows it.

use mintage_app::agent::resolve;
use mintage_app::open_mint;
use mintage_cli::agent;
use mintage_cli::args::Global;
use mintage_cli::failure::{Exit, Failure};
use mintage_cli::full;
use mintage_cli::request::{Name, Outcome, TokenRequest, TokenSource};
use mintage_cli::token::{Authorization, Token};
use mintage_core::environment::Environment;
use mintage_core::error::Error;
use mintage_core::mint::{Adopted, Mint};
use mintage_core::secret::Secret;
use mintage_core::service_user::ServiceUser;
use mintage_core::token;
use secrecy::ExposeSecret;

use crate::input::read_input;
use crate::problem::failure;

/// The largest text that a token is looked for in.
const MOST_BYTES: u64 = 1024 * 1024;

/// A mint over the catalogue and the keychain that all of Mintage's programs share.
pub(crate) struct Session {
    pub(crate) mint: Mint,
}

impl Session {
    /// Opens the catalogue, works, and waits until everything is in the catalogue's file.
    ///
    /// # Errors
    /// The catalogue can't be opened, or what the work fails with.
    pub(crate) async fn with<T>(work: impl AsyncFnOnce(&Self) -> Result<T, Failure>) -> Result<T, Failure> {
        let (mint, catalog) = open_mint().await.map_err(failure)?;
        let session = Self { mint };
        let worked = work(&session).await;
        session.mint.finish().await;
        catalog.close().await;
        worked
    }

    /// All environments.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub(crate) async fn environments(&self) -> Result<Vec<Environment>, Failure> {
        let all = self.mint.environments().await.map_err(failure)?;
        Ok(all.into_iter().map(|row| row.environment).collect())
    }

    /// The environment with that name or id.
    ///
    /// # Errors
    /// There is none.
    pub(crate) async fn environment(&self, name: &str) -> Result<Environment, Failure> {
        let all = self.environments().await?;
        resolve::within(Some(name), &all).map(|found| found[0].clone()).map_err(agent::failed)
    }

    /// The service user that somebody typed, in its environment.
    ///
    /// # Errors
    /// There is none, or there are several.
    pub(crate) async fn user(&self, name: &str, global: &Global) -> Result<(ServiceUser, Environment), Failure> {
        self.find(&full::user(Some(name), global)?).await
    }

    /// The service user that a request is about, in its environment.
    ///
    /// # Errors
    /// There is none, there are several, or its environment isn't the one that the request expects.
    pub(crate) async fn find(&self, request: &TokenRequest) -> Result<(ServiceUser, Environment), Failure> {
        let environments = self.environments().await?;
        let users = self.mint.service_users(None).await.map_err(failure)?;
        let request = agent::wire(request);
        let users = resolve::possible(&request, users);
        let found = resolve::find(&request, &environments, &users).map_err(agent::failed)?;
        Ok((found.0.clone(), found.1.clone()))
    }

    /// Lets the mint use the token of a service user that the agent gave.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub(crate) async fn adopt(&self, user: &ServiceUser, token: Token) -> Result<(), Failure> {
        let authorization = match &token.authorization {
            Authorization::Basic { id } => token::Authorization::Basic { id: id.clone() },
            Authorization::Bearer | Authorization::Other(_) => token::Authorization::Bearer,
        };
        let adopted = Adopted { access_token: text_of(&token), authorization, expires_at: token.expires_at };
        self.mint.adopt(user.id, adopted).await.map_err(failure)
    }
}

/// Asks the agent for a service user's token.
///
/// # Errors
/// The agent's.
pub(crate) fn ask(
    user: &ServiceUser,
    asker: &'static str,
    fresh: bool,
    global: &Global,
    source: &mut dyn TokenSource,
) -> Result<Token, Failure> {
    let name = Name { user: Some(user.id.0.to_string()), environment: None };
    let no_input = global.no_input || std::env::var_os("MINTAGE_NO_INPUT").is_some_and(|value| !value.is_empty());
    let request = TokenRequest { name, asker, fresh, no_input, ..TokenRequest::default() };
    match source.token(&request).and_then(Outcome::checked)? {
        Outcome::Token(token) => Ok(*token),
        Outcome::NotBound => Err(Failure::new(Exit::Failed, "host-not-bound", "no environment has that host")),
    }
}

/// The text of a token.
pub(crate) fn text_of(token: &Token) -> Secret {
    Secret::new(token.access_token.expose_secret().to_owned())
}

/// The token on standard input.
///
/// # Errors
/// There is none.
pub(crate) fn pasted() -> Result<Secret, Failure> {
    token::extract(read_input(MOST_BYTES)?.expose()).map_err(|error| failure(Error::from(error)))
}
