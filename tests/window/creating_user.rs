//! A service user that is created at the server, in the window: from nothing to a token.

use mintage_testbed::axe::Findings;
use mintage_testbed::desktop::DesktopSession;
use mintage_testbed::issuer::Quirks;

use crate::BINARY;
use crate::issuer;
use crate::rotation::{keys_of, look, wait_until_it_is};
use crate::steps::open_with_key;

#[test]
fn a_service_user_is_created_at_the_server_with_a_key_that_is_made_here() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let mut user = issuer.users().remove(0);
    user.administrator = true;
    issuer.add_user(user);
    let app = open_with_key(&desktop, &issuer, "Acme", "staging");
    app.click("@open-palette");
    app.fill("@palette-field", "create service user");
    app.wait_for_words("@palette", "Create service user in Acme");
    app.focus();
    desktop.press(&["Return"]);
    app.wait_for("@create-user");
    app.fill("@create-user-name", "reporter");
    let mut findings = Findings::default();
    look(&app, &mut findings, "create");
    app.click("@create-user-confirm");
    wait_until_it_is(&app, "done");
    look(&app, &mut findings, "created");
    let users = issuer.users();
    let made = users.iter().find(|user| user.name.contains("reporter")).expect("the server has it");
    assert_eq!(keys_of(&issuer, &made.user_id), [app.text("@rotation-new-id")]);
    app.click("@rotation-close");
    app.click("@tab-token");
    app.click("@mint");
    app.wait_for("@token-masked");
    findings.conclude();
}
