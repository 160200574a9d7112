//! What can be wrong with the keychain.

use std::time::Duration;

use crate::error_table::error_table;

error_table! {
    /// A keychain operation failed. Never contains the store's own error, whose text may contain secret bytes.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    pub enum KeychainError {
        /// This session has no keychain.
        #[error("no keychain service is running in this session")]
        [
            code = "keychain-absent",
            help = "Log in to a desktop session, or on Linux start a keychain service, for example `gnome-keyring-daemon --start --components=secrets`"
        ]
        Absent,
        /// A service runs but has no collection to store in.
        #[error("the keychain service has no default keyring")]
        [code = "keychain-without-default", help = "Open your desktop's password manager and create a default keyring"]
        NoDefaultKeyring,
        /// Locked, and the prompt was dismissed or could not be shown.
        #[error("the keychain is locked")]
        [code = "keychain-locked", help = "Unlock the keychain and try again"]
        Locked,
        /// The user, or a policy, didn't let Mintage read or change its items.
        #[error("the keychain didn't give access")]
        [code = "keychain-denied", help = "Try again, and allow access when the system asks"]
        Denied,
        /// No response within the deadline; the operation may or may not have happened.
        #[error("the keychain didn't respond within {seconds} seconds")]
        [
            code = "keychain-silent",
            help = "Look for an open password prompt; if there isn't one, restart the keychain service and try again"
        ]
        TimedOut {
            /// The deadline.
            seconds: u32,
        },
        /// There is no such item (in the active keyring).
        #[error("the item isn't in the keychain")]
        [
            code = "keychain-item-missing",
            help = "Unlock or select the keychain that contains it, or import the key file again"
        ]
        NotFound,
        /// Several items have the same name.
        #[error("the keychain has {count} items with the same name")]
        [code = "keychain-ambiguous", help = "Open your desktop's password manager and remove the items you don't need"]
        Ambiguous {
            /// How many.
            count: u32,
        },
        /// An item with this name already exists with different content; it was left unchanged.
        #[error("the keychain already has a different item with this name")]
        [code = "keychain-occupied", help = "Import the key file again; it will be stored under a new name"]
        Occupied,
        /// The secret is longer than this keychain can store.
        #[error("the keychain stores at most {limit} bytes per item")]
        [code = "keychain-item-too-large", help = "Use a shorter key: RSA with at most 4096 bits"]
        TooLarge {
            /// The keychain's limit in bytes.
            limit: u32,
        },
        /// What was read back differs from what was written.
        #[error("the keychain returned something other than what was stored")]
        [code = "keychain-unreliable", help = "Try another keychain service; nothing was imported"]
        ReadBackDiffers,
        /// The service reported its own failure.
        #[error("the keychain failed while {operation}")]
        [code = "keychain-failed", help = "Try again; if it keeps failing, restart the keychain service"]
        Failed {
            /// The operation, for example `storing`.
            operation: &'static str,
        },
    }
}

impl KeychainError {
    /// The error for a deadline that has passed; a partial second counts as a whole one.
    pub(crate) fn timed_out(deadline: Duration) -> Self {
        let seconds = deadline.as_millis().div_ceil(1_000);
        Self::TimedOut { seconds: u32::try_from(seconds).unwrap_or(u32::MAX) }
    }
}
