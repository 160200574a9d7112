//! **Find** and **sweep**: what lost answers left at the server.

use std::time::Duration as Pause;

use super::Done;
use super::retire::AtServer;
use crate::error::Error;
use crate::mint::Mint;
use crate::mint::rotation::acting::Job;
use crate::mint::rotation::mark::left_behind;
use crate::mint::rotation::patience::LIST_LAG;
use crate::provider::{Maker, Mark};
use crate::rotation::{Direction, Rotation, RotationError, Stage};

impl Mint {
    /// Looks at the server for what a lost answer may have left. A key of ours is taken as registered; what the server
    /// made is removed, since its secret half is lost.
    pub(super) async fn find(&self, rotation: &mut Rotation, job: &Job) -> Result<Done, Error> {
        // Whoever goes back looks for the last time.
        let within = match rotation.direction {
            Direction::Forward => LIST_LAG,
            Direction::Back => LIST_LAG.max(Pause::from_secs(job.recipe.delay.into())),
        };
        let mut pauses = self.patience.pauses(within);
        let found = loop {
            let items = self.list_at_server(job).await?;
            let found = left_behind(&items, rotation, job.recipe.mark);
            match pauses.next().filter(|_| found.is_empty()) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => break found,
            }
        };
        let Some(last) = found.last() else {
            self.point_out_unknown(rotation, job).await?;
            return Ok((rotation.stage, "the server has nothing of it".to_owned()));
        };
        if job.recipe.maker != Maker::Server {
            rotation.new_key_id = Some(last.id.clone());
            return Ok((Stage::Registered, format!("found {}", last.id)));
        }
        for item in &found {
            let other = rotation.old_key_id.as_deref();
            self.remove_at_server(job, AtServer { id: &item.id, other, seen: true }).await?;
        }
        Ok((rotation.stage, format!("removed {}, whose secret was lost", last.id)))
    }

    /// Where nothing identifies what a lost answer made, whatever is new at the server may be it, or somebody else's: a
    /// person decides. It is pointed out once.
    async fn point_out_unknown(&self, rotation: &mut Rotation, job: &Job) -> Result<(), Error> {
        if job.recipe.mark != Mark::None {
            return Ok(());
        }
        let items = self.list_at_server(job).await?.into_iter().map(|item| item.id);
        let is_known = |id: &String| rotation.known_before.contains(id) || rotation.old_key_id.as_ref() == Some(id);
        let unknown: Vec<String> = items.filter(|id| !is_known(id)).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        rotation.known_before.extend(unknown.iter().cloned());
        Err(RotationError::LeftUnknown { key_ids: unknown.join(", ") }.into())
    }

    pub(super) async fn sweep(&self, rotation: &mut Rotation, job: &Job) -> Result<Done, Error> {
        let items = self.list_at_server(job).await?;
        let mut removed = Vec::new();
        for item in left_behind(&items, rotation, job.recipe.mark) {
            let other = rotation.new_key_id.as_deref();
            self.remove_at_server(job, AtServer { id: &item.id, other, seen: true }).await?;
            removed.push(item.id);
        }
        rotation.swept = true;
        let detail = if removed.is_empty() { String::new() } else { format!("removed {}", removed.join(", ")) };
        Ok((rotation.stage, detail))
    }
}
