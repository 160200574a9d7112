//! What users do with a token: copy it in other forms, view it, inspect it.

use crate::BINARY;
use crate::demo::DEPLOY_BOT;
use mintage_testbed::desktop::DesktopSession;

#[test]
fn a_token_is_copied_in_every_form_shown_on_demand_and_read_from_the_clipboard() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open_with(&["--demo"]);
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.click("@mint");
    app.wait_for("@token-masked");
    for (form, begins) in
        [("header", "Authorization: Bearer eyJ"), ("curl", "curl "), ("export", "export ACCESS_TOKEN="), ("json", "{")]
    {
        app.click("@copy-as");
        app.click(&format!("@copy-as-{form}"));
        app.until(&format!("{form} is on the clipboard"), || desktop.clipboard().starts_with(begins));
        assert!(desktop.clipboard().contains("eyJ"), "{form}");
    }
    app.click("@copy-token");
    app.until("the token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
    let token = desktop.clipboard();

    let masked = app.text("@token-masked");
    let last_four = &token[token.len() - 4..];
    // A signature's characters are base64url, two of which aren't letters or digits.
    let shown = masked.matches(|c: char| c.is_alphanumeric() || c == '-' || c == '_').count();
    assert!(masked.contains(last_four) && shown == 4, "{masked}");
    app.click("@reveal");
    app.wait_for_words("@token-full", &token);
    app.wait_for("@token-masked");
    assert!(!app.exists("@token-full"), "a token that is shown hides itself again");

    app.click("@rail-inspector");
    app.click("@inspector-clipboard");
    app.wait_for("@claim-row[data-claim='sub']");
    app.click("@inspector-against option:not([value=''])");
    app.wait_for("@verdict[data-verdict='valid']");
}
