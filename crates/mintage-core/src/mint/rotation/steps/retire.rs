//! **Retire**: a credential is switched off and removed at the server.

use crate::error::Error;
use crate::mint::Mint;
use crate::mint::rotation::ServerItem;
use crate::mint::rotation::acting::Job;
use crate::mint::rotation::patience::LIST_LAG;
use crate::provider::Call;
use crate::provider::template::Values;
use crate::rotation::{Rotation, RotationError};

/// A credential at the server that a call is about.
#[derive(Clone, Copy, Debug)]
pub(in crate::mint) struct AtServer<'a> {
    /// Its id.
    pub(in crate::mint) id: &'a str,
    /// The one that takes over, or stays beside it.
    pub(in crate::mint) other: Option<&'a str>,
    /// Whether whoever acts has seen it there, by registering or by listing it. Then an empty list means that it's gone;
    /// for anybody else it may be all that they are allowed to see.
    pub(in crate::mint) seen: bool,
}

impl Mint {
    /// Switches the old credential off or on. One that somebody else removed meanwhile is off.
    pub(super) async fn call_about_old(
        &self,
        rotation: &Rotation,
        job: &Job,
        call: Option<&Call>,
    ) -> Result<(), Error> {
        let (Some(call), Some(id)) = (call, &rotation.old_key_id) else { return Ok(()) };
        let old = AtServer { id, other: rotation.new_key_id.as_deref(), seen: false };
        let Some(values) = self.about(job, old).await? else { return Ok(()) };
        self.call_or_gone(job, call, old, &values).await.map(drop)
    }

    /// Removes a credential at the server. It is gone if the server says so: by its success, or by "no such credential"
    /// while its list shows others and not this one, since "no such credential" is also what some callers hear who aren't
    /// allowed to see it.
    pub(in crate::mint) async fn remove_at_server(&self, job: &Job, gone: AtServer<'_>) -> Result<(), Error> {
        let recipe = &job.recipe;
        let Some(values) = self.about(job, gone).await? else { return Ok(()) };
        if let Some(call) = recipe.disable.as_ref().filter(|_| recipe.disable_first)
            && self.call_or_gone(job, call, gone, &values).await? == There::Gone
        {
            return Ok(());
        }
        let call = recipe.remove.as_ref().ok_or_else(|| job.unsupported())?;
        match self.call_or_gone(job, call, gone, &values).await? {
            There::Done if recipe.confirm_by_list => self.require_unlisted(job, gone.id).await,
            _ => Ok(()),
        }
    }

    /// Calls the API about a credential that may be gone.
    async fn call_or_gone(&self, job: &Job, call: &Call, about: AtServer<'_>, values: &Values) -> Result<There, Error> {
        let AtServer { id, seen, .. } = about;
        match self.call_recipe(job, call, values, None).await {
            Ok(_) => Ok(There::Done),
            Err(error) if job.recipe.list.is_some() && job.acting.may_say_gone(&error) => {
                let items = self.list_at_server(job).await?;
                let shows_all = !items.is_empty() || seen && job.acting.says_gone(&error);
                if shows_all && !items.iter().any(|item| item.id == id) {
                    return Ok(There::Gone);
                }
                // Somebody who may see it still sees it, or nobody may.
                Err(match job.acting.says_no_right(&error) {
                    true => error,
                    false => RotationError::NotConfirmed { key_id: id.to_owned() }.into(),
                })
            }
            Err(error) => Err(error),
        }
    }

    /// Waits until the server no longer lists a credential.
    async fn require_unlisted(&self, job: &Job, id: &str) -> Result<(), Error> {
        let mut pauses = self.patience.pauses(LIST_LAG);
        while self.list_at_server(job).await?.iter().any(|item| item.id == id) {
            let not_confirmed = RotationError::NotConfirmed { key_id: id.to_owned() };
            tokio::time::sleep(pauses.next().ok_or(not_confirmed)?).await;
        }
        Ok(())
    }

    /// The values for a call about one credential, beside which there may be another. Where calls need another id than
    /// assertions do, it is looked up; `None` if the server lists others, each by its id, and not this one, or no longer
    /// any to whoever has seen it.
    pub(super) async fn about(&self, job: &Job, about: AtServer<'_>) -> Result<Option<Values>, Error> {
        let AtServer { id, other, seen } = about;
        let other = other.filter(|other| !other.is_empty());
        let values = |id: &str, other: &str| job.acting.values(&[("keyId", id), ("otherKeyId", other)]);
        if job.recipe.list.as_ref().is_none_or(|list| list.handle.is_empty()) {
            return Ok(Some(values(id, other.unwrap_or_default())));
        }
        let items = if seen { self.list_with(job, id).await? } else { self.list_at_server(job).await? };
        let find = |id: &str| items.iter().find(|item| item.id == id);
        let not_confirmed = |id: &str| RotationError::NotConfirmed { key_id: id.to_owned() };
        let Some(item) = find(id) else {
            // One that is listed without its id may be this one.
            let is_complete = (seen || !items.is_empty()) && items.iter().all(|item| item.is_named);
            return if is_complete { Ok(None) } else { Err(not_confirmed(id).into()) };
        };
        let beside = match other {
            Some(other) => Some(find(other).ok_or_else(|| not_confirmed(other))),
            // Where using one means naming all that are used, the others stay in use.
            None if job.recipe.activate.is_some() => items.iter().find(|other| other.id != item.id).map(Ok),
            None => None,
        };
        let beside = match beside {
            Some(Err(_)) if job.recipe.activate.is_none() => None,
            other => other.transpose()?,
        };
        Ok(Some(values(&item.handle, beside.map_or("", |beside| &beside.handle))))
    }

    /// Lists until this one is among them, as long as a list may lag behind.
    async fn list_with(&self, job: &Job, id: &str) -> Result<Vec<ServerItem>, Error> {
        let mut pauses = self.patience.pauses(LIST_LAG);
        loop {
            let items = self.list_at_server(job).await?;
            let is_listed = items.iter().any(|item| item.id == id);
            match pauses.next().filter(|_| !is_listed) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Ok(items),
            }
        }
    }
}

/// What became of a call about a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum There {
    /// The server did it.
    Done,
    /// It has no such credential.
    Gone,
}
