//! What can be wrong with the catalogue.

use std::path::Path;

/// The catalogue did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// Its folder or file cannot be made or opened.
    #[error("the catalogue at `{path}` cannot be opened")]
    Unopened {
        /// The file's path.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It was written by a newer version.
    #[error("the catalogue is of version {found}; this Mintage knows up to {known}")]
    Newer {
        /// Its schema version.
        found: i64,
        /// The newest version known.
        known: i64,
    },
    /// It was written by an older version, and is only read here.
    #[error("the catalogue is of version {found}; this Mintage reads version {known}")]
    Older {
        /// Its schema version.
        found: i64,
        /// The version that is read.
        known: i64,
    },
    /// It must be migrated, and a running program of an older version has it open.
    #[error("an older Mintage is running and uses the catalogue in version {found}; this one needs version {known}")]
    OlderRunning {
        /// Its schema version.
        found: i64,
        /// The version that it must be brought to.
        known: i64,
    },
    /// Another process has been changing catalogue and keychain for two minutes.
    #[error("another Mintage is importing or removing keys and hasn't finished")]
    Busy,
    /// The integrity check failed.
    #[error("the catalogue at `{path}` is damaged")]
    Damaged {
        /// The file's path.
        path: String,
    },
    /// The file is a sound database, but none of Mintage's.
    #[error("`{path}` is another program's database")]
    Foreign {
        /// The file's path.
        path: String,
    },
    /// An environment of this name exists.
    #[error("an environment named `{name}` exists already")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// The environment holds this already, for example by an import at the same moment.
    #[error("this {what} is in the environment already")]
    Duplicate {
        /// `service user` or `private key`.
        what: &'static str,
    },
    /// There is no such row.
    #[error("this {what} no longer exists")]
    Gone {
        /// `environment`, `service user` or `credential`.
        what: &'static str,
    },
    /// A row holds a word that this version does not know.
    #[error("the catalogue holds an unknown {what}")]
    UnknownWord {
        /// What kind of word.
        what: &'static str,
    },
    /// A column holds what no version of Mintage writes there.
    #[error("the catalogue holds an unreadable {what}")]
    Unreadable {
        /// What kind of value, for example `time`.
        what: &'static str,
    },
    /// The database failed.
    #[error("the catalogue failed")]
    Database(#[from] sqlx::Error),
    /// A migration failed; the backup is in place.
    #[error("the catalogue could not be brought to this version's form")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

impl CatalogError {
    /// The error for a file or folder that the system refuses.
    pub(crate) fn unopened(path: &Path, source: std::io::Error) -> Self {
        Self::Unopened { path: path.display().to_string(), source }
    }

    /// The error for a file that is no sound database.
    pub(crate) fn damaged(path: &Path) -> Self {
        Self::Damaged { path: path.display().to_string() }
    }

    /// A stable kebab-case word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unopened { .. } => "catalog-unopened",
            Self::Newer { .. } => "catalog-newer",
            Self::Older { .. } => "catalog-older",
            Self::OlderRunning { .. } => "catalog-older-running",
            Self::Busy => "catalog-busy",
            Self::Damaged { .. } => "catalog-damaged",
            Self::Foreign { .. } => "catalog-foreign",
            Self::NameTaken { .. } => "name-taken",
            Self::Duplicate { .. } => "duplicate",
            Self::Gone { .. } => "gone",
            Self::UnknownWord { .. } => "catalog-unknown-word",
            Self::Unreadable { .. } => "catalog-unreadable",
            Self::Database(_) => "catalog-failed",
            Self::Migration(_) => "catalog-migration-failed",
        }
    }

    /// The next step.
    pub fn help(&self) -> String {
        match self {
            Self::Unopened { .. } => "Check that the folder exists and is yours, or set `MINTAGE_DATA_DIR`".into(),
            Self::Newer { .. } => "Update Mintage; the catalogue was left as it is".into(),
            Self::Older { .. } => "Open Mintage once, which updates the catalogue".into(),
            Self::OlderRunning { .. } => "Quit the older Mintage, then start this one again".into(),
            Self::Busy => "Finish there, for example its password prompt, then try again".into(),
            Self::Damaged { .. } | Self::Unreadable { .. } => {
                "Restore a copy of the file, or move it away and import your key files again".into()
            }
            Self::Foreign { .. } => "Move that file away, or set `MINTAGE_DATA_DIR` to another folder".into(),
            Self::NameTaken { .. } => "Choose another name".into(),
            Self::Duplicate { .. } => "Refresh the list; nothing was imported twice".into(),
            Self::Gone { .. } => "Refresh the list".into(),
            Self::UnknownWord { .. } => "Update Mintage".into(),
            Self::Database(_) => "Try again; if it stays, check that the disk is not full or read-only".into(),
            Self::Migration(_) => "Restore the backup beside the catalogue and report this".into(),
        }
    }
}
