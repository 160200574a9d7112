//! Provider profiles: the built-in ones and the user's own, which are copied, edited, exported, imported.

use super::Mint;
use super::wire::require_parameters;
use crate::environment::Environment;
use crate::error::{Error, ProviderError};
use crate::provider::file::{self, Format};
use crate::provider::{Provider, ProviderId, built_in, is_built_in};

impl Mint {
    /// All profiles: the user's own first, then the built-in ones.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn providers(&self) -> Result<Vec<Provider>, Error> {
        let mut all = self.catalog.providers().await?;
        all.extend_from_slice(built_in());
        Ok(all)
    }

    /// One profile.
    ///
    /// # Errors
    /// [`ProviderError::Unknown`], which an environment's profile is after a step back to an older version.
    pub async fn provider(&self, id: &ProviderId) -> Result<Provider, Error> {
        if let Some(provider) = built_in().iter().find(|provider| provider.id == *id) {
            return Ok(provider.clone());
        }
        let own = self.catalog.provider(id).await?;
        Ok(own.ok_or_else(|| ProviderError::Unknown { id: id.0.clone() })?)
    }

    pub(super) async fn provider_of(&self, environment: &Environment) -> Result<Provider, Error> {
        self.provider(&environment.settings.provider).await
    }

    /// A copy of a profile under a free id and name, to be edited; nothing is stored yet.
    ///
    /// # Errors
    /// [`ProviderError::Unknown`].
    pub async fn copy_provider(&self, id: &ProviderId) -> Result<Provider, Error> {
        let mut copy = self.provider(id).await?;
        let taken: Vec<ProviderId> = self.providers().await?.into_iter().map(|provider| provider.id).collect();
        let stem = copy.id.0.chars().take(50).collect::<String>();
        let free = (1..).map(|number| match number {
            1 => ProviderId(format!("{stem}-copy")),
            _ => ProviderId(format!("{stem}-copy-{number}")),
        });
        copy.id = free.into_iter().find(|id| !taken.contains(id)).expect("there are more numbers than profiles");
        copy.name = format!("{} (copy)", copy.name);
        Ok(copy)
    }

    /// Reads a profile's text without storing it.
    ///
    /// # Errors
    /// All of [`ProviderError`] that [`file::read`] gives.
    pub fn read_provider(&self, text: &str) -> Result<Provider, Error> {
        Ok(file::read(text)?)
    }

    /// Stores a profile of the user's own. With `replace`, one that has its id already is replaced, and
    /// every environment that follows it minds the new one from now on.
    ///
    /// # Errors
    /// [`ProviderError::BuiltIn`], [`ProviderError::IdTaken`], all of [`file::check`].
    pub async fn save_provider(&self, provider: &Provider, replace: bool) -> Result<(), Error> {
        file::check(provider)?;
        let id = || provider.id.0.clone();
        if is_built_in(&provider.id) {
            return Err(ProviderError::BuiltIn { id: id() }.into());
        }
        if !replace && self.catalog.provider(&provider.id).await?.is_some() {
            return Err(ProviderError::IdTaken { id: id() }.into());
        }
        self.catalog.put_provider(provider, self.now()).await?;
        for environment in self.environments_of(&provider.id).await? {
            self.cut_wire(environment.id);
            // A token that was got by the old rules must not be handed out as one of the new.
            for service_user in self.catalog.service_users(Some(environment.id)).await? {
                self.drop_token(service_user.id);
            }
        }
        Ok(())
    }

    /// Writes a profile as text, for a file to share. It never holds a secret.
    ///
    /// # Errors
    /// [`ProviderError::Unknown`].
    pub async fn export_provider(&self, id: &ProviderId, format: Format) -> Result<String, Error> {
        Ok(file::write(&self.provider(id).await?, format))
    }

    /// Removes a profile of the user's own that no environment follows.
    ///
    /// # Errors
    /// [`ProviderError::BuiltIn`], [`ProviderError::InUse`], [`crate::error::CatalogError::Gone`].
    pub async fn forget_provider(&self, id: &ProviderId) -> Result<(), Error> {
        if is_built_in(id) {
            return Err(ProviderError::BuiltIn { id: id.0.clone() }.into());
        }
        let used: Vec<String> =
            self.environments_of(id).await?.into_iter().map(|environment| environment.settings.name).collect();
        if !used.is_empty() {
            return Err(ProviderError::InUse { id: id.0.clone(), environments: used.join(", ") }.into());
        }
        Ok(self.catalog.remove_provider(id).await?)
    }

    async fn environments_of(&self, id: &ProviderId) -> Result<Vec<Environment>, Error> {
        let all = self.catalog.environments().await?;
        Ok(all.into_iter().filter(|environment| environment.settings.provider == *id).collect())
    }

    /// The profile of an environment, which has everything that the profile asks for.
    pub(super) async fn ready_provider(&self, environment: &Environment) -> Result<Provider, Error> {
        let provider = self.provider_of(environment).await?;
        require_parameters(&provider, &environment.settings)?;
        Ok(provider)
    }
}
