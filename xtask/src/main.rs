//! `cargo xtask COMMAND`: everything one does with this repository.
//!
//! Each command first sees to what it needs (system packages, Node.js packages, a Python
//! environment), says what it installs, and does nothing twice. Results go to stdout; what the
//! command does on the way goes to stderr.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "xtask is a command for the terminal")]

mod bench;
mod bindings;
mod check;
mod circles;
mod fuzz;
mod icons;
mod node;
mod package;
mod packages;
mod pictures;
mod prepare;
mod python;
mod report;
mod run;
mod screenshot;
mod session;
mod stamp;
mod test;
mod tools;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask COMMAND

  run [--demo] [--release] [--headless] [FILES…]
        build and open the app; --demo opens it on the demo issuer.
        --headless gives it a display, a session bus and a keyring of its own;
        with --screenshot FILE it takes a picture of the window and exits
        (--size WIDTHxHEIGHT sets the display's size).
  test [RING…] [-- FILTER…]
        run every ring of tests, or those named: unit, ui, journeys, window
  check
        formatting, lints, types, licences and sources; warnings are errors

  bench [MEASURE…]
        measure speed and memory of the release beside the bare things it is made of:
        mint, import, list, start, filter; prints ratios and asserts nothing
  fuzz [TARGET…] [--minutes N]
        try what comes from outside with inputs that a fuzzer makes up, N minutes a
        target (5): key-file, der, key-set, token, profile, answer, date, issuer,
        file-name; needs the nightly toolchain

  package   build the installable packages
  bindings  write the TypeScript bindings from the Rust types
  prepare   write the checked queries' offline data (.sqlx)
  icons     write every size of the icons from the drawings in icons/
  pictures  take the README's pictures anew, from the gallery
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let outcome = match command.as_str() {
        "run" => run::run(&rest),
        "test" => test::run(&rest),
        "check" => check::run(),
        "bench" => bench::run(&rest),
        "fuzz" => fuzz::run(&rest),
        "package" => package::run(),
        "bindings" => bindings::run(),
        "prepare" => prepare::run(),
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
