//! Provider profiles: the built-in ones and the user's own, which are copied, edited, exported, imported.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Mint;
use super::wire::require_parameters;
use crate::catalog::StoredProvider;
use crate::environment::Environment;
use crate::error::{Error, Problem, ProviderError};
use crate::provider::file::{self, Format};
use crate::provider::{Provider, ProviderId, built_in, is_built_in};

/// The profiles of the user's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OwnProviders {
    /// Those that are among all profiles.
    pub usable: Vec<ProviderId>,
    /// Those that are not.
    pub unusable: Vec<UnusableProvider>,
}

/// A stored profile that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UnusableProvider {
    /// Its name.
    pub id: ProviderId,
    /// Why not.
    pub problem: Problem,
}

impl Mint {
    /// All profiles that can be used: the user's own first, then the built-in ones.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn providers(&self) -> Result<Vec<Provider>, Error> {
        let stored = self.catalog.providers().await?;
        let mut all: Vec<Provider> = stored.iter().filter_map(|own| file::read_stored(&own.document).ok()).collect();
        all.extend_from_slice(built_in());
        Ok(all)
    }

    /// Which profiles are the user's own, and which of them cannot be used and why.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn own_providers(&self) -> Result<OwnProviders, Error> {
        let mut own = OwnProviders::default();
        for StoredProvider { id, document } in self.catalog.providers().await? {
            match file::read_stored(&document) {
                Ok(_) => own.usable.push(id),
                Err(error) => own.unusable.push(UnusableProvider { id, problem: Error::from(error).problem() }),
            }
        }
        Ok(own)
    }

    /// One profile.
    ///
    /// # Errors
    /// [`ProviderError::Unknown`], which an environment's profile is after a step back to an older version;
    /// [`ProviderError::Unusable`].
    pub async fn provider(&self, id: &ProviderId) -> Result<Provider, Error> {
        if let Some(provider) = built_in().iter().find(|provider| provider.id == *id) {
            return Ok(provider.clone());
        }
        let own = self.catalog.provider(id).await?.ok_or_else(|| ProviderError::Unknown { id: id.0.clone() })?;
        let unusable = |source| ProviderError::Unusable { id: id.0.clone(), source: Box::new(source) };
        Ok(file::read_stored(&own).map_err(unusable)?)
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
        let mut taken: Vec<ProviderId> = self.catalog.providers().await?.into_iter().map(|own| own.id).collect();
        taken.extend(built_in().iter().map(|provider| provider.id.clone()));
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

    /// Writes a profile as text, for a file to share. It never holds a secret. One that cannot be used is given
    /// as it is stored, to be corrected.
    ///
    /// # Errors
    /// [`ProviderError::Unknown`].
    pub async fn export_provider(&self, id: &ProviderId, format: Format) -> Result<String, Error> {
        match self.provider(id).await {
            Ok(provider) => Ok(file::write(&provider, format)),
            Err(Error::Provider(error @ ProviderError::Unusable { .. })) => {
                let document = self.catalog.provider(id).await?.ok_or(error)?;
                Ok(crate::json::Json::parse(&document).map_or(document, |json| json.pretty()))
            }
            Err(error) => Err(error),
        }
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
