//! `cargo xtask COMMAND`: everything you do with this repository.
//!
//! Each command first checks its requirements (system packages, Node.js packages, a Python environment), says what it
//! installs, and does nothing twice. Results go to stdout; progress goes to stderr.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "xtask is a command for the terminal")]

mod bench;
mod bindings;
mod check;
mod cross;
mod cycles;
mod fuzz;
mod icons;
mod list;
mod map;
mod node;
mod package;
mod packages;
mod pictures;
mod prepare;
mod python;
mod recipes;
mod report;
mod run;
mod sbom;
mod screenshot;
mod session;
mod stamp;
mod test;
mod tools;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask COMMAND

  run [--demo] [--release] [--headless] [FILES…]
        build and open the app; --demo opens it with the demo issuer.
        --headless gives it its own display, session bus and keyring;
        with --screenshot FILE it takes a picture of the window and exits
        (--size WIDTHxHEIGHT sets the display's size).
  test [RING…] [-- FILTER…]
        run all tests, or only these rings: unit, ui, journeys, window
  check
        formatting, lints, types, licences and sources; warnings are errors

  cross [windows] [macos] [--check | --run] [--std-source PATH]
        on Linux: lint everything for the other systems and link it for
        Windows; --check only lints, --run also runs the tests under Wine.
        PATH (or MINTAGE_STD_SOURCE) is rust-src, where nightly hasn't got it

  bench [MEASURE…]
        compare the release's speed and memory with a bare baseline:
        mint, import, list, start, filter, cli; prints ratios and asserts
        nothing
  fuzz [TARGET…] [--minutes N]
        fuzz everything that reads outside input, N minutes per
        target (5): key-file, der, key-set, token, profile, answer, certificate,
        date, issuer, file-name; needs the nightly toolchain

  package [--debug] [KIND…]
        build the installable packages and check them: deb, rpm, appimage;
        app, dmg; msi. --debug packs the tests' build, only to be checked
  sbom      write the bills of materials (CycloneDX) of what is shipped
  bindings  write the TypeScript bindings from the Rust types
  prepare   write the offline data of the checked queries (.sqlx)
  icons     render every icon size from the drawings in icons/
  pictures  retake the README's screenshots and demonstration
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let outcome = match command.as_str() {
        "run" => run::run(&rest),
        "test" => test::run(&rest),
        "check" => check::run(),
        "cross" => cross::run(&rest),
        "bench" => bench::run(&rest),
        "fuzz" => fuzz::run(&rest),
        "package" => package::run(&rest),
        "bindings" => bindings::run(),
        "prepare" => prepare::run(),
        "sbom" => sbom::run(),
        "icons" => icons::run(),
        "pictures" => pictures::run(),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
