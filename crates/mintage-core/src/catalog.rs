//! The **catalogue** is what Mintage remembers: environments, service users, credentials, activity,
//! settings. It is one SQLite file.
//!
//! Rule: harmless to copy. It never holds a secret and has no column for one; this is the only module
//! that touches the database file. Each function is one transaction: done whole or not at all. Each
//! may also fail with [`CatalogError::Database`]; the functions name only what they add.
//!
//! Not here: what a name or an issuer must look like, and when a row is written. Those rules are
//! [`crate::mint`]'s.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteQueryResult;
use sqlx::{Sqlite, SqlitePool, Transaction};

use crate::error::CatalogError;
use process_lock::ChangeLock;

mod activity;
mod column;
mod credentials;
mod environments;
mod files;
mod listing;
mod opening;
mod process_lock;
mod providers;
mod reader;
mod service_users;
mod settings;
#[cfg(test)]
mod testing;

pub use environments::EnvironmentCount;
pub use process_lock::Changing;
pub use providers::StoredProvider;
pub use reader::CatalogReader;

static MIGRATOR: Migrator = sqlx::migrate!();

/// A handle to the open catalogue; cheap to clone.
#[derive(Clone, Debug)]
pub struct Catalog {
    pool: SqlitePool,
    changing: ChangeLock,
    /// Kept as long as any handle, so that no other program migrates the file meanwhile.
    _in_use: Option<Arc<File>>,
}

impl Catalog {
    /// Opens `mintage.db` in this folder (made with mode 0700, file 0600), checks its integrity, backs
    /// it up before migrating, and migrates it.
    ///
    /// # Errors
    /// [`CatalogError::Unopened`], [`CatalogError::Newer`], [`CatalogError::Damaged`],
    /// [`CatalogError::Foreign`], [`CatalogError::Migration`]; [`CatalogError::OlderRunning`] where it would
    /// have to be migrated under a running program of an older version.
    pub async fn open(folder: &Path) -> Result<Self, CatalogError> {
        opening::open(folder, &MIGRATOR).await
    }

    /// Waits for the right to change catalogue and keychain together. No other task or process has it at the
    /// same time: a repair never sees half of an import.
    ///
    /// # Errors
    /// [`CatalogError::Busy`] where another process goes on for two minutes; [`CatalogError::Unopened`].
    pub async fn changing(&self) -> Result<Changing, CatalogError> {
        self.changing.lock().await
    }

    /// The version that this Mintage brings every catalogue to: its newest migration.
    pub fn schema() -> i64 {
        MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or_default()
    }

    /// Closes the file: waits for what is under way and folds the write-ahead log into it. Every later
    /// call, by any clone of this handle, fails. Not needed for safety; a killed process loses nothing.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Begins a transaction that will write. It takes the write lock at once, because a transaction
    /// that reads first and writes later fails with "database is locked" however long it may wait.
    async fn writing(&self) -> Result<Transaction<'static, Sqlite>, CatalogError> {
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
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

/// Whether a statement failed because it refers to a row that does not exist.
fn is_orphaned(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation)
}
