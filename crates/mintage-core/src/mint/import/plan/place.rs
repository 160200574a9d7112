//! **Where** key files go: an environment that is there, or what to start a new one from.

use serde::Serialize;
use specta::Type;

use super::Candidate;
use crate::endpoints::Endpoint;
use crate::environment::{Environment, ProviderFrom};
use crate::ids::EnvironmentId;
use crate::provider::{Provider, ProviderId};

/// What to start a new environment from: what key files name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NewEnvironment {
    /// The profile to follow, where one is known.
    pub provider: Option<ProviderId>,
    /// Where that comes from.
    pub provider_from: ProviderFrom,
    /// The issuer that the files name.
    pub issuer: Option<String>,
    /// The token endpoint to set by hand: the files' own, where that isn't the provider's usual one.
    pub token_endpoint: Option<String>,
}

/// What there is to choose from.
pub(super) struct Places<'a> {
    pub(super) environments: &'a [Environment],
    pub(super) providers: &'a [Provider],
    pub(super) candidates: &'a [Candidate<'a>],
}

impl<'a> Places<'a> {
    pub(super) fn provider_of(&self, environment: &Environment) -> Option<&'a Provider> {
        self.provider(&environment.settings.provider)
    }

    /// The environment of an issuer that the files name, else the one that is looked at unless a file is known to be
    /// another system's; else the only one that follows their maker, else the only one.
    pub(super) fn proposed(&self, looked_at: Option<EnvironmentId>) -> Option<&'a Environment> {
        let files = self.commonest();
        let all = |is: &dyn Fn(&Candidate<'_>) -> bool| !files.is_empty() && files.iter().all(|file| is(file));
        let names = |environment: &&Environment| {
            all(&|file| file.issuer.as_deref() == Some(environment.settings.issuer.as_str()))
        };
        let made = |environment: &&Environment| all(&|file| file.makers.contains(&environment.settings.provider));
        let fits = |environment: &&Environment| self.fits(&files, environment);
        let looked_at = || self.environments.iter().find(|each| Some(each.id) == looked_at).filter(fits);
        (self.environments.iter().find(names))
            .or_else(looked_at)
            .or_else(|| only(self.environments.iter().filter(made)))
            .or_else(|| only(self.environments.iter()).filter(fits))
    }

    /// The name of the provider whose files these are, where none of the environments follows it or could.
    pub(super) fn unmatched(&self) -> Option<String> {
        let files = self.commonest();
        if self.environments.iter().any(|environment| self.fits(&files, environment)) {
            return None;
        }
        let makers = &files.first()?.makers;
        makers.iter().find_map(|maker| self.provider(maker)).map(|provider| provider.name.clone())
    }

    /// What the files of the system that most are of tell; `None` where none tells its system.
    pub(super) fn new_environment(&self) -> Option<NewEnvironment> {
        let file = self.commonest().into_iter().next().filter(|file| system_of(file).is_some())?;
        let provider = self.named_by(file);
        let usual = provider.and_then(|provider| provider.endpoints.get(Endpoint::Token));
        let token_endpoint = file.token_endpoint.clone().filter(|named| Some(named.as_str()) != usual);
        let provider = provider.map(|provider| provider.id.clone());
        let provider_from = ProviderFrom::Source;
        Some(NewEnvironment { provider, provider_from, issuer: file.issuer.clone(), token_endpoint })
    }

    /// The provider whose one issuer or token endpoint is the file's, else the file's maker.
    fn named_by(&self, file: &Candidate<'_>) -> Option<&'a Provider> {
        let fixed = || self.providers.iter().filter(|provider| provider.issuer_is_fixed);
        let same = |text: Option<&str>, named: &Option<String>| text.is_some() && named.as_deref() == text;
        (fixed().find(|provider| same(Some(&provider.issuer_example), &file.issuer)))
            .or_else(|| fixed().find(|provider| same(provider.endpoints.get(Endpoint::Token), &file.token_endpoint)))
            .or_else(|| file.makers.iter().find_map(|maker| self.provider(maker)))
    }

    /// Those of the files that are of one system: of which there are most, else one whose files name an address. All
    /// where none tells its system.
    fn commonest(&self) -> Vec<&'a Candidate<'a>> {
        let mut systems: Vec<(String, Vec<&Candidate<'_>>)> = Vec::new();
        for file in self.candidates {
            let Some(system) = system_of(file) else { continue };
            match systems.iter_mut().find(|(known, _)| *known == system) {
                Some((_, files)) => files.push(file),
                None => systems.push((system, vec![file])),
            }
        }
        let names_address = |file: &Candidate<'_>| file.issuer.is_some() || file.token_endpoint.is_some();
        // The first of equals counts.
        let best = systems.into_iter().rev().max_by_key(|(_, files)| (files.len(), names_address(files[0])));
        best.map_or_else(|| self.candidates.iter().collect(), |(_, files)| files)
    }

    /// Whether none of the files is known to belong to another system than this environment's.
    fn fits(&self, files: &[&Candidate<'_>], environment: &Environment) -> bool {
        let provider = self.provider_of(environment);
        !files.iter().any(|file| file.is_foreign_to(provider))
    }

    pub(super) fn provider(&self, id: &ProviderId) -> Option<&'a Provider> {
        self.providers.iter().find(|provider| provider.id == *id)
    }
}

/// What tells the files of one system from others: an address, else who may have made them.
fn system_of(file: &Candidate<'_>) -> Option<String> {
    let makers = || file.makers.iter().map(|maker| maker.0.as_str()).collect::<Vec<_>>().join(" ");
    let address = file.issuer.clone().or_else(|| file.token_endpoint.clone());
    address.or_else(|| Some(makers())).filter(|system| !system.is_empty())
}

fn only<'a>(mut environments: impl Iterator<Item = &'a Environment>) -> Option<&'a Environment> {
    let first = environments.next()?;
    environments.next().is_none().then_some(first)
}
