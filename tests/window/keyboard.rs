//! Everything by keyboard alone, with the focus visible.

use serde_json::json;

use crate::BINARY;
use crate::demo::DEPLOY_BOT;
use mintage_testbed::app::App;
use mintage_testbed::desktop::DesktopSession;

/// More than there are stops between any two places.
const MANY: usize = 40;

#[test]
fn a_token_is_copied_from_the_first_start_on_without_a_mouse() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open();
    app.wait_for("@first-run");
    app.focus();
    tab_to(&app, "@try-demo");
    desktop.press(&["Return"]);
    app.wait_for(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    desktop.press(&["ctrl+f"]);
    app.until("the search has the keyboard", || has_focus(&app, "@search"));
    desktop.type_text("deploy");
    app.until("the search has found one", || app.all("@row").len() == 1);
    desktop.press(&["Down"]);
    app.until("the row has the keyboard", || has_focus(&app, &format!("[data-user-id='{DEPLOY_BOT}'] @row")));
    desktop.press(&["Return"]);
    app.until("a token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));

    tab_to(&app, "@tab-token");
    desktop.press(&["Right"]);
    app.wait_for("@verdict[data-verdict='valid']");
}

#[test]
fn the_frame_that_shows_a_letter_shows_what_it_finds() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open();
    app.wait_for("@first-run");
    app.click("@try-demo");
    app.wait_for(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.focus();
    desktop.press(&["ctrl+f"]);
    app.until("the search has the keyboard", || has_focus(&app, "@search"));
    app.script(NOTE_FRAMES, json!([]));
    desktop.type_text("deploy");
    let noted = || app.script("return window.noted", json!([]));
    app.until("each letter was drawn", || noted().as_array().is_some_and(|frames| frames.len() == "deploy".len()));
    let frames = noted();
    for frame in frames.as_array().expect("they were noted") {
        assert!(frame["rows"] != 0 && frame["fit"] == true, "{frames}");
    }
}

/// Records, when the frame for each letter is about to be painted, whether the rows match.
const NOTE_FRAMES: &str = "window.noted = [];
    document.addEventListener('input', ({ target }) => {
      const query = target.value;
      requestAnimationFrame(() => {
        const rows = [...document.querySelectorAll('li[aria-setsize]')];
        const fit = rows.every((row) => row.textContent.toLowerCase().includes(query));
        window.noted.push({ query, rows: rows.length, fit });
      });
    }, true);";

/// Presses Tab until an element has the focus; at every stop the focus is visible.
fn tab_to(app: &App<'_>, selector: &str) {
    for _ in 0..MANY {
        if has_focus(app, selector) {
            return;
        }
        let before = app.script(FOCUSED, json!([]));
        app.desktop.press(&["Tab"]);
        app.until("Tab moves the focus", || app.script(FOCUSED, json!([])) != before);
        let seen = app.script(FOCUS_IS_SEEN, json!([]));
        assert_eq!(seen, json!(true), "the focus is not seen at {}", app.script(FOCUSED, json!([])));
    }
    panic!("Tab does not reach `{selector}`");
}

fn has_focus(app: &App<'_>, selector: &str) -> bool {
    app.exists(&format!("{selector}:focus"))
}

/// Identifies the focused element by its position in the document.
const FOCUSED: &str = "const here = document.activeElement;
    return here ? [...document.querySelectorAll('*')].indexOf(here) + ' ' + here.outerHTML.slice(0, 120) : '';";

/// Whether the focused element, or the box around it, has a ring.
const FOCUS_IS_SEEN: &str = "const here = document.activeElement;
    if (!here || here === document.body) return true;
    const ring = (element) => {
      const style = getComputedStyle(element);
      return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
    };
    return here.matches(':focus-visible') && (ring(here) || ring(here.parentElement));";
