//! Node.js: its presence, the packages of a folder, and the build of the page.

use std::path::Path;
use std::process::Command;

use crate::packages;
use crate::stamp::Stamp;
use crate::tools::{self, Failure, Outcome};

/// Major and minor version.
type Version = (u32, u32);

/// The oldest Node.js that the page's tools run on.
const OLDEST: Version = (20, 19);

/// Folders of `ui/` that are made, not written.
const MADE: &[&str] = &["node_modules", "dist"];

/// `npm` in a folder.
pub(crate) fn npm(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.args(arguments).current_dir(folder);
    command
}

/// Sees to it that Node.js and npm are there.
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
            eprintln!("{oldest} or newer is needed; this is {}.{}.", version.0, version.1)
        }
        _ => eprintln!("{oldest} or newer with npm is needed."),
    }
    if packages::candidate("nodejs").and_then(|version| parse(&version)).is_some_and(|version| version >= OLDEST) {
        packages::install(&["nodejs"])?;
        // Some packages of Node.js bring npm along and refuse Debian's own beside it.
        if !has_npm() {
            packages::install(&["npm"])?;
        }
        return match version() {
            Some(version) if version >= OLDEST => Ok(()),
            _ => Err(Failure::new("an older `node` comes before the installed one on the path")
                .help("remove the older one or put the other first")),
        };
    }
    Err(Failure::new(format!("{oldest} or newer is missing and this system's package manager offers none"))
        .help("install Node.js from its project's downloads or with a version manager, then run this again"))
}

/// Installs the packages of a folder's lock file where they are not the ones installed.
pub(crate) fn install(folder: &Path) -> Outcome {
    let modules = folder.join("node_modules");
    let sources = [folder.join("package.json"), folder.join("package-lock.json")];
    let stamp = Stamp::of(modules.join(".stamp"), &sources, &[])?;
    if stamp.is_fresh() {
        return Ok(());
    }
    tools::run(&mut npm(folder, &["ci", "--no-audit", "--no-fund"]))?;
    // A lock file without packages leaves no folder behind.
    std::fs::create_dir_all(&modules)?;
    stamp.press()
}

/// Builds the page that the app embeds, where its sources have changed.
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

fn has_npm() -> bool {
    tools::capture(&mut npm(&tools::root(), &["--version"])).is_ok()
}

fn version() -> Option<Version> {
    let printed = tools::capture(Command::new("node").arg("--version")).ok()?;
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
