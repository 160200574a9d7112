//! The window as a workbench, by hand: panes that are dragged, rows that are selected, keys that are pressed, and an
//! order that holds.

use std::path::{Path, PathBuf};
use std::time::Duration;

use mintage_testbed::app::App;
use mintage_testbed::desktop::DesktopSession;
use mintage_testbed::issuer::{Instead, Loss, Quirks};
use serde_json::{Value, json};

use crate::BINARY;
use crate::demo::DEPLOY_BOT;
use crate::issuer::{self, USER_ID};
use crate::steps::{make_environment, open_with_key};

/// Another service user of the demo.
const AUDIT_EXPORT: &str = "170652811490567621";

/// Opens the demo on the service users of its first environment.
fn open_demo(desktop: &DesktopSession) -> App<'_> {
    let app = desktop.open_with(&["--demo"]);
    app.wait_for(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.focus();
    app
}

#[test]
fn panes_are_dragged_keep_their_width_and_go_back_with_a_double_click() {
    let desktop = DesktopSession::new(BINARY);
    let app = open_demo(&desktop);
    for (pane, distance) in [("rail", 60), ("list", -40)] {
        app.resize(1280, 800);
        let separator = format!("@resize-{pane}");
        let usual = width(&app, pane);
        app.drag(&separator, distance);
        app.until(&format!("the {pane} is wider by {distance}"), || (width(&app, pane) - usual - distance).abs() <= 2);
        app.double_click(&separator);
        app.until(&format!("the {pane} has its usual width"), || (width(&app, pane) - usual).abs() <= 1);
    }
    let usual = width(&app, "rail");
    app.drag("@resize-rail", 50);
    app.until("the rail is wider", || (width(&app, "rail") - usual - 50).abs() <= 2);
    app.quit();
    let app = desktop.open();
    app.wait_for("@row");
    app.until("the rail is as wide as before", || (width(&app, "rail") - usual - 50).abs() <= 2);
}

/// The width of the pane that a separator resizes.
fn width(app: &App<'_>, pane: &str) -> i64 {
    let width = app.script(WIDTH, json!([format!("[data-testid='resize-{pane}']")]));
    width.as_i64().expect("a pane has a width")
}

const WIDTH: &str = "const pane = document.querySelector(arguments[0]).getAttribute('aria-controls');
    return Math.round(document.getElementById(pane).getBoundingClientRect().width)";

#[test]
fn a_click_in_the_middle_of_a_switchs_row_turns_it() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open();
    app.click("@rail-settings");
    let switch = "@setting-expiryNotifications";
    app.wait_for(&format!("@settings[aria-busy='false'] {switch}:checked"));
    app.point_and_click(&format!(".row:has({switch})"));
    app.wait_for(&format!("@settings[aria-busy='false'] {switch}:not(:checked)"));
}

#[test]
fn the_keys_do_what_their_sheet_says() {
    let desktop = DesktopSession::new(BINARY);
    let key = desktop.write("deploy-bot.json", &issuer::key_file());
    let app = open_demo(&desktop);
    desktop.press(&["ctrl+n"]);
    app.wait_for("@env-editor");
    desktop.press(&["Escape"]);
    app.wait_until_gone("@env-editor");
    desktop.press(&["ctrl+i"]);
    app.wait_for("@inspector-clipboard");
    for (at, name) in ["Acme development", "Acme staging"].into_iter().enumerate() {
        desktop.press(&[&format!("ctrl+{}", at + 1)]);
        app.wait_for_words("@rail-env[aria-current]", name);
    }
    desktop.press(&["ctrl+1"]);
    let row = format!("[data-user-id='{DEPLOY_BOT}'] @row");
    app.double_click(&row);
    app.until("a double click copies the token", || desktop.clipboard().starts_with("eyJ"));
    let token = desktop.clipboard();
    desktop.press(&["ctrl+shift+c"]);
    app.until("the header is copied", || desktop.clipboard().ends_with(&format!("Bearer {token}")));
    desktop.press(&["ctrl+shift+l"]);
    app.until("the curl line is copied", || desktop.clipboard().starts_with("curl "));
    app.wait_for_words("@status", "curl");
    desktop.press(&["ctrl+m"]);
    app.until("another token is minted", || {
        desktop.press(&["ctrl+c"]);
        desktop.clipboard().starts_with("eyJ") && desktop.clipboard() != token
    });
    app.script(
        "document.querySelector(arguments[0]).focus()",
        json!([format!("[data-user-id='{DEPLOY_BOT}'] [data-testid='row']")]),
    );
    desktop.press(&["ctrl+a"]);
    app.wait_for_words("@selection", &format!("{} service users selected", app.all("@row").len()));
    desktop.press(&["Escape"]);
    app.wait_until_gone("@selection");
    desktop.press(&["ctrl+o"]);
    desktop.type_into_chooser("Choose key files", key.to_str().expect("the session's paths are text"));
    app.wait_for_words("@review", USER_ID);
    desktop.press(&["Escape"]);
    app.wait_until_gone("@import-sheet");
    desktop.press(&["ctrl+q"]);
    app.wait_for_end();
}

#[test]
fn a_token_is_copied_while_another_one_hangs() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let app = open_with_key(&desktop, &issuer, "Acme", "development");
    app.click(&format!("[data-user-id='{USER_ID}'] @row"));
    app.click("@mint");
    app.wait_for("@token-masked");
    issuer.change_quirks(|quirks| quirks.grant_not_allowed = true);
    app.click("@mint-new");
    app.wait_for("@problem");
    let silent = Loss {
        method: "POST".into(),
        path_end: "/token".into(),
        done: false,
        after: 0,
        times: 1,
        instead: Instead::Silence,
    };
    issuer.change_quirks(|quirks| quirks.losses = vec![silent]);
    app.click("@mint-new");
    // What an earlier attempt said is gone, and the token that lives is copied.
    app.wait_until_gone("@problem");
    app.wait_for("@stop-waiting");
    app.click("@copy-token");
    app.until("the token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
    assert!(app.exists("@stop-waiting"), "the other one isn't there yet");
    app.click("@stop-waiting");
    app.wait_for("@mint-new");
}

#[test]
fn several_are_selected_their_keys_copied_and_their_removal_is_undone() {
    let desktop = DesktopSession::new(BINARY);
    let app = open_demo(&desktop);
    let rows = app.all("@row").len();
    let stored = desktop.keychain_items();
    select_two(&app);
    app.click("@copy-public-keys");
    app.until("two keys are on the clipboard", || {
        desktop.clipboard().matches("-----BEGIN PUBLIC KEY-----").count() == 2
    });

    app.click("@remove-selected");
    app.click("@confirm-forget-user");
    app.until("two rows are gone", || app.all("@row").len() == rows - 2);
    app.wait_for_words("@status", "Removing 2 service users");
    desktop.press(&["ctrl+z"]);
    app.until("they are back", || app.all("@row").len() == rows);
    assert_eq!(desktop.keychain_items(), stored);

    select_two(&app);
    desktop.press(&["Delete"]);
    app.click("@confirm-forget-user");
    app.until_within(Duration::from_secs(40), "their keys are gone", || desktop.keychain_items() == stored - 2);
    assert_eq!(app.all("@row").len(), rows - 2);
}

/// Selects two service users.
fn select_two(app: &App<'_>) {
    app.point_and_click(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.wait_for("@tab-token");
    app.ctrl_click(&format!("[data-user-id='{AUDIT_EXPORT}'] @row"));
    app.wait_for_words("@selection", "2 service users selected");
}

#[test]
fn notes_are_kept_and_found() {
    let desktop = DesktopSession::new(BINARY);
    let app = open_demo(&desktop);
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.wait_for("@tab-token");
    desktop.press(&["F2"]);
    app.fill("@edit-notes", "Owned by Kim");
    app.click("@save-user");
    app.wait_for_words("@notes", "Owned by Kim");
    app.quit();
    let app = desktop.open();
    app.wait_for(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.fill("@search", "kim owned");
    app.until("it is found by its notes", || app.all("@row").len() == 1);
    app.wait_for(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
}

#[test]
fn environments_keep_their_order_and_their_groups() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open();
    app.wait_for("@first-run");
    for (name, host) in [("Acme", "acme"), ("Globex", "globex"), ("Initech", "initech")] {
        app.focus();
        desktop.press(&["ctrl+n"]);
        app.wait_for("@env-editor");
        app.fill("@env-issuer", &format!("https://auth.dev.{host}.example"));
        app.fill("@env-name", name);
        app.click("@env-save");
        app.wait_until_gone("@env-editor");
    }
    until_rail(&app, &["Acme", "Globex", "Initech"]);
    command(&app, "Initech", "@move-up");
    until_rail(&app, &["Acme", "Initech", "Globex"]);
    for (name, group) in [("Acme", "Paused"), ("Globex", "paused")] {
        command(&app, name, "@edit-environment");
        app.click("@env-group-section summary, @env-group-section button");
        app.fill("@env-group", group);
        app.click("@env-save");
        app.wait_until_gone("@env-editor");
    }
    until_rail(&app, &["Initech", "# Paused", "Acme", "Globex"]);
    app.picture("environment-groups");
    command(&app, "Globex", "@move-up");
    let order = ["Initech", "# paused", "Globex", "Acme"];
    until_rail(&app, &order);
    app.quit();
    let app = desktop.open();
    until_rail(&app, &order);
    app.focus();
    desktop.press(&["ctrl+2"]);
    app.wait_for_words("@rail-env[aria-current]", "Globex");
}

/// Chooses a command from the menu of an environment in the rail.
fn command(app: &App<'_>, name: &str, item: &str) {
    app.script(OPEN_MENU, json!([name]));
    app.click(item);
    app.wait_until_gone("@context-menu");
}

const OPEN_MENU: &str = "const names = [...document.querySelectorAll('[data-testid=rail-env] .name')];
    const place = names.find((each) => each.textContent === arguments[0]);
    const { left, top } = place.getBoundingClientRect();
    place.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, button: 2, clientX: left + 4, clientY: top + 4 }));";

/// Waits until the rail lists these environments and headings.
fn until_rail(app: &App<'_>, expected: &[&str]) {
    app.until(&format!("the rail lists {expected:?}"), || app.script(RAIL, json!([])) == Value::from(expected));
}

const RAIL: &str = "return [...document.querySelectorAll('[data-testid=rail-env] .name, [data-testid=rail-group]')]
    .map((each) => (each.matches('[data-testid=rail-group]') ? '# ' : '') + each.textContent)";

#[test]
fn a_thousand_files_are_reviewed_and_the_keys_among_them_imported() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    issuer.add_user(issuer::other_user());
    let notes = (1..999).map(|number| desktop.write(&format!("notes-{number}.txt"), "not a key"));
    let mut files = vec![desktop.write("deploy-bot.json", &issuer::key_file())];
    files.extend(notes);
    files.push(desktop.write("report-bot.json", &issuer::other_key_file()));
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let app = desktop.open();
    app.wait_for("@first-run");
    app.drop_files(&files);
    app.wait_for_words("@import-filter-all", "All 1,000");
    app.click("@import-environment-add");
    make_environment(&app, "zitadel", issuer.issuer(), "Acme", "development");
    app.wait_for_words("@import-filter-unusable", "998");
    app.wait_for_words("@import-filter-ready", "2 ready");
    assert!(app.all("@import-file").len() < 100, "what is out of sight isn't drawn");
    app.picture("import-thousand");
    app.click("@import-and-test");
    app.wait_for("@import-done");
    app.wait_for_words("@import-filter-imported", "2 imported");
    assert_eq!(desktop.keychain_items(), 2);
    app.click("@import-done");
    app.wait_until_gone("@import-sheet");
    app.until("both are in the list", || app.all("@row").len() == 2);
}
