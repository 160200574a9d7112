//! Tokens **without an agent** (`--agent never`): minted by this process, kept by nobody.
//!
//! Rule: there is nobody else who asks, so where a program's request needs a person's approval, that is asked for on the
//! terminal.

use mintage_agent_protocol::NOT_BOUND;
use mintage_cli::args::Global;
use mintage_cli::failure::{Exit, Failure, escaped};
use mintage_cli::request::{Outcome, TokenRequest, TokenSource};
use mintage_cli::terminal;
use mintage_core::environment::{Environment, Tier};
use mintage_core::error::Error;
use mintage_core::service_user::ServiceUser;

use crate::problem::failure;
use crate::session::Session;
use crate::{block_on, key_file};

/// Mints each token anew.
pub(crate) struct Direct {
    pub(crate) global: Global,
}

impl TokenSource for Direct {
    fn token(&mut self, request: &TokenRequest) -> Result<Outcome, Failure> {
        block_on(Session::with(async |session| self.mint(session, request).await))
    }

    /// What isn't kept needn't be forgotten.
    fn refused(&mut self, _: &TokenRequest) -> Result<(), Failure> {
        Ok(())
    }
}

impl Direct {
    async fn mint(&self, session: &Session, request: &TokenRequest) -> Result<Outcome, Failure> {
        let (user, environment) = match session.find(request).await {
            Err(failure) if failure.code == NOT_BOUND => return Ok(Outcome::NotBound),
            found => found?,
        };
        // Before anybody is asked for nothing.
        if session.mint.is_locked() {
            return Err(failure(Error::Locked));
        }
        if environment.settings.asks_for_programs() {
            self.approve(&user, &environment, request)?;
            session.mint.confirm_production(environment.id);
        }
        let ask = key_file::ask(&request.scopes, &request.audience, request.min_valid);
        let minted = session.mint.token_for_program(user.id, ask).await.map_err(failure)?;
        let mut token = key_file::told(minted);
        token.origin.service_user = user.settings.name;
        token.origin.environment = environment.settings.name;
        Ok(Outcome::Token(Box::new(token)))
    }

    fn approve(&self, user: &ServiceUser, environment: &Environment, request: &TokenRequest) -> Result<(), Failure> {
        let (user, settings) = (&user.settings.name, &environment.settings);
        let is_production = settings.tier == Tier::Production;
        let which = if is_production { ", which is production" } else { "" };
        let question = escaped(&format!("Mint a token of {user} in {}{which}?", settings.name));
        let global = Global { no_input: self.global.no_input || request.no_input, ..self.global.clone() };
        match terminal::confirm(&question, &global)? {
            true => Ok(()),
            // The settings may let the window mint without a confirmation. A no is a no.
            false if is_production => Err(failure(Error::ProductionUnconfirmed { environment: settings.name.clone() })),
            false => Err(Failure::new(Exit::NotApproved, "approval-denied", "the request was denied")
                .with_help("Ask again and approve it if you meant to allow it")),
        }
    }
}
