//! **Opening** the catalogue: its folder, its file, its integrity, its version.
//!
//! Rule: what cannot be used is left exactly as it is. A file is checked before it is written, and
//! copied before it is migrated.
//!
//! An existing `mintage.db` is never opened here but by SQLite: on Unix, closing any other handle of
//! the same file drops the locks that SQLite holds in this process.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::process_lock::{self, ChangeLock};
use super::{Catalog, files};
use crate::error::CatalogError;

const FILE: &str = "mintage.db";
/// Held while one process opens the file: two first starts must not migrate at once.
const OPENING: &str = "mintage.lock";
/// Shared by every program that has the file open, so that none migrates it under another.
const IN_USE: &str = "mintage.use.lock";
/// Held while catalogue and keychain are changed together.
const CHANGING: &str = "mintage.change.lock";
/// A few readers beside the one writer that SQLite allows.
const CONNECTIONS: u32 = 4;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long to wait while another process opens or migrates the same catalogue.
const OPENING_PATIENCE: Duration = Duration::from_secs(10);
/// SQLite's primary result codes for a file that is no sound database: SQLITE_CORRUPT, SQLITE_NOTADB.
const UNSOUND: [i32; 2] = [11, 26];

/// Opens, checks, backs up and migrates the catalogue in this folder.
pub(super) async fn open(folder: &Path, migrator: &Migrator) -> Result<Catalog, CatalogError> {
    let folder = absolute(folder)?;
    files::make_folder(&folder)?;
    let _opening = begin(&folder.join(OPENING)).await?;
    let path = folder.join(FILE);
    files::make_file(&path).map_err(|source| CatalogError::unopened(&path, source))?;
    files::check_file(&path)?;

    let options = options(&path).synchronous(SqliteSynchronous::Full).pragma("secure_delete", "ON");
    let failed = |error| unusable(&path, error);
    let mut connection = options.connect().await.map_err(failed)?;
    let examined = examine(&mut connection, &path, migrator).await;
    // Closed whatever it found, so that nothing of a failed attempt still holds the file.
    let closed = connection.close().await;
    examined?;
    closed.map_err(failed)?;

    let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).idle_timeout(None).max_lifetime(None);
    let pool = pool.connect_with(options.journal_mode(SqliteJournalMode::Wal)).await.map_err(failed)?;
    if let Err(error) = migrator.run(&pool).await {
        pool.close().await;
        return Err(error.into());
    }
    let in_use = process_lock::shared(&folder.join(IN_USE));
    let in_use = in_use.map_err(|source| CatalogError::unopened(&path, source))?.map(Arc::new);
    Ok(Catalog { pool, changing: ChangeLock::new(folder.join(CHANGING)), _in_use: in_use })
}

/// Opens the catalogue for reading alone: without a check, a write, a migration or a wait.
pub(super) async fn open_to_read(folder: &Path, known: i64) -> Result<Catalog, CatalogError> {
    let folder = absolute(folder)?;
    let path = folder.join(FILE);
    files::check_file(&path)?;
    let failed = |error| unusable(&path, error);
    let pool = SqlitePoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
    let pool = pool.connect_with(options(&path).read_only(true)).await.map_err(failed)?;
    let mut connection = pool.acquire().await.map_err(failed)?;
    match version(&mut connection, &path).await? {
        found if found > known => Err(CatalogError::Newer { found, known }),
        found if found < known => Err(CatalogError::Older { found, known }),
        _ => {
            drop(connection);
            Ok(Catalog { pool, changing: ChangeLock::new(folder.join(CHANGING)), _in_use: None })
        }
    }
}

/// An absolute path, as SQLite would take a relative one that begins with `file:` for a URI.
fn absolute(folder: &Path) -> Result<PathBuf, CatalogError> {
    std::path::absolute(folder).map_err(|source| CatalogError::unopened(folder, source))
}

fn options(path: &Path) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(false).foreign_keys(true);
    options.busy_timeout(BUSY_TIMEOUT).disable_statement_logging()
}

/// Waits until no other process is opening the catalogue.
async fn begin(path: &Path) -> Result<File, CatalogError> {
    let failed = |source| CatalogError::unopened(path, source);
    let locked = process_lock::exclusive(path, OPENING_PATIENCE).await.map_err(failed)?;
    locked.ok_or_else(|| failed(io::Error::new(io::ErrorKind::TimedOut, "another Mintage is still opening it")))
}

/// Checks that the file is sound, ours, known and writable, and backs it up if it will be migrated.
async fn examine(connection: &mut SqliteConnection, path: &Path, migrator: &Migrator) -> Result<(), CatalogError> {
    check_integrity(connection, path).await?;
    let version = version(connection, path).await?;
    let known = migrator.iter().map(|migration| migration.version).max().unwrap_or_default();
    if version > known {
        return Err(CatalogError::Newer { found: version, known });
    }
    check_writable(connection).await.map_err(|error| unusable(path, error))?;
    if !(1..known).contains(&version) {
        return Ok(());
    }
    // Whoever has it open knows the old form alone. None can come meanwhile: this process is opening it.
    let alone = process_lock::exclusive(&path.with_file_name(IN_USE), Duration::ZERO).await;
    alone
        .map_err(|source| CatalogError::unopened(path, source))?
        .ok_or(CatalogError::OlderRunning { found: version, known })?;
    back_up(connection, path, version).await
}

/// Reads the whole file once.
async fn check_integrity(connection: &mut SqliteConnection, path: &Path) -> Result<(), CatalogError> {
    let verdict: Result<String, _> = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(connection).await;
    if verdict.map_err(|error| unusable(path, error))? == "ok" { Ok(()) } else { Err(CatalogError::damaged(path)) }
}

/// Writes and takes it back: SQLite quietly falls back to reading where it may not write, even at
/// `BEGIN IMMEDIATE`, which would only show at the first import.
async fn check_writable(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut attempt = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("CREATE TABLE attempt (id)").execute(&mut *attempt).await?;
    attempt.rollback().await
}

/// The newest migration applied; 0 for an empty file.
async fn version(connection: &mut SqliteConnection, path: &Path) -> Result<i64, CatalogError> {
    let failed = |error| unusable(path, error);
    let (tables, is_ours): (i64, bool) =
        sqlx::query_as("SELECT count(*), coalesce(max(name = '_sqlx_migrations'), 0) FROM sqlite_schema")
            .fetch_one(&mut *connection)
            .await
            .map_err(failed)?;
    match (tables, is_ours) {
        (0, _) => Ok(0),
        (_, false) => Err(CatalogError::Foreign { path: path.display().to_string() }),
        (_, true) => sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
            .fetch_one(connection)
            .await
            .map_err(failed),
    }
}

/// Copies the catalogue to `mintage.db.backup-v<version>`. Written beside it and renamed, so that a
/// backup is always whole; a repeated attempt replaces the one before.
async fn back_up(connection: &mut SqliteConnection, path: &Path, version: i64) -> Result<(), CatalogError> {
    let backup = path.with_file_name(format!("{FILE}.backup-v{version}"));
    let partial = path.with_file_name(format!("{FILE}.backup-v{version}.partial"));
    let failed = |source| CatalogError::unopened(&backup, source);
    files::private().create(true).truncate(true).open(&partial).map_err(failed)?;
    let name = partial.to_str().expect("SQLite has opened a file in this folder, which it does only for UTF-8 names");
    let copied = sqlx::query("VACUUM INTO ?1").bind(name).execute(connection).await;
    copied.map_err(|error| unusable(&backup, error))?;
    files::private().open(&partial).and_then(|file| file.sync_all()).map_err(failed)?;
    fs::rename(&partial, &backup).map_err(failed)
}

/// What a failure of SQLite means while opening.
fn unusable(path: &Path, error: sqlx::Error) -> CatalogError {
    // Extended result codes keep the primary one in their low byte.
    let primary = error.as_database_error().and_then(|cause| cause.code()?.parse::<i32>().ok()).map(|code| code & 0xff);
    match error {
        _ if primary.is_some_and(|code| UNSOUND.contains(&code)) => CatalogError::damaged(path),
        sqlx::Error::Io(source) => CatalogError::unopened(path, source),
        error => CatalogError::unopened(path, io::Error::other(error)),
    }
}

#[cfg(test)]
mod tests;
