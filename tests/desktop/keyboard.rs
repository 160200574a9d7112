//! Everything by the keyboard alone, with the focus in sight.

use serde_json::json;

use crate::app::App;
use crate::demo::DEPLOY_BOT;
use crate::desk::Desk;

/// More than there are stops between any two places.
const MANY: usize = 40;

#[test]
fn a_token_is_copied_from_the_first_start_on_without_a_mouse() {
    let desk = Desk::new();
    let app = desk.open();
    app.wait_for("@first-run");
    app.focus();
    tab_to(&app, "@try-demo");
    desk.press(&["Return"]);
    app.wait_for(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    desk.press(&["ctrl+f"]);
    app.until("the search has the keyboard", || has_focus(&app, "@search"));
    desk.type_text("deploy");
    app.until("the search has found one", || app.all("@row").len() == 1);
    desk.press(&["Down"]);
    app.until("the row has the keyboard", || has_focus(&app, &format!("[data-user-id='{DEPLOY_BOT}'] @row")));
    desk.press(&["Return"]);
    app.until("a token is on the clipboard", || desk.clipboard().starts_with("eyJ"));

    tab_to(&app, "@tab-token");
    desk.press(&["Right"]);
    app.wait_for("@verdict[data-verdict='valid']");
}

/// Presses Tab until an element has the keyboard; at every stop the focus can be seen.
fn tab_to(app: &App<'_>, selector: &str) {
    for _ in 0..MANY {
        if has_focus(app, selector) {
            return;
        }
        let before = app.script(FOCUSED, json!([]));
        app.desk.press(&["Tab"]);
        app.until("Tab moves the focus", || app.script(FOCUSED, json!([])) != before);
        let seen = app.script(FOCUS_IS_SEEN, json!([]));
        assert_eq!(seen, json!(true), "the focus is not seen at {}", app.script(FOCUSED, json!([])));
    }
    panic!("Tab does not reach `{selector}`");
}

fn has_focus(app: &App<'_>, selector: &str) -> bool {
    app.exists(&format!("{selector}:focus"))
}

/// Names the element with the focus by its place in the document.
const FOCUSED: &str = "const here = document.activeElement;
    return here ? [...document.querySelectorAll('*')].indexOf(here) + ' ' + here.outerHTML.slice(0, 120) : '';";

/// Whether the element with the focus, or the box around it, has a ring.
const FOCUS_IS_SEEN: &str = "const here = document.activeElement;
    if (!here || here === document.body) return true;
    const ring = (element) => {
      const style = getComputedStyle(element);
      return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
    };
    return here.matches(':focus-visible') && (ring(here) || ring(here.parentElement));";
