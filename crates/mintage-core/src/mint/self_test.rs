//! The keychain's **self-test**: does it store what it is given? A test item is stored, read, and deleted, through the
//! real keychain and in the same way as keys.

use std::time::Instant;

use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::Mint;
use crate::error::{Error, Problem};
use crate::ids::CredentialId;
use crate::keychain::KeychainError;
use crate::secret::SecretBytes;

/// The size of the largest supported key: RSA-4096 as PKCS#8. Keychains have limits.
const SIZE: usize = 2373;

/// What is tested, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum SelfTestStep {
    /// Storing a new item.
    Write,
    /// Reading it, byte for byte.
    Read,
    /// Deleting it.
    Delete,
    /// Confirming that it is gone.
    Gone,
}

/// The result of one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SelfTestResult {
    /// What was tested.
    pub step: SelfTestStep,
    /// How long it took, in milliseconds.
    pub milliseconds: f64,
    /// Why it failed, if it did.
    pub problem: Option<Problem>,
}

impl Mint {
    /// Tests the keychain, up to the first step that fails. May prompt the user to unlock it.
    ///
    /// Nothing is left behind unless deleting fails; then the next repair lists the item as left over.
    pub async fn test_keychain(&self) -> Vec<SelfTestResult> {
        // A concurrent repair would consider the item left over.
        let _alone = match self.catalog.changing().await {
            Ok(alone) => alone,
            Err(error) => {
                let problem = Some(Error::from(error).problem());
                return vec![SelfTestResult { step: SelfTestStep::Write, milliseconds: 0.0, problem }];
            }
        };
        let (id, content) = (CredentialId(Uuid::new_v4()), throw_away());
        let mut results = Vec::new();
        for step in [SelfTestStep::Write, SelfTestStep::Read, SelfTestStep::Delete, SelfTestStep::Gone] {
            results.push(self.try_step(step, id, &content).await);
            if results.last().is_some_and(|result| result.problem.is_some()) {
                // A failed write may still have written. The failure to report is the first one.
                let _: Result<(), KeychainError> = self.keychain.delete(id).await;
                break;
            }
        }
        results
    }

    async fn try_step(&self, step: SelfTestStep, id: CredentialId, content: &SecretBytes) -> SelfTestResult {
        let begun = Instant::now();
        let tried = match step {
            SelfTestStep::Write => self.keychain.put(id, content.clone()).await,
            SelfTestStep::Read => match self.keychain.get(id).await {
                Ok(found) if found.expose() == content.expose() => Ok(()),
                Ok(_) => Err(KeychainError::ReadBackDiffers),
                Err(error) => Err(error),
            },
            SelfTestStep::Delete => self.keychain.delete(id).await,
            SelfTestStep::Gone => match self.keychain.get(id).await {
                Err(KeychainError::NotFound) => Ok(()),
                Ok(_) => Err(KeychainError::Failed { operation: "deleting" }),
                Err(error) => Err(error),
            },
        };
        let problem = tried.err().map(|error| Error::from(error).problem());
        SelfTestResult { step, milliseconds: begun.elapsed().as_secs_f64() * 1000.0, problem }
    }
}

/// Random bytes that aren't anyone's secret.
fn throw_away() -> SecretBytes {
    let bytes = std::iter::repeat_with(|| Uuid::new_v4().into_bytes()).flatten();
    SecretBytes::new(bytes.take(SIZE).collect())
}
