//! The **places** that a secret must never reach: what a page is shown, the files of the data folder,
//! the logs.

use std::fmt::Debug;
use std::path::Path;

use mintage_core::error::Error;
use serde::Serialize;

/// Everything that was said, with the place where it was.
#[derive(Default)]
pub(crate) struct Places(Vec<(String, Vec<u8>)>);

impl Places {
    /// Keeps what is sent to a page, and how it would look in one of our log lines.
    pub(crate) fn show<T: Serialize + Debug>(&mut self, what: &str, shown: T) -> T {
        let json = serde_json::to_vec(&shown).expect("what crosses to a page is JSON");
        self.0.push((format!("{what}, as the page gets it"), json));
        self.debug(what, &shown);
        shown
    }

    /// Keeps how a value looks in a log line.
    pub(crate) fn debug(&mut self, what: &str, value: &impl Debug) {
        self.0.push((format!("{what}, for debugging"), format!("{value:?}\n{value:#?}").into_bytes()));
    }

    /// Keeps an error in all its forms; `code` is the expected one.
    pub(crate) fn fail<T: Debug>(&mut self, code: &str, outcome: Result<T, Error>) {
        let error = outcome.expect_err(code);
        let problem = error.problem();
        assert_eq!(problem.code, code, "{}", problem.report);
        self.debug(code, &error);
        self.0.push((format!("{code}, its report"), problem.report.clone().into_bytes()));
        self.0.push((format!("{code}, its text"), error.to_string().into_bytes()));
        self.show(code, problem);
    }

    /// Keeps every file in a folder in its current state.
    pub(crate) fn folder(&mut self, when: &str, folder: &Path) {
        for entry in std::fs::read_dir(folder).expect("the folder can be listed").flatten() {
            let path = entry.path();
            if path.is_dir() {
                self.folder(when, &path);
            } else {
                let name = format!("{} {when}", path.display());
                self.0.push((name, std::fs::read(&path).expect("the file can be read")));
            }
        }
    }

    pub(crate) fn text(&mut self, what: &str, text: String) {
        self.0.push((what.to_owned(), text.into_bytes()));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }
}
