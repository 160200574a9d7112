//! A user's own **provider profile**: copied, edited, exported, imported again, and written for an unknown key file.

use mintage_testbed::app::App;
use mintage_testbed::desktop::DesktopSession;
use mintage_testbed::issuer::System;
use serde_json::json;

use crate::BINARY;
use crate::issuer::{self, KEY_ID, USER_ID};
use crate::steps::{make_environment, test_and_copy};

/// Where the key files of [`a_profile_is_copied_edited_exported_and_imported_again`] have each value.
const RULES: &str = r#"
[[keyFiles.rules]]
name = "ACME robot key"
matches = { "/acmeRobot" = "" }
privateKey = "/acmeRobot/pem"
userId = "/acmeRobot/id"
keyId = "/acmeRobot/kid"
"#;

#[test]
fn a_profile_is_copied_edited_exported_and_imported_again() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start_system(&desktop, System::Generic);
    // A key file of a shape that only the profile knows.
    let robot = json!({ "acmeRobot": { "id": USER_ID, "kid": KEY_ID, "pem": issuer::PEM } });
    let file = desktop.write("robot.json", &robot.to_string());
    let app = desktop.open();
    app.wait_for("@first-run");
    open_profiles(&desktop, &app);
    app.open_menu("@profile[data-id='generic'] @profile-menu", "@profile-copy-and-edit");
    app.click("@profile-copy-and-edit");
    app.wait_for("@profile-editor");
    let text = text(&app);
    assert!(text.contains("generic-copy"), "{text}");
    // The members of a rule are there as comments.
    assert!(text.contains("# suggestedName = "), "{text}");
    let edited = text.replace("generic-copy", "acme-sso").replace("(copy)", "ACME") + RULES;

    // A field of the form says what its member means.
    let unexplained = "return [...document.querySelectorAll('[data-testid^=\"profile-field-\"]')] \
                       .filter((field) => !field.hasAttribute('aria-describedby')).map((field) => field.dataset.testid)";
    app.wait_for("@profile-field-clockTolerance");
    assert_eq!(app.script(unexplained, json!([])), json!([]));

    // What can't work is named, and nothing is stored.
    set_text(&app, &edited.replace("[\"/access_token\"]", "[]"));
    app.click("@profile-save");
    app.wait_for_words("@profile-editor", "response.token");
    app.wait_for("@code-mark");
    app.click("@profile-go-to-line");
    let selected = "const field = document.querySelector('[data-testid=\"profile-text\"]'); \
                    return field.value.slice(field.selectionStart, field.selectionEnd)";
    assert_eq!(app.script(selected, json!([])), json!("token = []"));
    app.picture("profile-refused");
    set_text(&app, &edited);
    app.click("@profile-save");
    app.wait_until_gone("@profile-editor");
    // The list is scrolled to the copied profile.
    app.fill("@profile-search", "acme-sso");
    app.wait_until_gone("@profile[data-id='generic']");

    export_remove_and_import(&desktop, &app);
    app.picture("profiles");

    desktop.open_file(&file);
    app.wait_for_words("@review", "ACME robot key");
    app.click("@import-environment-add");
    // The file said whose it is.
    app.wait_for("@env-template[data-value='acme-sso']");
    make_environment(&app, "acme-sso", issuer.issuer(), "ACME SSO", "development");
    app.picture("described-key-file");
    test_and_copy(&desktop, &app);
}

#[test]
fn ctrl_s_saves_and_a_file_with_the_id_of_another_profile_says_so() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open();
    app.wait_for("@first-run");
    open_profiles(&desktop, &app);
    app.open_menu("@profile[data-id='generic'] @profile-menu", "@profile-copy-and-edit");
    app.click("@profile-copy-and-edit");
    app.wait_for("@profile-editor");
    let edited = text(&app).replace("generic-copy", "acme-sso");
    set_text(&app, &edited);
    app.focus();
    desktop.press(&["ctrl+s"]);
    app.wait_until_gone("@profile-editor");
    app.wait_for("@profile[data-id='acme-sso']");

    let file = desktop.write("acme.toml", &edited.replace("(copy)", "of a colleague"));
    app.click("@profile-import");
    desktop.type_into_chooser("Choose a provider profile", file.to_str().expect("the session's paths are text"));
    app.wait_for_words("@profile-exists", "acme-sso");
    app.focus();
    desktop.press(&["ctrl+s"]);
    app.click("@confirm-replace-profile");
    app.wait_until_gone("@profile-editor");
    app.wait_for_words("@profile[data-id='acme-sso']", "of a colleague");
}

/// Exports the profile as TOML, removes it and imports the file.
fn export_remove_and_import(desktop: &DesktopSession, app: &App<'_>) {
    let exported = desktop.session.path("home/acme-sso.toml");
    let path = exported.to_str().expect("the session's paths are text");
    app.open_menu("@profile[data-id='acme-sso'] @profile-menu", "@profile-export-toml");
    app.click("@profile-export-toml");
    desktop.type_into_chooser("Export profile", path);
    app.until("the profile is exported", || exported.exists());
    let written = std::fs::read_to_string(&exported).expect("it was written");
    assert!(written.contains("id = \"acme-sso\"") && written.contains("[[keyFiles.rules]]"), "{written}");

    app.open_menu("@profile[data-id='acme-sso'] @profile-menu", "@profile-remove");
    app.click("@profile-remove");
    app.click("@confirm-remove-profile");
    app.wait_until_gone("@profile[data-id='acme-sso']");
    app.click("@profile-import");
    desktop.type_into_chooser("Choose a provider profile", path);
    app.wait_for("@profile-editor");
    app.click("@profile-save");
    app.wait_for("@profile[data-id='acme-sso']");
}

#[test]
fn a_key_file_of_an_unknown_shape_is_described_and_becomes_a_token() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start_system(&desktop, System::Generic);
    let robot = json!({ "kind": "acme-robot", "robot": { "userId": USER_ID, "kid": KEY_ID, "pem": issuer::PEM } });
    let app = desktop.open();
    app.wait_for("@first-run");
    desktop.open_file(&desktop.write("robot.json", &robot.to_string()));
    app.wait_for("@review[data-code='type-unknown'], @review[data-code='json-unknown']");
    app.picture("key-file-unknown");
    app.click("@problem-next");
    app.wait_for("@profile-editor");
    let text = text(&app);
    assert!(text.contains("privateKey = \"/robot/pem\"") && text.contains("\"/kind\" = \"acme-robot\""), "{text}");
    set_text(&app, &text.replace("generic-copy", "acme").replace("Key file", "Robot key file (ACME)"));
    app.picture("key-file-described");
    app.click("@profile-save");
    app.wait_for_words("@review", "Robot key file (ACME)");
    app.click("@import-environment-add");
    app.wait_for("@env-template[data-value='acme']");
    make_environment(&app, "acme", issuer.issuer(), "ACME", "development");
    test_and_copy(&desktop, &app);
}

/// The text in the editor.
fn text(app: &App<'_>) -> String {
    let text = app.script("return document.querySelector('[data-testid=\"profile-text\"]').value", json!([]));
    text.as_str().expect("the profile is text").to_owned()
}

/// Puts a text into the editor at once; typing it key by key would take long.
fn set_text(app: &App<'_>, text: &str) {
    let script = "const field = document.querySelector('[data-testid=\"profile-text\"]'); field.value = arguments[0]; \
                  field.dispatchEvent(new Event('input', { bubbles: true }))";
    app.script(script, json!([text]));
}

fn open_profiles(desktop: &DesktopSession, app: &App<'_>) {
    app.focus();
    desktop.press(&["ctrl+k"]);
    app.wait_for("@palette");
    desktop.type_text("provider profiles");
    desktop.press(&["Return"]);
    app.wait_for("@profiles");
}
