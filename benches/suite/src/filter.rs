//! From a **keystroke** in the search field to painted rows, with ten thousand service users, alternating with a page
//! that filters an array of as many names and paints twenty of them.
//!
//! Measured in the page: from `keydown` to the second animation frame after the list has changed, which comes after the
//! frame showing the change has been painted. Both wait for the screen's next frame.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use mintage_testbed::wait::comes_true_every;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::Outcome;
use crate::sample::Sample;
use crate::seed;
use crate::table::Table;
use crate::window::Window;

const FIELD: &str = "input[type=search]";
/// What is typed, letter by letter; each leaves fewer names.
const WORDS: [&str; 12] =
    ["dimu", "bafo", "quita", "lona", "xoro", "zabe", "peki", "suha", "wiyu", "veje", "guce", "taqui"];
/// How long a screen shows one frame, in milliseconds.
const FRAME: f64 = 16.7;
/// How often the words are typed.
const TURNS: usize = 2;

/// Records in the page how long each keystroke takes until the list has changed and until it is painted, and whether
/// all rows match what was typed.
const WATCH: &str = "
    const rows = () => [...document.querySelectorAll('li[aria-setsize]')];
    const count = () => Number(rows()[0]?.getAttribute('aria-setsize') ?? 0);
    const field = document.querySelector('input[type=search]');
    let began = 0;
    let before = 0;
    window.samples = [];
    document.addEventListener('keydown', () => { before = count(); began = performance.now(); }, true);
    window.forget = () => { began = 0; window.samples = []; };
    new MutationObserver(() => {
      if (!began || count() === before) return;
      const start = began;
      const changed = performance.now() - start;
      began = 0;
      requestAnimationFrame(() => requestAnimationFrame(() => {
        const painted = performance.now() - start;
        const fit = rows().length > 0 && rows().every((row) => row.textContent.includes(field.value));
        window.samples.push([changed, painted, fit]);
      }));
    }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['aria-setsize'] });
    return true;";

/// The bare list: an array, a filter, twenty rows.
const BARE: &str = "
    const names = arguments[0];
    document.body.innerHTML = '<input type=\"search\"><ul></ul>';
    const field = document.querySelector('input');
    const list = document.querySelector('ul');
    const paint = () => {
      const found = names.filter((name) => name.includes(field.value));
      list.replaceChildren(...found.slice(0, 20).map((name) => {
        const row = document.createElement('li');
        row.textContent = name;
        row.setAttribute('aria-setsize', found.length);
        return row;
      }));
    };
    field.addEventListener('input', paint);
    paint();
    return true;";

/// Empties the field. A key that didn't change the list is still waiting for a change, which this isn't.
const CLEAR: &str = "
    window.forget();
    const field = document.querySelector('input[type=search]');
    field.value = '';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    return true;";

const FULL: &str =
    "return Number(document.querySelector('li[aria-setsize]')?.getAttribute('aria-setsize')) === arguments[0]";

/// Calls a command of the app as its page does, and returns how long the reply took.
const CALL: &str = "
    const [command, done] = arguments;
    const start = performance.now();
    window.__TAURI_INTERNALS__.invoke(command, { of: null }).then((rows) => done([performance.now() - start, rows.length]));";

/// The measurements of one window.
#[derive(Default)]
struct Keystrokes {
    changed: Sample,
    painted: Sample,
    unfit: usize,
}

/// Measures typing in both windows.
pub(crate) fn measure(runtime: &Arc<Runtime>, app: &Path, empty: &Path, table: &mut Table) -> Outcome {
    let folder = tempfile::tempdir()?;
    runtime.block_on(seed::fill(folder.path()))?;
    let (window, bare) = (open(runtime, app, folder.path())?, open_bare(runtime, empty, folder.path())?);

    let (mut ours, mut theirs) = (Keystrokes::default(), Keystrokes::default());
    for word in WORDS.iter().cycle().take(WORDS.len() * TURNS) {
        ours.type_word(&window, word)?;
        theirs.type_word(&bare, word)?;
    }
    let count = ours.painted.0.len();
    let beside = "bare page, array of 10,000, 20 rows";
    table.time("keystroke to painted rows, 10,000 users", ours.painted.median(), beside, theirs.painted.median());
    table.time("  the slowest in twenty", ours.painted.p95(), beside, theirs.painted.p95());
    table.time("  of it until the list has changed", ours.changed.median(), beside, theirs.changed.median());
    table.note(format!(
        "the list adds {:.1} ms to the keystroke of a bare page; a frame at 60 Hz is {FRAME} ms",
        ours.painted.median() - theirs.painted.median()
    ));
    table.note(format!(
        "{count} keystrokes; lists that didn't match what was typed: {} and {}",
        ours.unfit, theirs.unfit
    ));

    let mut calls = Sample::default();
    for _ in 0..15 {
        let answer = window.run_to_end(CALL, json!(["service_users"]))?;
        calls.0.extend(answer[0].as_f64().filter(|_| answer[1] == json!(seed::USERS)));
    }
    table.time_alone("command `serviceUsers` from the page, 10,000 rows", calls.median());
    Ok(())
}

fn open(runtime: &Arc<Runtime>, app: &Path, data: &Path) -> Outcome<Window> {
    let mut window = Window::start(runtime, data);
    window.open(app)?;
    window.until(FULL, &json!([seed::USERS]))?;
    window.run(WATCH, json!([]))?;
    Ok(window)
}

fn open_bare(runtime: &Arc<Runtime>, empty: &Path, data: &Path) -> Outcome<Window> {
    let mut window = Window::start(runtime, data);
    window.open(empty)?;
    let names: Vec<String> = (0..seed::USERS).map(seed::name).collect();
    window.run(BARE, json!([names]))?;
    window.run(WATCH, json!([]))?;
    Ok(window)
}

impl Keystrokes {
    fn type_word(&mut self, window: &Window, word: &str) -> Outcome {
        for letter in word.chars() {
            window.press(FIELD, &letter.to_string())?;
            if let Some(sample) = sample(window)? {
                self.changed.0.extend(sample[0].as_f64());
                self.painted.0.extend(sample[1].as_f64());
                self.unfit += usize::from(sample[2] != json!(true));
            }
        }
        window.run(CLEAR, json!([]))?;
        window.until(FULL, &json!([seed::USERS]))?;
        Ok(())
    }
}

/// What the page recorded about the last keystroke; nothing if it didn't change the list.
fn sample(window: &Window) -> Outcome<Option<Value>> {
    let mut noted = Ok(Value::Null);
    comes_true_every(Duration::from_millis(5), Duration::from_secs(2), || {
        noted = window.run("return window.samples.shift() ?? null", json!([]));
        !matches!(noted, Ok(Value::Null))
    });
    Ok(Some(noted?).filter(|noted| !noted.is_null()))
}
