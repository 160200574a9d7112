//! **Processes** that are started here.

use std::io::{BufRead as _, BufReader, ErrorKind};
use std::process::{Child, Command};

/// Starts a program, which a package brings.
///
/// # Panics
/// If the program doesn't start: a skipped test proves nothing.
pub fn start(command: &mut Command, package: &str) -> Child {
    let program = command.get_program().to_string_lossy().into_owned();
    command.spawn().unwrap_or_else(|error| missing(&program, package, &error))
}

/// Fails the test, since a skipped test proves nothing.
pub fn missing(program: &str, package: &str, error: &std::io::Error) -> ! {
    match error.kind() {
        ErrorKind::NotFound => panic!("`{program}` is missing; install the package `{package}`"),
        _ => panic!("`{program}` does not start: {error}"),
    }
}

/// Ends a process that was started here.
pub fn end(process: &mut Child) {
    // One that has already ended can't be killed, which is fine.
    let _ = process.kill();
    let _ = process.wait();
}

/// Waits for a program to report that it is ready, by its first line.
pub fn first_line(process: &mut Child) -> String {
    let mut line = String::new();
    let output = process.stdout.take().expect("its output is a pipe");
    BufReader::new(output).read_line(&mut line).expect("its output is text");
    line.trim_end().to_owned()
}
