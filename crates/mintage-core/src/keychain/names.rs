//! The **names** of the keychain: ours in it, and what a person knows it as.

/// The half of an item's name that all of ours share; the other half is the credential's UUID.
pub(super) const SERVICE: &str = "mintage";

/// What a platform's keychain is called where it cannot be asked.
pub(super) const NAME: &str = if cfg!(target_os = "macos") {
    "macOS Keychain"
} else if cfg!(target_os = "windows") {
    "Windows Credential Manager"
} else {
    "Secret Service"
};
