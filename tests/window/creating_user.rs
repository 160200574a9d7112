//! A service user that is created at the server, in the window: from nothing to a token, and after its answer was lost.

use mintage_testbed::app::App;
use mintage_testbed::axe::Findings;
use mintage_testbed::desktop::DesktopSession;
use mintage_testbed::issuer::{DemoIssuer, Instead, Loss, Membership, Quirks, System, User};

use crate::BINARY;
use crate::issuer;
use crate::providers::{ORGANISATION, administrator, open_with_frontiers_key};
use crate::rotation::{keys_of, look, wait_until_it_is};
use crate::steps::open_with_key;

/// A ZITADEL whose service user manages others.
fn start(desktop: &DesktopSession) -> DemoIssuer {
    let issuer = issuer::start(desktop, Quirks::default());
    let mut user = issuer.users().remove(0);
    user.administrator = true;
    issuer.add_user(user);
    issuer
}

/// Asks for a service user, by the palette and the keyboard.
pub(crate) fn ask_to_create(desktop: &DesktopSession, app: &App<'_>, environment: &str) {
    app.click("@open-palette");
    app.fill("@palette-field", "create service user");
    app.wait_for_words("@palette", &format!("Create service user in {environment}"));
    app.focus();
    desktop.press(&["Return"]);
    app.wait_for("@create-user");
}

fn created(issuer: &DemoIssuer) -> Vec<User> {
    issuer.users().into_iter().filter(|user| user.name == "reporter").collect()
}

#[test]
fn a_service_user_is_created_at_the_server_with_a_key_that_is_made_here() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = start(&desktop);
    let app = open_with_key(&desktop, &issuer, "Acme", "staging");
    ask_to_create(&desktop, &app, "Acme");
    app.fill("@create-user-name", "reporter");
    app.click("@create-user-role option[value='ORG_USER_MANAGER']");
    let mut findings = Findings::default();
    look(&app, &mut findings, "create");
    app.click("@create-user-confirm");
    wait_until_it_is(&app, "done");
    look(&app, &mut findings, "created");
    let made = created(&issuer).remove(0);
    assert_eq!(made.memberships, [Membership::OrgUserManager]);
    assert_eq!(keys_of(&issuer, &made.user_id), [app.text("@rotation-new-id")]);
    app.click("@rotation-close");
    app.click("@tab-token");
    app.click("@mint");
    app.wait_for("@token-masked");
    findings.conclude();
}

#[test]
fn one_is_created_at_frontier_in_the_organisation_that_is_entered() {
    let desktop = DesktopSession::new(BINARY);
    let config = issuer::config(System::FrontierConnect).with_user(administrator());
    let issuer = issuer::start_with(&desktop, config);
    let app = open_with_frontiers_key(&desktop, &issuer);
    app.click("@import-only");
    app.click("@import-done");
    app.wait_until_gone("@import-sheet");
    ask_to_create(&desktop, &app, "Frontier");
    app.fill("@create-user-name", "reporter");
    app.fill("@create-user-organisation", ORGANISATION);
    // Roles are given elsewhere, and it says where.
    app.wait_for("@create-user-roles-elsewhere");
    let mut findings = Findings::default();
    look(&app, &mut findings, "create at Frontier");
    app.click("@create-user-confirm");
    wait_until_it_is(&app, "done");
    let made = created(&issuer);
    assert_eq!(made.len(), 1);
    assert_eq!(made[0].organisation.as_ref().map(|of| of.id.as_str()), Some(ORGANISATION));
    assert_eq!(keys_of(&issuer, &made[0].user_id), [app.text("@rotation-new-id")]);
    app.click("@rotation-close");
    app.click("@tab-token");
    app.click("@mint");
    app.wait_for("@token-masked");
    findings.conclude();
}

/// The app is closed in between: the record is on the disk, and the service user at the server.
#[test]
fn one_whose_answer_was_lost_is_found_after_a_restart_and_gets_its_key() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = start(&desktop);
    let app = open_with_key(&desktop, &issuer, "Acme", "staging");
    ask_to_create(&desktop, &app, "Acme");
    app.fill("@create-user-name", "reporter");
    let loss = Loss {
        method: "POST".into(),
        path_end: "/users/machine".into(),
        done: true,
        after: 0,
        times: 1,
        instead: Instead::Cut,
    };
    issuer.change_quirks(|quirks| quirks.losses = vec![loss]);
    app.click("@create-user-confirm");
    app.wait_for("@open-creation[data-known='false']");
    let mut findings = Findings::default();
    look(&app, &mut findings, "creation interrupted");
    app.quit();
    assert_eq!(created(&issuer).len(), 1, "the server did it");

    let app = desktop.open();
    app.wait_for_words("@status", "reporter");
    app.click("@status-action");
    app.click("@creation-continue");
    app.wait_for("@create-user-made");
    app.click("@create-user-confirm");
    wait_until_it_is(&app, "done");
    let made = created(&issuer);
    assert_eq!(made.len(), 1, "there is no second one");
    assert_eq!(keys_of(&issuer, &made[0].user_id), [app.text("@rotation-new-id")]);
    findings.conclude();
}
