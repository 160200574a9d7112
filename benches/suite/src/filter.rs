//! From a **keystroke** in the search field to painted rows, with ten thousand service users, in turns
//! with a page that filters an array of as many names and paints twenty of them.
//!
//! Measured in the page: from `keydown` to the second animation frame after the list has changed, which
//! comes when the frame that shows the change has been painted. Both wait for the screen's next frame.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::Outcome;
use crate::sample::Sample;
use crate::seed;
use crate::table::Table;
use crate::webdriver::Driver;

const FIELD: &str = "input[type=search]";
/// What is typed, letter by letter; each leaves fewer names.
const WORDS: [&str; 12] =
    ["dimu", "bafo", "quita", "lona", "xoro", "zabe", "peki", "suha", "wiyu", "veje", "guce", "taqui"];
/// How long a screen shows one picture, in milliseconds.
const FRAME: f64 = 16.7;
/// How often the words are typed.
const TURNS: usize = 2;

/// Notes in the page how long each keystroke takes until the list has changed and until it is painted,
/// and whether all rows fit what is typed.
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

/// Empties the field. A key that left the list as it was still waits for a change, which this is not.
const CLEAR: &str = "
    window.forget();
    const field = document.querySelector('input[type=search]');
    field.value = '';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    return true;";

const FULL: &str =
    "return Number(document.querySelector('li[aria-setsize]')?.getAttribute('aria-setsize')) === arguments[0]";

/// Calls a command of the app as its page does, and tells how long the reply took.
const CALL: &str = "
    const [command, done] = arguments;
    const start = performance.now();
    window.__TAURI_INTERNALS__.invoke(command, { of: null }).then((rows) => done([performance.now() - start, rows.length]));";

/// What is measured of one window.
#[derive(Default)]
struct Keystrokes {
    changed: Sample,
    painted: Sample,
    unfit: usize,
}

/// Measures typing in both windows.
pub(crate) async fn measure(app: &Path, empty: &Path, table: &mut Table) -> Outcome {
    let folder = tempfile::tempdir()?;
    seed::fill(folder.path()).await?;
    for start in ["first start on 10,000 service users, to rows", "next start on 10,000 service users, to rows"] {
        let begun = Instant::now();
        let window = open(app, folder.path()).await?;
        table.time_alone(start, crate::sample::milliseconds(begun));
        drop(window);
    }
    let (window, bare) = (open(app, folder.path()).await?, open_bare(empty, folder.path()).await?);

    let (mut ours, mut theirs) = (Keystrokes::default(), Keystrokes::default());
    for word in WORDS.iter().cycle().take(WORDS.len() * TURNS) {
        ours.type_word(&window, word).await?;
        theirs.type_word(&bare, word).await?;
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
        "{count} keystrokes; lists that did not fit what was typed: {} and {}",
        ours.unfit, theirs.unfit
    ));

    let mut calls = Sample::default();
    for _ in 0..15 {
        let answer = window.run_to_end(CALL, json!(["service_users"])).await?;
        calls.0.extend(answer[0].as_f64().filter(|_| answer[1] == json!(seed::USERS)));
    }
    table.time_alone("command `serviceUsers` from the page, 10,000 rows", calls.median());
    Ok(())
}

async fn open(app: &Path, data: &Path) -> Outcome<Driver> {
    let mut driver = Driver::start(data).await?;
    driver.open(app).await?;
    driver.until(FULL, json!([seed::USERS])).await?;
    driver.run(WATCH, json!([])).await?;
    Ok(driver)
}

async fn open_bare(empty: &Path, data: &Path) -> Outcome<Driver> {
    let mut driver = Driver::start(data).await?;
    driver.open(empty).await?;
    let names: Vec<String> = (0..seed::USERS).map(seed::name).collect();
    driver.run(BARE, json!([names])).await?;
    driver.run(WATCH, json!([])).await?;
    Ok(driver)
}

impl Keystrokes {
    async fn type_word(&mut self, window: &Driver, word: &str) -> Outcome {
        for letter in word.chars() {
            window.press(FIELD, &letter.to_string()).await?;
            if let Some(sample) = sample(window).await? {
                self.changed.0.extend(sample[0].as_f64());
                self.painted.0.extend(sample[1].as_f64());
                self.unfit += usize::from(sample[2] != json!(true));
            }
        }
        window.run(CLEAR, json!([])).await?;
        window.until(FULL, json!([seed::USERS])).await?;
        Ok(())
    }
}

/// What the page noted of the last keystroke; nothing where it left the list as it was.
async fn sample(window: &Driver) -> Outcome<Option<Value>> {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(2) {
        match window.run("return window.samples.shift() ?? null", json!([])).await? {
            Value::Null => tokio::time::sleep(Duration::from_millis(5)).await,
            sample => return Ok(Some(sample)),
        }
    }
    Ok(None)
}
