//! Production is different on purpose, and nothing stays behind when the app is closed.

use mintage_demo_issuer::Quirks;

use crate::desk::Desk;
use crate::issuer::{self, USER_ID};
use crate::steps::open_with_key;

#[test]
fn production_is_framed_and_asks_once() {
    let desk = Desk::new();
    let issuer = issuer::start(&desk, Quirks::default());
    let app = open_with_key(&desk, &issuer, "Acme production", "production");
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
    app.until("a token is on the clipboard", || desk.clipboard().starts_with("eyJ"));
    app.wait_for_words("@status", "clipboard cleared in 10 s");
    let first = desk.clipboard();
    app.until("the clipboard is cleared", || desk.clipboard().is_empty());

    app.click("@mint-new");
    app.until("a second token is minted without a question", || issuer::mints(&issuer) == 2);
    app.click(&copy);
    app.until("the second token is on the clipboard", || desk.clipboard().starts_with("eyJ"));
    assert_ne!(desk.clipboard(), first);
}

#[test]
fn closing_the_window_clears_the_clipboard() {
    let desk = Desk::new();
    let app = desk.open_with(&["--demo"]);
    app.click("@row-copy");
    app.until("a token is on the clipboard", || !desk.clipboard().is_empty());
    app.quit();
    assert_eq!(desk.clipboard(), "");
    assert_eq!(desk.clipboard_target("TARGETS"), None);
}
