//! **Creating** a service user at the server: from nothing to a token without a download.
//!
//! It is recorded before the server is asked. If the answer is lost, [`Mint::continue_creation`] finds the service user
//! by its name, which was nobody's before, and [`Mint::undo_creation`] removes it there; neither makes a second one.

use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::rotation::{Job, is_certain};
use super::{Mint, RotationRequest};
use crate::activity::Action;
use crate::catalog::{CatalogError, Working};
use crate::creation::Creation;
use crate::credential::CredentialKind;
use crate::environment::{Environment, Tier};
use crate::error::Error;
use crate::ids::ServiceUserId;
use crate::provider::{CreationRules, Recipe};
use crate::rotation::RotationError;
use crate::service_user::{ServiceUser, ServiceUserDraft};

mod at_server;

/// A service user to create.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CreationRequest {
    /// The service user that acts at the server, in whose environment the new one is created.
    pub by: ServiceUserId,
    /// Its name, at the server and here.
    pub name: String,
    /// The id of its organisation; `None` for the environment's, or else the acting service user's.
    pub organisation: Option<String>,
    /// The administrator role that it gets, of those that the profile offers; `None` for none.
    pub role: Option<String>,
    /// Whether the person confirmed it, for production.
    pub confirmed: bool,
}

impl CreationRequest {
    /// The request to create one with this name in its administrator's organisation, without a role.
    pub fn of(by: ServiceUserId, name: &str) -> Self {
        Self { by, name: name.to_owned(), organisation: None, role: None, confirmed: false }
    }
}

impl Mint {
    /// Creates a service user at the server and here. It has no credential yet: a rotation with
    /// [`RotationRequest::adds`] makes the first key, as [`Mint::first_key`] says.
    ///
    /// # Errors
    /// [`RotationError::NoCreation`], [`RotationError::NotAllowed`], [`RotationError::Unconfirmed`],
    /// [`RotationError::NameTaken`], [`RotationError::CreationOpen`]; what the server says. If its answer was lost, the
    /// creation is among [`Mint::open_creations`].
    pub async fn create_service_user(&self, request: &CreationRequest) -> Result<ServiceUserId, Error> {
        let by = self.catalog.service_user(request.by).await?;
        let environment = self.catalog.environment(by.environment).await?;
        let tier = environment.settings.tier;
        if tier == Tier::Production && self.settings().await?.asks_before(tier) && !request.confirmed {
            return Err(RotationError::Unconfirmed { environment: environment.settings.name }.into());
        }
        let mut creation = self.new_creation(request, &environment).await?;
        let is_open = || RotationError::CreationOpen { name: creation.name.clone() };
        if self.catalog.creations().await?.iter().any(|one| one.is_of(environment.id, &creation.name)) {
            return Err(is_open().into());
        }
        let job = self.creation_job(&creation, &environment).await?;
        self.check_creation(&job, &creation).await?;
        let _working = self.alone_with(&creation).await?;
        match self.catalog.add_creation(&creation).await {
            Err(CatalogError::Duplicate { .. }) => return Err(is_open().into()),
            added => added?,
        }
        let made = self.create_at_server(&job).await;
        if made.as_ref().is_err_and(is_certain) {
            self.catalog.remove_creation(creation.id).await?;
        }
        creation.user_id = Some(made?);
        self.finish_creation(job, creation).await
    }

    /// Goes on with a creation whose answer was lost, or that was interrupted: finds the service user at the server by
    /// its name, or asks for it again if it isn't there. `by` acts from now on, if it is given.
    ///
    /// # Errors
    /// As [`Mint::create_service_user`]; [`RotationError::CreationBusy`]; [`Error::ProductionUnconfirmed`].
    pub async fn continue_creation(
        &self,
        id: ServiceUserId,
        by: Option<ServiceUserId>,
    ) -> Result<ServiceUserId, Error> {
        let (_working, mut creation, job) = self.work_on_creation(id, by).await?;
        if creation.user_id.is_none() {
            creation.user_id = match self.find_patiently(&job).await? {
                Some(found) => Some(found),
                None => Some(self.create_at_server(&job).await?),
            };
        }
        self.finish_creation(job, creation).await
    }

    /// Removes what a creation left at the server, and its record.
    ///
    /// # Errors
    /// As [`Mint::continue_creation`]; [`RotationError::NotConfirmed`] if the server still lists the service user, or no
    /// longer one whose id is known; [`RotationError::NameTaken`] if a key of it was imported meanwhile.
    pub async fn undo_creation(&self, id: ServiceUserId, by: Option<ServiceUserId>) -> Result<(), Error> {
        let (_working, creation, mut job) = self.work_on_creation(id, by).await?;
        let found = self.find_patiently(&job).await?;
        if let Some(known) = &creation.user_id
            && found.as_ref() != Some(known)
        {
            // Nobody sees it, which may be for want of a right.
            return Err(RotationError::NotConfirmed { key_id: known.clone() }.into());
        }
        if let Some(user_id) = found {
            let in_use = self.catalog.service_user_by_user_id(job.acting.environment.id, &user_id).await?;
            if in_use.is_some() {
                return Err(RotationError::NameTaken { name: creation.name, user_id }.into());
            }
            job.acting.service_user.user_id = user_id;
            self.remove_created(&job).await?;
            let removed = Ok(format!("removed the service user {}", creation.name));
            self.note(Action::Provision, &job.acting.environment, &job.acting.service_user, removed).await;
        }
        Ok(self.catalog.remove_creation(id).await?)
    }

    /// Forgets a creation without asking the server: a person has looked there.
    ///
    /// # Errors
    /// [`RotationError::CreationBusy`]; what the catalogue reports.
    pub async fn forget_creation(&self, id: ServiceUserId) -> Result<(), Error> {
        let _working = self.alone_with(&self.catalog.creation(id).await?).await?;
        Ok(self.catalog.remove_creation(id).await?)
    }

    /// The creations of which it isn't known what the server made of them, or that aren't finished here; the oldest
    /// first.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn open_creations(&self) -> Result<Vec<Creation>, Error> {
        Ok(self.catalog.creations().await?)
    }

    /// The rotation that makes a service user's first key.
    pub fn first_key(&self, service_user: ServiceUserId, request: &CreationRequest) -> RotationRequest {
        RotationRequest {
            adds: Some(CredentialKind::PrivateKey),
            by: Some(request.by),
            confirmed: request.confirmed,
            ..RotationRequest::of(service_user)
        }
    }

    async fn new_creation(&self, request: &CreationRequest, environment: &Environment) -> Result<Creation, Error> {
        let given =
            |text: &Option<String>| text.as_ref().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let name = given(&Some(request.name.clone())).ok_or(Error::ImportIncomplete { what: "name" })?;
        let provider = self.ready_provider(environment).await?;
        let parameter = environment.settings.parameters.get(&rules_of(&provider)?.organisation);
        let organisation = match given(&request.organisation) {
            None if parameter.is_none_or(|text| text.trim().is_empty()) => {
                self.catalog.organisation(request.by).await?
            }
            asked => asked,
        };
        Ok(Creation {
            id: ServiceUserId(Uuid::new_v4()),
            environment: environment.id,
            name,
            by: request.by,
            organisation,
            role: given(&request.role),
            user_id: None,
            started_at: self.now(),
        })
    }

    /// Takes the lock on a creation.
    async fn alone_with(&self, creation: &Creation) -> Result<Working, Error> {
        let busy = || RotationError::CreationBusy { name: creation.name.clone() };
        Ok(self.catalog.creating(creation.id).await?.ok_or_else(busy)?)
    }

    async fn work_on_creation(
        &self,
        id: ServiceUserId,
        by: Option<ServiceUserId>,
    ) -> Result<(Working, Creation, Job), Error> {
        let working = self.alone_with(&self.catalog.creation(id).await?).await?;
        // Whoever held the lock until now may have ended it.
        let mut creation = self.catalog.creation(id).await?;
        creation.by = by.unwrap_or(creation.by);
        let environment = self.catalog.environment(creation.environment).await?;
        self.require_confirmed(&environment, &self.settings().await?)?;
        let job = self.creation_job(&creation, &environment).await?;
        Ok((working, creation, job))
    }

    /// Who acts, for a service user that isn't in the catalogue yet.
    async fn creation_job(&self, creation: &Creation, environment: &Environment) -> Result<Job, Error> {
        let provider = self.ready_provider(environment).await?;
        let scopes = &environment.settings.scopes;
        let service_user = ServiceUser {
            id: creation.id,
            environment: environment.id,
            settings: ServiceUserDraft {
                name: creation.name.clone(),
                scopes: if scopes.is_empty() { provider.default_scopes() } else { scopes.clone() },
                favourite: false,
                tags: Vec::new(),
                notes: String::new(),
            },
            user_id: creation.user_id.clone().unwrap_or_default(),
            default_credential: None,
            created_at: self.now(),
            last_used_at: None,
        };
        let mut acting = self.acting(environment.clone(), service_user, Some(creation.by)).await?;
        acting.organisation.clone_from(&creation.organisation);
        let recipe = Recipe { actor: rules_of(&acting.provider)?.actor.clone(), ..Recipe::default() };
        Ok(Job { acting, recipe })
    }

    /// The server has the service user: gives it its role, and adds it to the catalogue.
    async fn finish_creation(&self, mut job: Job, creation: Creation) -> Result<ServiceUserId, Error> {
        self.catalog.put_creation(&creation).await?;
        job.acting.service_user.user_id = creation.user_id.clone().unwrap_or_default();
        self.grant_role(&job, creation.role.as_deref()).await?;
        let (environment, service_user) = (&job.acting.environment, &job.acting.service_user);
        let known = self.catalog.service_user_by_user_id(environment.id, &service_user.user_id).await?;
        if let Some(known) = known {
            // Its key was imported meanwhile.
            self.catalog.remove_creation(creation.id).await?;
            return Ok(known.id);
        }
        self.catalog.end_creation(&creation, service_user).await?;
        self.note(Action::Provision, environment, service_user, Ok("created the service user".to_owned())).await;
        Ok(service_user.id)
    }
}

fn rules_of(provider: &crate::provider::Provider) -> Result<&CreationRules, Error> {
    let unsupported = || RotationError::NoCreation { provider: provider.name.clone(), what: "service user" };
    Ok(provider.creation.as_ref().ok_or_else(unsupported)?)
}
