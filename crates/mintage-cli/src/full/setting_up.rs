//! `mintage setup`: shows a change of a tool's configuration, and makes it on request.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use super::{Owner, user, variable};
use crate::args::{Global, SetupArgs};
use crate::failure::{Exit, Failure};
use crate::output;
use crate::request::Name;
use crate::setup::{self, Machine, Options};

pub(super) fn set_up(args: SetupArgs, global: &Global, owner: &mut dyn Owner) -> Result<u8, Failure> {
    let lost = || Failure::new(Exit::Failed, "no-home", "the home folder can't be found");
    let machine = Machine { home: std::env::home_dir().ok_or_else(lost)?, program: program(), variable: &variable };
    let Name { user, environment } = user(args.user.as_deref(), global)?.name;
    let options = Options { user: user.unwrap_or_default(), environment, host: args.host, undo: args.undo };
    let of_environment = Global { environment: options.environment.clone(), ..global.clone() };
    let change = setup::plan(&args.tool, &options, &machine)?;
    let mut shown = change.preview()?;
    let host = change.host.as_deref();
    // What was set up for somebody who was removed is taken back, too.
    if !args.undo
        && owner.bind_host(&options.user, host, false, &of_environment)?
        && let Some(host) = host
    {
        shown.insert_str(0, &format!("+host {host}: tokens of {} may go there\n", options.user));
    }
    if !global.json {
        output::write(if shown.is_empty() { b"# nothing to change\n" } else { shown.as_bytes() })?;
    }
    if args.write || args.undo {
        change.apply()?;
        if !args.undo && host.is_some() {
            owner.bind_host(&options.user, host, true, &of_environment)?;
        }
    } else if !shown.is_empty() && !global.quiet && !global.json {
        eprint_line("# nothing was changed; add --write to do it");
    }
    if global.json {
        let told = serde_json::json!({ "change": shown, "written": args.write || args.undo });
        output::write(format!("{told}\n").as_bytes())?;
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
