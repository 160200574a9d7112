//! **Processes**: an app with everything it starts, their memory, the machine's load. Linux only.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mintage_testbed::process::end;
use mintage_testbed::wait::{comes_true, comes_true_every};

use crate::Outcome;
use crate::sample::milliseconds;

const PATIENCE: Duration = Duration::from_secs(60);
/// How long processes may take to end by themselves.
const GRACE: Duration = Duration::from_secs(10);
/// How long the memory must stay unchanged before it is recorded.
const CALM: Duration = Duration::from_secs(3);
const KIBIBYTES: f64 = 1024.0;

/// The three load averages, for instance `0.41 0.73 1.20`.
pub(crate) fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

/// Memory by program name, in MiB: shared memory counts proportionally (PSS).
pub(crate) type Memory = HashMap<String, f64>;

/// An app that runs undriven; it ends when this is dropped.
pub(crate) struct Running {
    child: Child,
    started: Instant,
}

impl Running {
    /// Starts an app with its data in this folder.
    pub(crate) fn start(program: &Path, data: &Path) -> Outcome<Self> {
        let mut command = Command::new(program);
        command.env("MINTAGE_DATA_DIR", data).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let started = Instant::now();
        Ok(Self { child: command.spawn()?, started })
    }

    /// Waits for its window and returns how long that took, in milliseconds.
    pub(crate) fn window(&mut self) -> Outcome<f64> {
        while self.started.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("the app ended before its window appeared ({status})").into());
            }
            let search = ["search", "--onlyvisible", "--name", "^Mintage"];
            let found = Command::new("xdotool").args(search).stderr(Stdio::null()).output()?;
            if !found.stdout.is_empty() {
                return Ok(milliseconds(self.started));
            }
        }
        Err("no window appeared".into())
    }

    /// The memory once it has stopped changing.
    pub(crate) fn memory(&self) -> Memory {
        let (mut last, mut since) = (memory(self.child.id()), Instant::now());
        comes_true_every(Duration::from_millis(250), PATIENCE, || {
            let now = memory(self.child.id());
            if (total(&now) - total(&last)).abs() > 1.0 {
                since = Instant::now();
            }
            last = now;
            since.elapsed() >= CALM
        });
        last
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let family = family(self.child.id());
        end(&mut self.child);
        // The web view's processes end when they notice that the app is gone.
        gone(&family);
    }
}

/// All of it, in MiB.
pub(crate) fn total(memory: &Memory) -> f64 {
    memory.values().sum()
}

/// Waits until none of these processes is left, and ends what stays: an app that its driver left without a page would
/// be the one that the next start finds.
pub(crate) fn gone(family: &[u32]) {
    let left = || family.iter().filter(|id| is_alive(**id)).map(u32::to_string).collect::<Vec<_>>();
    if !comes_true(GRACE, || left().is_empty()) {
        _ = Command::new("kill").arg("-KILL").args(left()).status();
        comes_true(PATIENCE, || left().is_empty());
    }
}

/// A process and all its descendants.
pub(crate) fn family(of: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|id| Some((id, parent(id)?)))
        .collect();
    let mut family = vec![of];
    let mut next = 0;
    while let Some(&id) = family.get(next) {
        family.extend(parents.iter().filter(|(_, parent)| *parent == id).map(|(child, _)| child));
        next += 1;
    }
    family
}

/// Resident and proportional memory, in MiB, of the agents whose runtime folder this is.
pub(crate) fn agents(run: &Path) -> Vec<(f64, f64)> {
    let mine = format!("XDG_RUNTIME_DIR={}", run.display());
    let ids = fs::read_dir("/proc").into_iter().flatten();
    let ids = ids.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let is_agent = |id: &u32| {
        let read = |name: &str| fs::read(format!("/proc/{id}/{name}")).unwrap_or_default();
        read("cmdline").ends_with(b"agent\0serve\0--detach\0")
            && read("environ").split(|byte| *byte == 0).any(|variable| variable == mine.as_bytes())
    };
    ids.filter(is_agent).filter_map(|id| Some((rollup(id, "Rss:")?, pss(id)?))).collect()
}

fn memory(of: u32) -> Memory {
    let mut memory = Memory::new();
    for id in family(of) {
        let name = fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default().trim().to_owned();
        *memory.entry(name).or_default() += pss(id).unwrap_or_default();
    }
    memory
}

fn pss(id: u32) -> Option<f64> {
    rollup(id, "Pss:")
}

fn rollup(id: u32, field: &str) -> Option<f64> {
    let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok()?;
    let line = rollup.lines().find_map(|line| line.strip_prefix(field))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<f64>().ok()? / KIBIBYTES)
}

/// The fields after the program's name, which may contain spaces and parentheses.
fn fields(id: u32) -> Option<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    Some(stat.rsplit_once(") ")?.1.split(' ').map(str::to_owned).collect())
}

fn parent(id: u32) -> Option<u32> {
    fields(id)?.get(1)?.parse().ok()
}

fn is_alive(id: u32) -> bool {
    fields(id).is_some_and(|fields| fields[0] != "Z")
}
