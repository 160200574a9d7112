//! **Benchmarks** of Mintage, each next to the bare operation that it needs: a signature, a request, a keychain write,
//! an empty window. Run by `cargo xtask bench`.
//!
//! Rule: what is compared is measured in one run, alternating, so that a busy machine slows both. A figure is a median;
//! the ratio is what counts. Nothing is asserted.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a report on the terminal is what this is for")]

mod cli;
mod filter;
mod import;
mod list;
mod mint;
mod process;
mod sample;
mod seed;
mod setup;
mod start;
mod table;
mod window;

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use table::Table;
use tokio::runtime::Runtime;

/// The result of a benchmark: a failure ends the run with a sentence.
type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const USAGE: &str = "mintage-bench MINTAGE EMPTY_WINDOW [mint|import|list|start|filter|cli…]";

fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1);
    let (Some(app), Some(empty)) = (arguments.next(), arguments.next()) else { return Err(USAGE.into()) };
    let (app, empty) = (PathBuf::from(app), PathBuf::from(empty));
    let chosen: Vec<String> = arguments.collect();
    let wanted = |name: &str| chosen.is_empty() || chosen.iter().any(|one| one == name);

    // Not around everything: what drives a window waits for its driver on this thread.
    let runtime = Arc::new(Runtime::new()?);
    let mut table = Table::default();
    table.note(format!("machine load at the start: {}", process::load()));
    if wanted("mint") {
        runtime.block_on(mint::measure(&mut table))?;
    }
    if wanted("import") {
        runtime.block_on(import::measure(&mut table))?;
    }
    if wanted("list") {
        runtime.block_on(list::measure(&mut table))?;
    }
    if wanted("start") {
        start::measure(&runtime, &app, &empty, &mut table)?;
    }
    if wanted("filter") {
        filter::measure(&runtime, &app, &empty, &mut table)?;
    }
    if wanted("cli") {
        cli::measure(&runtime, &mut table)?;
    }
    table.note(format!("machine load at the end: {}", process::load()));
    println!("\n{table}");
    Ok(())
}
