//! What a path can lead to instead of a key file.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use mintage_core::key_file::{self, MAX_BYTES};

use crate::bad_key_files::{PKCS8, check_error};

fn code(path: &Path) -> &'static str {
    let error = key_file::read(path).expect_err("must be refused");
    check_error(&path.display().to_string(), &error);
    error.code()
}

#[test]
fn only_regular_files_of_a_sane_size_are_read() {
    let folder = tempfile::tempdir().expect("folder");
    let at = |name: &str| folder.path().join(name);
    let fifo = std::process::Command::new("mkfifo").arg(at("fifo")).status().expect("mkfifo runs");
    assert!(fifo.success());
    let _socket = std::os::unix::net::UnixListener::bind(at("socket")).expect("socket");
    symlink(at("loop-b"), at("loop-a")).expect("link");
    symlink(at("loop-a"), at("loop-b")).expect("link");
    symlink(at("nowhere"), at("dangling")).expect("link");
    symlink(at("fifo"), at("link-to-fifo")).expect("link");
    let cap = usize::try_from(MAX_BYTES).expect("small");
    fs::write(at("large"), vec![b'x'; cap + 1]).expect("write");

    assert_eq!(code(folder.path()), "file-not-regular");
    assert_eq!(code(&at("fifo")), "file-not-regular");
    assert_eq!(code(&at("link-to-fifo")), "file-not-regular");
    assert_eq!(code(&at("socket")), "file-not-regular");
    assert_eq!(code(Path::new("/dev/zero")), "file-not-regular");
    assert_eq!(code(Path::new("/dev/null")), "file-not-regular");
    assert_eq!(code(Path::new("/")), "file-not-regular");
    assert_eq!(code(&at("loop-a")), "file-unreadable");
    assert_eq!(code(&at("dangling")), "file-unreadable");
    assert_eq!(code(&at("nowhere")), "file-unreadable");
    assert_eq!(code(&at("large/inside")), "file-unreadable");
    assert_eq!(code(Path::new("")), "file-unreadable");
    assert_eq!(code(&at(&"n".repeat(5_000))), "file-unreadable");
    assert_eq!(code(&at("large")), "file-too-large");
}

#[test]
fn a_file_is_read_whole_with_its_name_and_who_else_may_read_it() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("deploy-bot.pem");
    fs::write(&path, PKCS8).expect("write");
    symlink(&path, folder.path().join("link.pem")).expect("link");
    for (mode, readable_by_others) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true), (0o644, true)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("mode");
        let read = key_file::read(&path).expect("regular");
        assert_eq!(read.bytes.expose(), PKCS8.as_bytes());
        assert_eq!((read.name.as_str(), read.readable_by_others), ("deploy-bot.pem", readable_by_others), "{mode:o}");
        assert!(!format!("{read:?}").contains("BEGIN"));
    }
    let linked = key_file::read(&folder.path().join("link.pem")).expect("a link to a regular file");
    assert_eq!((linked.name.as_str(), linked.readable_by_others), ("link.pem", true));
}

#[test]
fn a_file_of_exactly_the_cap_is_read() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("full");
    let cap = usize::try_from(MAX_BYTES).expect("small");
    fs::write(&path, vec![b' '; cap]).expect("write");
    let read = key_file::read(&path).expect("regular");
    assert_eq!(read.bytes.expose().len(), cap);
    assert_eq!(key_file::parse(read.bytes.expose(), None, &[]).expect_err("blank").code(), "file-empty");
}
