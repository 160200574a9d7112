//! The **steps** that several journeys take: what a user does to get from here to there.

use std::path::{Path, PathBuf};

use mintage_testbed::issuer::DemoIssuer;

use crate::issuer;
use mintage_testbed::app::App;
use mintage_testbed::desktop::DesktopSession;

/// Fills in the open environment editor, checks the server and saves.
pub(crate) fn make_environment(app: &App<'_>, provider: &str, issuer: &str, name: &str, tier: &str) {
    make_environment_with(app, provider, &[], issuer, name, tier);
}

/// The same, with these values of its provider's parameters.
pub(crate) fn make_environment_with(
    app: &App<'_>,
    provider: &str,
    parameters: &[(&str, &str)],
    issuer: &str,
    name: &str,
    tier: &str,
) {
    app.wait_for("@env-editor");
    app.click("@env-template");
    app.click(&format!("@env-template-option[data-value='{provider}']"));
    app.fill("@env-issuer", issuer);
    for (parameter, value) in parameters {
        app.fill(&format!("@env-parameter-{parameter}"), value);
    }
    app.click("@env-check");
    app.wait_for("@env-check-result");
    app.fill("@env-name", name);
    app.click(&format!("label:has(@env-tier-{tier})"));
    app.click("@env-save");
    app.wait_until_gone("@env-editor");
}

/// Opens the app for the first time and pastes the key file that is on the clipboard, which is then under review.
pub(crate) fn open_and_paste(desktop: &DesktopSession) -> App<'_> {
    let app = desktop.open();
    app.wait_for("@first-run");
    app.focus();
    desktop.press(&["ctrl+v"]);
    app.wait_for_words("@review", issuer::USER_ID);
    app
}

/// Passes a key file to the app and imports it into a new environment, without testing it.
pub(crate) fn import(app: &App<'_>, file: &Path, issuer: &str, name: &str, tier: &str) {
    app.desktop.open_file(file);
    app.click("@import-environment-add");
    make_environment(app, "zitadel", issuer, name, tier);
    app.click("@import-only");
    app.wait_for("@import-result[data-stage='done']");
    app.click("@import-done");
    app.wait_until_gone("@import-sheet");
}

/// Opens the app and imports the issuer's key file into a new environment, without testing it.
pub(crate) fn open_with_key<'a>(desktop: &'a DesktopSession, issuer: &DemoIssuer, name: &str, tier: &str) -> App<'a> {
    let file = desktop.write("deploy-bot.json", &issuer::key_file());
    let app = desktop.open();
    app.wait_for("@first-run");
    import(&app, &file, issuer.issuer(), name, tier);
    app
}

/// Imports what is under review; its first mint must give a token.
pub(crate) fn import_and_mint(app: &App<'_>) {
    app.click("@import-and-test");
    app.wait_for("@import-result[data-stage='done'][data-tested='minted']");
}

/// As [`import_and_mint`], and copies the token.
pub(crate) fn test_and_copy(desktop: &DesktopSession, app: &App<'_>) {
    import_and_mint(app);
    app.click("@import-copy");
    app.until("a token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
}

/// Turns on a setting in the settings view.
pub(crate) fn switch_on(app: &App<'_>, member: &str) {
    app.wait_for(&format!("@setting-{member}:not(:checked)"));
    app.click(&format!("@setting-{member}"));
    app.wait_for(&format!("@settings[aria-busy='false'] @setting-{member}:checked"));
}

/// The session's files that contain any of these bytes.
pub(crate) fn files_with(desktop: &DesktopSession, encodings: &[Vec<u8>]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![desktop.session.path("")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let kind = entry.file_type().expect("a file has a kind");
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                // A file that was deleted in the meantime contains nothing any more.
                let content = std::fs::read(entry.path()).unwrap_or_default();
                if issuer::holds_any(&content, encodings) {
                    found.push(entry.path());
                }
            }
        }
    }
    found
}
