//! A screenshot of every main view, light and dark, at three widths, in `target/screenshots`.

use serde_json::json;

use crate::BINARY;
use crate::demo::DEPLOY_BOT;
use crate::issuer;
use mintage_testbed::app::App;
use mintage_testbed::desktop::DesktopSession;

const SIZES: [(u32, u32); 3] = [(1240, 780), (900, 700), (720, 640)];

#[test]
fn every_view_is_pictured_in_both_themes_at_three_widths() {
    let desktop = DesktopSession::new(BINARY);
    let file = desktop.write("build-agent.json", &issuer::key_file());
    let app = desktop.open();
    app.wait_for("@first-run");
    picture(&app, "first-run");
    app.click("@first-add-environment");
    app.wait_for("@env-editor");
    picture(&app, "environment");
    desktop.press(&["Escape"]);
    close(&app, "@env-editor");

    app.click("@try-demo");
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row-copy"));
    app.wait_for("@status");
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    for tab in ["token", "claims", "userinfo", "credentials", "activity"] {
        app.click(&format!("@tab-{tab}"));
        picture(&app, tab);
    }
    desktop.open_file(&file);
    app.wait_for("@review");
    picture(&app, "import");
    close(&app, "@import-sheet");
    for tool in ["inspector", "radar", "activity", "settings"] {
        app.click(&format!("@rail-{tool}"));
        picture(&app, &format!("tool-{tool}"));
    }
    app.click("@rail-all");
    picture(&app, "all-service-users");
}

fn close(app: &App<'_>, dialog: &str) {
    if app.shows(dialog) {
        app.click(&format!("{dialog} .dialog-head button"));
    }
    app.wait_until_gone(dialog);
}

fn picture(app: &App<'_>, view: &str) {
    for (width, height) in SIZES {
        app.resize(width, height);
        for theme in ["light", "dark"] {
            app.script("document.documentElement.dataset.theme = arguments[0]", json!([theme]));
            app.picture(&format!("{view}-{width}-{theme}"));
        }
    }
    app.script("delete document.documentElement.dataset.theme", json!([]));
    app.resize(SIZES[0].0, SIZES[0].1);
}
