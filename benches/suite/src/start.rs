//! From **starting** the process to a usable window, and the memory of all its processes, alternating with a
//! one-sentence Tauri window.
//!
//! The times come from the page's own clock, which is the machine's, so reading them doesn't affect the measurement.
//! The memory is measured on an undriven app.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use time::OffsetDateTime;
use tokio::runtime::Runtime;

use crate::process::{self, Memory, Running};
use crate::sample::Sample;
use crate::table::Table;
use crate::window::Window;
use crate::{Outcome, seed, setup};

const ROUNDS: usize = 9;
const ROUNDS_OF_MEMORY: usize = 5;
const ROUNDS_OF_ROWS: usize = 6;

/// Returns when the page was ready for its user: everything is loaded, the selected element has text, and the page
/// responds. In milliseconds since 1970; and when anything was first painted.
const READY: &str = "
    const found = document.querySelector(arguments[0]);
    if (document.readyState !== 'complete' || !found || !found.textContent.trim()) return null;
    const now = performance.timeOrigin + performance.now();
    const first = performance.getEntriesByType('paint').find((entry) => entry.name === 'first-contentful-paint');
    return [now, first ? performance.timeOrigin + first.startTime : null];";

/// Returns when the list had so many rows, in milliseconds since 1970.
const ROWS: &str = "
    const size = document.querySelector('li[aria-setsize]')?.getAttribute('aria-setsize');
    return Number(size) === arguments[0] ? performance.timeOrigin + performance.now() : null;";

/// The measurements of one app.
#[derive(Default)]
struct Starts {
    windows: Sample,
    paints: Sample,
    ready: Sample,
    memory: Vec<Memory>,
}

/// Measures start and memory of both apps.
pub(crate) fn measure(runtime: &Arc<Runtime>, app: &Path, empty: &Path, table: &mut Table) -> Outcome {
    let (mut ours, mut theirs) = (Starts::default(), Starts::default());
    for _ in 0..ROUNDS {
        theirs.drive(runtime, empty, "p")?;
        // The pane that the app shows once it knows its environments.
        ours.drive(runtime, app, "main")?;
    }
    let rows = rows(runtime, app)?;
    for _ in 0..ROUNDS_OF_MEMORY {
        theirs.run(empty)?;
        ours.run(app)?;
    }
    let beside = "empty Tauri window";
    table.time("process start to window on screen", ours.windows.median(), beside, theirs.windows.median());
    if !ours.paints.0.is_empty() && !theirs.paints.0.is_empty() {
        table.time("process start to first words painted", ours.paints.median(), beside, theirs.paints.median());
    }
    table.time("process start to interactive window", ours.ready.median(), beside, theirs.ready.median());
    table.time("process start to rows, 10,000 service users", rows[1].median(), "ten service users", rows[0].median());
    table.memory("memory of all processes (PSS)", ours.total(), beside, theirs.total());
    for name in ["mintage-desktop", "WebKitWebProces", "WebKitNetworkPr"] {
        let own = if name == "mintage-desktop" { "mintage-empty-w" } else { name };
        table.memory(&format!("  of it {name}"), ours.part(name), &format!("  {own}"), theirs.part(own));
    }
    Ok(())
}

/// Starts over catalogues of ten and of ten thousand service users, until their rows are shown.
fn rows(runtime: &Arc<Runtime>, app: &Path) -> Outcome<[Sample; 2]> {
    const COUNTS: [usize; 2] = [10, seed::USERS];
    let mut samples: [Sample; 2] = Default::default();
    let folders = [tempfile::tempdir()?, tempfile::tempdir()?];
    for (folder, count) in folders.iter().zip(COUNTS) {
        runtime.block_on(seed::fill_with(folder.path(), count))?;
    }
    for round in 0..ROUNDS_OF_ROWS {
        for ((folder, count), sample) in folders.iter().zip(COUNTS).zip(&mut samples) {
            let mut window = Window::start(runtime, folder.path());
            let started = since_1970(setup::now());
            window.open(app)?;
            let shown = window.until(ROWS, &json!([count]))?;
            // The first start notices that the keychain has none of the keys.
            if round > 0 {
                sample.0.extend(shown.as_f64().map(|at| at - started));
            }
        }
    }
    Ok(samples)
}

impl Starts {
    /// Starts an app as on its first day, through the driver.
    fn drive(&mut self, runtime: &Arc<Runtime>, app: &Path, content: &str) -> Outcome {
        let folder = tempfile::tempdir()?;
        let mut window = Window::start(runtime, folder.path());
        let started = since_1970(setup::now());
        window.open(app)?;
        let times = window.until(READY, &json!([content]))?;
        let [ready, paint] = [0, 1].map(|at| times[at].as_f64());
        self.ready.0.extend(ready.map(|at| at - started));
        self.paints.0.extend(paint.map(|at| at - started));
        Ok(())
    }

    /// Starts it undriven.
    fn run(&mut self, app: &Path) -> Outcome {
        let folder = tempfile::tempdir()?;
        let mut running = Running::start(app, folder.path())?;
        self.windows.0.push(running.window()?);
        self.memory.push(running.memory());
        Ok(())
    }

    fn total(&self) -> f64 {
        Sample(self.memory.iter().map(process::total).collect()).median()
    }

    fn part(&self, name: &str) -> f64 {
        Sample(self.memory.iter().map(|memory| memory.get(name).copied().unwrap_or_default()).collect()).median()
    }
}

fn since_1970(moment: OffsetDateTime) -> f64 {
    moment.unix_timestamp_nanos() as f64 / 1e6
}
