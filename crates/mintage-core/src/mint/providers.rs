//! Provider profiles: the built-in ones and the user's own, which are copied, edited, exported, imported.

use std::borrow::Cow;

use serde::Serialize;
use specta::Type;

use super::Mint;
use super::endpoint::require_parameters;
use crate::catalog::{CatalogError, StoredProvider};
use crate::environment::Environment;
use crate::error::{Error, Problem};
use crate::json::Json;
use crate::provider::file::{self, Format};
use crate::provider::{Provider, ProviderError, ProviderId, built_in, is_built_in};

mod review;
mod view;

pub use review::{NamedHost, ProfileDifference, ProviderReview};
pub(super) use view::takes;
pub use view::{CreationView, EndpointView, IdLabels, ParameterView, PresetView, ProviderView, ScopesView};

/// The profiles of the user's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OwnProviders {
    /// The usable ones.
    pub usable: Vec<ProviderId>,
    /// The unusable ones.
    pub unusable: Vec<UnusableProvider>,
}

/// A stored profile that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UnusableProvider {
    /// Its id.
    pub id: ProviderId,
    /// Why not.
    pub problem: Problem,
}

impl Mint {
    /// All usable profiles: the user's own first, then the built-in ones.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn providers(&self) -> Result<Vec<Provider>, Error> {
        let stored = self.catalog.providers().await?;
        let mut all: Vec<Provider> = stored.iter().filter_map(|own| file::read_stored(&own.document).ok()).collect();
        all.extend_from_slice(built_in());
        Ok(all)
    }

    /// Which profiles are the user's own, and which of them can't be used and why.
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
    /// [`ProviderError::Unknown`], which may happen to an environment's profile after a downgrade;
    /// [`ProviderError::Unusable`].
    pub async fn provider(&self, id: &ProviderId) -> Result<Provider, Error> {
        Ok(self.found(id).await?.into_owned())
    }

    async fn found(&self, id: &ProviderId) -> Result<Cow<'static, Provider>, Error> {
        let own = if is_built_in(id) { None } else { self.catalog.provider(id).await? };
        profile(id, own.as_deref())
    }

    pub(super) async fn provider_of(&self, environment: &Environment) -> Result<Cow<'static, Provider>, Error> {
        self.found(&environment.settings.provider).await
    }

    /// A copy of a profile with a free id and name, to be edited; nothing is stored yet.
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
    /// Every [`ProviderError`] that [`file::read`] returns.
    pub fn read_provider(&self, text: &str) -> Result<Provider, Error> {
        Ok(file::read(text)?)
    }

    /// Stores one of the user's profiles: a new one, or one in place of the stored one with its id, whose text the user
    /// saw as [`Mint::export_provider`] gives it in TOML. Every environment that uses it uses the new one from now on.
    ///
    /// # Errors
    /// [`ProviderError::BuiltIn`], [`ProviderError::IdTaken`], all of [`file::check`];
    /// [`CatalogError::EditedMeanwhile`] and [`CatalogError::Gone`] if the stored one isn't that any more.
    pub async fn save_provider(&self, provider: &Provider, replaces: Option<&str>) -> Result<(), Error> {
        file::check(provider)?;
        let id = || provider.id.0.clone();
        if is_built_in(&provider.id) {
            return Err(ProviderError::BuiltIn { id: id() }.into());
        }
        match replaces {
            Some(seen) => self.replace_provider(provider, seen).await?,
            None if self.catalog.add_provider(provider, self.now()).await? => {}
            None => return Err(ProviderError::IdTaken { id: id() }.into()),
        }
        for environment in self.environments_of(&provider.id).await? {
            self.forget_server(environment.id);
        }
        // A token minted by the old rules must not be shown as one of the new.
        self.cache.drop_at(&provider.id);
        Ok(())
    }

    /// Writes a profile as text, for a file to share. It never contains a secret. One that can't be used is returned as
    /// stored, so that it can be fixed.
    ///
    /// # Errors
    /// [`ProviderError::Unknown`].
    pub async fn export_provider(&self, id: &ProviderId, format: Format) -> Result<String, Error> {
        if let Some(provider) = built_in().iter().find(|provider| provider.id == *id) {
            return Ok(file::write(provider, format));
        }
        let own = self.catalog.provider(id).await?;
        Ok(text_of(own.ok_or_else(|| ProviderError::Unknown { id: id.0.clone() })?, format))
    }

    async fn replace_provider(&self, provider: &Provider, seen: &str) -> Result<(), Error> {
        let gone = CatalogError::Gone { what: "provider profile" };
        let stored = self.catalog.provider(&provider.id).await?.ok_or(gone)?;
        // Another process may write between the two, so the catalogue compares again.
        match text_of(stored.clone(), Format::Toml) == seen {
            true => Ok(self.catalog.replace_provider(provider, &stored).await?),
            false => Err(CatalogError::EditedMeanwhile { what: "provider profile" }.into()),
        }
    }

    /// Removes one of the user's profiles that no environment uses.
    ///
    /// # Errors
    /// [`ProviderError::BuiltIn`], [`ProviderError::InUse`], [`crate::catalog::CatalogError::Gone`].
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

    /// The profile of an environment, which has everything that the profile requires.
    pub(super) async fn ready_provider(&self, environment: &Environment) -> Result<Cow<'static, Provider>, Error> {
        let provider = self.provider_of(environment).await?;
        require_parameters(&provider, &environment.settings)?;
        Ok(provider)
    }
}

/// A stored profile as text for a file; one that can't be used as it is stored.
fn text_of(document: String, format: Format) -> String {
    match file::read_stored(&document) {
        Ok(provider) => file::write(&provider, format),
        Err(_) => Json::parse(&document).map_or(document, |json| json.pretty()),
    }
}

/// A profile by its id: a built-in one, or the user's own from this document.
pub(super) fn profile(id: &ProviderId, own: Option<&str>) -> Result<Cow<'static, Provider>, Error> {
    if let Some(provider) = built_in().iter().find(|provider| provider.id == *id) {
        return Ok(Cow::Borrowed(provider));
    }
    let own = own.ok_or_else(|| ProviderError::Unknown { id: id.0.clone() })?;
    let unusable = |source| ProviderError::Unusable { id: id.0.clone(), source: Box::new(source) };
    Ok(Cow::Owned(file::read_stored(own).map_err(unusable)?))
}
