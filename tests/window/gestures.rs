//! The promise of **three gestures**, counted where it is hardest: at a host whose name doesn't say its tier; and for a
//! second key of an environment that is there.

use std::path::Path;

use mintage_testbed::app::App;
use mintage_testbed::desktop::DesktopSession;
use mintage_testbed::issuer::{DemoIssuer, Quirks};
use mintage_testbed::public_name::PublicName;

use crate::BINARY;
use crate::issuer;

const HOST: &str = "auth.acme.com";

/// What the user does, one after the other.
struct Gestures<'a> {
    app: &'a App<'a>,
    count: usize,
}

impl Gestures<'_> {
    fn drop(&mut self, file: &Path) {
        self.count += 1;
        self.app.drop_files(&[file]);
    }

    fn type_text(&mut self, text: &str) {
        self.count += 1;
        self.app.desktop.type_text(text);
    }

    fn press(&mut self, keys: &str) {
        self.count += 1;
        self.app.desktop.press(&[keys]);
    }

    fn click(&mut self, selector: &str) {
        self.count += 1;
        self.app.point_and_click(selector);
    }

    /// Waits for the token that they lead to.
    fn give_a_token(self) {
        self.app.wait_for("@import-result[data-stage='done'][data-tested='minted']");
        self.app.until("a token is on the clipboard", || self.app.desktop.clipboard().starts_with("eyJ"));
        assert!(self.count <= 3, "{} gestures", self.count);
    }
}

fn gestures<'a>(app: &'a App<'a>) -> Gestures<'a> {
    Gestures { app, count: 0 }
}

/// An issuer at a host whose name doesn't say its tier, and a desktop that reaches it there.
fn start(desktop: &mut DesktopSession) -> DemoIssuer {
    let mut config = issuer::config(mintage_testbed::issuer::System::Zitadel);
    config.audience = Some(format!("https://{HOST}"));
    let issuer = issuer::start_with(desktop, config.with_user(issuer::user()).with_user(issuer::other_user()));
    let name = desktop.runtime.block_on(PublicName::start(HOST, issuer.issuer()));
    let authority = desktop.write("authority.pem", name.authority_pem());
    desktop.set("SSL_CERT_FILE", authority.to_str().expect("the session's paths are text"));
    desktop.set("HTTPS_PROXY", &name.proxy());
    issuer
}

#[test]
fn the_first_file_becomes_a_token_in_three_gestures_at_a_host_whose_tier_is_asked() {
    for by_mouse in [false, true] {
        let mut desktop = DesktopSession::new(BINARY);
        let _issuer = start(&mut desktop);
        let file = desktop.write("deploy-bot.json", &issuer::key_file());
        let app = desktop.open();
        app.wait_for("@first-run");
        app.focus();
        let mut gestures = gestures(&app);
        gestures.drop(&file);
        app.until("the address has the keyboard", || app.exists("@place-issuer:focus"));
        gestures.type_text(HOST);
        if by_mouse {
            // The question is where the button was, and can't be overlooked: there is no other way to import and test.
            app.wait_for("@import-as");
            assert!(!app.exists("@import-and-test"));
            app.wait_for("@place-check[data-state='fine']");
            app.picture("import-as");
            gestures.click("@import-as-staging");
        } else {
            gestures.press("ctrl+2");
        }
        gestures.give_a_token();
        app.wait_for_words("@rail-env", "Staging");
    }
}

#[test]
fn pressing_enter_alone_never_chooses_a_tier() {
    let mut desktop = DesktopSession::new(BINARY);
    let _issuer = start(&mut desktop);
    let file = desktop.write("deploy-bot.json", &issuer::key_file());
    let app = desktop.open();
    app.wait_for("@first-run");
    app.focus();
    app.drop_files(&[&file]);
    app.until("the address has the keyboard", || app.exists("@place-issuer:focus"));
    desktop.type_text(HOST);
    desktop.press(&["Return"]);
    app.until("the tier has the keyboard", || app.exists("@place-tier-development:focus"));
    desktop.press(&["Return", "Return"]);
    app.wait_for("@place-check[data-state='fine']");
    assert!(app.exists("@import-as") && !app.exists("@import-result"));
    assert_eq!(desktop.keychain_items(), 0);
}

#[test]
fn a_second_key_of_a_known_environment_becomes_a_token_in_two_gestures() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    issuer.add_user(issuer::other_user());
    let first = desktop.write("deploy-bot.json", &issuer::key_file());
    let second = desktop.write("report-bot.json", &issuer::other_key_file());
    let app = desktop.open();
    app.wait_for("@first-run");
    app.focus();
    let mut first_time = gestures(&app);
    first_time.drop(&first);
    app.until("the address has the keyboard", || app.exists("@place-issuer:focus"));
    first_time.type_text(issuer.issuer());
    first_time.press("Return");
    first_time.give_a_token();
    let token = desktop.clipboard();
    app.until("Done has the keyboard", || app.exists("@import-done:focus"));
    desktop.press(&["Return"]);
    app.wait_until_gone("@import-sheet");

    let mut second_time = gestures(&app);
    second_time.drop(&second);
    app.until("the button has the keyboard", || app.exists("@import-and-test:focus"));
    second_time.press("Return");
    app.until("its own token is on the clipboard", || {
        desktop.clipboard().starts_with("eyJ") && desktop.clipboard() != token
    });
    assert_eq!(second_time.count, 2);
    second_time.give_a_token();
    assert_eq!(app.all("@rail-env").len(), 1);
}
