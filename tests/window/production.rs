//! Production is different on purpose, and nothing is left behind when the app is closed.

use mintage_testbed::issuer::Quirks;
use serde_json::json;

use crate::BINARY;
use crate::issuer::{self, USER_ID};
use crate::steps::open_with_key;
use mintage_testbed::desktop::DesktopSession;

#[test]
fn production_is_framed_and_asks_once() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let app = open_with_key(&desktop, &issuer, "Acme production", "production");
    app.wait_for("@production-frame");
    let copy = format!("[data-user-id='{USER_ID}'] @row-copy");

    app.click(&copy);
    app.wait_for("@confirm-production");
    app.click(".dialog-foot button:not(@confirm-production)");
    app.wait_until_gone("@confirm-production");
    assert!(!app.shows("@problem"), "a question that is answered with no is no problem");
    assert_eq!(issuer::mints(&issuer), 0, "nothing was sent");

    app.click(&copy);
    app.click("@confirm-production");
    app.until("a token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
    app.wait_for_words("@status", "clipboard clears in 10 s");
    let first = desktop.clipboard();
    app.until("the clipboard is cleared", || desktop.clipboard().is_empty());

    app.click("@mint-new");
    app.until("a second token is minted without a question", || issuer::mints(&issuer) == 2);
    app.click(&copy);
    app.until("the second token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
    assert_ne!(desktop.clipboard(), first);
}

#[test]
fn the_frame_around_production_is_whole_under_a_sheet() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let app = open_with_key(&desktop, &issuer, "Acme", "production");
    app.wait_for("@production-frame");
    app.click("@import");
    app.wait_for("@import-sheet");
    assert_eq!(app.script(FRAME, json!([])), json!(true));
    app.picture("production-sheet");
}

/// Whether the frame lies over the sheet and encloses it on all sides.
const FRAME: &str = "
    const frame = getComputedStyle(document.querySelector('.work'), '::after');
    const sheet = document.querySelector('.dialog-sheet');
    const wide = ['Top', 'Right', 'Bottom', 'Left'].every((side) => parseFloat(frame[`border${side}Width`]) === 3);
    return wide && Number(frame.zIndex) > Number(getComputedStyle(sheet).zIndex);";

#[test]
fn closing_the_window_clears_the_clipboard() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open_with(&["--demo"]);
    app.click("@row-copy");
    app.until("a token is on the clipboard", || !desktop.clipboard().is_empty());
    app.quit();
    assert_eq!(desktop.clipboard(), "");
    assert_eq!(desktop.clipboard_target("TARGETS"), None);
}
