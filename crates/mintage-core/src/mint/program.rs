//! Tokens for **programs**: an agent hands them out, and no screen shows them.

use time::OffsetDateTime;

use super::token::Handed;
use super::{Ask, Mint};
use crate::environment::Environment;
use crate::error::Error;
use crate::ids::{CredentialId, ServiceUserId};
use crate::secret::Secret;
use crate::token::{Authorization, MintTrace, Token, TokenForm};

/// A token that leaves memory for a program.
#[derive(Clone, Debug)]
pub struct ProgramToken {
    /// The token.
    pub token: Token,
    /// Whether it was in memory.
    pub reused: bool,
    /// The environment that issued it.
    pub environment: Environment,
}

/// A token that another process of the user's minted.
#[derive(Clone, Debug)]
pub struct Adopted {
    /// The token.
    pub access_token: Secret,
    /// How it is sent.
    pub authorization: Authorization,
    /// When it expires, if that is known.
    pub expires_at: Option<OffsetDateTime>,
}

impl Adopted {
    pub(super) fn into_token(self, credential: CredentialId, now: OffsetDateTime) -> Token {
        Token {
            form: TokenForm::of(self.access_token.expose()),
            access_token: self.access_token,
            minted_at: now,
            expires_at: self.expires_at,
            requested_scopes: Vec::new(),
            granted_scopes: None,
            authorization: self.authorization,
            also_said: Vec::new(),
            scopes: Vec::new(),
            credential,
            subject: None,
            trace: MintTrace::default(),
        }
    }
}

impl Mint {
    /// Keeps a token that the agent minted for a service user, so that its issuer can be asked about it here. The agent
    /// has asked whoever had to be asked.
    ///
    /// # Errors
    /// [`Error::NoCredential`], [`crate::catalog::CatalogError::Gone`].
    pub async fn adopt(&self, id: ServiceUserId, adopted: Adopted) -> Result<(), Error> {
        let approved = Some(self.catalog.service_user(id).await?.environment);
        let loaded = self.load(id, &Ask { approved, ..Ask::default() }).await?;
        let token = adopted.into_token(loaded.credential.id, self.now());
        let token = Token { requested_scopes: loaded.wanted.scopes.clone(), ..token };
        self.keep(loaded.key(), token)
    }

    /// As [`Mint::token`], with the token itself. Whoever calls it decides which program may have it, and records that.
    ///
    /// # Errors
    /// As [`Mint::token`].
    pub async fn token_for_program(&self, id: ServiceUserId, ask: Ask) -> Result<ProgramToken, Error> {
        let Handed { token, reused, loaded } = self.hand_out(id, &ask).await?;
        Ok(ProgramToken { token, reused, environment: loaded.environment })
    }

    /// Forgets a service user's tokens that a server refused.
    pub fn forget_refused(&self, id: ServiceUserId, is_refused: impl Fn(&Token) -> bool) {
        self.cache.drop_refused(id, is_refused);
    }
}
