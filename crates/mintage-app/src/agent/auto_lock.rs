//! When Mintage locks **by itself**: nobody is there, the session is locked, the computer sleeps, the keychain locks.

use std::sync::Arc;
use std::time::Duration;

use mintage_agent::Agent;
use mintage_agent_protocol::Problem;
use tokio::sync::mpsc;

use super::MintSource;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux::{watch_session, watch_sleep};

/// How soon a change of the settings counts.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// Locks the agent whenever there is a reason to, and unlocks it when the keychain was unlocked again. Never returns.
pub async fn lock_when_due(agent: Arc<Agent<MintSource>>) {
    let (send, mut keychain) = mpsc::unbounded_channel();
    tokio::join!(
        watch_people(&agent),
        again(|| watch_keychain(&agent, &send)),
        follow_keychain(&agent, &mut keychain),
        again(|| watch_session(&agent)),
        again(|| watch_sleep(&agent))
    );
}

/// Watches anew, after a pause, what couldn't be watched or has ended: a bus, a keychain, a catalogue.
async fn again<W: Future<Output = ()>>(watch: impl Fn() -> W) {
    loop {
        watch().await;
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Locks when the computer has slept, or when nobody has been at the window or at a terminal for as long as the settings
/// say.
async fn watch_people(agent: &Agent<MintSource>) {
    loop {
        tokio::time::sleep(look_again(agent).await).await;
    }
}

async fn look_again(agent: &Agent<MintSource>) -> Duration {
    agent.lock_if_slept().await;
    let Ok(mint) = agent.source().app().mint().await else { return LOOK_AGAIN };
    let limit = mint.settings().await.ok().and_then(|settings| settings.locks_after());
    let limit = limit.and_then(|limit| Duration::try_from(limit).ok()).filter(|_| !agent.is_locked());
    let left = left(limit, agent.unattended_for());
    if left.is_none() {
        agent.lock().await;
    }
    left.unwrap_or(LOOK_AGAIN)
}

/// When to look again; `None` if nobody has been there for as long as the limit.
fn left(limit: Option<Duration>, unattended: Duration) -> Option<Duration> {
    let Some(limit) = limit else { return Some(LOOK_AGAIN) };
    limit.checked_sub(unattended).filter(|left| !left.is_zero()).map(|left| left.min(LOOK_AGAIN))
}

async fn watch_keychain(agent: &Agent<MintSource>, changed: &mpsc::UnboundedSender<bool>) {
    if let Ok(mint) = agent.source().app().mint().await {
        // An error means that this agent is ending.
        mint.keychain().watch(|locked| changed.send(locked).unwrap_or_default()).await;
    }
}

/// Follows the keychain: whoever unlocks it means to work.
async fn follow_keychain(agent: &Agent<MintSource>, changed: &mut mpsc::UnboundedReceiver<bool>) {
    while let Some(locked) = changed.recv().await {
        if locked {
            agent.lock().await;
        } else {
            // It was unlocked a moment ago; if that has changed already, the next message says so.
            let _: Result<(), Problem> = agent.unlock().await;
        }
    }
}

#[cfg(not(target_os = "linux"))]
async fn watch_session(_: &Agent<MintSource>) {}

#[cfg(not(target_os = "linux"))]
async fn watch_sleep(_: &Agent<MintSource>) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_locks_once_nobody_has_been_there_for_as_long_as_the_limit() {
        let check = |limit: Option<u64>, unattended: u64, expected: Option<u64>| {
            let found = left(limit.map(Duration::from_secs), Duration::from_secs(unattended));
            assert_eq!(found, expected.map(Duration::from_secs), "{limit:?} {unattended}");
        };
        check(Some(600), 0, Some(30));
        check(Some(600), 575, Some(25));
        check(Some(600), 599, Some(1));
        check(Some(600), 600, None);
        check(Some(600), 10_000, None);
        check(None, 10_000, Some(30));
    }
}
