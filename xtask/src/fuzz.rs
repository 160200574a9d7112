//! `cargo xtask fuzz`: lets libFuzzer try everything that reads outside input, one target after another.
//!
//! It is built separately, with coverage and AddressSanitizer, which only the nightly toolchain has. Its findings stay
//! in the target folder; a failing input is named, and belongs in `tests/fuzz/corpus`, where every run of the unit
//! tests replays it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use crate::tools::{self, Failure, Outcome};

/// The targets, as `crates/mintage-fuzz` names them, each with folders of fixtures that are also inputs.
const TARGETS: [(&str, &[&str]); 10] = [
    ("key-file", &["tests/fixtures/files", "tests/fixtures/keys/judged"]),
    ("der", &[]),
    ("key-set", &[]),
    ("token", &[]),
    ("profile", &[]),
    ("answer", &[]),
    ("certificate", &[]),
    ("date", &[]),
    ("issuer", &[]),
    ("file-name", &[]),
];

/// Counters at every edge and the operands of every comparison, which libFuzzer learns from.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Zsanitizer=address -Ccodegen-units=1";

/// How long each target runs by default.
const MINUTES: u64 = 5;

/// Fuzzes the named target, or all of them in turn.
///
/// # Errors
/// There is no nightly toolchain, or an input found a bug.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let Asked { targets, minutes } = asked(arguments)?;
    let program = build()?;
    let found = tools::target()?.join("fuzz/found");
    let mut broken = Vec::new();
    for target in targets {
        if let Some(input) = fuzz(&program, target, minutes, &found)? {
            broken.push(format!("{}: {}", target.0, input.display()));
        }
    }
    if broken.is_empty() {
        return Ok(());
    }
    let what = format!("these inputs found bugs:\n  {}", broken.join("\n  "));
    Err(Failure::new(what).help(
        "move each into `tests/fuzz/corpus/TARGET`, confirm it fails with `cargo test -p mintage-fuzz`, and fix the cause",
    ))
}

#[derive(Debug, PartialEq)]
struct Asked {
    targets: Vec<(&'static str, &'static [&'static str])>,
    minutes: u64,
}

fn asked(arguments: &[String]) -> Outcome<Asked> {
    let mut asked = Asked { targets: Vec::new(), minutes: MINUTES };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if argument == "--minutes" {
            let number = rest.next().and_then(|number| number.parse().ok()).filter(|minutes| *minutes > 0);
            asked.minutes = number.ok_or_else(|| Failure::new("`--minutes` needs a whole number, at least 1"))?;
            continue;
        }
        let target = TARGETS.into_iter().find(|(name, _)| name == argument).ok_or_else(|| {
            let names = TARGETS.map(|(name, _)| name).join(", ");
            Failure::new(format!("there is no target `{argument}`")).help(format!("choose from {names}"))
        })?;
        asked.targets.push(target);
    }
    if asked.targets.is_empty() {
        asked.targets = TARGETS.to_vec();
    }
    Ok(asked)
}

/// Builds the fuzzer and returns its program.
fn build() -> Outcome<PathBuf> {
    let host = host()?;
    let folder = tools::root().join("crates/mintage-fuzz/libfuzzer");
    // The engine's crate isn't a member of the workspace; with the same lock file, what is fuzzed is what ships.
    fs::copy(tools::root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let target = tools::target()?.join("fuzz");
    let mut cargo = Command::new("rustup");
    cargo.args(["run", "nightly", "cargo", "build", "--release", "--target", &host]).current_dir(&folder);
    // The toolchain that runs this command sets this variable, which would affect nightly's cargo.
    cargo.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO").env_remove("RUSTC");
    cargo.env("RUSTFLAGS", COVERAGE).env("CARGO_TARGET_DIR", &target);
    tools::run(&mut cargo)?;
    Ok(target.join(host).join("release/mintage-libfuzzer"))
}

/// The nightly toolchain's own target. Naming it keeps its flags away from build scripts.
fn host() -> Outcome<String> {
    let rustc = tools::capture(Command::new("rustup").args(["run", "nightly", "rustc", "-vV"]));
    let missing = |_| {
        Failure::new("fuzzing needs the nightly toolchain, for AddressSanitizer")
            .help("install it with `rustup toolchain install nightly --profile minimal`")
    };
    let version = rustc.map_err(missing)?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Failure::new("nightly's rustc doesn't report its host"))
}

/// Runs one target on one core; returns the failing input, if any.
fn fuzz(program: &Path, target: (&str, &[&str]), minutes: u64, found: &Path) -> Outcome<Option<PathBuf>> {
    let (name, fixtures) = target;
    let (corpus, crashes) = (found.join(name), found.join("crashes").join(name));
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&crashes)?;
    let before = newest(&crashes)?;
    let mut run = Command::new(program);
    run.env("MINTAGE_FUZZ", name).current_dir(tools::root());
    run.arg(format!("-max_total_time={}", minutes * 60)).arg(format!("-artifact_prefix={}/", crashes.display()));
    // A key file that takes longer than this is itself a bug.
    run.args([
        "-timeout=20",
        "-rss_limit_mb=2048",
        "-max_len=16384",
        "-print_final_stats=1",
        "-print_funcs=0",
        "-verbosity=0",
    ]);
    // The first folder also receives new inputs; the others are only read.
    run.arg(&corpus).arg(format!("tests/fuzz/corpus/{name}")).args(fixtures);
    eprintln!("\n{name}: {minutes} min");
    let status = run.stdin(Stdio::null()).status()?;
    match newest(&crashes)?.filter(|newest| Some(newest) != before.as_ref()) {
        Some((_, input)) => Ok(Some(input)),
        None if status.success() => Ok(None),
        None => Err(Failure::new(format!("the target `{name}` ended ({status}) without leaving a failing input"))),
    }
}

/// The newest file in a folder, with its modification time.
fn newest(folder: &Path) -> Outcome<Option<(SystemTime, PathBuf)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        files.push((entry.metadata()?.modified()?, entry.path()));
    }
    Ok(files.into_iter().max())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_and_minutes_are_read_in_any_order() {
        let read = |line: &str| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            asked(&words).map(|asked| (asked.targets.iter().map(|(name, _)| *name).collect::<Vec<_>>(), asked.minutes))
        };
        let all: Vec<_> = TARGETS.iter().map(|(name, _)| *name).collect();
        assert_eq!(read("").ok(), Some((all.clone(), MINUTES)));
        assert_eq!(read("--minutes 1").ok(), Some((all, 1)));
        assert_eq!(read("der --minutes 2 token").ok(), Some((vec!["der", "token"], 2)));
        for wrong in ["derr", "--minutes", "--minutes 0", "--minutes soon", "--hours 1"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_target_has_a_corpus_and_no_corpus_lacks_a_target() {
        let mut folders: Vec<String> = fs::read_dir(tools::root().join("tests/fuzz/corpus"))
            .expect("a corpus")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        folders.sort();
        let mut names = TARGETS.map(|(name, _)| name.to_owned());
        names.sort();
        assert_eq!(folders, names);
    }
}
