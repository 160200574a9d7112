//! What can be wrong with the keychain.

use std::time::Duration;

/// The keychain did not do what was asked. Never holds the store's own error, whose text may hold
/// secret bytes.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum KeychainError {
    /// No keychain service runs in this session.
    #[error("no keychain service is running on this desktop")]
    Absent,
    /// A service runs but has no collection to store in.
    #[error("the keychain service has no default keyring")]
    NoDefaultKeyring,
    /// Locked, and the prompt was dismissed or could not be shown.
    #[error("the keychain is locked")]
    Locked,
    /// No answer within the deadline; what was asked may have happened or not.
    #[error("the keychain did not answer within {seconds} seconds")]
    TimedOut {
        /// The deadline.
        seconds: u32,
    },
    /// There is no such item (in the keyring that is active now).
    #[error("the keychain has no such item")]
    NotFound,
    /// Several items carry the same name.
    #[error("the keychain holds {count} items of the same name")]
    Ambiguous {
        /// How many.
        count: u32,
    },
    /// An item of this name is there already and holds something else; it was left as it is.
    #[error("the keychain already holds something else under this name")]
    Occupied,
    /// The secret is longer than this keychain can store.
    #[error("the keychain stores at most {limit} bytes in an item")]
    TooLarge {
        /// The keychain's limit in bytes.
        limit: u32,
    },
    /// What was read back differs from what was written.
    #[error("the keychain gave back something else than was stored")]
    ReadBackDiffers,
    /// The service answered with a failure of its own.
    #[error("the keychain failed while {operation}")]
    Failed {
        /// What was being done, for example `storing`.
        operation: &'static str,
    },
}

impl KeychainError {
    /// The error for a deadline that has passed; a second that has begun counts as a whole one.
    pub(crate) fn timed_out(deadline: Duration) -> Self {
        let seconds = deadline.as_millis().div_ceil(1_000);
        Self::TimedOut { seconds: u32::try_from(seconds).unwrap_or(u32::MAX) }
    }

    /// A stable kebab-case word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Absent => "keychain-absent",
            Self::NoDefaultKeyring => "keychain-without-default",
            Self::Locked => "keychain-locked",
            Self::TimedOut { .. } => "keychain-silent",
            Self::NotFound => "keychain-item-missing",
            Self::Ambiguous { .. } => "keychain-ambiguous",
            Self::Occupied => "keychain-occupied",
            Self::TooLarge { .. } => "keychain-item-too-large",
            Self::ReadBackDiffers => "keychain-unreliable",
            Self::Failed { .. } => "keychain-failed",
        }
    }

    /// The next step.
    pub fn help(&self) -> String {
        match self {
            Self::Absent => "Start a keychain service, for example `gnome-keyring-daemon --start --components=secrets`, or log in to a desktop session".into(),
            Self::NoDefaultKeyring => "Open your desktop's password manager and create a default keyring".into(),
            Self::Locked => "Unlock the keychain and try again".into(),
            Self::TimedOut { .. } => "Look for an open password prompt; if there is none, restart the keychain service and try again".into(),
            Self::NotFound => "Unlock or choose the keychain that holds it, or import the key file again".into(),
            Self::Ambiguous { .. } => "Open your desktop's password manager and remove the items that are not wanted".into(),
            Self::Occupied => "Import the key file again; it is stored under a new name then".into(),
            Self::TooLarge { .. } => "Use a shorter key: RSA with up to 4096 bits".into(),
            Self::ReadBackDiffers => "Try another keychain service; nothing was imported".into(),
            Self::Failed { .. } => "Try again; if it stays, restart the keychain service".into(),
        }
    }
}
