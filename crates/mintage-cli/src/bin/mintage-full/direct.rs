//! Tokens **without an agent** (`--agent never`): minted by this process, kept by nobody.
//!
//! Rule: nobody is asked here, so production is refused unless a person confirms it on the terminal.

use mintage_app::agent::resolve;
use mintage_cli::args::Global;
use mintage_cli::failure::Failure;
use mintage_cli::request::{Outcome, TokenRequest, TokenSource};
use mintage_cli::target::Target;
use mintage_cli::terminal;
use mintage_core::environment::Tier;
use mintage_core::error::Error;

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
        let global = Global { environment: request.name.environment.clone(), ..self.global.clone() };
        let (user, environment) = session.user(request.name.user.as_deref().unwrap_or_default(), &global).await?;
        if let Some(target) = &request.target
            && !covers(&environment, target)
        {
            return Ok(Outcome::NotBound);
        }
        let settings = &environment.settings;
        if settings.tier == Tier::Production {
            let question = format!("Mint a token of {} in {}, which is production?", user.settings.name, settings.name);
            let global = Global { no_input: global.no_input || request.no_input, ..global };
            if !terminal::confirm(&question, &global)? {
                // The settings may let the window mint without a confirmation. A no is a no.
                return Err(failure(Error::ProductionUnconfirmed { environment: settings.name.clone() }));
            }
            session.mint.confirm_production(environment.id);
        }
        let ask = key_file::ask(&request.scopes, &request.audience, request.min_valid);
        let minted = session.mint.token_for_program(user.id, ask).await.map_err(failure)?;
        let mut token = key_file::told(minted);
        token.origin.service_user = user.settings.name;
        token.origin.environment = environment.settings.name;
        Ok(Outcome::Token(Box::new(token)))
    }
}

fn covers(environment: &mintage_core::environment::Environment, target: &Target) -> bool {
    resolve::binding(environment).covers(target)
}
