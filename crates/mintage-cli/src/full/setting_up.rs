//! `mintage setup`: shows a change of a tool's configuration, and makes it on request.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use super::{Owner, variable};
use crate::args::{Global, SetupArgs};
use crate::failure::{Exit, Failure};
use crate::output;
use crate::setup::{self, Machine, Options};

pub(super) fn set_up(args: SetupArgs, global: &Global, owner: &mut dyn Owner) -> Result<u8, Failure> {
    let lost = || Failure::new(Exit::Failed, "no-home", "the home folder can't be found");
    let machine = Machine { home: std::env::home_dir().ok_or_else(lost)?, program: program(), variable: &variable };
    let environment = global.environment.clone().or_else(|| variable("MINTAGE_ENV"));
    let options = Options { user: args.user, environment, host: args.host, undo: args.undo };
    let change = setup::plan(&args.tool, &options, &machine)?;
    let mut shown = change.preview()?;
    let host = change.host.as_deref();
    if let Some(host) = host
        && owner.bind_host(&options.user, host, false, global)?
    {
        shown.insert_str(0, &format!("+host {host}: tokens of {} may go there\n", options.user));
    }
    output::write(if shown.is_empty() { b"# nothing to change\n" } else { shown.as_bytes() })?;
    if args.write || args.undo {
        change.apply()?;
        if let Some(host) = host {
            owner.bind_host(&options.user, host, true, global)?;
        }
    } else if !shown.is_empty() && !global.quiet {
        eprint_line("# nothing was changed; add --write to do it");
    }
    Ok(Exit::Success.code())
}

/// The program that tools run, which is installed beside this one.
fn program() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    let name = format!("mintage{}", std::env::consts::EXE_SUFFIX);
    let folder = own.parent().map(ToOwned::to_owned).unwrap_or_default();
    // The packages put it into `bin`, and the full one into a folder beside that.
    let places = [folder.join(&name), folder.join("../../bin").join(&name)];
    places.into_iter().find(|place| place.is_file()).and_then(|place| place.canonicalize().ok()).unwrap_or(own)
}

fn eprint_line(line: &str) {
    if std::io::stderr().is_terminal() {
        _ = writeln!(std::io::stderr(), "{line}");
    }
}
