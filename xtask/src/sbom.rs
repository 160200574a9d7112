//! `cargo xtask sbom`: what the programs and the page are made of, as CycloneDX bills of materials.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::node;
use crate::tools::{self, Failure, Outcome};

/// The crates whose programs are shipped.
const SHIPPED: [&str; 2] = ["mintage-desktop", "mintage-cli"];

/// Writes one bill per shipped crate and one for the page, and prints where they are.
///
/// # Errors
/// cargo-cyclonedx is missing, or one of the two tools failed.
pub(crate) fn run() -> Outcome {
    if tools::capture(Command::new("cargo-cyclonedx").args(["cyclonedx", "--version"])).is_err() {
        if !tools::in_ci() {
            return Err(Failure::new("cargo-cyclonedx is missing")
                .help("install it with `cargo install cargo-cyclonedx --locked`"));
        }
        tools::run(&mut tools::cargo(["install", "cargo-cyclonedx", "--locked"]))?;
    }
    let folder = tools::scratch()?.join("sbom");
    fs::create_dir_all(&folder)?;
    // Every system that packages are made for is in the same bill.
    let arguments = ["cyclonedx", "--format", "json", "--spec-version", "1.5", "--target", "all"];
    let mut cyclonedx = tools::cargo(arguments);
    tools::run(&mut cyclonedx)?;
    collect(&folder)?;
    fs::write(folder.join("mintage-page.cdx.json"), page()?)?;
    for entry in fs::read_dir(&folder)? {
        println!("{}", entry?.path().display());
    }
    Ok(())
}

/// The bill of what is in the page, without what only builds or tests it. npm's `--omit dev` would also leave out what
/// both kinds need, and that is Svelte.
fn page() -> Outcome<String> {
    node::ensure()?;
    let folder = tools::scratch()?.join("page-materials");
    fs::create_dir_all(&folder)?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(tools::root().join("ui").join(file), folder.join(file))?;
    }
    let npm = |words: &str| tools::capture(&mut node::npm(&folder, &words.split(' ').collect::<Vec<_>>()));
    npm("pkg delete devDependencies")?;
    npm("install --package-lock-only --ignore-scripts --no-audit --no-fund")?;
    npm("sbom --package-lock-only --sbom-format cyclonedx")
}

/// Moves the bills of shipped crates here, and removes those that the tool also wrote beside all other crates.
fn collect(folder: &Path) -> Outcome {
    let listed = tools::capture(&mut tools::cargo(["metadata", "--no-deps", "--format-version", "1"]))?;
    let manifests = listed.split("\"manifest_path\":\"").skip(1).filter_map(|rest| rest.split('"').next());
    for crate_folder in manifests.filter_map(|manifest| Path::new(manifest).parent()) {
        for entry in fs::read_dir(crate_folder)? {
            let bill = entry?.path();
            let name = bill.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Some(of) = name.strip_suffix(".cdx.json") else { continue };
            if SHIPPED.contains(&of) {
                // The names of our own crates in it contain the folder that they were built in.
                let here = format!("file://{}/", tools::root().display());
                fs::write(folder.join(&name), fs::read_to_string(&bill)?.replace(&here, "file:///"))?;
            }
            fs::remove_file(bill)?;
        }
    }
    let missing = SHIPPED.iter().find(|name| !folder.join(format!("{name}.cdx.json")).is_file());
    missing.map_or(Ok(()), |name| Err(Failure::new(format!("there is no bill of materials for {name}"))))
}
