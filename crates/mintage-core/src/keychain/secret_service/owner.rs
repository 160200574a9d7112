//! The **owner** of the bus name `org.freedesktop.secrets`: the program that stores the secrets.

use zbus::Connection;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;

use crate::keychain::names::NAME;

const SERVICE: &str = "org.freedesktop.secrets";

/// The product name that the user knows, or `Secret Service` if it can't be determined.
pub(super) async fn name(bus: &Connection) -> Result<String, secret_service::Error> {
    let service = BusName::try_from(SERVICE).map_err(zbus::Error::from)?;
    let pid = DBusProxy::new(bus).await?.get_connection_unix_process_id(service).await?;
    // Inside a sandbox the process isn't visible.
    let program = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    Ok(known(program.trim_end()).to_owned())
}

/// The product name for a process name, of which Linux keeps the first 15 characters.
fn known(program: &str) -> &'static str {
    match program {
        "gnome-keyring-d" => "GNOME Keyring",
        "kwalletd5" | "kwalletd6" | "ksecretd" => "KWallet",
        "keepassxc" => "KeePassXC",
        _ => NAME,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_is_named_as_its_users_know_it() {
        let check = |program, expected| assert_eq!(known(program), expected, "{program}");
        check("gnome-keyring-d", "GNOME Keyring");
        check("kwalletd5", "KWallet");
        check("kwalletd6", "KWallet");
        check("ksecretd", "KWallet");
        check("keepassxc", "KeePassXC");
        check("pass-secrets", "Secret Service");
        check("", "Secret Service");
    }
}
