//! What the Secret Service's **faults** mean, by the names of the D-Bus errors.

use secret_service::Error;
use zbus::DBusError as _;

use crate::error::KeychainError;

/// Says what an error means.
pub(super) fn fault(error: &Error, operation: &'static str) -> KeychainError {
    match error {
        Error::Locked | Error::Prompt => KeychainError::Locked,
        // The library says so only where no collection bears the alias `default`.
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
        // The bus could not start a service that is installed.
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
