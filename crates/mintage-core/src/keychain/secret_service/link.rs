//! The **link** to the Secret Service: its calls, each with a deadline, on its own small runtime.
//!
//! Rule: an item is only reported missing if the keyring is open. Items are searched in every keyring, because the user
//! may have changed the default since, and created in the default.

use std::collections::HashMap;

use secret_service::{Collection, EncryptionType, Item, SecretService};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use zbus::Connection;
use zeroize::Zeroizing;

use super::fault::fault;
use super::owner;
use crate::keychain::prompt::Prompt;
use crate::keychain::{Deadlines, KeychainError, KeychainState};

const LABEL: &str = "Mintage credential";
const SCHEMA: &str = "dev.mintage.Credential";

type Result<T> = std::result::Result<T, KeychainError>;

/// A connection with its cryptographic session.
pub(super) struct Link {
    /// `None` only while being dropped.
    service: Option<SecretService<'static>>,
    bus: Connection,
    runtime: Runtime,
    deadlines: Deadlines,
    prompt: Prompt,
}

impl Drop for Link {
    fn drop(&mut self) {
        // The library's proxies clean up in a task, which needs an entered runtime.
        let _entered = self.runtime.enter();
        self.service = None;
    }
}

impl Link {
    /// Connects. The session is encrypted, because otherwise anyone who can watch the bus could read keys.
    pub(super) fn connect(deadlines: Deadlines, prompt: Prompt) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|_| KeychainError::Failed { operation: "connecting" })?;
        let connect = async {
            let bus = Connection::session().await.map_err(|_| KeychainError::Absent)?;
            let service = SecretService::connect_with_existing(EncryptionType::Dh, bus.clone()).await;
            Ok((service.map_err(|error| fault(&error, "connecting"))?, bus))
        };
        let connected = runtime.block_on(async { timeout(deadlines.answer, connect).await });
        let (service, bus) = connected.unwrap_or_else(|_| Err(KeychainError::timed_out(deadlines.answer)))?;
        Ok(Self { service: Some(service), bus, runtime, deadlines, prompt })
    }

    /// Blocks this thread until `call` is done.
    pub(super) fn wait<T>(&self, call: impl Future<Output = Result<T>>) -> Result<T> {
        self.runtime.block_on(call)
    }

    /// Returns the state of the default keyring.
    pub(super) async fn state(&self) -> Result<KeychainState> {
        let name = self.answer("checking its state", owner::name(&self.bus)).await?;
        self.prompt.remember(&name);
        let keyring = self.default_keyring().await?;
        let locked = self.answer("checking its state", keyring.is_locked()).await?;
        Ok(if locked { KeychainState::Locked { name } } else { KeychainState::Ready { name } })
    }

    /// Unlocks the default keyring, and returns whether that was necessary.
    pub(super) async fn unlock_default(&self) -> Result<bool> {
        let keyring = self.default_keyring().await?;
        let locked = self.answer("unlocking", keyring.is_locked()).await?;
        if locked {
            self.unlock(keyring.unlock()).await?;
        }
        Ok(locked)
    }

    /// The ids of an application's items; never prompts.
    pub(super) async fn list(&self, application: &str) -> Result<Vec<String>> {
        let attributes = HashMap::from([("application", application)]);
        let found = self.answer("listing", self.service().search_items(attributes)).await?;
        let (none, mut ids) = (found.unlocked.is_empty() && found.locked.is_empty(), Vec::new());
        for item in found.unlocked.iter().chain(&found.locked) {
            let mut attributes = self.answer("listing", item.get_attributes()).await?;
            // A keyring that has been locked since the service started shows no attributes, or only hashes.
            match attributes.remove("id") {
                Some(id) if attributes.get("application").is_some_and(|found| found == application) => ids.push(id),
                _ if self.answer("listing", item.is_locked()).await? => return Err(KeychainError::Locked),
                _ => {}
            }
        }
        // Other services find nothing at all in a locked keyring.
        if none && self.answer("listing", self.default_keyring().await?.is_locked()).await? {
            return Err(KeychainError::Locked);
        }
        Ok(ids)
    }

    /// Creates an item in the default keyring. It never replaces one: a second one with the same name is found by whoever
    /// reads it back.
    pub(super) async fn create(&self, application: &str, id: &str, secret: &[u8]) -> Result<()> {
        let keyring = self.default_keyring().await?;
        let mut attributes = named(application, id);
        attributes.insert("xdg:schema", SCHEMA);
        let created = keyring.create_item(LABEL, attributes, secret, false, "text/plain");
        self.patient("storing", created).await.map(drop)
    }

    /// Reads the item's secret; prompts if it is locked. Two calls, since every mint waits for them.
    pub(super) async fn read(&self, application: &str, id: &str) -> Result<Zeroizing<Vec<u8>>> {
        let item = self.open(application, id).await?;
        let secret = match self.answer("reading", item.get_secret()).await {
            // The search found it unlocked, and it has been locked since, or the service takes its search lightly.
            Err(KeychainError::Locked) => {
                self.unlock(item.unlock()).await?;
                self.answer("reading", item.get_secret()).await?
            }
            read => read?,
        };
        Ok(Zeroizing::new(secret))
    }

    /// Deletes the item; prompts if it is locked.
    pub(super) async fn delete(&self, application: &str, id: &str) -> Result<()> {
        let item = self.open(application, id).await?;
        self.patient("deleting", item.delete()).await
    }

    /// Finds the one item with that name.
    pub(super) async fn one(&self, application: &str, id: &str) -> Result<Found<'_>> {
        let mut items = self.search(application, id).await?;
        // Some services can't search a locked keyring: it is unlocked before its item is reported missing.
        if items.is_empty() && self.unlock_default().await? {
            items = self.search(application, id).await?;
        }
        match (items.pop(), items.len()) {
            (None, _) => Err(KeychainError::NotFound),
            (Some(found), 0) => Ok(found),
            (Some(_), others) => Err(KeychainError::Ambiguous { count: u32::try_from(others + 1).unwrap_or(u32::MAX) }),
        }
    }

    /// Finds the one item with that name and unlocks it.
    async fn open(&self, application: &str, id: &str) -> Result<Item<'_>> {
        let Found { item, locked } = self.one(application, id).await?;
        if locked {
            self.unlock(item.unlock()).await?;
        }
        Ok(item)
    }

    async fn search(&self, application: &str, id: &str) -> Result<Vec<Found<'_>>> {
        let found = self.answer("searching", self.service().search_items(named(application, id))).await?;
        let unlocked = found.unlocked.into_iter().map(|item| Found { item, locked: false });
        Ok(unlocked.chain(found.locked.into_iter().map(|item| Found { item, locked: true })).collect())
    }

    async fn default_keyring(&self) -> Result<Collection<'_>> {
        self.answer("looking for the default keyring", self.service().get_default_collection()).await
    }

    fn service(&self) -> &SecretService<'static> {
        self.service.as_ref().expect("the service is taken only by drop")
    }

    /// Waits for responses that don't involve the user.
    async fn answer<T>(
        &self,
        operation: &'static str,
        call: impl Future<Output = std::result::Result<T, secret_service::Error>>,
    ) -> Result<T> {
        let deadline = self.deadlines.answer;
        let answered = timeout(deadline, call).await.map_err(|_| KeychainError::timed_out(deadline))?;
        answered.map_err(|error| fault(&error, operation))
    }

    /// Waits for operations that some services ask the user to confirm.
    async fn patient<T>(
        &self,
        operation: &'static str,
        call: impl Future<Output = std::result::Result<T, secret_service::Error>>,
    ) -> Result<T> {
        self.prompt.expect();
        let deadline = self.deadlines.prompt;
        let answered = timeout(deadline, call).await.map_err(|_| KeychainError::timed_out(deadline))?;
        answered.map_err(|error| fault(&error, operation))
    }

    /// Waits for the user to type the password.
    async fn unlock(&self, call: impl Future<Output = std::result::Result<(), secret_service::Error>>) -> Result<()> {
        let _open = self.prompt.opened();
        self.patient("unlocking", call).await
    }
}

/// An item, and whether the search says that it must be unlocked before it can be read.
pub(super) struct Found<'a> {
    item: Item<'a>,
    locked: bool,
}

fn named<'a>(application: &'a str, id: &'a str) -> HashMap<&'a str, &'a str> {
    HashMap::from([("application", application), ("id", id)])
}
