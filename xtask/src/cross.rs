//! `cargo xtask cross`: compiles and lints everything for Windows and macOS on Linux, links it for Windows, and with
//! `--run` runs its tests there under Wine.
//!
//! The standard library is the installed one of a target, or else built from source ([`toolchain`]). Lints need no C
//! compiler: one that makes empty objects stands in for it ([`stand_in`]). What is linked for Windows is compiled with
//! MinGW ([`wine`]). All of it is kept in `target/cross`, so that a second run only does what has changed.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use crate::list::List;
use crate::report::{self, Ring};
use crate::tools::{self, Failure, Outcome};
use crate::{node, packages, test};

mod stand_in;
mod toolchain;
mod wine;

use toolchain::Toolchain;

/// A system that isn't this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum System {
    Windows,
    MacOs,
}

const SYSTEMS: [System; 2] = [System::Windows, System::MacOs];

impl System {
    fn named(name: &str) -> Option<Self> {
        SYSTEMS.into_iter().find(|system| system.word() == name)
    }

    /// As it is given on the command line.
    fn word(self) -> &'static str {
        match self {
            Self::Windows => "windows",
            Self::MacOs => "macos",
        }
    }

    /// Rust's name for it: what can be linked with free tools, and the processor that new Macs have.
    fn triple(self) -> &'static str {
        match self {
            Self::Windows => "x86_64-pc-windows-gnu",
            Self::MacOs => "aarch64-apple-darwin",
        }
    }

    fn lints(self) -> &'static str {
        match self {
            Self::Windows => "lints for Windows",
            Self::MacOs => "lints for macOS",
        }
    }
}

#[derive(Debug, PartialEq)]
struct Asked {
    systems: Vec<System>,
    /// Only lints: nothing is linked or run.
    check: bool,
    run: bool,
    /// Where the standard library's source is, if it must be built: a folder or an archive.
    source: Option<PathBuf>,
}

/// Checks, links and runs what is asked for. What can't be done here is said and skipped.
///
/// # Errors
/// A compiler, a linter or a test found something.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let asked = asked(arguments)?;
    let mut list = List::default();
    let mut rings = Vec::new();
    if cfg!(target_os = "linux") {
        packages::ensure(&[packages::APP])?;
        node::build_page()?;
        for system in &asked.systems {
            each(*system, &asked, &mut list, &mut rings)?;
        }
    } else {
        list.not_run("other systems", "only Linux has the tools for them");
    }
    if !rings.is_empty() {
        report::print(&rings);
    }
    list.close()
}

fn each(system: System, asked: &Asked, list: &mut List, rings: &mut Vec<Ring>) -> Outcome {
    let toolchain = match Toolchain::find(system.triple(), asked.source.as_deref())? {
        Ok(toolchain) => toolchain,
        Err(why) => {
            list.not_run(system.lints(), &why);
            return Ok(());
        }
    };
    if system == System::Windows {
        packages::ensure(&[packages::DLLTOOL])?;
    }
    let started = Instant::now();
    list.add(system.lints(), lint(system, &toolchain));
    eprintln!("{}: {} s", system.lints(), started.elapsed().as_secs());
    if asked.check {
        return Ok(());
    }
    if system == System::MacOs {
        list.not_run("linking for macOS", "its frameworks are only on a Mac");
        return Ok(());
    }
    packages::ensure(&[packages::MINGW])?;
    let mut build = linking(&toolchain, system, "build")?;
    build.arg("--bins");
    list.add("linking for Windows", tools::run(&mut build));
    if asked.run {
        packages::ensure(&[packages::WINE])?;
        rings.extend(under_wine(&toolchain, system, list)?);
    }
    Ok(())
}

/// The workspace with its tests, without warnings.
fn lint(system: System, toolchain: &Toolchain) -> Outcome {
    let mut clippy = cargo(toolchain, system, "clippy");
    clippy.env("CARGO_TARGET_DIR", folder()?.join("checked"));
    stand_in::instead_of_a_c_compiler(&mut clippy, system.triple())?;
    clippy.args(test::WORKSPACE).args(["--lib", "--bins", "--tests", "--keep-going", "--", "-D", "warnings"]);
    tools::run(&mut clippy)
}

/// Unit tests and journeys.
fn under_wine(toolchain: &Toolchain, system: System, list: &mut List) -> Outcome<Vec<Ring>> {
    let wine = wine::Wine::prepare(&folder()?.join("wine"))?;
    let linked = linked()?;
    let mut rings = Vec::new();
    for (name, selection) in [("unit", &["--lib", "--bins"][..]), ("journeys", &["--test", "it", "--test", "windows"])]
    {
        let mut cargo = linking(toolchain, system, "test")?;
        cargo.args(selection).arg("--no-fail-fast");
        wine.runs(&mut cargo, &linked.join(system.triple()).join("debug"));
        let cannot = wine::CANNOT.iter().flat_map(|(_, tests)| *tests);
        cargo.arg("--").args(cannot.flat_map(|test| ["--skip", test]));
        rings.push(Ring::run(name, vec![cargo])?);
    }
    for (why, tests) in wine::CANNOT {
        list.not_run(&tests.join(", "), why);
    }
    if rings.iter().any(|ring| !ring.ok) {
        list.add("tests under Wine", Err(Failure::new("a test failed; see above")));
    }
    Ok(rings)
}

/// Cargo of a toolchain that can build for a system.
fn cargo(toolchain: &Toolchain, system: System, command: &str) -> Command {
    let mut cargo = toolchain.cargo();
    cargo.arg(command).args(["--locked", "--target", system.triple()]).args(toolchain.options());
    // What is compiled here is rarely edited here.
    cargo.env("CARGO_INCREMENTAL", "0");
    cargo
}

/// The same, of the whole workspace, for programs that Wine can run.
fn linking(toolchain: &Toolchain, system: System, command: &str) -> Outcome<Command> {
    let mut cargo = cargo(toolchain, system, command);
    cargo.env("CARGO_TARGET_DIR", linked()?).args(wine::PROFILE).args(test::WORKSPACE);
    Ok(cargo)
}

/// Where linked programs are kept, apart from what is only checked.
fn linked() -> Outcome<PathBuf> {
    Ok(folder()?.join("linked"))
}

/// Where everything is kept.
fn folder() -> Outcome<PathBuf> {
    let folder = tools::target()?.join("cross");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn asked(arguments: &[String]) -> Outcome<Asked> {
    let source = std::env::var_os("MINTAGE_STD_SOURCE").filter(|path| !path.is_empty()).map(PathBuf::from);
    let mut asked = Asked { systems: Vec::new(), check: false, run: false, source };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--check" => asked.check = true,
            "--run" => asked.run = true,
            "--std-source" => {
                let path = rest.next().ok_or_else(|| Failure::new("`--std-source` needs a folder or an archive"))?;
                asked.source = Some(path.into());
            }
            name => asked.systems.push(System::named(name).ok_or_else(|| {
                Failure::new(format!("there is no system `{name}`"))
                    .help("choose from windows and macos, with --check, --run or --std-source PATH")
            })?),
        }
    }
    if asked.check && asked.run {
        return Err(Failure::new("`--check` and `--run` exclude each other"));
    }
    if asked.systems.is_empty() {
        asked.systems = SYSTEMS.to_vec();
    }
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_and_options_are_read_in_any_order() {
        let read = |line: &str| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            asked(&words).ok().map(|asked| (asked.systems, asked.check, asked.run))
        };
        assert_eq!(read(""), Some((SYSTEMS.to_vec(), false, false)));
        assert_eq!(read("--check macos"), Some((vec![System::MacOs], true, false)));
        assert_eq!(read("windows --run"), Some((vec![System::Windows], false, true)));
        for wrong in ["linux", "--check --run", "--std-source", "--rnu"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
