//! What is fuzzed: each **target** is one function that takes bytes from outside and asserts what must hold for any
//! input.
//!
//! Rule: a target calls what the product calls, and nothing more. It panics if an invariant breaks; returning at all,
//! on a small stack, is one of them. Inputs worth keeping are in `tests/fuzz/corpus`, one folder per target, and every
//! run of the unit tests replays them.

mod address;
mod answer;
mod file_name;
mod key;
mod leak;
mod profile;
#[cfg(test)]
mod replay;
mod token;

/// Something that takes bytes from outside.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, and that of its folder in the corpus.
    pub name: &'static str,
    /// Tries an input.
    pub run: fn(&[u8]),
    /// Folders of fixtures that are also inputs for it.
    pub fixtures: &'static [&'static str],
}

/// All targets.
pub const TARGETS: [Target; 10] = [
    Target { name: "key-file", run: key::file, fixtures: &["files", "keys/judged"] },
    Target { name: "der", run: key::der, fixtures: &[] },
    Target { name: "key-set", run: token::key_set, fixtures: &[] },
    Target { name: "token", run: token::compact, fixtures: &[] },
    Target { name: "profile", run: profile::text, fixtures: &[] },
    Target { name: "answer", run: answer::message, fixtures: &[] },
    Target { name: "certificate", run: answer::certificate, fixtures: &[] },
    Target { name: "date", run: answer::dates, fixtures: &[] },
    Target { name: "issuer", run: address::issuer, fixtures: &[] },
    Target { name: "file-name", run: file_name::name, fixtures: &[] },
];

/// The target with this name.
pub fn target(name: &str) -> Option<Target> {
    TARGETS.into_iter().find(|target| target.name == name)
}
