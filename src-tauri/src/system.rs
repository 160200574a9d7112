//! The underlying **system**: its name, and its file manager.

use std::path::Path;

use crate::bus::Bus;

/// The folder, file or page couldn't be shown.
#[derive(Debug, thiserror::Error)]
#[error("no program to show it responded")]
pub(crate) struct NotShown;

#[cfg(target_os = "linux")]
mod callees {
    use crate::bus::Caller;

    /// The File Manager DBus Interface of freedesktop.org.
    pub(super) const FILE_MANAGER: Caller = Caller {
        service: "org.freedesktop.FileManager1",
        path: "/org/freedesktop/FileManager1",
        interface: "org.freedesktop.FileManager1",
    };

    /// The desktop portal that opens addresses in the browser.
    pub(super) const OPEN_URI: Caller = Caller {
        service: "org.freedesktop.portal.Desktop",
        path: "/org/freedesktop/portal/desktop",
        interface: "org.freedesktop.portal.OpenURI",
    };
}

/// The web view that draws the window, for example `WebKitGTK 2.48.5`.
pub(crate) fn webview() -> String {
    let version = tauri::webview_version().unwrap_or_else(|_| "unknown version".to_owned());
    let name = if cfg!(target_os = "linux") {
        "WebKitGTK"
    } else if cfg!(windows) {
        "WebView2"
    } else {
        "WebKit"
    };
    format!("{name} {version}")
}

/// The operating system with its version, and the architecture: `Debian GNU/Linux 12 (bookworm), x86_64`.
pub(crate) fn name() -> String {
    format!("{}, {}", release(), std::env::consts::ARCH)
}

/// os-release(5): the first of the two that exists.
#[cfg(target_os = "linux")]
fn release() -> String {
    let release = ["/etc/os-release", "/usr/lib/os-release"].iter().find_map(|file| std::fs::read_to_string(file).ok());
    release.as_deref().and_then(pretty_name).unwrap_or_else(|| std::env::consts::OS.to_owned())
}

/// For example `Windows 11 Professional 10.0.26100` or `macOS 15.5`.
#[cfg(not(target_os = "linux"))]
fn release() -> String {
    let info = os_info::get();
    let name = info.edition().map_or_else(|| info.os_type().to_string(), str::to_owned);
    // Editions before Windows 10 begin with their vendor.
    let name = name.trim_start_matches("Microsoft ");
    format!("{} {}", name.replace("Mac OS", "macOS"), info.version())
}

/// The value of `PRETTY_NAME`, without shell quotes.
#[cfg(target_os = "linux")]
fn pretty_name(release: &str) -> Option<String> {
    let value = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    let name = value.trim().trim_matches(['"', '\'']).trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// Shows a folder in the file manager, over the bus: no program is started and no address parsed.
#[cfg(target_os = "linux")]
pub(crate) async fn show_folder(bus: &Bus, folder: &Path) -> Result<(), NotShown> {
    let address = tauri::Url::from_directory_path(folder).map_err(|()| NotShown)?;
    let asked = bus.call(callees::FILE_MANAGER, "ShowFolders", &(vec![address.as_str()], "")).await;
    asked.map(drop).map_err(|_| NotShown)
}

/// Shows a folder in the system's file manager.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn show_folder(_: &Bus, folder: &Path) -> Result<(), NotShown> {
    let program = if cfg!(windows) { "explorer" } else { "open" };
    std::process::Command::new(program).arg(folder).spawn().map(drop).map_err(|_| NotShown)
}

/// Shows a file in the file manager, selected in its folder.
#[cfg(target_os = "linux")]
pub(crate) async fn show_file(bus: &Bus, file: &Path) -> Result<(), NotShown> {
    let address = tauri::Url::from_file_path(file).map_err(|()| NotShown)?;
    let asked = bus.call(callees::FILE_MANAGER, "ShowItems", &(vec![address.as_str()], "")).await;
    asked.map(drop).map_err(|_| NotShown)
}

/// Shows a file in the system's file manager, selected in its folder.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn show_file(_: &Bus, file: &Path) -> Result<(), NotShown> {
    selecting(file).spawn().map(drop).map_err(|_| NotShown)
}

/// open(1)
#[cfg(target_os = "macos")]
fn selecting(file: &Path) -> std::process::Command {
    let mut open = std::process::Command::new("open");
    open.arg("-R").arg(file);
    open
}

/// Explorer wants quotes behind the comma, not around the whole argument. File names have none on Windows.
#[cfg(windows)]
fn selecting(file: &Path) -> std::process::Command {
    use std::os::windows::process::CommandExt as _;

    let mut argument = std::ffi::OsString::from("/select,\"");
    argument.push(file);
    argument.push("\"");
    let mut explorer = std::process::Command::new("explorer");
    explorer.raw_arg(argument);
    explorer
}

/// Opens one of our own addresses in the browser: by the desktop's portal, else by xdg-open(1).
#[cfg(target_os = "linux")]
pub(crate) async fn open_address(bus: &Bus, address: &str) -> Result<(), NotShown> {
    let options = std::collections::HashMap::<&str, zbus::zvariant::Value<'_>>::new();
    if bus.call(callees::OPEN_URI, "OpenURI", &("", address, options)).await.is_ok() {
        return Ok(());
    }
    std::process::Command::new("xdg-open").arg(address).spawn().map(drop).map_err(|_| NotShown)
}

/// Opens one of our own addresses in the browser.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn open_address(bus: &Bus, address: &str) -> Result<(), NotShown> {
    show_folder(bus, Path::new(address)).await
}

#[cfg(all(test, not(target_os = "linux")))]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_shown_selected_in_its_folder() {
        let (file, expected): (_, &[&str]) = if cfg!(windows) {
            (r"C:\a b\radar.ics", &[r#"/select,"C:\a b\radar.ics""#])
        } else {
            ("/a b/radar.ics", &["-R", "/a b/radar.ics"])
        };
        assert!(selecting(Path::new(file)).get_args().eq(expected.iter().map(std::ffi::OsStr::new)));
    }

    #[test]
    fn a_systems_version_is_named() {
        let name = name();
        assert!(name.chars().any(|c| c.is_ascii_digit()) && name.ends_with(std::env::consts::ARCH), "{name}");
        assert!(name.starts_with(if cfg!(windows) { "Windows" } else { "macOS" }), "{name}");
    }
}

#[cfg(all(test, target_os = "linux"))]
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
