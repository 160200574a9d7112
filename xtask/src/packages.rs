//! System packages: what each job needs and why, and how a missing one is installed.
//!
//! On Debian and Ubuntu one `dpkg-query` tells what is missing and `apt-get` installs it. On
//! another Linux the programs and libraries themselves are looked for, and what is missing is
//! named for the user to install. macOS and Windows bring all of it along.

use std::io::{IsTerminal, Write};
use std::process::{Command, Stdio};

use crate::tools::{self, Failure, Outcome};

/// A Debian package, by what it provides and what that is for.
pub(crate) struct Package {
    name: &'static str,
    provides: Provides,
    why: &'static str,
}

enum Provides {
    Program(&'static str),
    Library(&'static str),
    /// Something that is neither, and that the job can do without where it cannot be looked for.
    Service,
}

use Provides::{Library, Program, Service};

/// What building and opening the app takes.
pub(crate) const APP: &[Package] = &[
    Package { name: "build-essential", provides: Program("cc"), why: "the C compiler and linker" },
    Package { name: "pkg-config", provides: Program("pkg-config"), why: "finds libraries" },
    Package { name: "libwebkit2gtk-4.1-dev", provides: Library("webkit2gtk-4.1"), why: "the web view of the window" },
];

/// What the app takes where there is no desktop.
pub(crate) const HEADLESS: &[Package] = &[
    Package { name: "xvfb", provides: Program("Xvfb"), why: "a display without a screen" },
    Package { name: "dbus", provides: Program("dbus-daemon"), why: "a session bus" },
    Package { name: "gnome-keyring", provides: Program("gnome-keyring-daemon"), why: "the keychain" },
    Package { name: "imagemagick", provides: Program("import"), why: "pictures of the window" },
    Package { name: "xdotool", provides: Program("xdotool"), why: "finds the window, types into file choosers" },
];

/// What the tests take besides.
pub(crate) const TESTS: &[Package] = &[
    Package { name: "webkit2gtk-driver", provides: Program("WebKitWebDriver"), why: "drives the real window" },
    Package { name: "libsecret-tools", provides: Program("secret-tool"), why: "looks into the keychain" },
    Package { name: "xclip", provides: Program("xclip"), why: "reads the clipboard" },
    Package { name: "gcr", provides: Program("gcr-viewer"), why: "the real password prompt of the keychain" },
    Package { name: "libayatana-appindicator3-1", provides: Service, why: "the tray" },
    Package { name: "openssl", provides: Program("openssl"), why: "the conversions that errors advise" },
    Package { name: "openssh-client", provides: Program("ssh-keygen"), why: "likewise" },
    Package { name: "putty-tools", provides: Program("puttygen"), why: "likewise" },
    Package { name: "at-spi2-core", provides: Service, why: "a quieter log of the window" },
];

/// What making the installable packages takes.
pub(crate) const BUNDLES: &[Package] = &[Package {
    name: "libayatana-appindicator3-dev",
    provides: Library("ayatana-appindicator3-0.1"),
    why: "the bundler looks up the tray's library",
}];

/// What drawing the icons takes.
pub(crate) const ICONS: &[Package] =
    &[Package { name: "librsvg2-bin", provides: Program("rsvg-convert"), why: "renders the drawings" }];

/// What writing the checked queries takes.
pub(crate) const QUERIES: &[Package] =
    &[Package { name: "sqlite3", provides: Program("sqlite3"), why: "makes a database from the migrations" }];

/// What a Python environment takes where the system's Python has none.
pub(crate) const PYTHON: &[Package] =
    &[Package { name: "python3-venv", provides: Program("python3"), why: "an environment for a test server" }];

/// Sees to it that these packages are there.
///
/// # Errors
/// A package is missing and the user does not want it, or it cannot be installed.
pub(crate) fn ensure(sets: &[&[Package]]) -> Outcome {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let wanted: Vec<&Package> = sets.iter().copied().flatten().collect();
    if !tools::on_path("dpkg-query") {
        return look_for(&wanted);
    }
    let names: Vec<&str> = wanted.iter().map(|package| package.name).collect();
    let missing = not_installed(&wanted, &status(&names)?);
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("These packages are missing:");
    for package in &missing {
        eprintln!("  {:<24} {}", package.name, package.why);
    }
    install(&missing.iter().map(|package| package.name).collect::<Vec<_>>())
}

/// Installs Debian packages by name after asking.
pub(crate) fn install(names: &[&str]) -> Outcome {
    let by_hand = format!("sudo apt-get install --no-install-recommends {}", names.join(" "));
    if !may_install()? {
        return Err(Failure::new("these packages are needed and were not installed")
            .help(format!("install them with `{by_hand}`")));
    }
    tools::run(&mut apt_get(&["update", "-qq"]))?;
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(names);
    tools::run(&mut apt_get(&arguments))
}

/// The version that `apt-get` would install, for instance `20.19.2+dfsg-1`.
pub(crate) fn candidate(name: &str) -> Option<String> {
    let policy = tools::capture(Command::new("apt-cache").args(["policy", name]).env("LC_ALL", "C")).ok()?;
    let line = policy.lines().find_map(|line| line.trim().strip_prefix("Candidate: "))?;
    (line != "(none)").then(|| line.to_owned())
}

fn status(names: &[&str]) -> Outcome<String> {
    // dpkg-query ends with 1 when it does not know one of the names: that is an answer here.
    let output = Command::new("dpkg-query")
        .args(["-W", "-f=${Package} ${db:Status-Status}\\n"])
        .args(names)
        .stdin(Stdio::null())
        .output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn not_installed<'a>(wanted: &[&'a Package], status: &str) -> Vec<&'a Package> {
    let installed = |name: &str| status.lines().any(|line| line.split_once(' ') == Some((name, "installed")));
    wanted.iter().copied().filter(|package| !installed(package.name)).collect()
}

fn look_for(wanted: &[&Package]) -> Outcome {
    let missing: Vec<&&Package> = wanted.iter().filter(|package| !package.provides.is_there()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list: Vec<String> =
        missing.iter().map(|p| format!("  {} ({}, on Debian {})", p.provides, p.why, p.name)).collect();
    Err(Failure::new(format!("these are missing:\n{}", list.join("\n")))
        .help("install them with your system's package manager, then run this again"))
}

impl Provides {
    fn is_there(&self) -> bool {
        match self {
            Program(name) => tools::on_path(name),
            Library(name) => tools::capture(Command::new("pkg-config").args(["--exists", name])).is_ok(),
            Service => true,
        }
    }
}

impl std::fmt::Display for Provides {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Program(name) => write!(f, "the program `{name}`"),
            Library(name) => write!(f, "the library `{name}` with its headers"),
            Service => write!(f, "a service"),
        }
    }
}

fn may_install() -> Outcome<bool> {
    if tools::in_ci() || is_root() {
        return Ok(true);
    }
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    eprint!("Install them with apt-get? [y/N] ");
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = if is_root() {
        Command::new("env")
    } else {
        // sudo drops the environment, so the variable is set behind it.
        let mut sudo = Command::new("sudo");
        sudo.arg("env");
        sudo
    };
    command
        .arg("DEBIAN_FRONTEND=noninteractive")
        .arg("apt-get")
        .args(["-o", "Acquire::Retries=3", "-o", "Dpkg::Use-Pty=0"])
        .args(arguments);
    command
}

#[cfg(unix)]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    // The owner of a process's own folder is the process's user; elsewhere nobody is taken for root.
    std::fs::metadata("/proc/self").is_ok_and(|folder| folder.uid() == 0)
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_counts_as_installed_only_in_that_very_state() {
        let check = |status: &str, expected: &[&str]| {
            let wanted: Vec<&Package> = HEADLESS[..3].iter().collect();
            let missing: Vec<&str> = not_installed(&wanted, status).iter().map(|package| package.name).collect();
            assert_eq!(missing, expected, "{status:?}");
        };
        check("", &["xvfb", "dbus", "gnome-keyring"]);
        check("xvfb installed\ndbus installed\ngnome-keyring installed\n", &[]);
        check("xvfb config-files\ndbus installed\ngnome-keyring unpacked\n", &["xvfb", "gnome-keyring"]);
        check("dbus-x11 installed\nxvfb installed\n", &["dbus", "gnome-keyring"]);
    }
}
