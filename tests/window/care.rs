//! What nobody should have to think about: the clipboard keeps what it has, the keyboard keeps its place, a right click
//! is the app's, and nothing is lost.

use serde_json::json;

use crate::BINARY;
use crate::demo::DEPLOY_BOT;
use crate::issuer::{self, NAME, USER_ID};
use crate::steps::open_and_paste;
use mintage_testbed::app::App;
use mintage_testbed::desktop::DesktopSession;
use mintage_testbed::issuer::Quirks;

#[test]
fn no_key_of_the_app_empties_the_clipboard_and_ctrl_c_copies_the_token() {
    let mut desktop = DesktopSession::new(BINARY);
    desktop.copy("something of my own");
    let app = desktop.open_with(&["--demo"]);
    app.wait_for(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.focus();
    // Nothing is chosen yet, and nothing is selected: none of them has anything to copy.
    for place in ["@search", "@open-palette", "[data-testid='row']", "@rail-settings"] {
        app.script("document.querySelector(arguments[0]).focus()", json!([css(place)]));
        for key in ["ctrl+c", "ctrl+x", "ctrl+Insert", "shift+Delete"] {
            desktop.press(&[key]);
            settled(&app);
            assert_eq!(desktop.clipboard(), "something of my own", "{key} at {place}");
        }
    }
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.wait_for("@tab-token");
    desktop.press(&["ctrl+c"]);
    app.until("the token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
    app.wait_for_words("@status", "Copied token");
    // Text that is selected is what is copied.
    app.script("getSelection().selectAllChildren(document.querySelector('.sub code'))", json!([]));
    desktop.press(&["ctrl+c"]);
    app.until("the id is on the clipboard", || desktop.clipboard().trim() == DEPLOY_BOT);
}

#[test]
fn the_countdown_ends_once_something_else_is_on_the_clipboard() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open_with(&["--demo"]);
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row-copy"));
    app.wait_for_words("@status", "Copied token");
    app.until("the token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
    // Another program takes its place, and nobody tells the app.
    let file = desktop.write("other.txt", "unrelated");
    let mut other = desktop
        .command("xclip")
        .args(["-selection", "clipboard", "-quiet", "-i"])
        .arg(&file)
        .spawn()
        .expect("xclip is there");
    app.until("it has taken its place", || desktop.clipboard() == "unrelated");
    app.wait_until_gone(".strip .more");
    other.kill().and_then(|()| other.wait()).expect("it is ours");
}

#[test]
fn a_pasted_key_is_imported_and_leaves_the_clipboard() {
    let mut desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    desktop.copy(&issuer::key_file());
    let app = open_and_paste(&desktop);
    app.fill("@place-issuer", issuer.issuer());
    app.wait_for("@place-check[data-state='fine']");
    app.click("label:has(@place-tier-development)");
    app.click("@import-only");
    app.wait_for("@import-cleared");
    app.until("the key is gone from the clipboard", || desktop.clipboard().is_empty());
    assert_eq!(desktop.keychain_items(), 1);
}

#[test]
fn a_file_becomes_a_token_in_three_gestures_at_most() {
    let mut desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let file = desktop.write("deploy-bot.json", &issuer::key_file());
    // A token of the same server, as a colleague sends one: it names the issuer.
    desktop.copy(&token_of(issuer.issuer()));
    let app = desktop.open();
    app.wait_for("@first-run");
    let mut gestures = 0;

    app.drop_files(&[&file]);
    gestures += 1;
    // A token's word alone sends nothing anywhere.
    app.wait_for("@place-check-now");
    // Its tier is guessed: the issuer runs on this computer.
    app.until("the tier is guessed", || app.exists("@place-tier-development:checked"));
    app.until("the button has the keyboard", || app.exists("@import-and-test:focus"));
    app.picture("import-three-gestures");
    assert_eq!(issuer.requests().len(), 0);
    desktop.press(&["Return"]);
    gestures += 1;
    app.wait_for("@import-result[data-stage='done'][data-tested='minted']");
    let own = token_of(issuer.issuer());
    app.until("its own token is on the clipboard", || {
        desktop.clipboard().starts_with("eyJ") && desktop.clipboard() != own
    });
    assert!(gestures <= 3, "{gestures} gestures");

    app.wait_for_words("@import-name-offer", NAME);
    app.until("Done has the keyboard", || app.exists("@import-done:focus"));
    desktop.press(&["Return"]);
    app.until("the row has the keyboard", || app.exists(&format!("[data-user-id='{USER_ID}'] @row:focus")));
}

#[test]
fn the_first_file_becomes_a_token_in_three_gestures_though_nothing_names_its_issuer() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let file = desktop.write("deploy-bot.json", &issuer::key_file());
    let app = desktop.open();
    app.wait_for("@first-run");
    app.focus();

    // One: drop it. What is missing has the keyboard.
    app.drop_files(&[&file]);
    app.until("the address has the keyboard", || app.exists("@place-issuer:focus"));
    // Two: enter the address. Three: press Enter, without waiting for anything.
    desktop.type_text(issuer.issuer());
    desktop.press(&["Return"]);
    app.wait_for("@import-result[data-stage='done'][data-tested='minted']");
    app.until("its token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
    assert!(app.exists("@import-done"));
}

/// A token that names an issuer; nobody signed it.
fn token_of(issuer: &str) -> String {
    let part = |json: &str| base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, json);
    format!("{}.{}.c2lnbmVk", part(r#"{"alg":"RS256"}"#), part(&format!(r#"{{"iss":"{issuer}","sub":"1"}}"#)))
}

#[test]
fn a_pasted_token_and_a_pasted_address_go_where_they_belong() {
    let mut desktop = DesktopSession::new(BINARY);
    let token = {
        let app = desktop.open_with(&["--demo"]);
        app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row-copy"));
        app.until("the token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
        let token = desktop.clipboard();
        app.focus();
        desktop.press(&["Escape"]);
        desktop.press(&["ctrl+v"]);
        app.wait_for("@claim-row[data-claim='sub']");
        // It is checked against the environment that it comes from.
        app.wait_for("@verdict[data-verdict='valid']");
        assert!(!app.exists("@import-sheet"));
        app.quit();
        token
    };
    desktop.copy("curl -X POST https://auth.stg.example.com/oauth/v2/token");
    let app = desktop.open();
    app.wait_for("@row");
    app.focus();
    desktop.press(&["ctrl+v"]);
    app.wait_for("@env-editor");
    let issuer = app.script("return document.querySelector(arguments[0]).value", json!([css("@env-issuer")]));
    assert_eq!(issuer, json!("https://auth.stg.example.com"));
    app.until("the tier is guessed", || app.exists("@env-tier-staging:checked"));
    assert!(token.starts_with("eyJ"));
}

#[test]
fn a_right_click_opens_the_apps_own_menu_and_never_the_browsers() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open_with(&["--demo"]);
    app.wait_for(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.focus();
    app.script(WATCH_MENUS, json!([]));
    for (place, item) in [
        (format!("[data-user-id='{DEPLOY_BOT}'] [data-testid='row']"), Some("@copy-token-of")),
        ("[data-testid='rail-env']".to_owned(), Some("@edit-environment")),
        ("[data-testid='detail-title']".to_owned(), Some("@rename")),
        (".sub code".to_owned(), Some("@copy-selection")),
        ("[data-testid='mint']".to_owned(), Some("@copy-token-of")),
        (".rail .tools".to_owned(), None),
        (".strip".to_owned(), None),
    ] {
        app.until(&format!("{place} is there"), || {
            app.script("return !!document.querySelector(arguments[0])", json!([place])) == json!(true)
        });
        app.script(RIGHT_CLICK, json!([place]));
        if let Some(item) = item {
            app.wait_for(item);
            desktop.press(&["Escape"]);
            app.wait_until_gone("@context-menu");
        }
    }
    assert_eq!(app.script("return window.browsers", json!([])), json!([]), "these are the browser's");
    // By the keyboard, on the row that has it.
    app.script(
        "document.querySelector(arguments[0]).focus()",
        json!([format!("[data-user-id='{DEPLOY_BOT}'] [data-testid='row']")]),
    );
    desktop.press(&["shift+F10"]);
    app.wait_for("@copy-token-of");
    desktop.press(&["Escape"]);
    app.until("the row has the keyboard again", || app.exists("@row:focus"));
}

const RIGHT_CLICK: &str = "const place = document.querySelector(arguments[0]);
    const { left, top } = place.getBoundingClientRect();
    place.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, button: 2, clientX: left + 4, clientY: top + 4 }));";

/// Records every right click that the web view would answer itself, outside text fields.
const WATCH_MENUS: &str = "window.browsers = [];
    window.addEventListener('contextmenu', (event) => setTimeout(() => {
      if (!event.defaultPrevented && !event.target.closest('input, textarea')) window.browsers.push(event.target.outerHTML.slice(0, 80));
    }));";

#[test]
fn after_every_command_of_the_palette_the_keyboard_is_somewhere_sensible() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open_with(&["--demo"]);
    app.wait_for(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.focus();
    // What the palette lists at first, and what it knows of the service user and the environment that are shown.
    at_home(&app);
    let mut commands = Vec::new();
    for query in ["", "deploy-bot", "Acme development"] {
        open_palette(&app);
        let first = labels(&app);
        if !query.is_empty() {
            app.fill("@palette-field", query);
            app.until("the query has found something", || {
                let found = labels(&app);
                found != first && found.first().is_some_and(|label| label.contains(query))
            });
        }
        commands.extend(labels(&app));
        desktop.press(&["Escape"]);
        app.wait_until_gone("@palette");
    }
    commands.sort();
    commands.dedup();
    // The system's file chooser has the keyboard for itself, as has the screen of the lock; and after the last two there
    // is nothing more to go back to.
    let elsewhere = ["Import key files", "Export ", "Lock now", "Remove demo", "Quit Mintage"];
    commands.retain(|label| !elsewhere.iter().any(|other| label.starts_with(other)));
    assert!(commands.len() > 40, "{commands:?}");
    for command in &commands {
        at_home(&app);
        open_palette(&app);
        app.fill("@palette-field", command);
        app.until("it is the first", || labels(&app).first() == Some(command));
        desktop.press(&["Return"]);
        app.wait_until_gone("@palette");
        has_keyboard(&app, command);
        back_out(&app);
        has_keyboard(&app, &format!("{command}, and back"));
    }
}

/// The service user and its row, which has the keyboard; no dialog is open, and nothing is zoomed.
fn at_home(app: &App<'_>) {
    app.desktop.press(&["ctrl+0"]);
    app.script(GO_TO_DEVELOPMENT, json!([]));
    press(app, &format!("[data-user-id='{DEPLOY_BOT}'] [data-testid='row']"));
    app.wait_for("@tab-token");
}

/// Wherever it is in the rail by now.
const GO_TO_DEVELOPMENT: &str = "[...document.querySelectorAll('[data-testid=rail-env]')]
      .find((each) => each.textContent.includes('Acme development')).click()";

fn open_palette(app: &App<'_>) {
    app.desktop.press(&["ctrl+k"]);
    app.until("the palette has the keyboard", || app.exists("@palette-field:focus"));
}

fn labels(app: &App<'_>) -> Vec<String> {
    let found = app.script(LABELS, json!([]));
    found.as_array().into_iter().flatten().filter_map(|label| label.as_str().map(str::to_owned)).collect()
}

const LABELS: &str =
    "return [...document.querySelectorAll('[data-testid=palette-item] .label')].map((each) => each.textContent)";

/// Closes what is open, as somebody does who changes their mind.
fn back_out(app: &App<'_>) {
    let dialogs = || app.all("[role='dialog'], [role='alertdialog']").len();
    while dialogs() > 0 {
        let open = dialogs();
        app.desktop.press(&["Escape"]);
        app.until("a dialog is closed", || dialogs() < open);
    }
}

#[test]
fn after_every_action_the_keyboard_is_somewhere_sensible() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open_with(&["--demo"]);
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.wait_for("@tab-token");
    app.focus();
    // Each action by its key or its button, and what shows that it is done.
    press(&app, "@mint");
    app.wait_for("@token-masked");
    has_keyboard(&app, "mint");
    press(&app, "@mint-new");
    app.until("it was minted again", || !app.exists("[aria-busy='true']"));
    has_keyboard(&app, "mint new");
    press(&app, "@reveal");
    app.wait_for("@token-full");
    has_keyboard(&app, "reveal");
    press(&app, "@add-scope");
    app.wait_for("@scope-presets");
    assert!(app.exists("@own-scope:focus"), "a scope can be typed at once");
    desktop.press(&["Escape"]);
    app.wait_until_gone("@scope-presets");
    assert!(app.exists("@add-scope:focus"), "Esc gives the keyboard back");
    desktop.press(&["F2"]);
    app.until("the name has the keyboard", || app.exists("@edit-name:focus"));
    desktop.type_text("renamed-bot");
    desktop.press(&["Escape"]);
    app.wait_for("@confirm-discard");
    desktop.press(&["Escape"]);
    app.wait_until_gone("@confirm-discard");
    app.until("what was typed is still there", || {
        app.script("return document.querySelector(arguments[0])?.value", json!([css("@edit-name")]))
            == json!("renamed-bot")
    });
    app.until("the name has the keyboard again", || app.exists("@edit-name:focus"));
    desktop.press(&["Return"]);
    app.wait_for_words("@detail-title", "renamed-bot");
    has_keyboard(&app, "rename");
    desktop.press(&["question"]);
    app.wait_for("@shortcuts");
    desktop.press(&["Escape"]);
    app.wait_until_gone("@shortcuts");
    has_keyboard(&app, "shortcuts");
    press(&app, "@tab-credentials");
    app.wait_for("@credential");
    press(&app, "@forget-credential");
    app.wait_for("@confirm-forget-credential");
    press(&app, "@confirm-forget-credential");
    app.wait_until_gone("@confirm-forget-credential");
    has_keyboard(&app, "remove a credential");
    app.script(
        "document.querySelector(arguments[0]).focus()",
        json!([format!("[data-user-id='{DEPLOY_BOT}'] [data-testid='row']")]),
    );
    desktop.press(&["Delete"]);
    app.wait_for("@confirm-forget-user");
    press(&app, "@confirm-forget-user");
    app.wait_until_gone(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    has_keyboard(&app, "remove a service user");
    desktop.press(&["ctrl+z"]);
    app.wait_for(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.click("@rail-env");
    app.open_menu("@environment-menu", "@forget-environment");
    app.click("@forget-environment");
    app.wait_for("@confirm-forget-environment");
    app.click("@confirm-forget-environment");
    app.wait_until_gone("@confirm-forget-environment");
    has_keyboard(&app, "remove an environment");
}

/// Focuses and presses a button, as the keyboard does.
fn press(app: &App<'_>, selector: &str) {
    app.wait_for(selector);
    app.script("const it = document.querySelector(arguments[0]); it.focus(); it.click();", json!([css(selector)]));
}

/// Waits until the keyboard is on a control that can be seen.
fn has_keyboard(app: &App<'_>, after: &str) {
    app.until(&format!("after {after}, the keyboard is somewhere"), || app.script(SOMEWHERE, json!([])) == json!(true));
}

const SOMEWHERE: &str = "const here = document.activeElement;
    return !!here && here !== document.body && here.getClientRects().length > 0 && !here.matches(':disabled')
      && !document.querySelector('.dialog-scrim[data-state=closed]');";

/// Waits until the page has handled what was pressed.
fn settled(app: &App<'_>) {
    app.script("return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))", json!([]));
}

/// `@name` as CSS; other selectors as they are.
fn css(selector: &str) -> String {
    selector.strip_prefix('@').map_or_else(|| selector.to_owned(), |name| format!("[data-testid='{name}']"))
}
