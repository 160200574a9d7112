//! The product's own programs with a catalogue, a keychain and an issuer: from a key file to a token on a pipe.
//! Skipped, and said to be, where the programs of a desktop session aren't installed.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in what it shares with others too")]

mod environments;
mod full_disk;
mod importing;
mod locking;
mod machine;
mod oddities;
mod picture;
mod project;
mod rotating;
mod terminal;
mod tokens;
mod verbs;
