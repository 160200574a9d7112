//! What programs lead to while nobody looks at the window: notifications, questions that nobody answers, and tokens on
//! the clipboard.

use mintage_testbed::app::App;
use mintage_testbed::bus::{Notifications, Panel};
use mintage_testbed::desktop::DesktopSession;
use mintage_testbed::issuer::{DemoIssuer, Quirks};

use crate::BINARY;
use crate::agent::{TOKEN, Terminal, mintage, run, serves};
use crate::issuer;
use crate::steps::{open_with_key, switch_on};

/// Opens the app where the terminal has added an environment whose tokens are handed out without a question.
fn open_shared<'a>(desktop: &'a DesktopSession, issuer: &DemoIssuer) -> App<'a> {
    let key = desktop.write("deploy-bot.json", &issuer::key_file());
    let freely = "--tier development --programs tell";
    let add = format!("env add Acme --issuer {} --provider zitadel {freely}", issuer.issuer());
    for line in [add, format!("import {} -e Acme --name deploy-bot", key.display())] {
        let (said, code) = run(desktop, &line);
        assert_eq!(code, Some(0), "{said}");
    }
    let app = desktop.open();
    app.wait_for("@row-copy");
    serves(&app);
    app
}

#[test]
fn whoever_set_it_up_is_told_afterwards_and_once() {
    let desktop = DesktopSession::new(BINARY);
    let notifications = Notifications::start(&desktop);
    let issuer = issuer::start(&desktop, Quirks::default());
    let app = open_shared(&desktop, &issuer);
    app.click("@rail-settings");
    for _ in 0..3 {
        let (said, code) = run(&desktop, "token deploy-bot -e Acme");
        assert_eq!(code, Some(0), "{said}");
    }
    app.until("the desktop is told", || !notifications.shown().is_empty());
    let told = notifications.shown();
    assert!(told[0].summary.ends_with(" got tokens without asking"), "{told:?}");
    assert_eq!(told[0].body, "deploy-bot in Acme, as you set it up");
    assert_eq!(told.len(), 1, "one grant is told once: {told:?}");
    notifications.click_newest();
    app.wait_for_words("@grant-count", "3 times");
}

#[test]
fn a_program_that_nobody_watches_is_one_notification_however_often_it_asks() {
    let desktop = DesktopSession::new(BINARY);
    let notifications = Notifications::start(&desktop);
    let issuer = issuer::start(&desktop, Quirks::default());
    let panel = Panel::start(&desktop);
    let app = open_with_key(&desktop, &issuer, "Acme", "staging");
    serves(&app);
    app.click("@rail-settings");
    switch_on(&app, "closeToTray");
    // The tray is there once it has a menu.
    panel.wait_for("Open Mintage");
    app.close();
    app.until("the window is closed to the tray", || !app.is_on_screen());
    // In sessions without a terminal, as a timer or a build server starts them.
    let ask = || {
        let mut command = desktop.command("setsid");
        command.arg("--wait").arg(mintage()).args(["token", "deploy-bot", "-e", "Acme"]);
        command.spawn().expect("`setsid` is installed")
    };
    let asking: Vec<_> = (0..2).map(|_| ask()).collect();
    app.until("the desktop is told", || !notifications.shown().is_empty());
    let told = notifications.shown();
    assert!(told[0].summary.ends_with(" asks for a token of deploy-bot"), "{told:?}");
    assert_eq!(told[0].body, "Acme. Open Mintage to allow or deny it.");
    notifications.click_newest();
    app.until("the window is back", || app.is_on_screen());
    app.click("@deny");
    for mut asker in asking {
        assert_eq!(asker.wait().expect("it is ours").code(), Some(6));
    }
    assert_eq!(notifications.shown().len(), 1, "{:?}", notifications.shown());
}

#[test]
fn a_question_that_nobody_answers_is_a_no_and_may_be_asked_again() {
    let mut desktop = DesktopSession::new(BINARY);
    desktop.set("MINTAGE_E2E_QUESTION_SECONDS", "10");
    let issuer = issuer::start(&desktop, Quirks::default());
    let app = open_with_key(&desktop, &issuer, "Acme", "staging");
    serves(&app);
    let asking = Terminal::run(&desktop, "asking", &format!("{TOKEN}; GO; {TOKEN}"));
    app.wait_for_words("@question-left", " s");
    app.until("the program hears of it", || asking.said().contains("approval-timed-out"));
    app.wait_until_gone("@question");
    asking.go_on();
    app.wait_for("@allow:not(:disabled)");
    app.click("@allow");
    let (said, code) = asking.ended();
    assert_eq!(code, "0", "{said}");
}

#[test]
fn a_token_is_copied_from_a_terminal_as_from_the_window() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let app = open_shared(&desktop, &issuer);
    let (said, code) = run(&desktop, "copy deploy-bot -e Acme");
    assert_eq!(
        (said.as_str(), code),
        ("copied a token of deploy-bot in Acme; the clipboard is cleared after 30 s\n", Some(0))
    );
    app.until("the token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
    let (said, code) = run(&desktop, "copy deploy-bot -e Acme --form header --json");
    assert!(code == Some(0) && said.contains("\"form\":\"header\""), "{said}");
    app.until("its header is on the clipboard", || desktop.clipboard().starts_with("Authorization: Bearer eyJ"));
    app.click("@lock-now");
    app.until("the clipboard is cleared", || desktop.clipboard().is_empty());
    let (said, code) = run(&desktop, "copy deploy-bot -e Acme");
    assert!(code == Some(6) && said.starts_with("error[agent-locked]: "), "{said}");
}
