//! The repair pass: brings catalogue and keychain together again after an interruption.
//!
//! Rule: certain or not at all. "No such item" may be a lie (another keyring is active), so it never
//! deletes a row of a key that was once active; any other error of the keychain means: do nothing.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Mint, held};
use crate::credential::{Credential, CredentialId, CredentialState};
use crate::error::{Error, KeychainError};

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
    /// Credentials whose key is not in this keychain now; their rows are kept.
    pub missing: u32,
    /// Credentials whose key was missing and is there again.
    pub found_again: u32,
    /// Keychain items of Mintage that no row speaks of; removed only when the user says so.
    pub orphans: Vec<CredentialId>,
}

impl Mint {
    /// Repairs what an interruption left behind. Prompts for nothing where all is in order.
    ///
    /// # Errors
    /// What the catalogue reports. A keychain that does not answer is no error: nothing is done.
    pub async fn repair(&self) -> Result<RepairReport, Error> {
        let _alone = self.catalog.changing().await?;
        let mut report = RepairReport::default();
        let credentials = self.catalog.credentials(None).await?;
        let Ok(present) = self.keychain.list().await else {
            return Ok(report);
        };
        // Another keychain may lack all of them, and there may be thousands.
        let (mut lost, mut found) = (Vec::new(), Vec::new());
        for credential in &credentials {
            let there = present.contains(&credential.id);
            match credential.state {
                CredentialState::Pending => self.repair_pending(credential, &mut report).await?,
                CredentialState::Deleting => {
                    if self.erase(credential.id).await.is_ok() {
                        report.removed += 1;
                    }
                }
                CredentialState::Active if !there => {
                    lost.push(credential.id);
                    report.missing += 1;
                }
                CredentialState::Missing if there => {
                    found.push(credential.id);
                    report.found_again += 1;
                }
                CredentialState::Missing => report.missing += 1,
                CredentialState::Active => {}
            }
        }
        for (ids, state) in [(lost, CredentialState::Missing), (found, CredentialState::Active)] {
            if !ids.is_empty() {
                self.catalog.set_states(&ids, state).await?;
            }
        }
        let known = |id: &CredentialId| credentials.iter().any(|credential| credential.id == *id);
        report.orphans = present.into_iter().filter(|id| !known(id)).collect();
        Ok(report)
    }

    /// Pending and present with the right thumbprint → active; pending and absent → never stored.
    async fn repair_pending(&self, credential: &Credential, report: &mut RepairReport) -> Result<(), Error> {
        match self.keychain.get(credential.id).await {
            Ok(bytes) => {
                // A key is held against its thumbprint; a secret's item is under a name that is its own.
                if held::read(bytes, credential).is_ok_and(|held| held.is_some()) {
                    self.catalog.set_state(credential.id, CredentialState::Active).await?;
                    report.finished += 1;
                }
            }
            Err(KeychainError::NotFound) => {
                // Nothing was ever usable under this row, so removing it loses nothing.
                self.catalog.remove_credential(credential.id, true).await?;
                report.interrupted += 1;
            }
            Err(_) => {}
        }
        Ok(())
    }

    /// Removes keychain items that no row speaks of, which the user asked for.
    ///
    /// # Errors
    /// What the keychain reports; items that a row speaks of are left alone.
    pub async fn remove_orphans(&self, ids: &[CredentialId]) -> Result<u32, Error> {
        let known: Vec<_> = self.catalog.credentials(None).await?.into_iter().map(|found| found.id).collect();
        let mut removed = 0;
        for id in ids.iter().filter(|id| !known.contains(id)) {
            self.keychain.delete(*id).await?;
            removed += 1;
        }
        Ok(removed)
    }
}
