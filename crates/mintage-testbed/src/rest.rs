//! A page at **rest**: painted since it was changed, and nothing on it moves.

use serde_json::{Value, json};

use crate::wait::until;

/// Runs a function's body in a page.
pub type Script<'a> = dyn Fn(&str, Value) -> Value + 'a;

/// Waits until two frames were painted and no finite animation is running. Transitions begin with a frame, and a colour on
/// its way from one theme to the other belongs to neither.
pub fn wait_for_rest(script: &Script<'_>) {
    script(WATCH_FRAMES, json!([]));
    until("the page is painted and at rest", || script(AT_REST, json!([])) == json!(true));
}

/// Counts the frames from now on.
const WATCH_FRAMES: &str = "
    window.framesSeen = 0;
    const count = () => { window.framesSeen += 1; if (window.framesSeen < 3) requestAnimationFrame(count); };
    requestAnimationFrame(count);";

const AT_REST: &str = "return window.framesSeen >= 3 && document.getAnimations().every((each) =>
      each.playState !== 'running' || each.effect.getComputedTiming().iterations === Infinity)";
