//! What is asked **at the server** about a service user that is being created.

use super::rules_of;
use crate::creation::Creation;
use crate::error::Error;
use crate::mint::Mint;
use crate::mint::rotation::{Job, LIST_LAG, id_at, items_of};
use crate::rotation::RotationError;

impl Mint {
    /// Refuses what the server would refuse later, and a name that somebody has: before anything is made.
    pub(super) async fn check_creation(&self, job: &Job, creation: &Creation) -> Result<(), Error> {
        let (provider, rules) = (&job.acting.provider, rules_of(&job.acting.provider)?);
        let unsupported = |what| RotationError::NoCreation { provider: provider.name.clone(), what };
        if creation.organisation.is_some() && rules.organisation.is_empty() {
            return Err(unsupported("service user in another organisation").into());
        }
        let grant = match (&creation.role, &rules.grant) {
            (Some(role), Some(grant)) if grant.roles.iter().any(|one| one.role == *role) => Some(grant),
            (Some(_), _) => return Err(unsupported("service user with this role").into()),
            (None, _) => None,
        };
        if let Some(permissions) = &rules.actor.permissions {
            let granted = Box::pin(self.permissions_at_server(job, permissions)).await?;
            if !permissions.allow(&granted) {
                return Err(may_not_create(job, &job.recipe.actor.role));
            }
            if let Some(grant) = grant.filter(|grant| !granted.contains(&grant.permission)) {
                return Err(may_not_create(job, &grant.needs));
            }
        }
        match self.find_created(job).await? {
            Some(user_id) => Err(RotationError::NameTaken { name: creation.name.clone(), user_id }.into()),
            None => Ok(()),
        }
    }

    /// Asks for it, and returns its id at the server.
    pub(super) async fn create_at_server(&self, job: &Job) -> Result<String, Error> {
        let rules = rules_of(&job.acting.provider)?;
        let answer = self.ask_of_created(job, &rules.call, &[]).await?;
        let unread = || RotationError::CreatedUnread { host: job.acting.host() };
        Ok(id_at(answer.expose(), &rules.id).ok_or_else(unread)?)
    }

    /// The id of the service user with this name, if the server has one now.
    async fn find_created(&self, job: &Job) -> Result<Option<String>, Error> {
        let rules = rules_of(&job.acting.provider)?;
        let answer = self.ask_of_created(job, &rules.find.call, &[]).await?;
        let name = &job.acting.service_user.settings.name;
        let mut items = items_of(answer.expose(), &rules.find).into_iter();
        Ok(items.find(|item| item.title.as_ref() == Some(name)).map(|item| item.id))
    }

    /// The same, as long as a list may lag behind.
    pub(super) async fn find_patiently(&self, job: &Job) -> Result<Option<String>, Error> {
        let mut pauses = self.patience.pauses(LIST_LAG);
        loop {
            let found = self.find_created(job).await?;
            match pauses.next().filter(|_| found.is_none()) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Ok(found),
            }
        }
    }

    /// Gives it a role. It may have it already, if an answer was lost.
    pub(super) async fn grant_role(&self, job: &Job, role: Option<&str>) -> Result<(), Error> {
        let (Some(role), Some(grant)) = (role, &rules_of(&job.acting.provider)?.grant) else { return Ok(()) };
        match self.ask_of_created(job, &grant.call, &[("role", role)]).await {
            Err(error) if job.acting.says_conflict(&error) => Ok(()),
            other => other.map(drop),
        }
    }

    /// Removes it at the server, which must then no longer list it.
    pub(super) async fn remove_created(&self, job: &Job) -> Result<(), Error> {
        match self.ask_of_created(job, &rules_of(&job.acting.provider)?.remove, &[]).await {
            Err(error) if !job.acting.may_say_gone(&error) => return Err(error),
            _ => {}
        }
        let user_id = &job.acting.service_user.user_id;
        let mut pauses = self.patience.pauses(LIST_LAG);
        while self.find_created(job).await?.as_ref() == Some(user_id) {
            let not_confirmed = || RotationError::NotConfirmed { key_id: user_id.clone() };
            tokio::time::sleep(pauses.next().ok_or_else(not_confirmed)?).await;
        }
        Ok(())
    }

    async fn ask_of_created(
        &self,
        job: &Job,
        call: &crate::provider::Call,
        more: &[(&str, &str)],
    ) -> Result<crate::json::SecretJson, Error> {
        let mut values = job.acting.values(more);
        values.insert("title".to_owned(), job.acting.service_user.settings.name.clone());
        match Box::pin(self.ask_recipe(job, call, &values)).await {
            Err(error) if job.acting.says_no_right(&error) => Err(may_not_create(job, &job.recipe.actor.role)),
            other => other,
        }
    }
}

/// The error for an acting service user that lacks what this role has.
fn may_not_create(job: &Job, role: &str) -> Error {
    let (by, name) = (job.acting.by.settings.name.clone(), job.acting.service_user.settings.name.clone());
    RotationError::MayNotCreate { by, name, role: role.to_owned() }.into()
}
