//! The **owner** of the bus name `org.freedesktop.secrets`: which program keeps the secrets.

use zbus::Connection;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;

use crate::keychain::names::NAME;

const SERVICE: &str = "org.freedesktop.secrets";

/// What the user knows the keychain as, or `Secret Service` where that cannot be told.
pub(super) async fn name(bus: &Connection) -> Result<String, secret_service::Error> {
    let service = BusName::try_from(SERVICE).map_err(zbus::Error::from)?;
    let pid = DBusProxy::new(bus).await?.get_connection_unix_process_id(service).await?;
    // Within a sandbox the process is out of sight.
    let program = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    Ok(known(program.trim_end()).to_owned())
}

/// The product's name for a process name, of which Linux keeps the first 15 characters.
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
