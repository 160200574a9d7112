//! The corpus, replayed: an input of each kind, and every one that once found a bug.

use std::fs;
use std::path::{Path, PathBuf};

use crate::TARGETS;

/// The stack of a thread on a small system; unbounded recursion doesn't fit.
const STACK: usize = 256 * 1024;

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

#[test]
fn everything_in_the_corpus_keeps_the_invariants_on_a_small_stack() {
    for target in TARGETS {
        let own = files(&tests().join("fuzz/corpus").join(target.name));
        assert!(!own.is_empty(), "{} has no input", target.name);
        let fixtures = target.fixtures.iter().flat_map(|folder| files(&tests().join("fixtures").join(folder)));
        for path in own.into_iter().chain(fixtures) {
            let input = fs::read(&path).expect("a file");
            let thread = std::thread::Builder::new().name(path.display().to_string()).stack_size(STACK);
            let outcome = thread.spawn(move || (target.run)(&input)).expect("a thread").join();
            assert!(outcome.is_ok(), "{}", path.display());
        }
    }
}

#[test]
fn every_folder_of_the_corpus_is_a_targets() {
    let names: Vec<_> =
        files(&tests().join("fuzz/corpus")).iter().map(|path| path.file_name().expect("a name").to_owned()).collect();
    let mut expected: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
    expected.sort_unstable();
    assert_eq!(names, expected);
}
