//! Copying: a token in the chosen form, with everything that the confirmation says.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::token::{Handed, Loaded, view};
use super::{Ask, Mint};
use crate::activity::Action;
use crate::copy_form::CopyForm;
use crate::endpoints::Endpoint;
use crate::environment::{Environment, Tier};
use crate::error::Error;
use crate::ids::ServiceUserId;
use crate::secret::Secret;
use crate::service_user::ServiceUser;
use crate::token::TokenView;

/// The content of a copy confirmation.
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
    /// Whether something else was copied while the token was minted, and is still on the clipboard.
    pub overtaken: bool,
}

impl Mint {
    /// Returns a token's text for the clipboard, minting first if needed, and the confirmation.
    ///
    /// # Errors
    /// As [`Mint::token`].
    pub async fn copy(&self, id: ServiceUserId, form: CopyForm, ask: Ask) -> Result<(Secret, Copied), Error> {
        let Handed { token, reused, loaded } = self.hand_out(id, &ask).await?;
        let Loaded { settings, environment, service_user, .. } = loaded;
        let provider = self.provider_of(&environment).await?;
        let url = match form {
            CopyForm::Curl => self.endpoint(Endpoint::Userinfo, &environment, &provider).await?,
            _ => String::new(),
        };
        self.note_taken(Action::Copy, form.name(), &environment, &service_user).await?;
        let copied = Copied {
            tier: environment.settings.tier,
            clears_after: settings.clears_after(environment.settings.tier),
            environment: environment.settings.name,
            service_user: service_user.settings.name,
            form,
            token: view(&token, reused),
            overtaken: false,
        };
        Ok((form.write(&token, provider.userinfo.method, &url), copied))
    }

    /// Records that a program puts a service user's token on the clipboard in this form, and says after how many seconds
    /// it is cleared.
    ///
    /// # Errors
    /// What the catalogue reports; then the token doesn't leave memory.
    pub async fn note_copy(&self, id: ServiceUserId, form: &str) -> Result<u32, Error> {
        let service_user = self.catalog.service_user(id).await?;
        let environment = self.catalog.environment(service_user.environment).await?;
        self.note_taken(Action::Copy, &format!("as {form}"), &environment, &service_user).await?;
        Ok(self.settings().await?.clears_after(environment.settings.tier))
    }

    /// Shows the token in memory in full: the only way for a token to reach a screen.
    ///
    /// # Errors
    /// [`Error::NoToken`] if there is none.
    pub async fn reveal(&self, id: ServiceUserId) -> Result<Secret, Error> {
        let service_user = self.catalog.service_user(id).await?;
        let environment = self.catalog.environment(service_user.environment).await?;
        let token = self.shown_token(&service_user, &environment)?;
        self.note_taken(Action::Reveal, "", &environment, &service_user).await?;
        Ok(token.access_token)
    }

    /// Records that a token leaves memory; if it can't be recorded, the token stays there.
    async fn note_taken(
        &self,
        action: Action,
        detail: &str,
        environment: &Environment,
        service_user: &ServiceUser,
    ) -> Result<(), Error> {
        self.record(action, environment, service_user, Ok(detail.to_owned())).await?;
        Ok(self.catalog.touch(service_user.id, self.now()).await?)
    }
}
