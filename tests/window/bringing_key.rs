//! Where the provider's console makes the key, a person brings its file: GitHub Apps.

use mintage_testbed::axe::Findings;
use mintage_testbed::desktop::DesktopSession;
use mintage_testbed::issuer::{RegisteredKey, Subject, System, TokenForm, User};

use crate::BINARY;
use crate::issuer::{self, KEY_ID};
use crate::rotation::{keys_of, look, wait_until_it_is};
use crate::steps::make_environment_with;

const APP: &str = "acme-app";
const INSTALLATION: &str = "42";
const DOWNLOADED: &str = include_str!("../fixtures/keys/throwaway-rsa-2048-b.pkcs1.pem");

#[test]
fn where_a_console_makes_the_key_a_person_brings_its_file() {
    let desktop = DesktopSession::new(BINARY);
    let mut user = User::new(APP, "Deploy Bot", "deploy-bot@acme.test");
    user.token_form = TokenForm::Jwt;
    user.speaks_for = vec![Subject::new(INSTALLATION)];
    user.keys = vec![RegisteredKey { key_id: KEY_ID.into(), public_pem: issuer::public_pem(), expires_at: None }];
    let issuer = issuer::start_with(&desktop, issuer::config(System::GitHubApp).with_user(user));
    let file = desktop.write("key.pem", issuer::PEM);
    let app = desktop.open_with(&[file.to_str().expect("the session's paths are text")]);
    app.click("@import-environment-add");
    let parameters = [("installationId", INSTALLATION)];
    make_environment_with(&app, "github-app", &parameters, issuer.issuer(), "Acme", "development");
    app.fill("@import-user-id", APP);
    app.click("@import-only");
    app.wait_for("@import-result[data-stage='done']");
    app.click("@import-done");
    app.click(&format!("[data-user-id='{APP}'] @row"));
    app.click("@tab-credentials");
    app.click("@credential @rotate");
    app.wait_for_words("@rotation-sheet", "Generate a private key");
    let mut findings = Findings::default();
    look(&app, &mut findings, "GitHub, planned");
    app.wait_for("@rotation-facts");
    app.click("@rotation-grace option[value='0']");
    app.click("@rotation-start");
    wait_until_it_is(&app, "bring");
    app.wait_for_words("@bring-key", "Generate a private key");
    look(&app, &mut findings, "GitHub, bring");

    let bring = |file: &std::path::Path| {
        app.click("@bring-key-file");
        desktop.type_into_chooser("Choose key files", file.to_str().expect("the session's paths are text"));
    };
    bring(&file);
    app.wait_for("@problem[data-code='rotation-wrong-file']");
    look(&app, &mut findings, "GitHub, wrong file");
    let public_pem = mintage_core::key_file::parse(DOWNLOADED.as_bytes(), None, &[]).expect("the fixture is a key");
    let public_pem = public_pem.key().expect("the fixture is a key").facts().public_pem.clone();
    issuer.add_key(APP, RegisteredKey { key_id: "made-there".into(), public_pem, expires_at: None });
    bring(&desktop.write("acme.private-key.pem", DOWNLOADED));
    wait_until_it_is(&app, "byHand");
    assert_eq!(desktop.keychain_items(), 2, "the old one is kept until the person has removed it");
    issuer.remove_key(APP, KEY_ID);
    app.click("@rotation-continue");
    wait_until_it_is(&app, "done");
    assert_eq!((desktop.keychain_items(), keys_of(&issuer, APP)), (1, vec!["made-there".to_owned()]));
    findings.conclude();
}
