//! **Manual pages** from the same definitions as the help texts.

use std::io;
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use crate::args::Cli;

/// Writes the page of `mintage` itself.
pub fn page() -> Vec<u8> {
    let mut bytes = Vec::new();
    Man::new(for_manual(Cli::command())).render(&mut bytes).expect("a Vec takes everything");
    bytes
}

/// Writes a page for `mintage` and one for each verb into a folder.
///
/// # Errors
/// Those of the file system.
pub fn write_all(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(for_manual(Cli::command()), folder)
}

/// Pages end with what help texts begin with: they have no place before their synopsis.
fn for_manual(command: Command) -> Command {
    let text = |part: Option<&clap::builder::StyledStr>| part.map(ToString::to_string);
    let after = text(command.get_after_long_help()).or_else(|| text(command.get_after_help()));
    let parts: Vec<String> = after.into_iter().chain(text(command.get_before_help())).collect();
    let command = if parts.is_empty() { command } else { command.after_long_help(parts.join("\n\n")) };
    let verbs: Vec<String> = command.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    verbs.into_iter().fold(command, |command, verb| command.mut_subcommand(verb, for_manual))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_has_a_page_with_its_example() {
        let folder = tempfile::tempdir().unwrap();
        write_all(folder.path()).unwrap();
        for verb in ["token", "exec", "helper", "agent", "agent-grants"] {
            let page = std::fs::read_to_string(folder.path().join(format!("mintage-{verb}.1"))).unwrap();
            assert!(page.contains(".SH SYNOPSIS"), "{verb}");
            assert!(
                page.contains("Example: mintage") || page.contains("Example: git") || verb == "agent-grants",
                "{page}"
            );
        }
        assert!(!folder.path().join("mintage-__complete.1").exists());
        assert!(String::from_utf8(page()).unwrap().contains("Exit codes"));
    }
}
