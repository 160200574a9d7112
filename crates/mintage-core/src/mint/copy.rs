//! Copying: a token in the form its user wants, with all that the confirmation says.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::wire::Endpoint;
use super::{Ask, Mint};
use crate::activity::Deed;
use crate::copy_form::CopyForm;
use crate::environment::{Environment, Tier};
use crate::error::Error;
use crate::secret::Secret;
use crate::service_user::{ServiceUser, ServiceUserId};
use crate::token::{Token, TokenView};

/// What the confirmation of a copy says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Copied {
    /// The environment's name.
    pub environment: String,
    /// Its tier.
    pub tier: Tier,
    /// The service user's name.
    pub service_user: String,
    /// The form that was copied.
    pub form: CopyForm,
    /// The token, masked.
    pub token: TokenView,
    /// After how many seconds the clipboard is cleared.
    pub clears_after: u32,
}

impl Mint {
    /// Gives a token's text for the clipboard, minting first if needed, and what to say about it.
    ///
    /// # Errors
    /// As [`Mint::token`].
    pub async fn copy(&self, id: ServiceUserId, form: CopyForm, ask: Ask) -> Result<(Secret, Copied), Error> {
        let token = self.token(id, ask).await?;
        let service_user = self.catalog.service_user(id).await?;
        let environment = self.catalog.environment(service_user.environment).await?;
        let url = match form {
            CopyForm::Curl => self.endpoint(Endpoint::Userinfo, &environment).await?,
            _ => String::new(),
        };
        let method = self.provider_of(&environment).await?.userinfo.method;
        let taken = self.take(Deed::Copy, form.name(), &environment, &service_user).await?;
        let copied = Copied {
            tier: environment.settings.tier,
            clears_after: self.settings().await?.clears_after(environment.settings.tier),
            environment: environment.settings.name,
            service_user: service_user.settings.name,
            form,
            token,
        };
        Ok((form.write(&taken, method, &url), copied))
    }

    /// Shows the token in memory in full: the one way in which a token reaches a screen.
    ///
    /// # Errors
    /// [`Error::NoToken`] where there is none.
    pub async fn reveal(&self, id: ServiceUserId) -> Result<Secret, Error> {
        let service_user = self.catalog.service_user(id).await?;
        let environment = self.catalog.environment(service_user.environment).await?;
        Ok(self.take(Deed::Reveal, "", &environment, &service_user).await?.access_token)
    }

    async fn take(
        &self,
        deed: Deed,
        detail: &str,
        environment: &Environment,
        service_user: &ServiceUser,
    ) -> Result<Token, Error> {
        let name = service_user.settings.name.clone();
        let token = self.kept_token(service_user.id).ok_or(Error::NoToken { service_user: name })?;
        self.record(deed, environment, service_user, Ok(detail.to_owned())).await?;
        self.catalog.touch(service_user.id, self.now()).await?;
        Ok(token)
    }
}
