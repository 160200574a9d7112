//! A start that fails: those who started the app from a desktop see no standard error, so a box says why.

use std::io::Read;
use std::process::Stdio;

use mintage_testbed::desktop::DesktopSession;
use mintage_testbed::wait::until;

use crate::BINARY;

#[test]
fn a_window_that_cannot_open_is_explained_in_a_box_and_the_app_ends_with_a_failure() {
    let desktop = DesktopSession::without_keyring(BINARY);
    // The web view keeps files in a folder below this one, which is a file.
    let data = desktop.write("data", "");
    let folder = data.join("dev.mintage.Mintage");
    let mut app = desktop.command(BINARY);
    let mut app = app.env("XDG_DATA_HOME", data).stderr(Stdio::piped()).spawn().expect("the app starts");
    let x11 = desktop.x11();
    let mut shown = None;
    until("the box opens", || {
        shown = x11.window("Mintage");
        shown.is_some()
    });
    assert!(app.try_wait().expect("it is ours").is_none(), "the app waits until the box was read");
    x11.close(shown.expect("it is open"));
    let status = app.wait().expect("it is ours");
    assert_eq!(status.code(), Some(1));
    let mut said = String::new();
    app.stderr.take().expect("it is a pipe").read_to_string(&mut said).expect("it is text");
    assert!(said.starts_with("Couldn't open the window: "), "{said}");
    assert!(said.contains(&format!("`{}`", folder.display())), "{said}");
}

#[test]
fn a_display_that_is_gone_is_named_and_is_no_internal_error() {
    let desktop = DesktopSession::without_keyring(BINARY);
    let mut command = desktop.command(BINARY);
    let ended = command.env("DISPLAY", ":4242").stderr(Stdio::piped()).output().expect("the app starts");
    assert_eq!(ended.status.code(), Some(1));
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains("The display `:4242` can't be opened. Start Mintage from a desktop session."), "{said}");
    assert!(!said.contains("internal error"), "{said}");
}
