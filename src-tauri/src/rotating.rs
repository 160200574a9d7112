//! **Rotations** under way in this process: the page is told of every step, may stop between steps, and what is due goes
//! on by itself.
//!
//! Rule: a rotation that is dropped is one that was interrupted; the core's record says how it goes on. A step that adds
//! or removes something at the server isn't dropped while it is asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mintage_app::App;
use mintage_core::error::Problem;
use mintage_core::guard::guarded;
use mintage_core::ids::RotationId;
use mintage_core::mint::{Mint, RotationView};
use mintage_core::rotation::Step;
use serde::Serialize;
use specta::Type;
use tauri::{AppHandle, Manager};
use tauri_specta::Event as _;
use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;

use crate::answer::Reply;
use crate::main_thread::lock;

/// How often to look for what is due.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// A rotation began, took a step, failed or ended.
#[derive(Clone, Debug, Serialize, Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RotationChanged {
    /// As it is now.
    pub(crate) view: RotationView,
    /// Why it doesn't go on, if it went on by itself and failed.
    pub(crate) problem: Option<Problem>,
}

/// Which way to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Forward,
    Back,
    /// Forward, because its grace is over.
    Due,
}

/// The rotations that this process works on.
#[derive(Debug, Default)]
pub(crate) struct Rotating(Mutex<HashMap<RotationId, Arc<Run>>>);

/// One that is worked on.
#[derive(Debug, Default)]
struct Run {
    state: Mutex<RunState>,
    stop: Notify,
}

#[derive(Debug, Default)]
struct RunState {
    /// The step that is asked for.
    asked: Option<Step>,
    /// Whether it is to stop as soon as it may.
    stopping: bool,
}

impl RunState {
    fn may_stop(&self) -> bool {
        self.stopping && self.asked.is_none_or(Step::may_be_dropped)
    }
}

impl Run {
    fn change(&self, change: impl FnOnce(&mut RunState)) {
        let mut state = lock(&self.state);
        change(&mut state);
        if state.may_stop() {
            self.stop.notify_one();
        }
    }
}

impl Rotating {
    /// Stops a rotation before its next step; does nothing if it isn't worked on here.
    pub(crate) fn stop(&self, id: RotationId) {
        if let Some(run) = lock(&self.0).get(&id) {
            run.change(|state| state.stopping = true);
        }
    }

    fn begin(&self, id: RotationId) -> Arc<Run> {
        Arc::clone(lock(&self.0).entry(id).or_default())
    }

    /// Forgets what nobody works on any more.
    fn tidy(&self) {
        lock(&self.0).retain(|_, run| Arc::strong_count(run) > 1);
    }
}

/// Goes on with a rotation until it is over, needs a person or time, fails, or is stopped.
pub(crate) async fn go(handle: &AppHandle, id: RotationId, way: Way) -> Reply<RotationView> {
    let mint = handle.state::<App>().mint().await?.clone();
    let rotating = handle.state::<Rotating>();
    let run = rotating.begin(id);
    let done = Box::pin(work(handle, &mint, &run, id, way)).await;
    drop(run);
    rotating.tidy();
    done
}

async fn work(handle: &AppHandle, mint: &Mint, run: &Run, id: RotationId, way: Way) -> Reply<RotationView> {
    let watch = |view: &RotationView| {
        tell(handle, view.clone(), None);
        run.change(|state| state.asked = view.rotation.asked);
    };
    let work = async {
        match way {
            Way::Forward => mint.continue_rotation(id, &watch).await,
            Way::Back => mint.undo_rotation(id, &watch).await,
            Way::Due => mint.continue_due_rotation(id, &watch).await,
        }
    };
    let done = tokio::select! {
        biased;
        () = run.stop.notified() => mint.rotation(id).await,
        done = work => done,
    };
    Ok(done?)
}

fn tell(handle: &AppHandle, view: RotationView, problem: Option<Problem>) {
    // A window that is being closed shows nothing.
    let _: tauri::Result<()> = RotationChanged { view, problem }.emit(handle);
}

/// Goes on with what is due, now and every hour.
pub(crate) async fn watch(handle: AppHandle) {
    let mut hourly = tokio::time::interval(EVERY);
    hourly.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        hourly.tick().await;
        // What couldn't be done now is done in an hour, or when the user asks for it.
        let _: Result<Reply<()>, _> = guarded(Box::pin(go_on_with_due(&handle))).await;
    }
}

async fn go_on_with_due(handle: &AppHandle) -> Reply<()> {
    let mint = handle.state::<App>().mint().await?.clone();
    for id in mint.due_rotations().await? {
        if let Err(problem) = go(handle, id, Way::Due).await {
            tell(handle, mint.rotation(id).await?, Some(problem));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotation_stops_between_steps_and_while_it_only_looks() {
        for (asked, stops) in [(None, true), (Some(Step::Prove), true), (Some(Step::Register), false)] {
            assert_eq!(RunState { asked, stopping: true }.may_stop(), stops, "{asked:?}");
        }
        assert!(!RunState::default().may_stop(), "nobody asked for it");
    }

    #[tokio::test]
    async fn what_is_stopped_during_a_change_stops_after_it() {
        let rotating = Rotating::default();
        let id = serde_json::from_str("\"00000000-0000-0000-0000-000000000007\"").expect("it is an id");
        let run = rotating.begin(id);
        run.change(|state| state.asked = Some(Step::Register));
        rotating.stop(id);
        assert!(futures_are_pending(&run).await);
        run.change(|state| state.asked = None);
        run.stop.notified().await;
        drop(run);
        rotating.tidy();
        assert!(lock(&rotating.0).is_empty());
    }

    async fn futures_are_pending(run: &Run) -> bool {
        let mut stopped = std::pin::pin!(run.stop.notified());
        std::future::poll_fn(|context| std::task::Poll::Ready(stopped.as_mut().poll(context).is_pending())).await
    }
}
