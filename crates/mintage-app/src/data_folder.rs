//! The **data folder**, where the catalogue lives: `MINTAGE_DATA_DIR`, else the platform's folder for an app's data.
//!
//! Rule: never the current directory. A catalogue that depends on where a program was started is lost at the next
//! start, and its keychain items with it.

use std::ffi::OsString;
use std::path::PathBuf;

use mintage_core::error::Problem;

/// The variable that names another folder.
const VARIABLE: &str = "MINTAGE_DATA_DIR";

/// There is no folder for the catalogue.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum DataFolderError {
    /// Neither the variable nor the system names one.
    #[error("your system names no folder for an app's data, and `MINTAGE_DATA_DIR` isn't set")]
    Unknown,
    /// The variable names a folder below the current directory, wherever that is.
    #[error("`MINTAGE_DATA_DIR` is `{folder}`, which isn't an absolute path")]
    Relative {
        /// What it names.
        folder: String,
    },
}

/// The error as a shell shows it.
impl From<DataFolderError> for Problem {
    fn from(error: DataFolderError) -> Self {
        let (code, help) = match error {
            DataFolderError::Unknown => (
                "data-folder-unknown",
                "Set `MINTAGE_DATA_DIR` to the absolute path of a folder, then start Mintage again",
            ),
            DataFolderError::Relative { .. } => {
                ("data-folder-relative", "Set `MINTAGE_DATA_DIR` to an absolute path, then start Mintage again")
            }
        };
        Self::of_shell(code, error.to_string(), help)
    }
}

/// The folder of the catalogue, which need not exist yet.
///
/// # Errors
/// All of [`DataFolderError`].
pub fn data_folder() -> Result<PathBuf, DataFolderError> {
    // Local, not roaming: on Windows the keychain's items stay on this machine, too.
    folder_from(std::env::var_os(VARIABLE), dirs::data_local_dir())
}

fn folder_from(set: Option<OsString>, platform: Option<PathBuf>) -> Result<PathBuf, DataFolderError> {
    match set.filter(|folder| !folder.is_empty()).map(PathBuf::from) {
        Some(folder) if folder.is_absolute() => Ok(folder),
        Some(folder) => Err(DataFolderError::Relative { folder: folder.to_string_lossy().into_owned() }),
        None => platform.map(|folder| folder.join("mintage")).ok_or(DataFolderError::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_the_variables_else_the_platforms_and_never_the_current_directory() {
        // An absolute path of Windows begins with a drive.
        let path = |path: &str| PathBuf::from(if cfg!(windows) { path.replace('/', "C:\\") } else { path.to_owned() });
        let check = |set: Option<&str>, platform: Option<&str>, expected: Result<&str, &str>| {
            let found = folder_from(set.map(|set| path(set).into_os_string()), platform.map(path));
            let found = found.map_err(|error| Problem::from(error).code);
            assert_eq!(found, expected.map(path).map_err(str::to_owned));
        };
        let joined = format!("/data{}mintage", std::path::MAIN_SEPARATOR);
        check(Some("/mine"), Some("/data"), Ok("/mine"));
        check(None, Some("/data"), Ok(&joined));
        check(Some(""), Some("/data"), Ok(&joined));
        check(None, None, Err("data-folder-unknown"));
        check(Some("mine"), Some("/data"), Err("data-folder-relative"));
        check(Some("."), None, Err("data-folder-relative"));
    }
}
