//! Keys that expire: on the radar, and told to the desktop once.

use mintage_demo_issuer::Quirks;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::bus::Notifications;
use crate::desk::Desk;
use crate::issuer::{self, USER_ID};
use crate::steps::import;

#[test]
fn the_radar_leads_to_what_expires_is_old_or_is_not_used() {
    let desk = Desk::new();
    let app = desk.open();
    app.wait_for("@first-run");
    app.click("@rail-radar");
    app.wait_for_words("main", "No keys yet");
    app.picture("radar-empty");
    app.quit();

    let app = desk.open_with(&["--demo"]);
    app.wait_for("@row");
    app.click("@rail-radar");
    app.wait_for_words("@radar-expiring", "expired 53 days ago");
    app.wait_for_words("@radar-expiring", "expires in ");
    app.wait_for_words("@radar-expiring", "3 keys of 6 came without an expiry date");
    app.wait_for_words("@radar-old", "4 years old");
    app.wait_for_words("@radar-unused", "Every key was used or imported in the last 90 days");
    app.picture("radar");
    app.click("@radar-expiring @radar-row");
    app.wait_for_words("@detail-title", "data-bridge");
    app.wait_for("@tab-credentials[aria-selected='true']");
}

#[test]
fn a_key_that_expires_is_told_to_the_desktop_once_and_a_click_leads_to_the_radar() {
    let desk = Desk::new();
    let issuer = issuer::start(&desk, Quirks::default());
    let expires = in_days(10).format(&Rfc3339).expect("a time can be written");
    let key = issuer::key_file().replace("\"userId\"", &format!("\"expirationDate\":\"{expires}\",\"userId\""));
    let file = desk.write("deploy-bot.json", &key);
    // Without a server for notifications nothing is told, nothing fails, and nothing is forgotten.
    let app = desk.open();
    app.wait_for("@first-run");
    import(&app, &file, issuer.issuer(), "Acme", "staging");
    app.wait_for(&format!("[data-user-id='{USER_ID}'] @row"));
    app.quit();
    let app = desk.open();
    app.wait_for("@rail-env");
    app.quit();

    let notifications = Notifications::start(&desk);
    let app = desk.open();
    app.until("the desktop is told", || notifications.told().len() == 1);
    let told = notifications.told().remove(0);
    assert!(told.summary.starts_with("The key of ") && told.summary.ends_with("expires in 9 days"), "{told:?}");
    assert_eq!((told.body.as_str(), told.actions.len()), ("Acme. Replace it before then.", 2));
    notifications.click_newest();
    app.wait_for_words("@radar-expiring", "expires in 9 days");
    app.quit();

    let app = desk.open();
    app.wait_for("@rail-env");
    app.click("@rail-settings");
    app.click("@setting-expiryNotifications");
    app.wait_for("@setting-expiryNotifications:not(:checked)");
    app.quit();
    assert_eq!(notifications.told().len(), 1, "a threshold is told once");
}

#[expect(clippy::disallowed_methods, reason = "the app's clock is the system's")]
fn in_days(days: i64) -> OffsetDateTime {
    OffsetDateTime::now_utc() + Duration::days(days)
}
