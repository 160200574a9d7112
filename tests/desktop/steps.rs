//! The **steps** that several journeys take: what a user does to get from here to there.

use std::path::{Path, PathBuf};

use mintage_demo_issuer::DemoIssuer;

use crate::app::App;
use crate::desk::Desk;
use crate::issuer;

/// Fills in the environment editor that is open, checks the server and saves.
pub(crate) fn make_environment(app: &App<'_>, provider: &str, issuer: &str, name: &str, tier: &str) {
    app.wait_for("@env-editor");
    app.click("@env-template");
    app.click(&format!("@env-template-option[data-value='{provider}']"));
    app.fill("@env-issuer", issuer);
    app.click("@env-check");
    app.wait_for("@env-check-result");
    app.fill("@env-name", name);
    app.click(&format!("label:has(@env-tier-{tier})"));
    app.click("@env-save");
    app.wait_until_gone("@env-editor");
}

/// Hands a key file to the app and imports it into a new environment, without testing it.
pub(crate) fn import(app: &App<'_>, file: &Path, issuer: &str, name: &str, tier: &str) {
    app.desk.open_file(file);
    app.click("@import-environment-add");
    make_environment(app, "zitadel", issuer, name, tier);
    app.click("@import-only");
    app.wait_for("@import-result[data-stage='done']");
    app.click("@import-done");
    app.wait_until_gone("@import-sheet");
}

/// Opens the app and imports the issuer's key file into a new environment, without testing it.
pub(crate) fn open_with_key<'a>(desk: &'a Desk, issuer: &DemoIssuer, name: &str, tier: &str) -> App<'a> {
    let file = desk.write("deploy-bot.json", &issuer::key_file());
    let app = desk.open();
    app.wait_for("@first-run");
    import(&app, &file, issuer.issuer(), name, tier);
    app
}

/// Switches a setting on, in the settings' view.
pub(crate) fn switch_on(app: &App<'_>, member: &str) {
    app.wait_for(&format!("@setting-{member}:not(:checked)"));
    app.click(&format!("@setting-{member}"));
    app.wait_for(&format!("@settings[aria-busy='false'] @setting-{member}:checked"));
}

/// The files of the session that hold any of these bytes.
pub(crate) fn files_with(desk: &Desk, faces: &[Vec<u8>]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![desk.session.path("")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let kind = entry.file_type().expect("a file has a kind");
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                // A file that went away in the meantime holds nothing any more.
                let content = std::fs::read(entry.path()).unwrap_or_default();
                if faces.iter().any(|face| content.windows(face.len()).any(|window| window == face)) {
                    found.push(entry.path());
                }
            }
        }
    }
    found
}
