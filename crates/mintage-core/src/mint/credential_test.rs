//! The **credential test** of one credential: whether it gets a token, regardless of which one its service user mints
//! with.
//!
//! Rule: until it is known to work, nothing that others may copy in the meantime changes: neither the default nor the
//! token in memory.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::token::{Loaded, view};
use super::{Ask, Mint, Userinfo};
use crate::credential::CredentialKind;
use crate::environment::Environment;
use crate::error::Error;
use crate::ids::CredentialId;
use crate::service_user::ServiceUser;
use crate::token::{Token, TokenView};

/// The result of testing a credential.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CredentialTest {
    /// The token it got.
    pub token: TokenView,
    /// What the issuer said about a personal access token, which isn't minted; `None` for one that was minted, and if
    /// the issuer has no endpoint to ask.
    pub userinfo: Option<Userinfo>,
    /// Whether it is its service user's default now.
    pub is_default: bool,
}

impl Mint {
    /// Tests a credential: mints a new token with it, or sends a personal access token to the issuer. If it works and
    /// `take_over` is set, it becomes its service user's default. Its token is kept only if it is the default.
    ///
    /// # Errors
    /// As [`Mint::token`]; for a personal access token, as [`Mint::userinfo`].
    pub async fn try_credential(&self, id: CredentialId, ask: Ask, take_over: bool) -> Result<CredentialTest, Error> {
        let loaded = self.load_with(id, &ask).await?;
        let Loaded { environment, service_user, credential, .. } = &loaded;
        let minted = Box::pin(self.mint(&loaded, &ask)).await?;
        let userinfo = match credential.kind {
            CredentialKind::PersonalToken => self.shown_to_issuer(environment, service_user, &minted).await?,
            _ => None,
        };
        if take_over {
            self.make_default(service_user.id, id).await?;
        }
        let is_default = self.catalog.service_user(service_user.id).await?.default_credential == Some(id);
        let token = view(&minted, false);
        if is_default {
            self.keep(loaded.key(), minted)?;
        }
        Ok(CredentialTest { token, userinfo, is_default })
    }

    /// What the issuer says about a token; `None` if it has no endpoint to ask.
    pub(super) async fn shown_to_issuer(
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
