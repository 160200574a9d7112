//! **Opening** the catalogue: its folder, its file, its integrity, its version.
//!
//! Rule: what cannot be used is left exactly as it is. A file is checked before it is written, and
//! copied before it is migrated.
//!
//! An existing `mintage.db` is never opened here but by SQLite: on Unix, closing any other handle of
//! the same file drops the locks that SQLite holds in this process.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};

use crate::error::CatalogError;

const FILE: &str = "mintage.db";
const LOCK: &str = "mintage.lock";
/// A few readers beside the one writer that SQLite allows.
const CONNECTIONS: u32 = 4;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long to wait while another process opens or migrates the same catalogue.
const LOCK_PATIENCE: Duration = Duration::from_secs(10);
const LOCK_POLL: Duration = Duration::from_millis(20);
/// No SQLite database that is not empty is smaller, in bytes (SQLite file format §1.2).
const SMALLEST_PAGE: u64 = 512;
/// SQLite's primary result codes for a file that is no sound database: SQLITE_CORRUPT, SQLITE_NOTADB.
const UNSOUND: [i32; 2] = [11, 26];

/// Opens, checks, backs up and migrates the catalogue in this folder.
pub(super) async fn open(folder: &Path, migrator: &Migrator) -> Result<SqlitePool, CatalogError> {
    // An absolute path, as SQLite would take a relative one that begins with `file:` for a URI.
    let folder = std::path::absolute(folder).map_err(|source| unopened(folder, source))?;
    make_folder(&folder)?;
    let _lock = lock(&folder.join(LOCK)).await?;
    let path = folder.join(FILE);
    make_file(&path).map_err(|source| unopened(&path, source))?;
    check_file(&path)?;

    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(false)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "ON")
        .disable_statement_logging();
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
    Ok(pool)
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
    if (1..known).contains(&version) { back_up(connection, path, version).await } else { Ok(()) }
}

fn make_folder(folder: &Path) -> Result<(), CatalogError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|source| {
        let stands_in_the_way = fs::metadata(folder).is_ok_and(|found| !found.is_dir());
        let file_there = || io::Error::new(io::ErrorKind::NotADirectory, "a file stands where its folder should be");
        unopened(folder, if stands_in_the_way { file_there() } else { source })
    })
}

/// Makes the empty file before SQLite would, so that it is private from its first moment; the
/// write-ahead log inherits its mode.
fn make_file(path: &Path) -> io::Result<()> {
    match private().create_new(true).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            tighten(path);
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Refuses what SQLite would not: a file of a few bytes, which it takes for an empty one and overwrites,
/// and a read-only one, beside which it leaves a log that is read-only for ever.
fn check_file(path: &Path) -> Result<(), CatalogError> {
    let found = fs::metadata(path).map_err(|source| unopened(path, source))?;
    if (1..SMALLEST_PAGE).contains(&found.len()) {
        return Err(damaged(path));
    }
    if found.permissions().readonly() {
        return Err(unopened(path, io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only")));
    }
    Ok(())
}

/// Takes back what a copy or a restore may have opened to others. Best effort: some file systems know
/// no modes, and the file holds no secret.
fn tighten(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let exposed = fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o077 != 0);
        if exposed {
            let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o600));
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Lets one process at a time open the catalogue, so that two first starts do not migrate at once. The
/// lock ends with the returned file, or with the process.
async fn lock(path: &Path) -> Result<File, CatalogError> {
    let failed = |source| unopened(path, source);
    let file = private().create(true).open(path).map_err(failed)?;
    let started = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if started.elapsed() < LOCK_PATIENCE => tokio::time::sleep(LOCK_POLL).await,
            Err(TryLockError::WouldBlock) => {
                return Err(failed(io::Error::new(io::ErrorKind::TimedOut, "another Mintage is still opening it")));
            }
            // Some network file systems have no locks; SQLite's own transactions still hold there.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
}

/// Reads the whole file once.
async fn check_integrity(connection: &mut SqliteConnection, path: &Path) -> Result<(), CatalogError> {
    let verdict: Result<String, _> = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(connection).await;
    if verdict.map_err(|error| unusable(path, error))? == "ok" { Ok(()) } else { Err(damaged(path)) }
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
    let failed = |source| unopened(&backup, source);
    private().create(true).truncate(true).open(&partial).map_err(failed)?;
    let name = partial.to_str().expect("SQLite has opened a file in this folder, which it does only for UTF-8 names");
    let copied = sqlx::query("VACUUM INTO ?1").bind(name).execute(connection).await;
    copied.map_err(|error| unusable(&backup, error))?;
    private().open(&partial).and_then(|file| file.sync_all()).map_err(failed)?;
    fs::rename(&partial, &backup).map_err(failed)
}

fn unopened(path: &Path, source: io::Error) -> CatalogError {
    CatalogError::Unopened { path: path.display().to_string(), source }
}

fn damaged(path: &Path) -> CatalogError {
    CatalogError::Damaged { path: path.display().to_string() }
}

/// What a failure of SQLite means while opening.
fn unusable(path: &Path, error: sqlx::Error) -> CatalogError {
    // Extended result codes keep the primary one in their low byte.
    let primary = error.as_database_error().and_then(|cause| cause.code()?.parse::<i32>().ok()).map(|code| code & 0xff);
    match error {
        _ if primary.is_some_and(|code| UNSOUND.contains(&code)) => damaged(path),
        sqlx::Error::Io(source) => unopened(path, source),
        error => unopened(path, io::Error::other(error)),
    }
}

#[cfg(test)]
mod tests;
