//! The **mouse** over the app's window: real presses and movements of the display, which the page gets as from a hand.

use serde_json::json;

use crate::app::{App, css};
use crate::process::missing;

impl App<'_> {
    /// Clicks in the middle of an element, whatever is drawn there.
    pub fn point_and_click(&self, selector: &str) {
        self.mouse(self.middle(selector), &["click", "1"]);
    }

    /// Clicks twice in the middle of an element.
    pub fn double_click(&self, selector: &str) {
        self.mouse(self.middle(selector), &["click", "--repeat", "2", "--delay", "50", "1"]);
    }

    /// Clicks in the middle of an element while Ctrl is held.
    pub fn ctrl_click(&self, selector: &str) {
        self.mouse(self.middle(selector), &["keydown", "ctrl", "click", "1", "keyup", "ctrl"]);
    }

    /// Drags an element to the right, or with a negative distance to the left, in the page's pixels.
    pub fn drag(&self, selector: &str, distance: i64) {
        let (x, y) = self.middle(selector);
        let (half, whole, y) = ((x + distance / 2).to_string(), (x + distance).to_string(), y.to_string());
        let window = self.window().to_string();
        let to = |x| ["mousemove", "--window", &window, x, &y];
        let steps = [&["mousedown", "1"], &to(&half)[..], &to(&whole)[..], &["mouseup", "1"]].concat();
        self.mouse(self.middle(selector), &steps);
    }

    /// The middle of the first such element, in the page's pixels.
    fn middle(&self, selector: &str) -> (i64, i64) {
        self.wait_for(selector);
        let found = self.script(MIDDLE, json!([css(selector)]));
        let [x, y] = [0, 1].map(|at| found[at].as_i64().expect("the element is there"));
        (x, y)
    }

    /// Moves the mouse to a place in the window, and does this there.
    fn mouse(&self, (x, y): (i64, i64), steps: &[&str]) {
        let window = self.window().to_string();
        let mut command = self.desktop.command("xdotool");
        command.args(["mousemove", "--window", &window, &x.to_string(), &y.to_string()]).args(steps);
        let status = command.status().unwrap_or_else(|error| missing("xdotool", "xdotool", &error));
        assert!(status.success(), "xdotool does not do {steps:?}");
    }
}

const MIDDLE: &str = "const element = document.querySelector(arguments[0]);
    element.scrollIntoView({ block: 'nearest' });
    const { left, top, width, height } = element.getBoundingClientRect();
    return [Math.round(left + width / 2), Math.round(top + height / 2)];";
