//! What a mint **loads**: everything that the catalogue knows about it, read at once.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::catalog::MintRead;
use crate::credential::Credential;
use crate::environment::Environment;
use crate::error::Error;
use crate::ids::{CredentialId, ServiceUserId};
use crate::mint::cache::{TokenKey, Wanted};
use crate::mint::endpoint::require_parameters;
use crate::mint::providers::profile;
use crate::mint::{Ask, Mint, secret_material};
use crate::provider::{ParameterValues, Provider};
use crate::service_user::ServiceUser;
use crate::settings::Settings;

/// What a token is minted from, besides the secret.
pub(in crate::mint) struct Loaded {
    pub(in crate::mint) settings: Settings,
    pub(in crate::mint) environment: Environment,
    pub(in crate::mint) service_user: ServiceUser,
    pub(in crate::mint) credential: Credential,
    pub(in crate::mint) wanted: Wanted,
    /// Whether the last mint failed because of the server.
    pub(super) troubled: bool,
    /// The text of the environment's profile, if it is one of the user's.
    profile: Option<String>,
}

impl Loaded {
    /// The environment's profile; the environment has everything that it requires.
    pub(super) fn provider(&self) -> Result<Cow<'static, Provider>, Error> {
        let provider = profile(&self.environment.settings.provider, self.profile.as_deref())?;
        require_parameters(&provider, &self.environment.settings)?;
        Ok(provider)
    }

    /// The token's cache key.
    pub(in crate::mint) fn key(&self) -> TokenKey {
        let Self { environment, profile, service_user, credential, wanted, .. } = self;
        TokenKey::new(environment, profile.as_deref(), service_user, credential, wanted)
    }
}

impl Mint {
    /// Loads what is needed to mint a service user's token with its default credential.
    pub(in crate::mint) async fn load(&self, id: ServiceUserId, ask: &Ask) -> Result<Loaded, Error> {
        match self.catalog.read_for_mint(id).await? {
            Some(read) => self.loaded(read, ask),
            None => Err(Error::NoCredential { service_user: self.catalog.service_user(id).await?.settings.name }),
        }
    }

    /// Loads what is needed to mint a token with this credential.
    pub(in crate::mint) async fn load_with(&self, id: CredentialId, ask: &Ask) -> Result<Loaded, Error> {
        self.loaded(self.catalog.read_for_mint_with(id).await?, ask)
    }

    /// Loads what is needed to act at a server with this credential, else with the service user's default one, with these
    /// scopes unless there are none, and these parameters instead of the environment's. Whoever acts has confirmed it.
    pub(in crate::mint) async fn load_to_act(
        &self,
        by: &ServiceUser,
        with: Option<CredentialId>,
        scopes: &[String],
        parameters: ParameterValues,
    ) -> Result<Loaded, Error> {
        let read = match with {
            Some(id) => Some(self.catalog.read_for_mint_with(id).await?),
            None => self.catalog.read_for_mint(by.id).await?,
        };
        let missing = || Error::NoCredential { service_user: by.settings.name.clone() };
        let mut read = read.ok_or_else(missing)?;
        read.environment.settings.parameters.extend(parameters);
        let scopes = (!scopes.is_empty()).then(|| scopes.to_vec());
        let settings = settings_of(&mut read);
        confirmed(read, settings, &Ask { scopes, ..Ask::default() })
    }

    /// Loads what is needed to mint with this credential. Whoever asks has confirmed it.
    pub(in crate::mint) async fn load_to_prove(&self, id: CredentialId) -> Result<Loaded, Error> {
        let mut read = self.catalog.read_for_mint_with(id).await?;
        let settings = settings_of(&mut read);
        confirmed(read, settings, &Ask::default())
    }

    fn loaded(&self, mut read: MintRead, ask: &Ask) -> Result<Loaded, Error> {
        let settings = settings_of(&mut read);
        if ask.approved != Some(read.environment.id) {
            self.require_confirmed(&read.environment, &settings)?;
        }
        confirmed(read, settings, ask)
    }
}

/// The settings as they are stored, read once.
fn settings_of(read: &mut MintRead) -> Settings {
    Settings::from_stored(std::mem::take(&mut read.settings))
}

fn confirmed(read: MintRead, settings: Settings, ask: &Ask) -> Result<Loaded, Error> {
    let MintRead { environment, troubled, profile, service_user, credential, .. } = read;
    if ask.within.is_some_and(|within| within != environment.id) {
        return Err(Error::OtherEnvironment { service_user: service_user.settings.name });
    }
    let credential = secret_material::usable(credential, &service_user)?;
    let usual = Wanted::usual(&service_user, &environment);
    let wanted = Wanted {
        scopes: asked_or(ask.scopes.as_deref(), usual.scopes),
        audience: asked_or(ask.audience.as_deref(), usual.audience),
    };
    Ok(Loaded { settings, environment, service_user, credential, wanted, troubled, profile })
}

/// What was asked for; the usual, if it is the same in another order, so that it is the same token.
fn asked_or(asked: Option<&[String]>, usual: Vec<String>) -> Vec<String> {
    let set = |items: &[String]| items.iter().cloned().collect::<BTreeSet<_>>();
    match asked {
        Some(asked) if set(asked) != set(&usual) => asked.to_vec(),
        Some(_) | None => usual,
    }
}
