//! A keychain of **files** that outlives the process: one file per item, each written whole.

use std::any::Any;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keyring_core::api::{CredentialApi, CredentialStoreApi};
use keyring_core::{Credential, Entry, Error, Result};

use crate::seam::Seam;

/// A folder of items, with a step of the [`Seam`] before and after every operation.
#[derive(Clone)]
pub(crate) struct FileStore {
    folder: PathBuf,
    seam: Arc<Seam>,
}

struct Item {
    store: FileStore,
    service: String,
    user: String,
}

impl FileStore {
    pub(crate) fn new(folder: &Path, seam: Arc<Seam>) -> Self {
        fs::create_dir_all(folder).expect("the keychain's folder can be made");
        Self { folder: folder.to_owned(), seam }
    }

    fn item(&self, service: &str, user: &str) -> Entry {
        let item = Item { store: self.clone(), service: service.to_owned(), user: user.to_owned() };
        Entry::new_with_credential(Arc::new(item))
    }
}

impl Item {
    fn path(&self) -> PathBuf {
        self.store.folder.join(&self.user)
    }
}

impl CredentialStoreApi for FileStore {
    fn vendor(&self) -> String {
        "files of a test".into()
    }

    fn id(&self) -> String {
        self.folder.display().to_string()
    }

    fn build(&self, service: &str, user: &str, _: Option<&HashMap<&str, &str>>) -> Result<Entry> {
        Ok(self.item(service, user))
    }

    fn search(&self, spec: &HashMap<&str, &str>) -> Result<Vec<Entry>> {
        self.seam.pass();
        let names = fs::read_dir(&self.folder)
            .map_err(failed)?
            .flatten()
            .filter_map(|file| file.file_name().into_string().ok());
        Ok(names.map(|user| self.item(spec["service"], &user)).collect())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl CredentialApi for Item {
    fn set_secret(&self, secret: &[u8]) -> Result<()> {
        self.store.seam.pass();
        let draft = self.store.folder.with_extension("draft");
        fs::write(&draft, secret).and_then(|()| fs::rename(&draft, self.path())).map_err(failed)?;
        self.store.seam.pass();
        Ok(())
    }

    fn get_secret(&self) -> Result<Vec<u8>> {
        self.store.seam.pass();
        fs::read(self.path()).map_err(failed)
    }

    fn delete_credential(&self) -> Result<()> {
        self.store.seam.pass();
        fs::remove_file(self.path()).map_err(failed)?;
        self.store.seam.pass();
        Ok(())
    }

    fn get_credential(&self) -> Result<Option<Arc<Credential>>> {
        if self.path().exists() { Ok(None) } else { Err(Error::NoEntry) }
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        Some((self.service.clone(), self.user.clone()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn failed(error: std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::NotFound => Error::NoEntry,
        _ => Error::PlatformFailure(error.into()),
    }
}
