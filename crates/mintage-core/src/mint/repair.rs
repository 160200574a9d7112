//! The repair pass: makes catalogue and keychain consistent again after an interruption.
//!
//! Rule: certain or not at all. "No such item" may be wrong (another keyring is active), so it never deletes the row of
//! a key that was once active; any other keychain error means: do nothing.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Mint, secret_material};
use crate::catalog::Changing;
use crate::credential::CredentialState;
use crate::error::Error;
use crate::ids::CredentialId;
use crate::keychain::KeychainError;

/// What a repair pass found and did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RepairReport {
    /// Interrupted imports whose key had arrived: finished.
    pub finished: u32,
    /// Interrupted imports whose key had not arrived: their row was removed; import again.
    pub interrupted: u32,
    /// Interrupted removals: finished.
    pub removed: u32,
    /// Credentials whose key isn't in this keychain now; their rows are kept.
    pub missing: u32,
    /// Credentials whose missing key is there again.
    pub found_again: u32,
    /// Whether a row is another than before, or gone.
    pub changed: bool,
    /// Mintage's keychain items without a row; removed only when the user says so.
    pub orphans: Vec<CredentialId>,
}

impl Mint {
    /// Repairs what an interruption left behind. Doesn't prompt if everything is in order.
    ///
    /// # Errors
    /// What the catalogue reports. A keychain that doesn't respond isn't an error: nothing is done.
    pub async fn repair(&self) -> Result<RepairReport, Error> {
        let alone = self.catalog.changing().await?;
        let mut report = RepairReport::default();
        // What a rotation is making is finished or undone by it alone.
        let rotating: Vec<_> = self.catalog.open_rotations().await?.into_iter().filter_map(|one| one.new).collect();
        let states = self.catalog.credential_states().await?;
        let Ok(present) = self.keychain.list().await else {
            return Ok(report);
        };
        for (id, state) in &states {
            match state {
                CredentialState::Pending if rotating.contains(id) => {}
                CredentialState::Pending => self.repair_pending(&alone, *id, &mut report).await?,
                CredentialState::Deleting if self.erase(&alone, *id).await.is_ok() => report.removed += 1,
                _ => {}
            }
        }
        let present: HashSet<_> = present.into_iter().collect();
        self.note_presence(&alone, &states, &present, &mut report).await?;
        let mut known: HashSet<_> = states.into_iter().map(|(id, _)| id).collect();
        known.extend(self.catalog.registration_items(None).await?);
        report.orphans = present.difference(&known).copied().collect();
        report.orphans.sort();
        report.changed |= report.finished + report.interrupted + report.removed + report.found_again > 0;
        Ok(report)
    }

    /// Marks the credentials whose key isn't there any more, and those whose key is there again. Another keychain may
    /// lack all of them, and there may be thousands, so they are written together.
    async fn note_presence(
        &self,
        alone: &Changing,
        states: &[(CredentialId, CredentialState)],
        present: &HashSet<CredentialId>,
        report: &mut RepairReport,
    ) -> Result<(), Error> {
        let (mut lost, mut found) = (Vec::new(), Vec::new());
        for (id, state) in states {
            match (state, present.contains(id)) {
                (CredentialState::Active, false) => lost.push(*id),
                (CredentialState::Missing, true) => found.push(*id),
                (CredentialState::Missing, false) => report.missing += 1,
                _ => {}
            }
        }
        let counted = |ids: &Vec<CredentialId>| u32::try_from(ids.len()).unwrap_or(u32::MAX);
        report.changed = !lost.is_empty();
        report.missing += counted(&lost);
        report.found_again += counted(&found);
        for (ids, state) in [(lost, CredentialState::Missing), (found, CredentialState::Active)] {
            if !ids.is_empty() {
                self.catalog.set_states(alone, &ids, state).await?;
            }
        }
        Ok(())
    }

    /// Pending and present with the right thumbprint → active; pending and absent → never stored.
    async fn repair_pending(&self, alone: &Changing, id: CredentialId, report: &mut RepairReport) -> Result<(), Error> {
        match self.keychain.get(id).await {
            Ok(bytes) => {
                let credential = &self.catalog.credential(id).await?;
                // A key is compared with its thumbprint; a secret's item has a unique name.
                if secret_material::read(bytes, credential).is_ok_and(|read| read.is_some()) {
                    self.catalog.set_state(alone, id, CredentialState::Active).await?;
                    report.finished += 1;
                }
            }
            Err(KeychainError::NotFound) => {
                // Nothing was ever usable under this row, so removing it loses nothing.
                self.catalog.remove_credential(alone, id, true).await?;
                report.interrupted += 1;
            }
            Err(_) => {}
        }
        Ok(())
    }

    /// Removes keychain items without a row, at the user's request.
    ///
    /// # Errors
    /// What the keychain reports; items that have a row are left alone.
    pub async fn remove_orphans(&self, ids: &[CredentialId]) -> Result<u32, Error> {
        let _alone = self.catalog.changing().await?;
        let mut known: Vec<_> = self.catalog.credentials(None).await?.into_iter().map(|found| found.id).collect();
        known.extend(self.catalog.registration_items(None).await?);
        let mut removed = 0;
        for id in ids.iter().filter(|id| !known.contains(id)) {
            self.keychain.delete(*id).await?;
            removed += 1;
        }
        Ok(removed)
    }
}
