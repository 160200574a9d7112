//! What can be wrong with settings.

/// The settings were left as they are.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum SettingsError {
    /// A number is out of its bounds.
    #[error("{what} cannot be {given} {unit}")]
    OutOfRange {
        /// The setting's name in [`crate::settings::Settings`] as it crosses to a shell.
        member: &'static str,
        /// What it is, in a sentence.
        what: &'static str,
        /// What it is counted in.
        unit: &'static str,
        /// What was wanted.
        given: u32,
        /// The least that it may be.
        least: u32,
        /// The most that it may be.
        most: u32,
    },
    /// The palette's shortcut is no combination of keys.
    #[error("the shortcut is no combination of keys")]
    ShortcutInvalid,
}

impl SettingsError {
    /// A stable kebab-case word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OutOfRange { .. } => "setting-out-of-range",
            Self::ShortcutInvalid => "shortcut-invalid",
        }
    }

    /// The next step.
    pub fn help(&self) -> String {
        match self {
            Self::OutOfRange { unit, least, most, .. } => format!("Choose from {least} to {most} {unit}"),
            Self::ShortcutInvalid => "Choose a combination like Ctrl, Shift and M".into(),
        }
    }
}
