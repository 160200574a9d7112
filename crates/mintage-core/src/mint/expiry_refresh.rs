//! **Refreshing** expiry dates: servers that list credentials are asked when those that Mintage holds expire.
//!
//! Rule: unasked, nothing is done that a person would have to answer for or would notice: production isn't asked, a
//! locked keychain stays locked, and what was told within a day isn't asked again.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};

use super::Mint;
use crate::credential::{Credential, CredentialKind, CredentialState, ExpirySource};
use crate::environment::{Environment, Tier};
use crate::error::{Error, Problem};
use crate::ids::{CredentialId, EnvironmentId, ServiceUserId};
use crate::keychain::KeychainState;
use crate::service_user::ServiceUser;

/// What a server told within this time isn't asked again unasked.
const FRESH: Duration = Duration::hours(24);

/// What asking the servers led to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ExpiryRefresh {
    /// Of how many service users lists were read.
    pub listed: u32,
    /// How many credentials have another expiry than before.
    pub changed: u32,
    /// The production environments that were left out because nobody confirmed them.
    pub left_out: Vec<LeftOut>,
    /// The service users whose server couldn't be asked, each once.
    pub failed: Vec<RefreshFailure>,
}

/// A production environment that was left out: once it is confirmed, it is asked, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LeftOut {
    /// Which.
    pub environment: EnvironmentId,
    /// Its name.
    pub name: String,
}

/// A service user whose server couldn't be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RefreshFailure {
    /// Which.
    pub service_user: ServiceUserId,
    /// Its name.
    pub name: String,
    /// Its environment's name.
    pub environment_name: String,
    /// Why.
    pub problem: Problem,
}

impl Mint {
    /// Asks every server that lists credentials when those that Mintage holds expire, one service user after another.
    /// One that fails doesn't stop the others.
    ///
    /// # Errors
    /// [`Error::Locked`]; what the catalogue reports.
    pub async fn refresh_expiry(&self) -> Result<ExpiryRefresh, Error> {
        self.check_unlocked()?;
        Box::pin(self.refresh(false)).await
    }

    /// The same, without anybody having asked for it.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn refresh_expiry_unasked(&self) -> Result<ExpiryRefresh, Error> {
        if self.is_locked() || !matches!(self.keychain.state().await, KeychainState::Ready { .. }) {
            return Ok(ExpiryRefresh::default());
        }
        Box::pin(self.refresh(true)).await
    }

    async fn refresh(&self, unasked: bool) -> Result<ExpiryRefresh, Error> {
        let mut done = ExpiryRefresh::default();
        let settings = self.settings().await?;
        let before = self.expiry_of_all().await?;
        for environment in self.catalog.environments().await? {
            let unconfirmed = self.require_confirmed(&environment, &settings).is_err();
            if unasked && environment.demo {
                continue;
            }
            if unasked && environment.settings.tier == Tier::Production || unconfirmed {
                let name = environment.settings.name.clone();
                done.left_out.extend(unconfirmed.then_some(LeftOut { environment: environment.id, name }));
                continue;
            }
            self.refresh_at(&environment, unasked, &mut done).await?;
        }
        let after = self.expiry_of_all().await?;
        let changed = after.iter().filter(|(id, at)| before.iter().any(|(one, was)| one == id && was != at)).count();
        done.changed = u32::try_from(changed).unwrap_or(u32::MAX);
        Ok(done)
    }

    async fn expiry_of_all(&self) -> Result<Vec<(CredentialId, Option<OffsetDateTime>)>, Error> {
        Ok(self.catalog.credentials(None).await?.into_iter().map(|one| (one.id, one.expires_at)).collect())
    }

    async fn refresh_at(
        &self,
        environment: &Environment,
        unasked: bool,
        done: &mut ExpiryRefresh,
    ) -> Result<(), Error> {
        let Ok(provider) = self.ready_provider(environment).await else { return Ok(()) };
        let tells = |kind| {
            provider
                .recipes
                .iter()
                .any(|one| one.kind == kind && one.list.as_ref().is_some_and(|list| !list.expires.is_empty()))
        };
        for service_user in self.catalog.service_users(Some(environment.id)).await? {
            let held = self.catalog.credentials(Some(service_user.id)).await?;
            let mut listed = false;
            for kind in [CredentialKind::PrivateKey, CredentialKind::ClientSecret, CredentialKind::PersonalToken] {
                let held: Vec<&Credential> = held.iter().filter(|one| one.kind == kind).collect();
                if held.is_empty() || !tells(kind) || unasked && !self.is_worth_asking(&service_user, &held).await? {
                    continue;
                }
                let Err(error) = self.server_credentials(service_user.id, None, kind).await else {
                    listed = true;
                    continue;
                };
                let gives_up = unasked && !matches!(error, Error::Diagnosed { .. } | Error::Preflight { .. });
                done.failed.push(failure(environment, &service_user, &error));
                if gives_up {
                    // Nobody is there, or whoever asks may not: the others of this server wouldn't get further.
                    done.listed += u32::from(listed);
                    return Ok(());
                }
                // One failure says enough about a service user.
                break;
            }
            done.listed += u32::from(listed);
        }
        Ok(())
    }

    /// Whether it is worth asking unasked: its credential is believed to work, and the server didn't say lately.
    async fn is_worth_asking(&self, service_user: &ServiceUser, held: &[&Credential]) -> Result<bool, Error> {
        let now = self.now();
        let Some(default) = service_user.default_credential else { return Ok(false) };
        let default = self.catalog.credential(default).await?;
        let works = default.state == CredentialState::Active
            && default.refused_at.is_none()
            && default.expires_at.is_none_or(|at| at > now);
        let told = self.catalog.expiry_sources().await?;
        let is_fresh = |one: &&Credential| {
            told.iter()
                .any(|(id, told)| *id == one.id && told.source == ExpirySource::Server && (now - told.at).abs() < FRESH)
        };
        Ok(works && !held.iter().all(is_fresh))
    }
}

fn failure(environment: &Environment, service_user: &ServiceUser, error: &Error) -> RefreshFailure {
    RefreshFailure {
        service_user: service_user.id,
        name: service_user.settings.name.clone(),
        environment_name: environment.settings.name.clone(),
        problem: error.problem(),
    }
}
