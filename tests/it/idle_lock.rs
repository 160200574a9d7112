//! Mintage **locks when nobody is there**, as the settings say. The agent's clock is the test's.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mintage_agent::{Agent, Clock, Config, Now};
use mintage_agent_protocol::Host;
use mintage_app::App;
use mintage_app::agent::{MintSource, lock_when_due};
use mintage_core::settings::Settings;
use mintage_testbed::session::Session;
use mintage_testbed::wait::PATIENCE;
use time::OffsetDateTime;

use crate::own_process::{passes, this_program};

const MINUTE: Duration = Duration::from_secs(60);

/// A clock that a test sets: the time since the agent was made.
#[derive(Clone, Default)]
struct SetClock(Arc<Readings>);

#[derive(Default)]
struct Readings {
    since: Mutex<Duration>,
    count: AtomicUsize,
}

impl SetClock {
    fn set(&self, since: Duration) {
        *self.0.since.lock().expect("no holder panics") = since;
    }

    /// How often it was read.
    fn readings(&self) -> usize {
        self.0.count.load(Ordering::SeqCst)
    }
}

impl Clock for SetClock {
    fn now(&self) -> Now {
        let since = *self.0.since.lock().expect("no holder panics");
        self.0.count.fetch_add(1, Ordering::SeqCst);
        Now { wall: OffsetDateTime::UNIX_EPOCH + since, monotonic: since }
    }
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect(what);
}

#[tokio::test]
#[ignore = "it is run by the test below, in a session of its own"]
async fn the_other_process() {
    let app = App::default();
    let mint = app.mint().await.expect("the catalogue opens");
    let settings = Settings { lock_minutes: 2, ..Settings::default() };
    mint.change_settings(&Settings::default(), &settings).await.expect("they are sound");
    let clock = SetClock::default();
    let agent = Arc::new(Agent::new(MintSource::of(app.clone()), clock.clone(), Config::of(Host::Headless)));
    clock.set(2 * MINUTE - Duration::from_millis(20));
    let before = clock.readings();
    let watching = tokio::spawn(lock_when_due(Arc::clone(&agent)));
    // Each look reads it twice. The agent looks again after what is left, which by this clock never passes.
    until("the agent looks again and again", || clock.readings() > before + 6).await;
    assert!(!agent.is_locked(), "somebody was there less than two minutes ago");
    clock.set(2 * MINUTE);
    until("nobody has been there for two minutes", || agent.is_locked()).await;
    watching.abort();
}

#[test]
fn mintage_locks_when_nobody_has_been_there_for_as_long_as_the_settings_say() {
    let session = Session::start();
    passes(session.join(&mut this_program()), "idle_lock::the_other_process");
}
