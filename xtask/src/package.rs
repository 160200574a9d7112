//! `cargo xtask package`: the installable packages of the system it runs on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tools::{self, Failure, Outcome};
use crate::{node, packages};

/// The bundles of this system. An AppImage would need a download while it is built.
const BUNDLES: &str = if cfg!(target_os = "macos") {
    "app,dmg"
} else if cfg!(windows) {
    "nsis"
} else {
    "deb,rpm"
};

const ENDINGS: &[&str] = &["deb", "rpm", "dmg", "exe"];

/// Builds the release and its packages, and prints where they lie.
pub(crate) fn run() -> Outcome {
    packages::ensure(&[packages::APP, packages::BUNDLES])?;
    node::ensure()?;
    let ui = tools::root().join("ui");
    node::install(&ui)?;
    let tauri = ui.join("node_modules/.bin").join(if cfg!(windows) { "tauri.cmd" } else { "tauri" });
    let mut build = Command::new(tauri);
    build.args(["build", "--bundles", BUNDLES]).current_dir(tools::root().join("src-tauri"));
    // The bundler builds the page once more, by a command of its own.
    node::with_brought(&mut build);
    tools::run(&mut build)?;

    let mut made = files(&tools::target()?.join("release/bundle"))?;
    made.sort();
    if made.is_empty() {
        return Err(Failure::new("the build ended well but left no package behind"));
    }
    println!();
    for file in made {
        let size = fs::metadata(&file)?.len();
        let mebibytes = size as f64 / f64::from(1 << 20);
        println!("{mebibytes:6.1} MiB  {}", file.display());
    }
    Ok(())
}

/// The packages one folder below: each kind has its own.
fn files(bundle: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for kind in fs::read_dir(bundle)? {
        for file in fs::read_dir(kind?.path())?.filter_map(Result::ok) {
            let path = file.path();
            if path.is_file() && path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known)) {
                found.push(path);
            }
        }
    }
    Ok(found)
}
