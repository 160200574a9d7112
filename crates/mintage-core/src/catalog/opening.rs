//! **Opening** the catalogue: its folder, its file, its integrity, its version.
//!
//! Rule: a file that can't be used is left exactly as it is. A file is checked before it is written, and copied before
//! it is migrated.
//!
//! An existing `mintage.db` is never opened here except through SQLite: on Unix, closing any other handle of the same
//! file drops the locks that SQLite holds in this process.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};

use super::behind::Behind;
use super::error::{is_disk_full, primary_code};
use super::process_lock::{self, ChangeLock};
use super::reading::ReadingConnection;
use super::{Catalog, CatalogError, files};

const FILE: &str = "mintage.db";
/// Held while one process opens the file: two first starts must not migrate at the same time.
const OPENING: &str = "mintage.lock";
/// Shared by every program that has the file open, so that none migrates it while another uses it.
const IN_USE: &str = "mintage.use.lock";
/// Held while catalogue and keychain are changed together.
const CHANGING: &str = "mintage.change.lock";
/// Locked while a request with a registration access token is under way.
const REGISTERING: &str = "mintage.registration.lock";
/// A few readers besides the one writer that SQLite allows.
const CONNECTIONS: u32 = 4;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How much of the file a reader maps into memory, in bytes. A list visits pages in the order of names, and reading each
/// with a call of its own takes twice as long. A reader ends soon; in a program that stays, a disk that fails would end it.
const MAPPED: &str = "268435456";
/// How long to wait while another process opens or migrates the same catalogue.
const OPENING_PATIENCE: Duration = Duration::from_secs(10);
/// SQLite's primary result codes for a file that isn't a valid database: SQLITE_CORRUPT, SQLITE_NOTADB.
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
    let mut first = options.connect().await.map_err(|error| unusable(&path, error))?;
    if let Err(error) = make_usable(&mut first, &path, migrator).await {
        // Nothing from a failed attempt still holds the file. What failed is the error.
        let _: Result<(), sqlx::Error> = first.close().await;
        return Err(error);
    }
    let in_use = process_lock::shared(&folder.join(IN_USE));
    let in_use = in_use.map_err(|source| CatalogError::unopened(&path, source))?.map(Arc::new);
    // The connection that is there goes to those who wait. The others are opened by whoever needs them.
    let pool = pool_options().max_connections(CONNECTIONS);
    let pool = pool.connect_lazy_with(options.journal_mode(SqliteJournalMode::Wal));
    Ok(catalog(pool, ReadingConnection::of(first), &folder, in_use))
}

/// Examines the file, and migrates it.
async fn make_usable(connection: &mut SqliteConnection, path: &Path, migrator: &Migrator) -> Result<(), CatalogError> {
    examine(connection, path, migrator).await?;
    let journal = sqlx::query("PRAGMA journal_mode = WAL").execute(&mut *connection).await;
    journal.map_err(|error| unusable(path, error))?;
    // `run` takes whatever a connection can be borrowed from, which a future that other threads run can't say of this one.
    Ok(migrator.run_direct(None, connection, false).await?)
}

/// Opens the catalogue read-only: without a check, a write, a migration or a wait.
pub(super) async fn open_to_read(folder: &Path, known: i64, migrator: &Migrator) -> Result<Catalog, CatalogError> {
    let folder = absolute(folder)?;
    let path = folder.join(FILE);
    files::check_file(&path)?;
    let failed = |error| unusable(&path, error);
    let pool = pool_options().max_connections(1);
    let options = options(&path).read_only(true).pragma("mmap_size", MAPPED);
    let pool = pool.connect_with(options).await.map_err(failed)?;
    let mut connection = pool.acquire().await.map_err(failed)?;
    match version(&mut connection, &path, migrator).await? {
        found if found > known => Err(CatalogError::Newer { found, known }),
        found if found < known => Err(CatalogError::Older { found, known }),
        _ => {
            drop(connection);
            Ok(catalog(pool, ReadingConnection::default(), &folder, None))
        }
    }
}

fn catalog(pool: SqlitePool, reading: ReadingConnection, folder: &Path, in_use: Option<Arc<File>>) -> Catalog {
    let behind = Behind::start(pool.clone());
    let [changing, registering] = [CHANGING, REGISTERING].map(|name| ChangeLock::new(folder.join(name)));
    Catalog { pool, behind, reading, changing, registering, _in_use: in_use }
}

/// A connection to a file doesn't need a liveness check, which costs as much as a query.
fn pool_options() -> SqlitePoolOptions {
    SqlitePoolOptions::new().idle_timeout(None).max_lifetime(None).test_before_acquire(false)
}

/// An absolute path, since SQLite would treat a relative one that begins with `file:` as a URI.
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

/// Checks that the file is valid, ours, of a known version and writable, and backs it up if it will be migrated.
async fn examine(connection: &mut SqliteConnection, path: &Path, migrator: &Migrator) -> Result<(), CatalogError> {
    check_integrity(connection, path).await?;
    let version = version(connection, path, migrator).await?;
    let known = migrator.iter().map(|migration| migration.version).max().unwrap_or_default();
    if version > known {
        return Err(CatalogError::Newer { found: version, known });
    }
    check_writable(connection).await.map_err(|error| unusable(path, error))?;
    if !(1..known).contains(&version) {
        return Ok(());
    }
    // Whoever has it open knows only the old schema. No one can open it in the meantime: this process is opening it.
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

/// Writes and rolls back: SQLite silently falls back to reading if it isn't allowed to write, even at `BEGIN
/// IMMEDIATE`, which would only show at the first import.
async fn check_writable(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut attempt = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("CREATE TABLE attempt (id)").execute(&mut *attempt).await?;
    attempt.rollback().await
}

/// The newest migration applied; 0 for an empty file.
///
/// # Errors
/// [`CatalogError::Foreign`], and [`CatalogError::PreRelease`] if the first migration is a different one.
async fn version(connection: &mut SqliteConnection, path: &Path, migrator: &Migrator) -> Result<i64, CatalogError> {
    let failed = |error| unusable(path, error);
    let (tables, is_ours): (i64, bool) =
        sqlx::query_as("SELECT count(*), coalesce(max(name = '_sqlx_migrations'), 0) FROM sqlite_schema")
            .fetch_one(&mut *connection)
            .await
            .map_err(failed)?;
    match (tables, is_ours) {
        (0, _) => return Ok(0),
        (_, false) => return Err(CatalogError::Foreign { path: path.display().to_string() }),
        (_, true) => {}
    }
    let applied: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations ORDER BY version")
            .fetch_all(connection)
            .await
            .map_err(failed)?;
    let (Some((_, first)), Some((newest, _))) = (applied.first(), applied.last()) else { return Ok(0) };
    match migrator.iter().next().is_some_and(|migration| migration.checksum.as_ref() == first.as_slice()) {
        true => Ok(*newest),
        false => Err(CatalogError::PreRelease { path: path.display().to_string() }),
    }
}

/// Copies the catalogue to `mintage.db.backup-v<version>`. Written under another name and renamed, so that a backup is
/// always complete; a repeated attempt replaces the previous one.
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

/// What an SQLite failure means while opening.
fn unusable(path: &Path, error: sqlx::Error) -> CatalogError {
    match error {
        _ if primary_code(&error).is_some_and(|code| UNSOUND.contains(&code)) => CatalogError::damaged(path),
        _ if is_disk_full(&error) => CatalogError::DiskFull,
        sqlx::Error::Io(source) => CatalogError::unopened(path, source),
        error => CatalogError::unopened(path, io::Error::other(error)),
    }
}

#[cfg(test)]
mod tests;
