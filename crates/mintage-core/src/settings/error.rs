//! What can be wrong with settings.

use crate::error_table::error_table;

error_table! {
    /// The settings were not changed.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    pub enum SettingsError {
        /// A number is out of bounds.
        #[error("{what} can't be {given} {unit}")]
        [code = "setting-out-of-range", help(unit, least, most) = format!("Choose from {least} to {most} {unit}")]
        OutOfRange {
            /// The setting's name in [`crate::settings::Settings`] in the form sent to a shell.
            member: &'static str,
            /// Its name in a sentence.
            what: &'static str,
            /// Its unit.
            unit: &'static str,
            /// The rejected value.
            given: u32,
            /// The minimum.
            least: u32,
            /// The maximum.
            most: u32,
        },
        /// The palette's shortcut isn't a key combination.
        #[error("the shortcut isn't a key combination")]
        [code = "shortcut-invalid", help = "Choose a combination such as Ctrl+Shift+M"]
        ShortcutInvalid,
    }
}
