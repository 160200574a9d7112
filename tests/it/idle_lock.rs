//! Mintage **locks when nobody is there**, as the settings say. The agent's clock is the test's.

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
struct Set(Arc<Mutex<Duration>>);

impl Set {
    fn to(&self, since: Duration) {
        *self.0.lock().expect("no holder panics") = since;
    }
}

impl Clock for Set {
    fn now(&self) -> Now {
        let since = *self.0.lock().expect("no holder panics");
        Now { wall: OffsetDateTime::UNIX_EPOCH + since, monotonic: since }
    }
}

async fn locks(agent: &Agent<MintSource>) -> bool {
    let locked = async {
        while !agent.is_locked() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, locked).await.is_ok()
}

#[tokio::test]
#[ignore = "it is run by the test below, in a session of its own"]
async fn the_other_process() {
    let app = App::default();
    let mint = app.mint().await.expect("the catalogue opens");
    let settings = Settings { lock_minutes: 2, ..Settings::default() };
    mint.change_settings(&Settings::default(), &settings).await.expect("they are sound");
    let clock = Set::default();
    let agent = Arc::new(Agent::new(MintSource::of(app.clone()), clock.clone(), Config::of(Host::Headless)));
    clock.to(2 * MINUTE - Duration::from_secs(1));
    let watching = tokio::spawn(lock_when_due(Arc::clone(&agent)));
    // It looks again when the last second is over; to its clock that second lasts until the test says otherwise.
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(!agent.is_locked(), "somebody was there less than two minutes ago");
    clock.to(2 * MINUTE);
    assert!(locks(&agent).await, "nobody has been there for two minutes");
    watching.abort();
}

#[test]
fn mintage_locks_when_nobody_has_been_there_for_as_long_as_the_settings_say() {
    let session = Session::start();
    passes(session.join(&mut this_program()), "idle_lock::the_other_process");
}
