//! The **system** below: what it is called, and its file manager.

use std::path::Path;

use crate::bus::Bus;

/// The folder is not shown.
#[derive(Debug, thiserror::Error)]
#[error("no file manager answers")]
pub(crate) struct NotShown;

/// The web view that draws the window, for example `WebKitGTK 2.48.5`.
pub(crate) fn webview() -> String {
    let version = tauri::webview_version().unwrap_or_else(|_| "of unknown version".to_owned());
    let name = if cfg!(target_os = "linux") {
        "WebKitGTK"
    } else if cfg!(windows) {
        "WebView2"
    } else {
        "WebKit"
    };
    format!("{name} {version}")
}

/// The operating system and its processor, for example `Debian GNU/Linux 12 (bookworm), x86_64`.
pub(crate) fn name() -> String {
    // os-release(5): the first of the two that is there.
    let release = ["/etc/os-release", "/usr/lib/os-release"].iter().find_map(|file| std::fs::read_to_string(file).ok());
    let name = release.as_deref().and_then(pretty_name).unwrap_or_else(|| std::env::consts::OS.to_owned());
    format!("{name}, {}", std::env::consts::ARCH)
}

/// The value of `PRETTY_NAME`, without the quotes of a shell.
fn pretty_name(release: &str) -> Option<String> {
    let value = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    let name = value.trim().trim_matches(['"', '\'']).trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// Shows a folder in the file manager, asked over the bus: no program is started and no address parsed.
#[cfg(target_os = "linux")]
pub(crate) async fn show_folder(bus: &Bus, folder: &Path) -> Result<(), NotShown> {
    use crate::bus::Caller;

    /// The File Manager DBus Interface of freedesktop.org.
    const FILE_MANAGER: Caller = Caller {
        service: "org.freedesktop.FileManager1",
        path: "/org/freedesktop/FileManager1",
        interface: "org.freedesktop.FileManager1",
    };
    let address = tauri::Url::from_directory_path(folder).map_err(|()| NotShown)?;
    let asked = bus.call(FILE_MANAGER, "ShowFolders", &(vec![address.as_str()], "")).await;
    asked.map(drop).map_err(|_| NotShown)
}

/// Shows a folder in the file manager that belongs to the system.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn show_folder(_: &Bus, folder: &Path) -> Result<(), NotShown> {
    let program = if cfg!(windows) { "explorer" } else { "open" };
    std::process::Command::new(program).arg(folder).spawn().map(drop).map_err(|_| NotShown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_called_by_its_pretty_name() {
        let check = |release: &str, expected: Option<&str>| assert_eq!(pretty_name(release).as_deref(), expected);
        check("NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n", Some("Debian GNU/Linux 12 (bookworm)"));
        check("PRETTY_NAME=Arch\n", Some("Arch"));
        check("PRETTY_NAME=\"\"\n", None);
        check("NAME=x\n", None);
    }
}
