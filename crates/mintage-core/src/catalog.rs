//! The **catalogue** is what Mintage remembers: environments, service users, credentials, activity,
//! settings. It is one SQLite file.
//!
//! Rule: harmless to copy. It never contains a secret and has no column for one; this is the only module that touches
//! the database file. Each function is one transaction: all or nothing. Each may also fail with
//! [`CatalogError::Database`]; the functions name only what they add.
//!
//! What a name or an issuer must look like, and when a row is written, is decided by [`crate::mint`], not here.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteQueryResult;
use sqlx::{Sqlite, SqlitePool, Transaction};

use behind::Behind;
use process_lock::ChangeLock;
use reading::ReadingConnection;

mod activity;
mod behind;
mod brief;
mod column;
mod creation;
mod credentials;
mod environments;
mod error;
mod expiry;
mod files;
mod foreign;
mod listing;
mod mint_read;
mod named;
mod opening;
mod outcome;
mod process_lock;
mod providers;
mod reader;
mod reading;
mod registration;
mod rotation;
mod service_users;
mod settings;
#[cfg(test)]
mod testing;

pub use brief::BriefServiceUser;
pub use environments::EnvironmentCount;
pub use error::CatalogError;
pub use foreign::ForeignList;
pub use listing::ListedServiceUser;
pub use mint_read::MintRead;
pub use outcome::MintOutcome;
pub use process_lock::{Changing, Working};
pub use providers::StoredProvider;
pub use reader::CatalogReader;
pub use registration::Registering;

static MIGRATOR: Migrator = sqlx::migrate!();

/// A handle to the open catalogue; cheap to clone.
#[derive(Clone, Debug)]
pub struct Catalog {
    pool: SqlitePool,
    behind: Behind,
    reading: ReadingConnection,
    changing: ChangeLock,
    registering: ChangeLock,
    /// Held as long as any handle exists, so that no other program migrates the file in the meantime.
    _in_use: Option<Arc<File>>,
}

impl Catalog {
    /// Opens `mintage.db` in this folder (created with mode 0700, file 0600), checks its integrity, backs it up before
    /// migrating, and migrates it.
    ///
    /// # Errors
    /// [`CatalogError::Unopened`], [`CatalogError::Newer`], [`CatalogError::Damaged`], [`CatalogError::Foreign`],
    /// [`CatalogError::Migration`]; [`CatalogError::OlderRunning`] if it would have to be migrated while an older
    /// version is running.
    pub async fn open(folder: &Path) -> Result<Self, CatalogError> {
        opening::open(folder, &MIGRATOR).await
    }

    /// Waits for the lock that covers catalogue and keychain together. No other task or process holds it at the same
    /// time: a repair never sees half of an import. What adds or removes an item takes the lock as an argument.
    ///
    /// # Errors
    /// [`CatalogError::Busy`] if another process holds it for two minutes; [`CatalogError::Unopened`].
    pub async fn changing(&self) -> Result<Changing, CatalogError> {
        self.changing.lock().await
    }

    /// Takes the lock on a piece of work; `None` while somebody else has it. The kernel releases it when its holder ends,
    /// however it ends, so it may be held as long as a server takes.
    async fn work_on(&self, name: &str) -> Result<Option<Working>, CatalogError> {
        self.changing.working(name).await
    }

    /// Removes a lock's file. Whoever still waits for it finds that there is nothing left to do.
    fn drop_lock(&self, name: &str) {
        let _: std::io::Result<()> = std::fs::remove_file(self.changing.of_work(name));
    }

    /// The version that this Mintage migrates every catalogue to: its newest migration.
    pub fn schema() -> i64 {
        MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or_default()
    }

    /// Closes the file: waits for operations in progress and merges the write-ahead log into it. Every later call, by
    /// any clone of this handle, fails. Not needed for safety; a killed process loses nothing.
    pub async fn close(&self) {
        self.settle().await;
        self.reading.close().await;
        self.pool.close().await;
    }

    /// The connections, once every deferred write is in the file.
    async fn settled(&self) -> &SqlitePool {
        self.settle().await;
        &self.pool
    }

    /// Begins a transaction that will write. It takes the write lock at once, because a transaction that reads first
    /// and writes later fails with "database is locked" however long it may wait.
    async fn writing(&self) -> Result<Transaction<'static, Sqlite>, CatalogError> {
        Ok(self.settled().await.begin_with("BEGIN IMMEDIATE").await?)
    }
}

/// Turns "no row was changed" into [`CatalogError::Gone`].
fn changed(result: &SqliteQueryResult, what: &'static str) -> Result<(), CatalogError> {
    if result.rows_affected() == 0 { Err(CatalogError::Gone { what }) } else { Ok(()) }
}

/// Whether a statement failed on a unique constraint or primary key.
fn is_taken(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// Whether a statement failed because it refers to a row that doesn't exist.
fn is_orphaned(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation)
}
