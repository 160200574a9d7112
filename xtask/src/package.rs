//! `cargo xtask package`: the installable packages for the current system, each with the command-line programs.
//!
//! The programs are built by cargo, laid out in a folder of their own ([`stage`]) and bundled from there, so that cargo's
//! own output stays as it is. What can be checked of a package is checked here, each time one is made.

use std::fs;
use std::path::{Path, PathBuf};

use crate::tools::{self, Failure, Outcome};
use crate::{bench, node, packages, test};

mod archive;
mod deb;
mod glibc;
mod lintian;
mod overlay;
mod rpmlint;
mod stage;

use stage::Stage;

/// This system's bundles; an AppImage is made only if asked for, since its bundler downloads its parts.
const BUNDLES: &[&str] = if cfg!(target_os = "macos") {
    &["app", "dmg"]
} else if cfg!(windows) {
    &["msi"]
} else {
    &["deb", "rpm"]
};

const ENDINGS: &[&str] = &["deb", "rpm", "AppImage", "dmg", "msi", "gz", "zip"];

/// Builds the release and its packages, or only the named kinds, and prints where they are. `--debug` packs the tests'
/// build instead, which is only good for checking what a package contains.
///
/// # Errors
/// The build or a bundler failed, or a package isn't as it should be.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let asked = asked(arguments)?;
    packages::ensure(&[packages::APP, packages::BUNDLES])?;
    if asked.kinds.iter().any(|kind| kind == "appimage") {
        packages::ensure(&[packages::APPIMAGE])?;
    }
    node::build_page()?;
    let built = build(asked.debug)?;
    // In a debug package the small program is as the tests build it.
    let small = if asked.debug { None } else { Some(bench::small_program()?) };
    let stage = Stage::lay_out(&built, small.as_deref(), asked.debug)?;
    bundle(&stage, &asked.kinds)?;
    if !asked.debug {
        archive::make(&stage)?;
    }
    let mut made = files(&stage.bundles())?;
    made.sort();
    if made.is_empty() {
        return Err(Failure::new("the build succeeded but produced no package"));
    }
    for file in made.iter().filter(|file| file.extension().is_some_and(|ending| ending == "deb")) {
        deb::pack_again(file, asked.debug)?;
    }
    println!();
    for file in &made {
        let size = fs::metadata(file)?.len();
        let mebibytes = size as f64 / f64::from(1 << 20);
        println!("{mebibytes:6.1} MiB  {}", file.display());
    }
    made.iter().try_for_each(|file| check(file))
}

/// Has a package checked by its own system's tool.
fn check(package: &Path) -> Outcome {
    match package.extension().and_then(|ending| ending.to_str()) {
        Some("deb") => lintian::check(package),
        Some("rpm") => rpmlint::check(package),
        _ => Ok(()),
    }
}

#[derive(Debug, PartialEq)]
struct Asked {
    kinds: Vec<String>,
    debug: bool,
}

fn asked(arguments: &[String]) -> Outcome<Asked> {
    let (options, mut kinds): (Vec<String>, Vec<String>) =
        arguments.iter().cloned().partition(|argument| argument.starts_with('-'));
    if let Some(unknown) = options.iter().find(|option| *option != "--debug") {
        return Err(Failure::new(format!("there is no option `{unknown}`")).help("the only one is `--debug`"));
    }
    let debug = !options.is_empty();
    if kinds.is_empty() {
        kinds = BUNDLES.iter().map(|kind| (*kind).to_owned()).collect();
    }
    Ok(Asked { kinds, debug })
}

/// Builds the three programs and returns their folder.
fn build(debug: bool) -> Outcome<PathBuf> {
    let mut cargo = tools::cargo(["build", "--locked", "--bins"]);
    if debug {
        // As the tests build them, so that after a run of the tests nothing is left to do.
        tools::run(cargo.args(test::WORKSPACE))?;
        return Ok(tools::target()?.join("debug"));
    }
    cargo.args(["--release", "--package", "mintage-desktop", "--package", "mintage-cli"]);
    tools::run(cargo.args(["--features", "mintage-desktop/custom-protocol"]))?;
    Ok(tools::target()?.join("release"))
}

/// Bundles what is laid out.
fn bundle(stage: &Stage, kinds: &[String]) -> Outcome {
    let overlay = stage.folder().join("overlay.json");
    fs::write(&overlay, overlay::json(stage)?)?;
    let tauri = tools::root().join("ui/node_modules/.bin").join(if cfg!(windows) { "tauri.cmd" } else { "tauri" });
    let mut bundle = std::process::Command::new(tauri);
    bundle.args(["bundle", "--bundles", &kinds.join(","), "--config"]).arg(overlay);
    bundle.current_dir(tools::root().join("src-tauri")).env("CARGO_TARGET_DIR", stage.folder());
    node::with_brought(&mut bundle);
    tools::run(&mut bundle)
}

/// The packages one folder below: each kind has its own folder.
fn files(bundle: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for kind in fs::read_dir(bundle)? {
        let kind = kind?.path();
        if !kind.is_dir() {
            continue;
        }
        for file in fs::read_dir(kind)?.filter_map(Result::ok) {
            let path = file.path();
            if path.is_file() && path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known)) {
                found.push(path);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_the_option_are_read_in_any_order() {
        let read = |line: &str| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            asked(&words).ok().map(|asked| (asked.kinds.join(" "), asked.debug))
        };
        assert_eq!(read(""), Some((BUNDLES.join(" "), false)));
        assert_eq!(read("deb appimage"), Some(("deb appimage".into(), false)));
        assert_eq!(read("deb --debug"), Some(("deb".into(), true)));
        assert_eq!(read("--release"), None);
    }
}
