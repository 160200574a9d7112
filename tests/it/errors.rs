//! The wording of every error, as one text to review: its code, its message, its next step.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use mintage_core::error::{Error, StrangerError};
use mintage_core::issuer::IssuerError;
use mintage_core::key_file::{EncryptionError, KeyFileError};
use mintage_core::private_key::{KeyError, WrongKind};

use key_samples::{encryption_errors, key_errors, key_file_errors};
use samples::{
    catalog_errors, issuer_errors, journey_errors, keychain_errors, provider_errors, rotation_errors, settings_errors,
    stranger_errors, token_errors,
};

/// Errors of one enum, each with its pattern. The patterns are a `match`, so that a variant without a sample doesn't
/// compile.
macro_rules! samples {
    ($type:ty { $($pattern:pat => $sample:expr,)+ }) => {{
        fn is_of_a_pattern(error: &$type) {
            match error { $($pattern => {})+ }
        }
        let samples: Vec<$type> = vec![$({
            let sample: $type = $sample;
            assert!(matches!(&sample, $pattern), "{sample:?} stands beside another pattern");
            sample
        },)+];
        samples.iter().for_each(is_of_a_pattern);
        samples
    }};
}

mod key_samples;
mod samples;

/// Every error by the name of its enum, in the order of its declaration.
fn all() -> Vec<(&'static str, Vec<Error>)> {
    let kinds = WrongKind::ALL.iter().copied().map(KeyError::WrongKind);
    let keys = key_errors().into_iter().filter(|error| !matches!(error, KeyError::WrongKind(_)));
    let passed_on = |error: &KeyFileError| matches!(error, KeyFileError::Key(_) | KeyFileError::Encryption(_));
    let files = key_file_errors().into_iter().filter(|error| !passed_on(error));
    let encrypted = encryption_errors().into_iter().map(KeyFileError::from);
    let passes_on = |error: &Error| {
        let catalogue = matches!(
            error,
            Error::Catalog(_) | Error::Settings(_) | Error::Provider(_) | Error::Rotation(_) | Error::Stranger(_)
        );
        catalogue
            || matches!(
                error,
                Error::Key(_) | Error::KeyFile(_) | Error::Token(_) | Error::Keychain(_) | Error::Issuer(_)
            )
    };
    vec![
        ("journeys", journey_errors().into_iter().filter(|error| !passes_on(error)).collect()),
        ("keys", keys.map(Error::from).collect()),
        ("key files", files.map(Error::from).collect()),
        ("encrypted keys", encrypted.map(Error::from).collect()),
        ("files of another kind", kinds.map(Error::from).collect()),
        ("keychain", keychain_errors().into_iter().map(Error::from).collect()),
        ("catalogue", catalog_errors().into_iter().map(Error::from).collect()),
        ("rotations", rotation_errors().into_iter().map(Error::from).collect()),
        ("issuer", issuer_errors().into_iter().map(Error::from).collect()),
        ("provider profiles", provider_errors().into_iter().map(Error::from).collect()),
        ("servers that do not know who asks", stranger_errors().into_iter().map(Error::from).collect()),
        ("settings", settings_errors().into_iter().map(Error::from).collect()),
        ("tokens", token_errors().into_iter().map(Error::from).collect()),
    ]
}

#[test]
fn the_wording_of_every_error_is_as_reviewed() {
    let mut text = String::new();
    for (of, errors) in all() {
        let _ = writeln!(text, "# {of}\n");
        for error in errors {
            let _ = writeln!(text, "{}\n    error: {error}\n    help: {}\n", error.code(), error.help());
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn no_two_errors_share_a_code() {
    let mut seen = BTreeSet::new();
    for error in all().into_iter().flat_map(|(_, errors)| errors) {
        let code = error.code();
        let is_kebab = !code.is_empty()
            && code
                .split('-')
                .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        assert!(is_kebab, "`{code}` is not in kebab case");
        // A failed mint has its refusal's code, a server is as busy with or without a time to wait, and a key takes as
        // long whoever opens it; what else is known about a closed key set or another server only changes the next
        // step.
        let shares = matches!(
            error,
            Error::Diagnosed { .. }
                | Error::Issuer(IssuerError::Busy { retry_after: None, .. })
                | Error::KeyFile(KeyFileError::Encryption(EncryptionError::TooSlow { openssl: false, .. }))
                | Error::Stranger(
                    StrangerError::KeysClosed { source: Some(_), .. } | StrangerError::OtherServer { help: None, .. }
                )
        );
        assert!(shares || seen.insert(code), "`{code}` is there twice");
    }
    assert!(seen.len() > 90, "only {} codes were looked at", seen.len());
}

#[test]
fn messages_begin_in_lower_case_and_end_without_a_period() {
    for error in all().into_iter().flat_map(|(_, errors)| errors) {
        let message = error.to_string();
        let first = message.chars().next();
        let begins = first.is_some_and(|first| first.is_lowercase() || first == '`') || message.starts_with("Mintage ");
        assert!(begins, "{}: {message}", error.code());
        assert!(is_unfinished(&message), "{}: {message}", error.code());
    }
}

/// The verbs that a next step may begin with.
const VERBS: &[&str] = &[
    "Add", "Ask", "Check", "Choose", "Close", "Confirm", "Continue", "Convert", "Copy", "Create", "Decrypt", "Delete",
    "Don't", "Download", "Enter", "Fix", "Free", "Generate", "Get", "Give", "Import", "Install", "Let", "List", "Log",
    "Look", "Make", "Mint", "Move", "Open", "Paste", "Put", "Quit", "Refresh", "Remove", "Restore", "Return", "Rotate",
    "Save", "Set", "Start", "Try", "Undo", "Unlock", "Unpack", "Update", "Use", "Wait",
];

#[test]
fn every_next_step_tells_what_to_do() {
    for error in all().into_iter().flat_map(|(_, errors)| errors) {
        let help = error.help();
        let verb = help.split([' ', ',', ';']).next().unwrap_or_default();
        assert!(VERBS.contains(&verb), "{}: does this tell what to do? {help}", error.code());
        assert!(is_unfinished(&help), "{}: {help}", error.code());
    }
}

#[test]
fn a_problem_says_all_that_its_error_says() {
    for error in all().into_iter().flat_map(|(_, errors)| errors) {
        let problem = error.problem();
        assert_eq!(
            (problem.code.as_str(), &problem.message, &problem.help),
            (error.code(), &error.to_string(), &error.help())
        );
        for part in [&problem.code, &problem.message, &problem.help].into_iter().chain(&problem.details) {
            assert!(problem.report.contains(part.as_str()), "{}: {}", error.code(), problem.report);
        }
        let said_twice = problem.details.iter().any(|detail| problem.message.contains(detail.as_str()));
        assert!(!said_twice, "{}: {}", error.code(), problem.report);
    }
}

fn is_unfinished(sentence: &str) -> bool {
    !sentence.ends_with(['.', '!', ' ', '\n']) && !sentence.contains("  ")
}
