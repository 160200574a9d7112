//! A refused token comes with the likely cause and the next step.

use mintage_testbed::issuer::{Dialect, Quirks};
use time::Duration;

use crate::BINARY;
use crate::issuer::{self, KEY_ID, USER_ID};
use crate::steps::open_with_key;
use mintage_testbed::desktop::DesktopSession;

#[test]
fn a_key_removed_at_the_issuer_is_suspected_though_the_server_says_nothing() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks { dialect: Dialect::D3, ..Quirks::default() });
    let app = open_with_key(&desktop, &issuer, "Acme", "staging");
    assert!(issuer.remove_key(USER_ID, KEY_ID));

    app.click(&format!("[data-user-id='{USER_ID}'] @row-copy"));
    app.wait_for("@problem");
    let said = app.text("@problem");
    for word in ["500", "Errors.Internal", &format!("doesn’t know the key {KEY_ID}")] {
        assert!(said.contains(word), "the problem does not say {word:?}: {said}");
    }
    app.wait_for("[data-cause='key-unknown']");
    app.wait_for("@problem-next[data-step='import-key']");
    assert_eq!(desktop.clipboard(), "");
    app.picture("refused-key-removed");

    app.click("@problem-report");
    app.until("the report is on the clipboard", || desktop.clipboard().contains("Errors.Internal"));
    let report = desktop.clipboard();
    assert!(!report.contains("eyJ"), "the report holds a part of a token or an assertion: {report}");
    let private = issuer::encodings(&issuer::key_bytes());
    assert!(!issuer::holds_any(report.as_bytes(), &private));
}

#[test]
fn a_clock_that_is_ahead_is_found_before_the_server_refuses_and_set_right_with_one_button() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks { clock_offset: Duration::seconds(-74), ..Quirks::default() });
    let app = open_with_key(&desktop, &issuer, "Acme", "development");
    app.click(&format!("[data-user-id='{USER_ID}'] @row-copy"));
    app.wait_for("@problem[data-code='would-be-refused']");
    app.wait_for("[data-cause='clock-ahead']");
    app.wait_for_words("@problem", "74 s ahead");
    assert_eq!(issuer::mints(&issuer), 0, "nothing was sent");
    app.click("@problem-next[data-step='use-server-time']");
    app.wait_until_gone("@problem");
    app.until("a token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
}

#[test]
fn a_server_that_does_not_answer_is_not_waited_for_longer_than_one_likes() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let app = open_with_key(&desktop, &issuer, "Acme", "development");
    app.click("@mint");
    app.wait_for("@token-masked");

    issuer.change_quirks(|quirks| quirks.silent = true);
    app.click("@mint-new");
    app.wait_for("@stop-waiting");
    app.picture("waiting-for-the-server");
    app.click("@stop-waiting");
    app.wait_for("@mint-new:not(:disabled)");
    assert!(!app.exists("@problem"), "what was stopped has not failed");
    // The earlier token still exists.
    app.click("@copy-token");
    app.until("the token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
}
