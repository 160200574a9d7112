//! The **credentials at the server**: what it lists for a service user, including what Mintage doesn't hold: old
//! downloads, colleagues' keys.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;

use super::Mint;
use super::rotation::{AtServer, Job, ServerItem, calls_for_another};
use crate::activity::Action;
use crate::catalog::{CatalogError, ForeignList};
use crate::credential::{Credential, CredentialKind, ExpiryProvenance, ExpirySource, ForeignCredential};
use crate::error::Error;
use crate::ids::{CredentialId, ServiceUserId};
use crate::provider::Recipe;
use crate::rotation::RotationError;

/// A credential at the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ServerCredential {
    /// Its kind.
    pub kind: CredentialKind,
    /// The other kinds that it may be, where the server's list doesn't tell them apart.
    #[serde(default)]
    pub may_be: Vec<CredentialKind>,
    /// Its id at the server.
    pub id: String,
    /// When it was created, if the server says so.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub created_at: Option<OffsetDateTime>,
    /// When it expires; `None` if it doesn't, or the server doesn't say.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub expires_at: Option<OffsetDateTime>,
    /// Whether it has expired by the server's clock. Servers keep listing such keys.
    pub expired: bool,
    /// Its title, if the server has titles.
    pub title: Option<String>,
    /// The credential here, if Mintage holds it.
    pub credential: Option<CredentialId>,
    /// Whether minting uses it.
    pub is_default: bool,
}

/// What a server lists for a service user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ServerCredentials {
    /// The credentials, the oldest first.
    pub credentials: Vec<ServerCredential>,
    /// Those that Mintage holds and the server doesn't list: removed there, or never registered.
    pub unlisted: Vec<CredentialId>,
    /// Whether they can be removed through the API.
    pub removable: bool,
    /// Whether the server says when they expire.
    pub tells_expiry: bool,
}

/// A moment in a credential's life, as a person says: when it expires, or until when it is left out of what is urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CredentialMoment {
    /// Which credential.
    pub credential: CredentialId,
    /// The moment; `None` for never.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub at: Option<OffsetDateTime>,
}

impl Mint {
    /// Lists a service user's credentials at the server, and writes down the expiry of those that Mintage holds. `by`
    /// acts; `None` for the service user itself.
    ///
    /// # Errors
    /// [`RotationError::Unlisted`], [`RotationError::NotAllowed`]; as [`Mint::token`] for the acting service user.
    pub async fn server_credentials(
        &self,
        service_user: ServiceUserId,
        by: Option<ServiceUserId>,
        kind: CredentialKind,
    ) -> Result<ServerCredentials, Error> {
        let (Job { acting, recipe }, items) = self.listed_at_server(service_user, by, kind).await?;
        let held = self.catalog.credentials(Some(service_user)).await?;
        let now = self.server_now(&acting.environment);
        let default = acting.service_user.default_credential;
        let mut credentials = Vec::new();
        for item in &items {
            let own = own_at(&held, &recipe, &item.id);
            if own.is_some_and(|own| own.kind != kind) {
                // The server lists it along with those of this kind.
                continue;
            }
            if let Some(own) = own {
                self.learn_expiry(own, item, &recipe).await?;
            }
            let own = own.map(|own| own.id);
            let is_default = own.is_some() && own == default;
            let mixed_with = recipe.list.as_ref().map(|list| list.mixed_with.clone()).unwrap_or_default();
            let may_be = if own.is_none() { mixed_with } else { Vec::new() };
            credentials.push(ServerCredential { is_default, may_be, ..shown(item, kind, own, now) });
        }
        let is_unlisted = |id: &String| items.iter().all(|item| item.id != *id);
        // Nobody knows which of a service user's keys one without an id is.
        let unlisted = held.iter().filter(|one| one.kind == kind && own_id(one, &recipe).is_some_and(is_unlisted));
        let listed = ServerCredentials {
            unlisted: unlisted.map(|one| one.id).collect(),
            credentials,
            removable: recipe.remove.is_some(),
            tells_expiry: tells_expiry(&recipe),
        };
        let all_known = held.iter().filter(|one| one.kind == kind).all(|one| own_id(one, &recipe).is_some());
        self.note_foreign(service_user, kind, &listed, all_known).await?;
        Ok(listed)
    }

    /// Writes down what the server lists and Mintage doesn't hold: nothing, if one that it holds may be among it.
    async fn note_foreign(
        &self,
        service_user: ServiceUserId,
        kind: CredentialKind,
        listed: &ServerCredentials,
        all_known: bool,
    ) -> Result<(), Error> {
        let foreign = listed.credentials.iter().filter(|one| all_known && one.credential.is_none());
        let credentials = foreign.map(|one| ForeignCredential {
            id: one.id.clone(),
            may_be: one.may_be.clone(),
            title: one.title.clone(),
            created_at: one.created_at,
            expires_at: one.expires_at,
        });
        let credentials = credentials.collect();
        let listed_at = self.now();
        let list = ForeignList { service_user, kind, listed_at, removable: listed.removable, credentials };
        Ok(self.catalog.put_foreign(&list).await?)
    }

    /// Removes a credential at the server by its id, and here if Mintage holds it. What may be the last one that Mintage
    /// can use is removed only if `named` is its id.
    ///
    /// # Errors
    /// As [`Mint::server_credentials`]; [`RotationError::LastCredential`], [`RotationError::NotConfirmed`]. Nothing is
    /// removed here if the server didn't confirm it.
    pub async fn remove_server_credential(
        &self,
        service_user: ServiceUserId,
        by: Option<ServiceUserId>,
        kind: CredentialKind,
        id: &str,
        named: Option<&str>,
    ) -> Result<(), Error> {
        let (job, items) = Box::pin(self.listed_at_server(service_user, by, kind)).await?;
        let held = self.catalog.credentials(Some(service_user)).await?;
        if named != Some(id) {
            Box::pin(self.require_another(&job, &items, &held, id)).await?;
        }
        let seen = items.iter().any(|item| item.id == id);
        let removed = Box::pin(self.remove_at_server(&job, AtServer { id, other: None, seen })).await;
        let recorded = removed.as_ref().map(|()| format!("removed {id}"));
        self.note(Action::Provision, &job.acting.environment, &job.acting.service_user, recorded).await;
        removed?;
        let mixed_with = job.recipe.list.iter().flat_map(|list| list.mixed_with.iter().copied());
        for kind in std::iter::once(kind).chain(mixed_with) {
            self.catalog.drop_foreign(service_user, kind, id).await?;
        }
        if let Some(own) = own_at(&held, &job.recipe, id) {
            self.forget_credential(own.id).await?;
        }
        Ok(())
    }

    /// Refuses to remove what may be the last credential that works: one with this id, or one whose id isn't known. Only
    /// a credential that mints now is another one.
    async fn require_another(
        &self,
        job: &Job,
        items: &[ServerItem],
        held: &[Credential],
        id: &str,
    ) -> Result<(), Error> {
        let Job { acting, recipe } = job;
        let own = own_at(held, recipe, id);
        let own_id = |one: &Credential| own_id(one, recipe).filter(|_| one.kind == recipe.kind).cloned();
        let may_be = |one: &Credential| match own {
            Some(own) => own.id == one.id,
            None => one.kind == recipe.kind && own_id(one).is_none(),
        };
        if !held.iter().any(may_be) {
            return Ok(());
        }
        let now = self.server_now(&acting.environment);
        for other in held.iter().filter(|one| !may_be(one) && one.works(now)) {
            let is_gone = own_id(other).is_some_and(|own| items.iter().all(|item| item.id != own));
            if !is_gone && Box::pin(self.prove_once(other.id)).await.is_ok() {
                return Ok(());
            }
        }
        let service_user = acting.service_user.settings.name.clone();
        Err(RotationError::LastCredential { key_id: id.to_owned(), service_user }.into())
    }

    /// Writes down when a credential expires, as a person says; `None` for not at all, or not known.
    ///
    /// # Errors
    /// [`crate::catalog::CatalogError::Gone`].
    pub async fn set_expiry(&self, id: CredentialId, expires_at: Option<OffsetDateTime>) -> Result<(), Error> {
        let provenance = ExpiryProvenance { source: ExpirySource::Person, at: self.now() };
        Ok(self.catalog.set_expiry(id, expires_at, provenance).await?)
    }

    /// Leaves a credential out of what is urgent until then; `None` for no longer.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn snooze(&self, id: CredentialId, until: Option<OffsetDateTime>) -> Result<(), Error> {
        Ok(self.catalog.snooze(id, until).await?)
    }

    /// The newest version of the API that lists this kind, and what it lists. Where nobody was named to act and the
    /// service user itself may not, the environment's administrator does.
    async fn listed_at_server(
        &self,
        service_user: ServiceUserId,
        by: Option<ServiceUserId>,
        kind: CredentialKind,
    ) -> Result<(Job, Vec<ServerItem>), Error> {
        let refused = match Box::pin(self.listed_by(service_user, by, kind)).await {
            Err(refused) if by.is_none() && calls_for_another(&refused) => refused,
            outcome => return outcome,
        };
        let environment = self.catalog.service_user(service_user).await?.environment;
        match self.administrator(environment).await? {
            Some(by) if by != service_user => Box::pin(self.listed_by(service_user, Some(by), kind)).await,
            _ => Err(refused),
        }
    }

    async fn listed_by(
        &self,
        service_user: ServiceUserId,
        by: Option<ServiceUserId>,
        kind: CredentialKind,
    ) -> Result<(Job, Vec<ServerItem>), Error> {
        let service_user = self.with_known_subject(service_user).await?;
        let environment = self.catalog.environment(service_user.environment).await?;
        let settings = self.settings().await?;
        self.require_confirmed(&environment, &settings)?;
        let acting = self.acting(environment, service_user, by).await?;
        let recipes = acting.provider.recipes.iter().filter(|one| one.kind == kind && one.list.is_some());
        let recipes: Vec<Recipe> = recipes.cloned().collect();
        let (job, items) = self.newest_version(acting, recipes).await?;
        Ok((job, items.unwrap_or_default()))
    }

    /// Writes down what the server says of a credential's times. A credential that is being added or removed meanwhile
    /// learns nothing.
    async fn learn_expiry(&self, own: &Credential, item: &ServerItem, recipe: &Recipe) -> Result<(), Error> {
        let second = |at: Option<OffsetDateTime>| at.map(OffsetDateTime::unix_timestamp);
        if let Some(created_at) = item.created_at
            && second(own.issued_at) != second(item.created_at)
        {
            self.catalog.set_issue_time(own.id, created_at).await?;
        }
        if !tells_expiry(recipe) {
            return Ok(());
        }
        let provenance = ExpiryProvenance { source: ExpirySource::Server, at: self.now() };
        match self.catalog.set_expiry(own.id, item.real_expiry(), provenance).await {
            Err(CatalogError::Gone { .. }) => Ok(()),
            outcome => Ok(outcome?),
        }
    }
}

/// The held credential with this id at the server: of the recipe's kind, or of another kind that the server lists along
/// with it (Frontier's tokens among its secrets).
fn own_at<'a>(held: &'a [Credential], recipe: &Recipe, id: &str) -> Option<&'a Credential> {
    let is_id = |one: &Option<String>| one.as_deref() == Some(id);
    held.iter().find(|one| match one.kind == recipe.kind {
        true => own_id(one, recipe).is_some_and(|own| own == id),
        false => is_id(&one.key_id) || is_id(&one.client_id),
    })
}

/// A credential as the server lists it at this time, with the one here.
fn shown(item: &ServerItem, kind: CredentialKind, own: Option<CredentialId>, now: OffsetDateTime) -> ServerCredential {
    let expires_at = item.real_expiry();
    ServerCredential {
        kind,
        may_be: Vec::new(),
        id: item.id.clone(),
        created_at: item.created_at,
        expires_at,
        expired: expires_at.is_some_and(|at| at <= now),
        title: item.title.clone(),
        credential: own,
        is_default: false,
    }
}

fn tells_expiry(recipe: &Recipe) -> bool {
    recipe.list.as_ref().is_some_and(|list| !list.expires.is_empty())
}

/// The id of a held credential at the server.
fn own_id<'a>(credential: &'a Credential, recipe: &Recipe) -> Option<&'a String> {
    if recipe.id_is_client_id { credential.client_id.as_ref() } else { credential.key_id.as_ref() }
}
