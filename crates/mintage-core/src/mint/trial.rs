//! The **trial** of one credential: whether it gives a token, whichever one its service user mints with.
//!
//! Rule: until it is known to work, nothing that others copy meanwhile changes: neither the default nor the
//! token in memory.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Ask, Mint, Userinfo, held};
use crate::credential::{CredentialId, CredentialKind};
use crate::environment::Environment;
use crate::error::Error;
use crate::service_user::ServiceUser;
use crate::token::{Token, TokenView};

/// What trying a credential gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Trial {
    /// The token that it gives.
    pub token: TokenView,
    /// What the issuer said of a ready-made token, which nobody minted; `None` for one that was minted, and
    /// where the issuer has no place to ask.
    pub userinfo: Option<Userinfo>,
    /// Whether it is its service user's default now.
    pub is_default: bool,
}

impl Mint {
    /// Tries a credential: mints a new token with it, and shows a ready-made one to the issuer. One that works
    /// becomes its service user's default where `take_over` says so. Its token is kept only as the default's.
    ///
    /// # Errors
    /// As [`Mint::token`]; of a ready-made token, as [`Mint::userinfo`].
    pub async fn try_credential(&self, id: CredentialId, ask: Ask, take_over: bool) -> Result<Trial, Error> {
        let (credential, service_user, environment) = self.with_owner(id).await?;
        self.require_confirmed(&environment, &self.settings().await?)?;
        let credential = held::usable(credential, &service_user)?;
        let minted = self.mint(&environment, &service_user, &credential, ask).await;
        self.note_outcome(&environment, &service_user, &credential, &minted).await;
        let kept = minted?;
        let userinfo = match credential.kind {
            CredentialKind::PersonalToken => self.shown_to_issuer(&environment, &service_user, &kept.token).await?,
            _ => None,
        };
        if take_over {
            self.make_default(service_user.id, id).await?;
        }
        let is_default = self.catalog.service_user(service_user.id).await?.default_credential == Some(id);
        let token = super::token::view(&kept.token, false);
        if is_default {
            self.keep(&service_user, kept).await?;
        }
        Ok(Trial { token, userinfo, is_default })
    }

    /// What the issuer says of a token; `None` where it has no place to ask.
    async fn shown_to_issuer(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        token: &Token,
    ) -> Result<Option<Userinfo>, Error> {
        match self.ask_about(environment, service_user, token).await {
            Ok(userinfo) => Ok(Some(userinfo)),
            Err(Error::EndpointUnknown { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
