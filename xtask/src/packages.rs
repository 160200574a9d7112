//! System packages: what each job needs and why, and how a missing one is installed.
//!
//! On Debian and Ubuntu one `dpkg-query` shows what is missing and `apt-get` installs it. On other Linux systems the
//! programs and libraries themselves are looked up, and missing ones are listed for the user to install. macOS and
//! Windows include all of it.

use std::io::{IsTerminal, Write};
use std::process::{Command, Stdio};

use crate::tools::{self, Failure, Outcome};

/// A Debian package, with what it provides and what that is for.
pub(crate) struct Package {
    name: &'static str,
    provides: Provides,
    why: &'static str,
}

enum Provides {
    Program(&'static str),
    Library(&'static str),
    /// Neither of these; the job can do without it where it can't be looked up.
    Service,
}

use Provides::{Library, Program, Service};

/// What building and opening the app needs.
pub(crate) const APP: &[Package] = &[
    Package { name: "build-essential", provides: Program("cc"), why: "the C compiler and linker" },
    Package { name: "pkg-config", provides: Program("pkg-config"), why: "finds libraries" },
    Package { name: "libwebkit2gtk-4.1-dev", provides: Library("webkit2gtk-4.1"), why: "the window's web view" },
];

/// What the app needs without a desktop.
pub(crate) const HEADLESS: &[Package] = &[
    Package { name: "xvfb", provides: Program("Xvfb"), why: "a virtual display" },
    Package { name: "dbus", provides: Program("dbus-daemon"), why: "a session bus" },
    Package { name: "gnome-keyring", provides: Program("gnome-keyring-daemon"), why: "the keychain" },
    Package { name: "imagemagick", provides: Program("import"), why: "screenshots of the window" },
    Package { name: "xdotool", provides: Program("xdotool"), why: "finds the window, types into file choosers" },
];

/// What the tests additionally need.
pub(crate) const TESTS: &[Package] = &[
    Package { name: "webkit2gtk-driver", provides: Program("WebKitWebDriver"), why: "drives the real window" },
    Package { name: "libsecret-tools", provides: Program("secret-tool"), why: "looks into the keychain" },
    Package { name: "xclip", provides: Program("xclip"), why: "reads the clipboard" },
    Package { name: "gcr", provides: Program("gcr-viewer"), why: "the real password prompt of the keychain" },
    Package { name: "libayatana-appindicator3-1", provides: Service, why: "the tray" },
    Package { name: "openssl", provides: Program("openssl"), why: "the conversions that error messages suggest" },
    Package { name: "openssh-client", provides: Program("ssh-keygen"), why: "the same" },
    Package { name: "putty-tools", provides: Program("puttygen"), why: "the same" },
    Package { name: "at-spi2-core", provides: Service, why: "fewer warnings in the window's log" },
];

/// What the journeys of tools that ask for tokens need.
pub(crate) const TOOLS: &[Package] = &[
    Package { name: "git", provides: Program("git"), why: "asks for tokens in its own protocol" },
    Package { name: "util-linux", provides: Program("setsid"), why: "gives a program a terminal of its own" },
];

/// What the picture of the terminal needs.
pub(crate) const PICTURES: &[Package] = &[
    Package { name: "tmux", provides: Program("tmux"), why: "a terminal without a window" },
    Package { name: "curl", provides: Program("curl"), why: "calls an API in it" },
    Package { name: "fonts-dejavu-core", provides: Service, why: "the picture's letters" },
];

/// What comparing the command line with others needs.
pub(crate) const COMMAND_LINE: &[Package] = &[
    Package { name: "oidc-agent-cli", provides: Program("oidc-token"), why: "the agent that others use" },
    Package { name: "sqlite3", provides: Program("sqlite3"), why: "prints ten thousand rows" },
];

/// What building the installable packages needs.
pub(crate) const BUNDLES: &[Package] = &[Package {
    name: "libayatana-appindicator3-dev",
    provides: Library("ayatana-appindicator3-0.1"),
    why: "the bundler looks up the tray's library",
}];

/// What an AppImage needs besides.
pub(crate) const APPIMAGE: &[Package] = &[
    Package { name: "file", provides: Program("file"), why: "the bundler looks at programs with it" },
    Package { name: "librsvg2-dev", provides: Library("librsvg-2.0"), why: "the image contains it" },
    Package { name: "xdg-utils", provides: Program("xdg-open"), why: "the image contains it" },
];

/// What checking a `.deb` needs.
pub(crate) const LINTIAN: &[Package] =
    &[Package { name: "lintian", provides: Program("lintian"), why: "checks the .deb as Debian would" }];

/// What checking a `.rpm` needs.
pub(crate) const RPMLINT: &[Package] = &[
    Package { name: "rpmlint", provides: Program("rpmlint"), why: "checks the .rpm as Fedora would" },
    Package { name: "rpm", provides: Program("rpm"), why: "reads it" },
    Package { name: "cpio", provides: Program("cpio"), why: "unpacks it" },
];

/// What checking the packages' metadata and recipes needs.
pub(crate) const RECIPES: &[Package] = &[
    Package { name: "desktop-file-utils", provides: Program("desktop-file-validate"), why: "checks the desktop entry" },
    Package { name: "appstream", provides: Program("appstreamcli"), why: "checks the software centre's data" },
    Package { name: "ruby", provides: Program("ruby"), why: "reads the recipes: Ruby, YAML, JSON and XML" },
    Package { name: "shellcheck", provides: Program("shellcheck"), why: "checks the scripts in the workflows" },
];

/// What compiling the standard library for Windows needs, even if nothing is linked.
pub(crate) const DLLTOOL: &[Package] = &[Package {
    name: "binutils-mingw-w64-x86-64",
    provides: Program("x86_64-w64-mingw32-dlltool"),
    why: "makes the import libraries of Windows' own libraries",
}];

/// What linking for Windows needs.
pub(crate) const MINGW: &[Package] = &[
    Package {
        name: "gcc-mingw-w64-x86-64-posix",
        provides: Program("x86_64-w64-mingw32-gcc"),
        why: "compiles and links for Windows",
    },
    Package {
        name: "g++-mingw-w64-x86-64-posix",
        provides: Program("x86_64-w64-mingw32-g++"),
        why: "the same for C++",
    },
];

/// What running Windows' programs needs.
pub(crate) const WINE: &[Package] = &[Package { name: "wine64", provides: Service, why: "runs Windows' programs" }];

/// What rendering the icons needs.
pub(crate) const ICONS: &[Package] =
    &[Package { name: "librsvg2-bin", provides: Program("rsvg-convert"), why: "renders the drawings" }];

/// What preparing the checked queries needs.
pub(crate) const QUERIES: &[Package] =
    &[Package { name: "sqlite3", provides: Program("sqlite3"), why: "creates a database from the migrations" }];

/// What a Python environment needs if the system's Python has none.
pub(crate) const PYTHON: &[Package] =
    &[Package { name: "python3-venv", provides: Program("python3"), why: "a Python environment for a test server" }];

/// Makes sure that these packages are installed.
///
/// # Errors
/// A package is missing and the user declined it, or it can't be installed.
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

/// Whether these packages are installed, without asking for them.
pub(crate) fn are_installed(set: &[Package]) -> bool {
    set.iter().all(|package| package.provides.is_there())
}

/// Installs Debian packages by name after asking.
pub(crate) fn install(names: &[&str]) -> Outcome {
    let by_hand = format!("sudo apt-get install --no-install-recommends {}", names.join(" "));
    if !may_install()? {
        return Err(Failure::new("required packages weren't installed").help(format!("install them with `{by_hand}`")));
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
    // dpkg-query exits with 1 if it doesn't know one of the names: that is a valid answer here.
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
        // sudo drops the environment, so the variable is set after it.
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
    // The owner of a process's own folder is the process's user; on other systems nobody is considered root.
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
