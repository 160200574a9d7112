//! What the Secret Service's **faults** mean, by D-Bus error name.

use secret_service::Error;
use zbus::DBusError as _;

use crate::keychain::KeychainError;

/// Translates an error.
pub(super) fn fault(error: &Error, operation: &'static str) -> KeychainError {
    match error {
        Error::Locked | Error::Prompt => KeychainError::Locked,
        // The library reports this only if no collection has the alias `default`.
        Error::NoResult => KeychainError::NoDefaultKeyring,
        Error::Unavailable => KeychainError::Absent,
        Error::Zbus(error) => named(bus_name(error).as_deref(), operation),
        Error::ZbusFdo(error) => named(standard_name(error).as_deref(), operation),
        _ => KeychainError::Failed { operation },
    }
}

fn named(name: Option<&str>, operation: &'static str) -> KeychainError {
    match name {
        Some("org.freedesktop.DBus.Error.ServiceUnknown" | "org.freedesktop.DBus.Error.NameHasNoOwner") => {
            KeychainError::Absent
        }
        // The bus couldn't start an installed service.
        Some(name) if name.starts_with("org.freedesktop.DBus.Error.Spawn.") => KeychainError::Absent,
        Some("org.freedesktop.Secret.Error.IsLocked") => KeychainError::Locked,
        _ => KeychainError::Failed { operation },
    }
}

fn bus_name(error: &zbus::Error) -> Option<String> {
    match error {
        zbus::Error::MethodError(name, ..) => Some(name.to_string()),
        zbus::Error::FDO(error) => standard_name(error),
        _ => None,
    }
}

fn standard_name(error: &zbus::fdo::Error) -> Option<String> {
    match error {
        zbus::fdo::Error::ZBus(error) => bus_name(error),
        error => Some(error.name().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use zbus::fdo;

    use super::*;

    #[test]
    fn faults_of_the_service_are_told_apart() {
        let check = |error: Error, expected: KeychainError| assert_eq!(fault(&error, "reading"), expected);
        let failed = || KeychainError::Failed { operation: "reading" };
        check(Error::Locked, KeychainError::Locked);
        check(Error::Prompt, KeychainError::Locked);
        check(Error::PromptDisconnected, failed());
        check(Error::NoResult, KeychainError::NoDefaultKeyring);
        check(Error::Unavailable, KeychainError::Absent);
        check(Error::Crypto("canary"), failed());
        check(Error::ZbusFdo(fdo::Error::ServiceUnknown(String::new())), KeychainError::Absent);
        check(Error::ZbusFdo(fdo::Error::NameHasNoOwner(String::new())), KeychainError::Absent);
        check(Error::ZbusFdo(fdo::Error::SpawnChildExited(String::new())), KeychainError::Absent);
        check(Error::ZbusFdo(fdo::Error::NoReply(String::new())), failed());
        check(Error::Zbus(fdo::Error::ServiceUnknown(String::new()).into()), KeychainError::Absent);
        check(Error::Zbus(zbus::Error::InvalidReply), failed());
    }

    #[test]
    fn errors_of_the_secret_service_are_known_by_their_names() {
        let check = |name, expected: KeychainError| assert_eq!(named(name, "reading"), expected);
        let failed = || KeychainError::Failed { operation: "reading" };
        check(Some("org.freedesktop.Secret.Error.IsLocked"), KeychainError::Locked);
        check(Some("org.freedesktop.Secret.Error.NoSession"), failed());
        check(Some("org.freedesktop.Secret.Error.NoSuchObject"), failed());
        check(None, failed());
    }
}
