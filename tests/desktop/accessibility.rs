//! The app for everybody: by eyes, ears and fingers that differ.

use serde_json::{Value, json};

use crate::app::App;
use crate::axe::Findings;
use crate::demo::DEPLOY_BOT;
use crate::desk::Desk;
use crate::issuer;

const THEMES: [&str; 2] = ["light", "dark"];

/// Landmarks hold what belongs to the page; a menu lies over it for as long as it is open.
const OF_A_MENU: [&str; 1] = ["region"];

#[test]
fn every_view_passes_axe_in_both_themes() {
    let desk = Desk::new();
    let file = desk.write("build-agent.json", &issuer::key_file());
    let app = desk.open();
    let mut findings = Findings::default();
    app.wait_for("@first-run");
    look(&app, &mut findings, "first run", &[]);
    app.click("@first-add-environment");
    app.wait_for("@env-editor");
    look(&app, &mut findings, "environment editor", &[]);
    desk.press(&["Escape"]);
    app.wait_until_gone("@env-editor");

    app.click("@try-demo");
    app.wait_for(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    look(&app, &mut findings, "list, nobody chosen", &[]);
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row-copy"));
    app.wait_for_words("@status", "copied");
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
        desk.press(&["Escape"]);
        app.wait_until_gone("[role='menu']");
    }
    for (item, dialog) in [("rename", "@edit-user"), ("forget-user", "@confirm-forget-user")] {
        app.click("@user-menu");
        app.click(&format!("@{item}"));
        app.wait_for(dialog);
        look(&app, &mut findings, &format!("dialog {item}"), &[]);
        desk.press(&["Escape"]);
        app.wait_until_gone(dialog);
    }
    app.fill("@search", "nobody is called this");
    app.wait_until_gone("@row");
    look(&app, &mut findings, "nothing found", &[]);
    app.click("@clear-search");

    desk.open_file(&file);
    app.wait_for("@review");
    look(&app, &mut findings, "import sheet", &[]);
    desk.press(&["Escape"]);
    app.wait_until_gone("@import-sheet");
    look_at_tools(&app, &mut findings);
    app.click("@open-palette");
    app.wait_for("@palette");
    look(&app, &mut findings, "palette", &[]);
    findings.conclude();
}

fn look_at_tools(app: &App<'_>, findings: &mut Findings) {
    // Copied anew: the clipboard was cleared in the meantime, or will be soon.
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row-copy"));
    app.click("@rail-inspector");
    app.wait_for_words("@status", "copied");
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

/// Waits until no view is on its way.
fn settle(app: &App<'_>) {
    app.wait_until_gone("[aria-busy='true']");
    app.wait_until_gone(".late");
}

fn look(app: &App<'_>, findings: &mut Findings, view: &str, without: &[&str]) {
    for theme in THEMES {
        app.script("document.documentElement.dataset.theme = arguments[0]", json!([theme]));
        // A colour on its way from one theme to the other is none of either.
        app.until("the theme is there", || app.script(AT_REST, json!([])) == json!(true));
        findings.look(&format!("{view}, {theme}"), &|body, arguments| app.script(body, arguments), without);
    }
    app.script("delete document.documentElement.dataset.theme", json!([]));
}

/// Whether nothing moves that comes to an end by itself.
const AT_REST: &str = "return document.getAnimations().every((each) => each.playState !== 'running'
      || each.effect.getComputedTiming().iterations === Infinity)";

#[test]
fn the_keyboard_is_kept_in_a_dialog_and_given_back_by_escape() {
    let desk = Desk::new();
    let app = desk.open_with(&["--demo"]);
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.wait_for("@tab-token");
    app.focus();
    for (opener, dialog) in
        [("@open-palette", "@palette"), ("@import", "@import-sheet"), ("@add-environment", "@env-editor")]
    {
        app.script("document.querySelector(arguments[0]).focus()", json!([css(opener)]));
        desk.press(&["Return"]);
        app.wait_for(dialog);
        app.until("the dialog has the keyboard", || focus_is_in(&app, dialog));
        for key in ["Tab", "Tab", "Tab", "shift+Tab", "shift+Tab", "shift+Tab", "shift+Tab"] {
            desk.press(&[key]);
            assert!(focus_is_in(&app, dialog), "{key} leads out of {dialog}");
        }
        desk.press(&["Escape"]);
        app.wait_until_gone(dialog);
        app.until(&format!("{opener} has the keyboard again"), || app.exists(&format!("{opener}:focus")));
    }
}

#[test]
fn in_a_narrow_window_the_keyboard_goes_with_the_pane() {
    let desk = Desk::new();
    let app = desk.open_with(&["--demo"]);
    app.wait_for(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.resize(720, 480);
    app.focus();
    app.script("document.querySelector(arguments[0]).focus()", json!([css("@search")]));
    desk.type_text("deploy");
    app.until("the search has found one", || app.all("@row").len() == 1);
    desk.press(&["Down"]);
    app.until("the row has the keyboard", || app.exists("@row:focus"));
    desk.press(&["space"]);
    app.wait_for("@tab-token");
    app.until("the detail has the keyboard", || app.exists("@back-to-list:focus"));
    desk.press(&["Escape"]);
    app.wait_for("@row");
    app.until("the row has the keyboard again", || app.exists("@row:focus"));
    app.click("@back-to-rail");
    app.until("the rail has the keyboard", || app.script(IN_RAIL, json!([])) == json!(true));
}

const IN_RAIL: &str = "return document.querySelector('nav.rail').contains(document.activeElement)";

#[test]
fn at_twice_the_size_everything_is_still_there() {
    let desk = Desk::new();
    let app = desk.open_with(&["--demo"]);
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.click("@mint");
    app.wait_for("@token-masked");
    app.resize(1280, 800);
    app.focus();
    // Through 110, 125, 150 and 175 % to twice the size, and not beyond.
    for _ in 0..6 {
        desk.press(&["ctrl+plus"]);
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
    desk.press(&["ctrl+0"]);
    app.until("the page has its size again", || app.script("return innerWidth", json!([])) == json!(1280));
    app.quit();
}

/// Presses a button. The driver's own clicks miss where the page is zoomed.
fn press(app: &App<'_>, selector: &str) {
    app.script("document.querySelector(arguments[0]).click()", json!([css(selector)]));
}

/// Nothing of the page is beyond its right edge, where no scrolling leads.
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
    let desk = Desk::new();
    let settings = desk.session.path("config/gtk-3.0");
    std::fs::create_dir_all(&settings).expect("the session's folders are writable");
    std::fs::write(settings.join("settings.ini"), "[Settings]\ngtk-enable-animations=0\n").expect("and so are these");
    let app = desk.open_with(&["--demo"]);
    app.wait_for("@row");
    assert_eq!(app.script("return matchMedia('(prefers-reduced-motion: reduce)').matches", json!([])), json!(true));
    app.script(WATCH_MOTION, json!([]));
    app.click("@import");
    app.wait_for("@import-sheet");
    desk.press(&["Escape"]);
    app.wait_until_gone("@import-sheet");
    app.click("@row-copy");
    app.wait_for_words("@status", "copied");
    let moved = app.script("return window.moved", json!([]));
    assert_eq!(moved, json!([]), "these move");
}

/// Notes every animation and transition of some length, as it starts.
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
    let desk = Desk::new();
    let app = desk.open_with(&["--demo"]);
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.wait_for("@tab-token");
    app.script(LISTEN, json!([]));
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row-copy"));
    heard(&app, "clipboard cleared in 30 s");
    app.click("header .sub button");
    heard(&app, "User id copied");
    app.fill("@search", "nobody is called this");
    heard(&app, "0 service users found");
    app.click("@clear-search");
    desk.session.lock();
    app.click("@mint-new");
    heard(&app, "keychain is locked");
}

/// Collects what a screen reader would say of the live regions.
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
