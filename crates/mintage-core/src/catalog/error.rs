//! What can be wrong with the catalogue.

use std::path::Path;

use crate::error_table::error_table;

error_table! {
    /// A catalogue operation failed.
    #[derive(Debug, thiserror::Error)]
    pub enum CatalogError {
        /// Its folder or file can't be created or opened.
        #[error("couldn't open the catalogue at `{path}`")]
        [code = "catalog-unopened", help = "Check that the folder exists and belongs to you, or set `MINTAGE_DATA_DIR`"]
        Unopened {
            /// The file's path.
            path: String,
            /// Why.
            #[source]
            source: std::io::Error,
        },
        /// It was written by a newer version.
        #[error("the catalogue has version {found}, but this version of Mintage supports only up to version {known}")]
        [code = "catalog-newer", help = "Update Mintage; the catalogue was not changed"]
        Newer {
            /// Its schema version.
            found: i64,
            /// The newest version known.
            known: i64,
        },
        /// It was written by an older version, and is opened only for reading.
        #[error("the catalogue has version {found}, but this version of Mintage reads version {known}")]
        [code = "catalog-older", help = "Open Mintage once to update the catalogue"]
        Older {
            /// Its schema version.
            found: i64,
            /// The version that is read.
            known: i64,
        },
        /// It must be migrated, but a running program of an older version has it open.
        #[error("an older Mintage is running and uses catalogue version {found}, but this one needs version {known}")]
        [code = "catalog-older-running", help = "Quit the older Mintage, then start this one again"]
        OlderRunning {
            /// Its schema version.
            found: i64,
            /// The version that it must be migrated to.
            known: i64,
        },
        /// It was written before Mintage's first release, in a form that no version reads.
        #[error("the catalogue at `{path}` is from a version of Mintage before the first release")]
        [
            code = "catalog-pre-release",
            help = "Move the file away, then import your key files again; the file was not changed"
        ]
        PreRelease {
            /// The file's path.
            path: String,
        },
        /// Another program has kept the file locked past the time limit.
        #[error("another program has locked the catalogue")]
        [
            code = "catalog-locked",
            help = "Close the other program that uses the file, for example a backup, then try again"
        ]
        Locked,
        /// Another process has held the lock on catalogue and keychain for two minutes.
        #[error("another Mintage is still importing or removing keys")]
        [code = "catalog-busy", help = "Let it finish (it may be waiting at a password prompt), then try again"]
        Busy,
        /// The integrity check failed.
        #[error("the catalogue at `{path}` is damaged")]
        [
            code = "catalog-damaged",
            help = "Restore a backup of the file, or move it away and import your key files again"
        ]
        Damaged {
            /// The file's path.
            path: String,
        },
        /// The file is a valid database, but not Mintage's.
        #[error("`{path}` is another program's database")]
        [code = "catalog-foreign", help = "Move that file away, or set `MINTAGE_DATA_DIR` to another folder"]
        Foreign {
            /// The file's path.
            path: String,
        },
        /// An environment with this name exists.
        #[error("an environment named `{name}` already exists")]
        [code = "name-taken", help = "Choose another name"]
        NameTaken {
            /// The name.
            name: String,
        },
        /// The environment already contains this, for example because of a simultaneous import.
        #[error("this {what} is already in the environment")]
        [code = "duplicate", help = "Refresh the list; nothing was imported twice"]
        Duplicate {
            /// `service user` or `private key`.
            what: &'static str,
        },
        /// Someone else, for example a second window, saved other settings after this edit began.
        #[error("this {what} was changed elsewhere while you edited it")]
        [code = "edited-meanwhile", help = "Open it again; your changes weren't saved"]
        EditedMeanwhile {
            /// `environment` or `service user`.
            what: &'static str,
        },
        /// There is no such row.
        #[error("this {what} no longer exists")]
        [code = "gone", help = "Refresh the list"]
        Gone {
            /// `environment`, `service user` or `credential`.
            what: &'static str,
        },
        /// A row contains a word that this version doesn't know.
        #[error("the catalogue contains an unknown {what}")]
        [code = "catalog-unknown-word", help = "Update Mintage"]
        UnknownWord {
            /// What kind of word.
            what: &'static str,
        },
        /// A column contains something that no version of Mintage writes there.
        #[error("the catalogue contains an unreadable {what}")]
        [
            code = "catalog-unreadable",
            help = "Restore a backup of the file, or move it away and import your key files again"
        ]
        Unreadable {
            /// What kind of value, for example `time`.
            what: &'static str,
        },
        /// There is no space left for the file or what SQLite keeps beside it.
        #[error("the disk with the catalogue is full")]
        [code = "disk-full", help = "Free some space on it, then try again; what was stored before is unchanged"]
        DiskFull,
        /// The database failed.
        #[error("the catalogue's database failed")]
        [code = "catalog-failed", help = "Try again; if it keeps failing, check that the disk isn't read-only"]
        Database(#[source] sqlx::Error),
        /// A migration failed; the backup is in place.
        #[error("couldn't update the catalogue to this version's format")]
        [code = "catalog-migration-failed", help = "Restore the backup next to the catalogue and file an issue"]
        Migration(#[from] sqlx::migrate::MigrateError),
    }
}

/// SQLite's primary result code for a file that somebody else has locked: SQLITE_BUSY.
const LOCKED: i32 = 5;

/// SQLite's result codes for a full disk: SQLITE_FULL, and SQLITE_IOERR_SHMSIZE.
const FULL: i32 = 13;
const IOERR_SHMSIZE: i32 = 10 | 19 << 8;

impl From<sqlx::Error> for CatalogError {
    fn from(error: sqlx::Error) -> Self {
        match primary_code(&error) {
            Some(LOCKED) => Self::Locked,
            _ if is_disk_full(&error) => Self::DiskFull,
            _ => Self::Database(error),
        }
    }
}

/// Whether there is no space left. Where the index of the write-ahead log doesn't fit, not even reading works.
pub(super) fn is_disk_full(error: &sqlx::Error) -> bool {
    matches!(extended_code(error), Some(FULL | IOERR_SHMSIZE))
}

/// Extended result codes keep the primary one in their low byte (<https://www.sqlite.org/rescode.html>).
const PRIMARY: i32 = 0xff;

/// SQLite's primary result code.
pub(super) fn primary_code(error: &sqlx::Error) -> Option<i32> {
    extended_code(error).map(|code| code & PRIMARY)
}

fn extended_code(error: &sqlx::Error) -> Option<i32> {
    error.as_database_error()?.code()?.parse().ok()
}

impl CatalogError {
    /// The error for a file or folder that the system won't open.
    pub(crate) fn unopened(path: &Path, source: std::io::Error) -> Self {
        Self::Unopened { path: path.display().to_string(), source }
    }

    /// The error for a file that isn't a valid database.
    pub(crate) fn damaged(path: &Path) -> Self {
        Self::Damaged { path: path.display().to_string() }
    }
}
