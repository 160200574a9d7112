//! The app for everyone: different eyes, ears and hands.

use serde_json::{Value, json};

use crate::BINARY;
use crate::demo::DEPLOY_BOT;
use crate::issuer;
use mintage_testbed::app::App;
use mintage_testbed::axe::Findings;
use mintage_testbed::desktop::DesktopSession;

const THEMES: [&str; 2] = ["light", "dark"];

/// Landmarks contain what belongs to the page; a menu covers it while it is open.
const OF_A_MENU: [&str; 1] = ["region"];

#[test]
fn every_view_passes_axe_in_both_themes() {
    let desktop = DesktopSession::new(BINARY);
    let file = desktop.write("build-agent.json", &issuer::key_file());
    let app = desktop.open();
    let mut findings = Findings::default();
    app.wait_for("@first-run");
    look(&app, &mut findings, "first run", &[]);
    app.click("@first-add-environment");
    app.wait_for("@env-editor");
    look(&app, &mut findings, "environment editor", &[]);
    desktop.press(&["Escape"]);
    app.wait_until_gone("@env-editor");

    app.click("@try-demo");
    app.wait_for(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    look(&app, &mut findings, "list, nobody chosen", &[]);
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row-copy"));
    app.wait_for_words("@status", "Copied");
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    for tab in ["token", "claims", "userinfo", "introspection", "credentials", "activity"] {
        app.click(&format!("@tab-{tab}"));
        app.wait_for(&format!("@tab-{tab}[data-state='active']"));
        settle(&app);
        look(&app, &mut findings, &format!("tab {tab}"), &[]);
    }
    app.click("@tab-token");
    app.click("@add-scope");
    look(&app, &mut findings, "scopes to add", &[]);
    for menu in ["user-menu", "copy-as", "sort"] {
        app.click(&format!("@{menu}"));
        app.wait_for("[role='menu']");
        look(&app, &mut findings, &format!("menu {menu}"), &OF_A_MENU);
        desktop.press(&["Escape"]);
        app.wait_until_gone("[role='menu']");
    }
    for (item, dialog) in [("rename", "@edit-user"), ("forget-user", "@confirm-forget-user")] {
        app.click("@user-menu");
        app.click(&format!("@{item}"));
        app.wait_for(dialog);
        look(&app, &mut findings, &format!("dialog {item}"), &[]);
        desktop.press(&["Escape"]);
        app.wait_until_gone(dialog);
    }
    app.fill("@search", "nobody is called this");
    app.wait_until_gone("@row");
    look(&app, &mut findings, "nothing found", &[]);
    app.click("@clear-search");

    desktop.open_file(&file);
    app.wait_for("@review");
    look(&app, &mut findings, "import sheet", &[]);
    desktop.press(&["Escape"]);
    app.wait_until_gone("@import-sheet");
    look_at_tools(&app, &mut findings);
    app.click("@open-palette");
    app.wait_for("@palette");
    look(&app, &mut findings, "palette", &[]);
    findings.conclude();
}

fn look_at_tools(app: &App<'_>, findings: &mut Findings) {
    // Copied again: the clipboard was cleared in the meantime, or will be soon.
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row-copy"));
    app.click("@rail-inspector");
    app.wait_for_words("@status", "Copied");
    look(app, findings, "Inspector, empty", &[]);
    app.click("@inspector-clipboard");
    app.wait_for("@claim-row[data-claim='sub']");
    app.click("@inspector-against option[value='named']");
    app.wait_for("@named-issuer");
    look(app, findings, "Inspector, a token and a named issuer", &[]);
    app.click("label:has(@inspector-two)");
    look(app, findings, "Inspector, two tokens wanted", &[]);
    app.click("@compare-first-from option:not([value=''])");
    app.click("@compare-second-from option:not([value=''])");
    app.wait_for("@differences");
    look(app, findings, "Inspector, two tokens", &[]);
    for tool in ["radar", "activity", "settings"] {
        app.click(&format!("@rail-{tool}"));
        settle(app);
        look(app, findings, tool, &[]);
    }
    app.click("@show-profiles");
    settle(app);
    look(app, findings, "profiles", &[]);
    app.click("@rail-all");
    app.wait_for("@row");
    look(app, findings, "all service users", &[]);
}

/// Waits until no view transition is running.
fn settle(app: &App<'_>) {
    app.wait_until_gone("[aria-busy='true']");
    app.wait_until_gone(".late");
}

fn look(app: &App<'_>, findings: &mut Findings, view: &str, without: &[&str]) {
    for theme in THEMES {
        app.script("document.documentElement.dataset.theme = arguments[0]", json!([theme]));
        findings.look(&format!("{view}, {theme}"), &|body, arguments| app.script(body, arguments), without);
    }
    app.script("delete document.documentElement.dataset.theme", json!([]));
}

#[test]
fn the_keyboard_is_kept_in_a_dialog_and_given_back_by_escape() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open_with(&["--demo"]);
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.wait_for("@tab-token");
    app.focus();
    for (opener, dialog) in
        [("@open-palette", "@palette"), ("@import", "@import-sheet"), ("@add-environment", "@env-editor")]
    {
        app.script("document.querySelector(arguments[0]).focus()", json!([css(opener)]));
        desktop.press(&["Return"]);
        app.wait_for(dialog);
        app.until("the dialog has the keyboard", || focus_is_in(&app, dialog));
        for key in ["Tab", "Tab", "Tab", "shift+Tab", "shift+Tab", "shift+Tab", "shift+Tab"] {
            desktop.press(&[key]);
            assert!(focus_is_in(&app, dialog), "{key} leads out of {dialog}");
        }
        desktop.press(&["Escape"]);
        app.wait_until_gone(dialog);
        app.until(&format!("{opener} has the keyboard again"), || app.exists(&format!("{opener}:focus")));
    }
}

#[test]
fn in_a_narrow_window_the_keyboard_goes_with_the_pane() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open_with(&["--demo"]);
    app.wait_for(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.resize(720, 480);
    app.focus();
    app.script("document.querySelector(arguments[0]).focus()", json!([css("@search")]));
    desktop.type_text("deploy");
    app.until("the search has found one", || app.all("@row").len() == 1);
    desktop.press(&["Down"]);
    app.until("the row has the keyboard", || app.exists("@row:focus"));
    desktop.press(&["space"]);
    app.wait_for("@tab-token");
    app.until("the detail has the keyboard", || app.exists("@back-to-list:focus"));
    desktop.press(&["Escape"]);
    app.wait_for("@row");
    app.until("the row has the keyboard again", || app.exists("@row:focus"));
    app.click("@back-to-rail");
    app.until("the rail has the keyboard", || app.script(IN_RAIL, json!([])) == json!(true));
}

const IN_RAIL: &str = "return document.querySelector('nav.rail').contains(document.activeElement)";

#[test]
fn at_twice_the_size_everything_is_still_there() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open_with(&["--demo"]);
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.click("@mint");
    app.wait_for("@token-masked");
    app.resize(1280, 800);
    app.focus();
    // Through 110, 125, 150 and 175 % to twice the size, and no further.
    for _ in 0..6 {
        desktop.press(&["ctrl+plus"]);
    }
    app.until("the page is drawn at twice its size", || app.script("return innerWidth", json!([])) == json!(640));
    let mut findings = Findings::default();
    for tab in ["token", "claims", "userinfo", "credentials", "activity"] {
        press(&app, &format!("@tab-{tab}"));
        app.wait_for(&format!("@tab-{tab}[data-state='active']"));
        settle(&app);
        nothing_is_lost(&app, tab);
        findings.look(&format!("tab {tab} at 200 %"), &|body, arguments| app.script(body, arguments), &[]);
        app.picture(&format!("zoom-{tab}"));
    }
    press(&app, "@back-to-list");
    app.wait_for("@row");
    nothing_is_lost(&app, "list");
    press(&app, "@back-to-rail");
    for tool in ["inspector", "activity", "settings"] {
        press(&app, &format!("@rail-{tool}"));
        app.wait_for(".tool");
        settle(&app);
        nothing_is_lost(&app, tool);
        app.picture(&format!("zoom-{tool}"));
        app.script("document.querySelector('.tool .back button').click()", json!([]));
        app.wait_for(&format!("@rail-{tool}"));
    }
    findings.conclude();
    desktop.press(&["ctrl+0"]);
    app.until("the page has its size again", || app.script("return innerWidth", json!([])) == json!(1280));
    app.quit();
}

/// Presses a button. The driver's own clicks miss if the page is zoomed.
fn press(app: &App<'_>, selector: &str) {
    app.script("document.querySelector(arguments[0]).click()", json!([css(selector)]));
}

/// Nothing on the page is beyond its right edge, where it can't be scrolled to.
fn nothing_is_lost(app: &App<'_>, view: &str) {
    let lost = app.script(LOST, json!([]));
    assert_eq!(lost, json!([]), "{view} loses something beyond its edge");
}

const LOST: &str = "
    const scrolls = (element) => element && (['auto', 'scroll', 'hidden'].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
    return [...document.querySelectorAll('button, input, select, textarea, a, h1, h2, td, th')]
      .filter((each) => each.getClientRects().length > 0 && !each.closest('.unseen') && !each.classList.contains('unseen'))
      .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && !scrolls(each.parentElement))
      .map((each) => each.outerHTML.slice(0, 120));";

#[test]
fn nothing_moves_where_less_motion_is_wanted() {
    let desktop = DesktopSession::new(BINARY);
    let settings = desktop.session.path("config/gtk-3.0");
    std::fs::create_dir_all(&settings).expect("the session's folders are writable");
    std::fs::write(settings.join("settings.ini"), "[Settings]\ngtk-enable-animations=0\n").expect("and so are these");
    let app = desktop.open_with(&["--demo"]);
    app.wait_for("@row");
    assert_eq!(app.script("return matchMedia('(prefers-reduced-motion: reduce)').matches", json!([])), json!(true));
    app.script(WATCH_MOTION, json!([]));
    app.click("@import");
    app.wait_for("@import-sheet");
    desktop.press(&["Escape"]);
    app.wait_until_gone("@import-sheet");
    app.click("@row-copy");
    app.wait_for_words("@status", "Copied");
    let moved = app.script("return window.moved", json!([]));
    assert_eq!(moved, json!([]), "these move");
}

/// Records every animation and transition of some length, as it starts.
const WATCH_MOTION: &str = "
    window.moved = [];
    const note = (event) => {
      const length = event.target.getAnimations().map((each) => each.effect.getComputedTiming().duration);
      if (length.some((each) => each > 1)) window.moved.push((event.animationName ?? event.propertyName) + ' on ' + event.target.className);
    };
    document.addEventListener('animationstart', note, true);
    document.addEventListener('transitionrun', note, true);";

#[test]
fn what_happens_is_read_out() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open_with(&["--demo"]);
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.wait_for("@tab-token");
    app.script(LISTEN, json!([]));
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row-copy"));
    heard(&app, "clipboard clears in 30 s");
    app.click("header .sub button");
    heard(&app, "Copied user id");
    app.fill("@search", "nobody is called this");
    heard(&app, "0 service users found");
    app.click("@clear-search");
    desktop.session.lock();
    heard(&app, "Tokens are forgotten");
}

/// Collects what a screen reader would announce from the live regions.
const LISTEN: &str = "
    window.heard = [];
    const live = '[role=status], [role=alert], [aria-live]';
    const hear = (node) => {
      const element = node.nodeType === 1 ? node : node.parentElement;
      const region = element?.closest(live) ?? element?.querySelector(live);
      if (region?.textContent.trim()) window.heard.push(region.textContent.trim());
    };
    new MutationObserver((changes) => changes.forEach((change) => {
      change.addedNodes.forEach(hear);
      if (change.type === 'characterData') hear(change.target);
    })).observe(document.body, { childList: true, subtree: true, characterData: true });";

fn heard(app: &App<'_>, words: &str) {
    app.until(&format!("{words:?} is read out"), || {
        let heard = app.script("return window.heard", json!([]));
        heard.as_array().into_iter().flatten().filter_map(Value::as_str).any(|said| said.contains(words))
    });
}

fn focus_is_in(app: &App<'_>, dialog: &str) -> bool {
    let body = "return document.querySelector(arguments[0])?.contains(document.activeElement) ?? false";
    app.script(body, json!([css(dialog)])) == json!(true)
}

/// `@name` as CSS.
fn css(selector: &str) -> String {
    format!("[data-testid='{}']", selector.trim_start_matches('@'))
}
