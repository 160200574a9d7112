//! Keys that expire: on the radar, and notified once.

use mintage_testbed::issuer::System;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::BINARY;
use crate::issuer::{self, USER_ID};
use crate::steps::import;
use mintage_testbed::bus::Notifications;
use mintage_testbed::desktop::DesktopSession;

#[test]
fn the_radar_leads_to_what_expires_is_old_or_is_not_used() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open();
    app.wait_for("@first-run");
    app.click("@rail-radar");
    app.wait_for_words("main", "No keys yet");
    app.picture("radar-empty");
    app.quit();

    let app = desktop.open_with(&["--demo"]);
    app.wait_for("@row");
    app.click("@rail-radar");
    app.wait_for_words("@radar-expiring", "expired 53 days ago");
    app.wait_for_words("@radar-expiring", "expires in ");
    app.wait_for_words("@radar-expiring", "3 of 6 keys came without an expiry date");
    app.wait_for_words("@radar-old", "4 years old");
    app.wait_for_words("@radar-unused", "Every key has been used or imported in the last 90 days");
    app.picture("radar");
    app.click("@radar-expiring @radar-row");
    app.wait_for_words("@detail-title", "data-bridge");
    app.wait_for("@tab-credentials[aria-selected='true']");
}

#[test]
fn a_key_is_snoozed_and_woken_and_the_servers_are_asked() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open_with(&["--demo"]);
    app.wait_for("@row");
    app.click("@rail-radar");
    app.wait_for_words("@radar-expiring", "expired 53 days ago");
    app.click("tr:has([data-testid='radar-row']):last-child @radar-row-menu");
    app.click("@radar-snooze-14");
    app.wait_for_words("@radar-snoozed", "snoozed until");
    for (theme, width) in [("light", 1280), ("dark", 1280), ("light", 930), ("dark", 720)] {
        app.script("document.documentElement.dataset.theme = arguments[0]", serde_json::json!([theme]));
        app.resize(width, 800);
        app.picture(&format!("radar-snoozed-{width}-{theme}"));
    }
    app.resize(1280, 800);
    app.click("@radar-snoozed @radar-wake");
    app.wait_until_gone("@radar-snoozed");
    app.click("@radar-refresh");
    app.wait_for_words("@radar-refreshed", "Asked as");
    app.wait_for_words("@radar-expiring", "server said so");
    app.picture("radar-refreshed");
    app.click("@radar-menu");
    app.click("@export-calendar");
    let calendar = desktop.write("expiry.ics", "");
    desktop.type_into_chooser("Export calendar", &calendar.display().to_string());
    app.until("the calendar is written", || {
        std::fs::read_to_string(&calendar).is_ok_and(|text| text.starts_with("BEGIN:VCALENDAR"))
    });
}

#[test]
fn a_key_that_expires_is_told_to_the_desktop_once_and_a_click_leads_to_the_radar() {
    let desktop = DesktopSession::new(BINARY);
    // The server says the same as the file; otherwise its word would count.
    let mut user = issuer::user();
    user.keys[0].expires_at = Some(in_days(10));
    let issuer = issuer::start_with(&desktop, issuer::config(System::Zitadel).with_user(user));
    let expires = in_days(10).format(&Rfc3339).expect("a time can be written");
    let key = issuer::key_file().replace("\"userId\"", &format!("\"expirationDate\":\"{expires}\",\"userId\""));
    let file = desktop.write("deploy-bot.json", &key);
    // Without a notification server nothing is shown, nothing fails, and nothing is forgotten.
    let app = desktop.open();
    app.wait_for("@first-run");
    import(&app, &file, issuer.issuer(), "Acme", "staging");
    app.wait_for(&format!("[data-user-id='{USER_ID}'] @row"));
    app.quit();
    let app = desktop.open();
    app.wait_for("@rail-env");
    app.quit();

    let notifications = Notifications::start(&desktop);
    let app = desktop.open();
    app.until("the desktop is told", || notifications.shown().len() == 1);
    let told = notifications.shown().remove(0);
    assert!(told.summary.starts_with("The key of ") && told.summary.ends_with("expires in 9 days"), "{told:?}");
    assert_eq!((told.body.as_str(), told.actions.len()), ("Acme. Replace it before then.", 2));
    notifications.click_newest();
    app.wait_for_words("@radar-expiring", "expires in 9 days");
    app.quit();

    let app = desktop.open();
    app.wait_for("@rail-env");
    app.click("@rail-settings");
    app.click("@setting-expiryNotifications");
    app.wait_for("@setting-expiryNotifications:not(:checked)");
    app.quit();
    assert_eq!(notifications.shown().len(), 1, "a threshold is told once");
}

#[expect(clippy::disallowed_methods, reason = "the app's clock is the system's")]
fn in_days(days: i64) -> OffsetDateTime {
    OffsetDateTime::now_utc() + Duration::days(days)
}
