//! The tray: copying from it, closing to it, what it leaves to the window, and desktops without one.

use mintage_testbed::issuer::Quirks;

use crate::BINARY;
use crate::demo::DEPLOY_BOT;
use crate::issuer::{self, NAME, USER_ID};
use crate::steps::{open_with_key, switch_on};
use mintage_testbed::app::App;
use mintage_testbed::bus::Panel;
use mintage_testbed::desktop::DesktopSession;

const DEPLOY: &str = "Copy token for deploy-bot (Acme development)";
const BILLING: &str = "Copy token for billing-sync (Acme staging)";

#[test]
fn favourites_are_copied_from_the_tray_which_follows_them() {
    let desktop = DesktopSession::new(BINARY);
    let panel = Panel::start(&desktop);
    let app = desktop.open_with(&["--demo"]);
    app.wait_for(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    panel.wait_for(DEPLOY);
    assert_eq!(panel.menu(), [BILLING, DEPLOY, "Open Mintage", "Quit"]);

    panel.click(DEPLOY);
    app.until("a token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
    assert_eq!(desktop.clipboard_target("x-kde-passwordManagerHint").as_deref(), Some("secret"));
    app.wait_for_words("@status", "Copied token for deploy-bot (Acme development)");

    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.click("@favourite");
    app.until("the tray follows", || panel.menu() == [BILLING, "Open Mintage", "Quit"]);
    app.click("@favourite");
    panel.wait_for(DEPLOY);
    app.click("@remove-demo");
    app.until("nothing of the demo is left in the tray", || panel.menu() == ["Open Mintage", "Quit"]);
}

#[test]
fn a_window_that_is_closed_to_the_tray_comes_back_and_quit_ends_it() {
    let desktop = DesktopSession::new(BINARY);
    let panel = Panel::start(&desktop);
    let app = desktop.open_with(&["--demo"]);
    app.click("@rail-settings");
    switch_on(&app, "closeToTray");
    close(&app);

    panel.click(DEPLOY);
    app.until("a token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
    assert!(!app.is_on_screen(), "copying does not open the window");
    panel.click("Open Mintage");
    app.until("the window is back", || app.is_on_screen());
    app.wait_for("@setting-closeToTray");

    close(&app);
    desktop.open_file(&desktop.write("deploy-bot.json", &issuer::key_file()));
    app.until("a second start brings the window back", || app.is_on_screen());
    app.wait_for_words("@review", USER_ID);

    close(&app);
    panel.click("Quit");
    app.wait_for_end();
    assert_eq!(desktop.clipboard(), "");
}

#[test]
fn without_a_tray_closing_ends_the_app_even_where_the_tray_is_wished_for() {
    let desktop = DesktopSession::new(BINARY);
    let panel = Panel::start(&desktop);
    let app = desktop.open_with(&["--demo"]);
    app.click("@rail-settings");
    switch_on(&app, "closeToTray");
    close(&app);
    drop(panel);
    app.until("the window comes back when its tray is gone", || app.is_on_screen());
    app.quit();
    let app = desktop.open();
    app.click("@rail-settings");
    app.wait_for("@setting-closeToTray:checked");
    app.wait_for_words("main", "This desktop has no tray");
    app.quit();
}

#[test]
fn a_production_favourite_asks_in_the_window_first() {
    let desktop = DesktopSession::new(BINARY);
    let panel = Panel::start(&desktop);
    let issuer = issuer::start(&desktop, Quirks::default());
    let app = open_with_key(&desktop, &issuer, "Acme production", "production");
    app.click(&format!("[data-user-id='{USER_ID}'] @row"));
    app.click("@favourite");
    app.click("@rail-settings");
    switch_on(&app, "closeToTray");
    close(&app);

    let name = if panel.menu().iter().any(|words| words.contains(NAME)) { NAME } else { "deploy-bot" };
    panel.click(&format!("Copy token for {name} (Acme production)"));
    app.until("the window asks", || app.is_on_screen());
    app.wait_for("@confirm-production");
    assert_eq!(issuer::mints(&issuer), 0, "nothing was sent");
    assert_eq!(desktop.clipboard(), "");
    app.click("@confirm-production");
    app.until("a token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
    app.wait_for_words("@status", "clipboard clears in 10 s");
}

#[test]
fn a_start_at_login_goes_to_the_tray_where_closing_does() {
    let desktop = DesktopSession::new(BINARY);
    let panel = Panel::start(&desktop);
    let app = desktop.open_with(&["--in-tray"]);
    app.until("the window opens, as closing would end the app", || app.is_on_screen());
    app.click("@rail-settings");
    switch_on(&app, "closeToTray");
    close(&app);
    panel.click("Quit");
    app.wait_for_end();

    let app = desktop.open_with(&["--in-tray"]);
    panel.wait_for("Open Mintage");
    assert!(!app.is_on_screen());
    panel.click("Open Mintage");
    app.until("the window opens", || app.is_on_screen());
    app.wait_for("@first-run");
}

/// Closes the window and waits until it is gone, with the app still running.
fn close(app: &App<'_>) {
    app.close();
    app.until("the window is away", || !app.is_on_screen());
    assert!(app.runs(), "the app has ended");
}
