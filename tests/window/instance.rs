//! One instance: what a second start passes is untrusted, and the window reopens as it was.

use std::process::Command;

use crate::BINARY;
use crate::issuer::{self, USER_ID};
use mintage_testbed::bus::hand_over;
use mintage_testbed::desktop::DesktopSession;
use mintage_testbed::wait::until;

#[test]
fn a_hostile_command_line_of_another_program_starts_nothing_and_breaks_nothing() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open();
    app.wait_for("@first-run");
    let fifo = desktop.session.path("home/fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().is_ok_and(|status| status.success()));
    let long = "x".repeat(5000);
    let fifo = fifo.to_str().expect("the session's paths are text");
    let arguments =
        ["", "--demo", "--in-tray", "/dev/zero", fifo, "\u{202E}nosj.yek", &long, "--help", "../../etc/shadow"];
    hand_over(&desktop, &arguments, "/nowhere/at/all");
    app.wait_for("@import-sheet");
    app.until("each file is refused", || app.all("@import-file[data-state='unusable']").len() == 5);
    assert_eq!(app.all("@rail-env").len(), 0, "no demo is started from outside");
    assert_eq!(desktop.keychain_items(), 0);
    hand_over(&desktop, &[], "");
    hand_over(&desktop, &["only-a-program"], "");
    assert!(app.runs());
}

#[test]
fn a_second_start_hands_its_files_to_the_first_and_a_third_after_it_is_the_first() {
    let desktop = DesktopSession::new(BINARY);
    let file = desktop.write("deploy-bot.json", &issuer::key_file());
    let app = desktop.open();
    app.wait_for("@first-run");
    desktop.open_file(&file);
    app.wait_for_words("@review", USER_ID);
    app.quit();
    let app = desktop.open_with(&[file.to_str().expect("the session's paths are text")]);
    app.wait_for_words("@review", USER_ID);
}

#[test]
fn a_shortcut_of_the_desktop_opens_the_palette_through_a_second_start() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open();
    app.wait_for("@first-run");
    let second = desktop.command(BINARY).arg("--palette").status();
    assert!(second.is_ok_and(|status| status.success()));
    app.wait_for("@palette-field");
}

#[test]
fn a_start_while_the_first_closes_opens_a_window_all_the_same() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open();
    app.wait_for("@first-run");
    app.close();
    let mut second = desktop.command(BINARY).spawn().expect("the app starts");
    app.wait_for_end();
    // The display gives the new window the number of the old one.
    until("there is a window again", || desktop.x11().window("Mintage").is_some());
    // Whichever process has the window ends with the session; the second may have handed over and left.
    second.kill().and_then(|()| second.wait()).expect("it is ours");
}

#[test]
fn the_window_comes_back_with_its_size() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open();
    app.wait_for("@first-run");
    app.resize(930, 610);
    app.quit();
    let app = desktop.open();
    app.wait_for("@first-run");
    app.until("the window has its old size", || app.size() == (930, 610));
}
