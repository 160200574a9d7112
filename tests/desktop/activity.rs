//! The record in the real window: narrowed, and saved through the system's dialog.

use serde_json::Value;

use crate::demo::DEPLOY_BOT;
use crate::desk::Desk;

#[test]
fn the_record_is_narrowed_and_saved_as_csv_and_json() {
    let desk = Desk::new();
    let app = desk.open_with(&["--demo"]);
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row-copy"));
    app.until("a token is on the clipboard", || desk.clipboard().starts_with("eyJ"));
    let token = desk.clipboard();
    app.click("@rail-activity");
    app.wait_for("@activity-entry[data-deed='import']");
    let all = app.all("@activity-entry").len();
    app.click("@activity-deed option[value='mint']");
    app.until("only what was minted is shown", || app.all("@activity-entry").len() == 1);
    app.wait_for_words("@activity-count", &format!("1 entry of {all} entries"));
    app.wait_for_words("table", "valid for 11 h 59 min");

    let saved = desk.session.path("home/record.csv");
    save(&desk, || app.click("@activity-export"), || app.click("@activity-export-csv"), &saved.to_string_lossy());
    app.wait_for_words("@status", "record.csv is saved");
    let text = std::fs::read_to_string(&saved).expect("it was saved");
    assert!(text.starts_with("at,deed,outcome,error_code,environment,service_user,detail\r\n"));
    assert!(text.contains(",mint,done,,Acme development,deploy-bot,valid for 11 h 59 min\r\n"), "{text}");
    assert_eq!(text.lines().count(), 2);

    app.click("@activity-clear");
    app.until("all is shown again", || app.all("@activity-entry").len() == all);
    let saved = desk.session.path("home/record.json");
    save(&desk, || app.click("@activity-export"), || app.click("@activity-export-json"), &saved.to_string_lossy());
    app.wait_for_words("@status", "record.json is saved");
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
    let desk = Desk::new();
    let app = desk.open_with(&["--demo"]);
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

/// Opens the save dialog and gives it a path, by the keyboard, as its user would.
fn save(desk: &Desk, open_menu: impl Fn(), choose: impl Fn(), path: &str) {
    open_menu();
    choose();
    desk.type_into_chooser("Save the record of activity", path);
}
