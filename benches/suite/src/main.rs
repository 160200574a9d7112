//! **Measures** of Mintage, each beside the bare thing that it cannot do without: a signature, a
//! request, a keychain write, an empty window. Run by `cargo xtask bench`.
//!
//! Rule: what is compared is measured in one run and in turns, so that a busy machine slows both. A
//! figure is a median; the ratio is what counts. Nothing is asserted.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a report on the terminal is what this is for")]

mod filter;
mod import;
mod list;
mod mint;
mod process;
mod sample;
mod seed;
mod start;
mod table;
mod webdriver;
mod world;

use std::error::Error;
use std::path::PathBuf;

use table::Table;

/// What a measure gives: a failure ends the run with a sentence.
type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const USAGE: &str = "mintage-bench MINTAGE EMPTY_WINDOW [mint|import|list|start|filter…]";

#[tokio::main]
async fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1);
    let (Some(app), Some(empty)) = (arguments.next(), arguments.next()) else { return Err(USAGE.into()) };
    let (app, empty) = (PathBuf::from(app), PathBuf::from(empty));
    let chosen: Vec<String> = arguments.collect();
    let wanted = |name: &str| chosen.is_empty() || chosen.iter().any(|one| one == name);

    let mut table = Table::default();
    table.note(format!("load of the machine at the start: {}", process::load()));
    if wanted("mint") {
        mint::measure(&mut table).await?;
    }
    if wanted("import") {
        import::measure(&mut table).await?;
    }
    if wanted("list") {
        list::measure(&mut table).await?;
    }
    if wanted("start") {
        start::measure(&app, &empty, &mut table).await?;
    }
    if wanted("filter") {
        filter::measure(&app, &empty, &mut table).await?;
    }
    table.note(format!("load of the machine at the end: {}", process::load()));
    println!("\n{table}");
    Ok(())
}
