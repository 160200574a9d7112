//! One instance: what a second start hands over is untrusted, and the window comes back as it was.

use std::process::Command;

use crate::bus::hand_over;
use crate::desk::Desk;
use crate::issuer::{self, USER_ID};

#[test]
fn a_hostile_command_line_of_another_program_starts_nothing_and_breaks_nothing() {
    let desk = Desk::new();
    let app = desk.open();
    app.wait_for("@first-run");
    let fifo = desk.session.path("home/fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().is_ok_and(|status| status.success()));
    let long = "x".repeat(5000);
    let fifo = fifo.to_str().expect("the session's paths are text");
    let arguments =
        ["", "--demo", "--in-tray", "/dev/zero", fifo, "\u{202E}nosj.yek", &long, "--help", "../../etc/shadow"];
    hand_over(&desk, &arguments, "/nowhere/at/all");
    app.wait_for("@import-sheet");
    app.until("each file is refused", || app.all("@review[data-code]").len() == 5);
    assert_eq!(app.all("@rail-env").len(), 0, "no demo is started from outside");
    assert_eq!(desk.keychain_items(), 0);
    hand_over(&desk, &[], "");
    hand_over(&desk, &["only-a-program"], "");
    assert!(app.runs());
}

#[test]
fn a_second_start_hands_its_files_to_the_first_and_a_third_after_it_is_the_first() {
    let desk = Desk::new();
    let file = desk.write("deploy-bot.json", &issuer::key_file());
    let app = desk.open();
    app.wait_for("@first-run");
    desk.open_file(&file);
    app.wait_for_words("@review", USER_ID);
    app.quit();
    let app = desk.open_with(&[file.to_str().expect("the session's paths are text")]);
    app.wait_for_words("@review", USER_ID);
}

#[test]
fn the_window_comes_back_with_its_size() {
    let desk = Desk::new();
    let app = desk.open();
    app.wait_for("@first-run");
    app.resize(930, 610);
    app.quit();
    let app = desk.open();
    app.wait_for("@first-run");
    app.until("the window has its old size", || app.size() == (930, 610));
}
