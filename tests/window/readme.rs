//! What the README shows, from the real app: its pictures, and the frames of the demonstration. `cargo xtask pictures`
//! puts them into `docs/`.

use serde_json::json;

use crate::BINARY;
use crate::demo::DEPLOY_BOT;
use crate::issuer::{self, USER_ID};
use mintage_testbed::app::App;
use mintage_testbed::desktop::DesktopSession;
use mintage_testbed::issuer::Quirks;

/// The demo's other service users; the last one's key has expired.
const AUDIT_EXPORT: &str = "170652811490567621";
const BACKUP_RUNNER: &str = "170653044121349937";
const DATA_BRIDGE: &str = "181120744310985530";
const SIZE: (u32, u32) = (1240, 780);

#[test]
fn the_pictures_show_the_demo() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open_with(&["--demo"]);
    app.wait_for(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.resize(SIZE.0, SIZE.1);
    // Others have a token, too, so that the list shows what it can.
    for user in [AUDIT_EXPORT, BACKUP_RUNNER] {
        app.click(&format!("[data-user-id='{user}'] @row-copy"));
        app.wait_for(&format!("[data-user-id='{user}'] .chip.ok"));
    }
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.click("@copy-token");
    app.wait_for("@token-masked");
    app.wait_for_words("@status", "deploy-bot");
    picture(&app, "window");
    app.click("@tab-claims");
    app.wait_for("@verdict[data-verdict='valid']");
    picture(&app, "claims");

    app.click("@rail-all");
    app.click(&format!("[data-user-id='{DATA_BRIDGE}'] @row-copy"));
    app.click("@send-anyway");
    app.wait_for("@problem[data-code='refused']");
    picture(&app, "refused");
}

fn picture(app: &App<'_>, name: &str) {
    for theme in ["light", "dark"] {
        app.script("document.documentElement.dataset.theme = arguments[0]", json!([theme]));
        app.picture(&format!("readme-{name}-{theme}"));
    }
    app.script("delete document.documentElement.dataset.theme", json!([]));
}

#[test]
fn the_demonstration_goes_from_a_key_file_to_its_claims() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let file = desktop.write("deploy-bot.json", &issuer::key_file());
    let app = desktop.open();
    app.wait_for("@first-run");
    app.resize(SIZE.0, SIZE.1);
    app.focus();
    app.script("document.documentElement.dataset.theme = 'light'", json!([]));
    app.picture("demonstration-1");
    app.drop_files(&[&file]);
    app.until("the address has the keyboard", || app.exists("@place-issuer:focus"));
    app.picture("demonstration-2");
    desktop.type_text(issuer.issuer());
    app.wait_for("@place-check[data-state='fine']");
    app.picture("demonstration-3");
    desktop.press(&["Return"]);
    app.wait_for("@import-result[data-stage='done'][data-tested='minted']");
    app.until("a token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
    app.picture("demonstration-4");
    app.click("@import-done");
    app.wait_for(&format!("[data-user-id='{USER_ID}'] @row"));
    app.wait_for("@token-masked");
    app.picture("demonstration-5");
    app.click("@tab-claims");
    app.wait_for("@verdict[data-verdict='valid']");
    app.picture("demonstration-6");
}
