//! The record in the real window: filtered, and saved through the system's dialog.

use serde_json::Value;

use crate::BINARY;
use crate::demo::DEPLOY_BOT;
use mintage_testbed::desktop::DesktopSession;

#[test]
fn the_record_is_narrowed_and_saved_as_csv_and_json() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open_with(&["--demo"]);
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row-copy"));
    app.until("a token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
    let token = desktop.clipboard();
    app.click("@rail-activity");
    app.wait_for("@activity-entry[data-action='import']");
    let all = app.all("@activity-entry").len();
    app.click("@activity-action option[value='mint']");
    app.until("only what was minted is shown", || app.all("@activity-entry").len() == 1);
    app.wait_for_words("@activity-count", &format!("1 of {all} entries"));
    app.wait_for_words("table", "valid for 11 h 59 min");

    let saved = desktop.session.path("home/record.csv");
    save(&desktop, || app.click("@activity-export"), || app.click("@activity-export-csv"), &saved.to_string_lossy());
    app.wait_for_words("@status", "Saved record.csv");
    let text = std::fs::read_to_string(&saved).expect("it was saved");
    assert!(text.starts_with("at,action,outcome,error_code,environment,service_user,detail,times,last_at\r\n"));
    assert!(text.contains(",mint,succeeded,,Acme development,deploy-bot,valid for 11 h 59 min,1,"), "{text}");
    assert_eq!(text.lines().count(), 2);

    app.click("@activity-clear");
    app.until("all is shown again", || app.all("@activity-entry").len() == all);
    let saved = desktop.session.path("home/record.json");
    save(&desktop, || app.click("@activity-export"), || app.click("@activity-export-json"), &saved.to_string_lossy());
    app.wait_for_words("@status", "Saved record.json");
    let text = std::fs::read_to_string(&saved).expect("it was saved");
    let entries: Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(entries.as_array().map(Vec::len), Some(all));
    let signature = token.rsplit('.').next().expect("a JWT ends with its signature");
    assert!(!text.contains(signature), "the export holds a token");

    app.fill("@activity-text", "nothing is called this");
    app.wait_until_gone("@activity-entry");
    app.wait_for("@activity-export:disabled");
    app.picture("activity-nothing");
}

#[test]
fn a_service_users_record_leads_to_the_whole_one() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open_with(&["--demo"]);
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.click("@tab-activity");
    let own = app.text("@activity-entry");
    assert_eq!(own, "Imported");
    app.click("@activity-search");
    app.wait_for_words("@activity-of", "deploy-bot");
    app.until("only its entries are shown", || app.all("@activity-entry").len() == 1);
    app.click("@activity-of");
    app.until("everybody's are shown", || app.all("@activity-entry").len() > 1);
}

/// Opens the save dialog and enters a path by keyboard, like a user.
fn save(desktop: &DesktopSession, open_menu: impl Fn(), choose: impl Fn(), path: &str) {
    open_menu();
    choose();
    desktop.type_into_chooser("Export activity", path);
}
