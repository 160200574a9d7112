//! The **names** of the keychain: of our items in it, and of the product for people.

/// The part of an item's name that all of ours share; the other part is the credential's UUID.
pub(super) const SERVICE: &str = "mintage";

/// A platform's keychain, by name, if it can't be asked.
pub(super) const NAME: &str = if cfg!(target_os = "macos") {
    "macOS Keychain"
} else if cfg!(target_os = "windows") {
    "Windows Credential Manager"
} else {
    "Secret Service"
};
