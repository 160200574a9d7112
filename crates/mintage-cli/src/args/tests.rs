use clap::{CommandFactory, Parser};

use super::*;
use crate::fast_path::{self, Route};

#[test]
fn the_definitions_are_sound() {
    Cli::command().debug_assert();
}

#[test]
fn every_verb_shows_an_example_before_anything_else() {
    for verb in Cli::command().get_subcommands().filter(|verb| !verb.is_hide_set()) {
        let example = verb.get_before_help().map(ToString::to_string).unwrap_or_default();
        assert!(example.starts_with("Example: "), "{}", verb.get_name());
    }
}

#[test]
fn examples_are_command_lines_that_work() {
    let mut command = Cli::command();
    command.build();
    let texts = std::iter::once(&command).chain(command.get_subcommands()).filter_map(|verb| verb.get_before_help());
    let lines: Vec<String> =
        texts.flat_map(|text| text.to_string().lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    assert!(lines.len() > 20);
    for line in lines {
        // What a shell would split off: pipes, redirections, and the quotes around git's configuration.
        let start = line.find("mintage ").unwrap();
        let own = line[start..].split(['>', '|', '\'']).next().unwrap();
        if let Err(error) = Cli::try_parse_from(own.split_whitespace()) {
            panic!("{line}: {error}");
        }
    }
}

/// The fast path and the full parser must understand the same: a person can't know which of them reads a line.
#[test]
fn both_paths_read_a_token_s_line_alike() {
    for line in [
        "mintage token ci-bot",
        "mintage token staging/ci-bot --scope a --scope=b --audience c --min-valid 5m --fresh",
        "mintage token --env staging ci-bot --form header --show --no-input --reason why",
        "mintage token ci-bot -e staging --form=curl --json",
        "mintage token -- ci-bot",
    ] {
        let argv: Vec<_> = line.split(' ').map(OsString::from).collect();
        let Verb::Token(args) = Cli::try_parse_from(&argv).unwrap().verb else { panic!("{line}") };
        let global = Cli::try_parse_from(&argv).unwrap().global;
        let full = crate::full::token_command(&args, &global, &|_| None).unwrap();
        match fast_path::route(&argv, &|_| None) {
            Route::Token(short) => assert_eq!(format!("{short:?}"), format!("{full:?}"), "{line}"),
            _ => assert!(line.contains(" -- "), "{line}"),
        }
    }
}

#[test]
fn colors_follow_the_terminal_unless_someone_says_otherwise() {
    let none = |_: &str| None;
    let no_color = |name: &str| (name == "NO_COLOR").then(|| "1".to_owned());
    let dumb = |name: &str| (name == "TERM").then(|| "dumb".to_owned());
    assert!(Color::Auto.applies(true, &none) && !Color::Auto.applies(false, &none));
    assert!(!Color::Auto.applies(true, &no_color) && !Color::Auto.applies(true, &dumb));
    assert!(Color::Always.applies(false, &no_color) && !Color::Never.applies(true, &none));
}

#[test]
fn help_texts_are_as_reviewed() {
    let mut command = Cli::command().term_width(100);
    command.build();
    insta::assert_snapshot!("help", command.render_long_help());
    for verb in command.get_subcommands_mut().filter(|verb| !verb.is_hide_set()) {
        insta::assert_snapshot!(format!("help-{}", verb.get_name()), verb.render_long_help());
    }
}
