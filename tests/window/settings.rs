//! Settings in the real window: each applies at once, and is still set after a restart.

use std::time::Duration;

use serde_json::json;
use x11rb::protocol::xproto::ModMask;

use crate::BINARY;
use crate::demo::DEPLOY_BOT;
use crate::steps::switch_on;
use mintage_testbed::app::App;
use mintage_testbed::bus::FileManager;
use mintage_testbed::desktop::DesktopSession;
use mintage_testbed::session::PASSWORD;

#[test]
fn theme_text_size_and_clipboard_follow_the_settings_and_outlast_a_restart() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open_with(&["--demo"]);
    app.click("@rail-settings");
    app.picture("settings-light");
    app.click("@theme option[value='dark']");
    app.until("the page is dark", || theme(&app) == json!("dark"));
    app.picture("settings-dark");
    set(&app, "clipboardSeconds", "6");
    app.click("@rail-all");
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row-copy"));
    app.wait_for_words("@status", "clipboard clears in 6 s");
    app.until("a token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
    app.until_within(Duration::from_secs(20), "the clipboard is cleared", || desktop.clipboard().is_empty());

    // The driver can't locate elements on a zoomed page, so this comes last.
    let width = width(&app);
    app.click("@rail-settings");
    app.click("@text-size option[value='125']");
    app.until("the page is laid out larger", || close_to(self::width(&app), width / 1.25));
    app.picture("settings-large");
    app.quit();

    let app = desktop.open();
    app.until("the page is dark again", || theme(&app) == json!("dark"));
    app.until("the page is as large again", || close_to(self::width(&app), width / 1.25));
    app.script("document.querySelector('[data-testid=rail-settings]').click()", json!([]));
    app.until("the number is there again", || value(&app, "clipboardSeconds") == json!("6"));
}

#[test]
fn a_number_out_of_its_bounds_is_refused_with_its_range() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open();
    app.click("@rail-settings");
    set(&app, "productionClipboardSeconds", "121");
    app.wait_for("@setting-refused[data-code='setting-out-of-range']");
    app.wait_for_words("@setting-refused", "Choose from 5 to 120 seconds");
    app.picture("settings-refused");
    app.quit();
    let app = desktop.open();
    app.click("@rail-settings");
    app.until("the old number stands", || value(&app, "productionClipboardSeconds") == json!("10"));
}

#[test]
fn the_keychains_self_test_reports_each_step_and_leaves_nothing() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open();
    app.click("@rail-settings");
    app.click("@test-keychain");
    app.wait_for("@self-test[data-state='sound']");
    assert_eq!(app.all("@self-test li").len(), 4);
    assert_eq!(desktop.keychain_items(), 0);
    app.picture("settings-self-test");

    desktop.session.lock();
    desktop.session.allow_prompts(&desktop.display);
    app.click("@unlock-mintage");
    desktop.display.type_at_prompt(PASSWORD);
    app.wait_until_gone("@locked");
    app.click("@test-keychain");
    app.wait_for("@self-test[data-state='sound']");
    app.wait_for("@keychain-state[data-state='ready']");
}

#[test]
fn the_self_test_says_why_without_a_keychain() {
    let desktop = DesktopSession::without_keyring(BINARY);
    let app = desktop.open();
    // What is said of it moves what is above.
    app.wait_for("@keychain-state[data-state='absent']");
    app.click("@rail-settings");
    app.click("@test-keychain");
    app.wait_for("@self-test[data-state='failed']");
    app.wait_for("@problem[data-code='keychain-absent']");
    assert_eq!(app.all("@self-test li").len(), 1);
}

#[test]
fn the_palette_opens_from_anywhere_once_its_keys_are_set() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open();
    app.click("@rail-settings");
    app.focus();
    record(&app, "shift+m");
    app.wait_for("@setting-refused[data-code='shortcut-without-modifier']");
    record(&app, "ctrl+shift+m");
    app.wait_for("@settings[aria-busy='false'] @setting-paletteShortcut[data-keys='Control+Shift+KeyM']");
    app.wait_until_gone("@setting-refused");
    app.picture("settings-shortcut");

    desktop.x11().unfocus();
    desktop.press(&["ctrl+shift+m"]);
    app.wait_for("@palette-field");
    app.quit();
    let app = desktop.open();
    app.wait_for("@first-run");
    desktop.x11().unfocus();
    app.until("the keys are taken again", || {
        desktop.press(&["ctrl+shift+m"]);
        app.shows("@palette-field")
    });
}

#[test]
fn keys_that_another_program_has_are_said_to_be_taken() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open();
    app.click("@rail-settings");
    app.focus();
    record(&app, "ctrl+shift+m");
    app.wait_for("@settings[aria-busy='false'] @setting-paletteShortcut[data-keys='Control+Shift+KeyM']");
    app.quit();

    let other = desktop.x11();
    other.grab(ModMask::CONTROL | ModMask::SHIFT, u32::from('m'));
    let app = desktop.open();
    app.click("@rail-settings");
    app.wait_for("@setting-refused[data-code='shortcut-taken']");
    drop(other);
    record(&app, "ctrl+alt+m");
    app.wait_for("@settings[aria-busy='false'] @setting-paletteShortcut[data-keys='Control+Alt+KeyM']");
    app.wait_until_gone("@setting-refused");
}

#[test]
fn starting_at_login_is_an_entry_of_the_desktop_which_has_the_last_word() {
    let desktop = DesktopSession::new(BINARY);
    let entry = desktop.session.path("config/autostart/dev.mintage.Mintage.desktop");
    let app = desktop.open();
    app.click("@rail-settings");
    app.wait_for("@setting-startAtLogin:not(:checked)");
    switch_on(&app, "startAtLogin");
    app.until("the entry is written", || entry.exists());
    let written = std::fs::read_to_string(&entry).expect("it is there");
    assert!(written.contains(&format!("Exec=\"{}\" --in-tray\n", BINARY)), "{written}");

    std::fs::remove_file(&entry).expect("the desktop's settings remove it");
    app.click("@theme option[value='light']");
    app.wait_for("@settings[aria-busy='false']");
    assert!(!entry.exists(), "another change does not bring it back");
    app.click("@rail-inspector");
    app.click("@rail-settings");
    app.wait_for("@setting-startAtLogin:not(:checked)");
}

#[test]
fn the_data_folder_is_shown_in_the_file_manager_where_there_is_one() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open();
    app.click("@rail-settings");
    app.click("@open-data-folder");
    app.wait_for("@problem[data-code='file-manager-absent']");
    let manager = FileManager::start(&desktop);
    app.click("@open-data-folder");
    let folder = desktop.session.path("data/mintage");
    app.until("the folder is shown", || manager.shown() == [format!("file://{}/", folder.display())]);
    app.click("@copy-data-folder");
    app.until("the path is on the clipboard", || desktop.clipboard() == folder.display().to_string());
    for words in ["WebKitGTK", "schema", "x86_64"] {
        app.wait_for_words("@about", words);
    }
}

fn theme(app: &App<'_>) -> serde_json::Value {
    app.script("return document.documentElement.dataset.theme", json!([]))
}

fn width(app: &App<'_>) -> f64 {
    app.script("return innerWidth", json!([])).as_f64().expect("a page has a width")
}

fn close_to(found: f64, expected: f64) -> bool {
    (found - expected).abs() < 2.0
}

fn value(app: &App<'_>, member: &str) -> serde_json::Value {
    app.script(
        "return document.querySelector(arguments[0])?.value",
        json!([format!("[data-testid='setting-{member}']")]),
    )
}

/// Types a number and leaves the field.
fn set(app: &App<'_>, member: &str, number: &str) {
    app.fill(&format!("@setting-{member}"), &format!("{number}\u{E007}"));
}

/// Sets the palette's shortcut by pressing it.
fn record(app: &App<'_>, keys: &str) {
    app.focus();
    app.click("@setting-paletteShortcut");
    app.wait_for("@setting-paletteShortcut[aria-pressed='true']");
    app.desktop.press(&[keys]);
    app.wait_for("@setting-paletteShortcut[aria-pressed='false']");
}
