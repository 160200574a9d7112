//! The buses that tell when a Linux session is locked and when the computer sleeps.
//!
//! Rule: a desktop without a bus or without the service is fine; then nothing tells until there is one.

use std::os::unix::fs::MetadataExt as _;

use mintage_agent::Agent;
use zbus::export::ordered_stream::OrderedStreamExt as _;
use zbus::zvariant::{OwnedFd, OwnedObjectPath};
use zbus::{Connection, MatchRule, Message, MessageStream};

use crate::agent::MintSource;

/// Screen lockers: the freedesktop.org interface, and the desktops' own.
const SCREEN_SAVERS: [&str; 6] = [
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
    "org.kde.screensaver",
];

/// logind (org.freedesktop.login1(5)).
const LOGIND: &str = "org.freedesktop.login1";
const LOGIND_PATH: &str = "/org/freedesktop/login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";

/// A session in logind's `ListSessions`: its id, the user's id and name, the seat, the object.
type Session = (String, u32, String, String, OwnedObjectPath);

/// Locks when the screen is locked.
pub(super) async fn watch_session(agent: &Agent<MintSource>) {
    let Ok(bus) = Connection::session().await else { return };
    let Ok(mut signals) = signals(&bus, None, "ActiveChanged").await else { return };
    while let Some(signal) = signals.next().await {
        if signal.is_ok_and(|signal| is_screen_lock(&signal)) {
            agent.lock().await;
        }
    }
}

fn is_screen_lock(signal: &Message) -> bool {
    let header = signal.header();
    let interface = header.interface().map(|name| name.as_str());
    interface.is_some_and(|name| SCREEN_SAVERS.contains(&name)) && signal.body().deserialize().unwrap_or(false)
}

/// Locks before the computer sleeps, and when logind locks one of the user's sessions.
pub(super) async fn watch_sleep(agent: &Agent<MintSource>) {
    let Ok(bus) = Connection::system().await else { return };
    tokio::join!(watch_logind_sleep(agent, &bus), watch_logind_lock(agent, &bus));
}

async fn watch_logind_sleep(agent: &Agent<MintSource>, bus: &Connection) {
    let Ok(mut signals) = signals(bus, Some(LOGIND), "PrepareForSleep").await else { return };
    // Sleep waits until this is dropped, so that the tokens are gone from memory before it is written anywhere.
    let mut delay = delay_sleep(bus).await;
    while let Some(signal) = signals.next().await {
        match signal.map(|signal| signal.body().deserialize::<bool>()) {
            Ok(Ok(true)) => {
                agent.lock().await;
                delay = None;
            }
            Ok(Ok(false)) if delay.is_none() => delay = delay_sleep(bus).await,
            _ => {}
        }
    }
}

async fn watch_logind_lock(agent: &Agent<MintSource>, bus: &Connection) {
    let Ok(mut signals) = signals(bus, Some(LOGIND), "Lock").await else { return };
    while let Some(signal) = signals.next().await {
        let Ok(signal) = signal else { continue };
        let session = signal.header().path().map(ToString::to_string).unwrap_or_default();
        if is_own(bus, &session).await {
            agent.lock().await;
        }
    }
}

/// Whether a session is one of this user's; if logind doesn't say, it is.
async fn is_own(bus: &Connection, session: &str) -> bool {
    let Ok(uid) = std::fs::metadata("/proc/self").map(|of_process| of_process.uid()) else { return true };
    let listed = bus.call_method(Some(LOGIND), LOGIND_PATH, Some(MANAGER), "ListSessions", &()).await;
    let listed = listed.and_then(|reply| reply.body().deserialize::<Vec<Session>>());
    let others =
        |sessions: Vec<Session>| sessions.iter().any(|(_, of, .., path)| path.as_str() == session && *of != uid);
    !listed.is_ok_and(others)
}

/// Asks logind to wait with sleeping (org.freedesktop.login1(5), `Inhibit`).
async fn delay_sleep(bus: &Connection) -> Option<OwnedFd> {
    let wish = ("sleep", "Mintage", "Forget access tokens", "delay");
    let reply = bus.call_method(Some(LOGIND), LOGIND_PATH, Some(MANAGER), "Inhibit", &wish).await.ok()?;
    reply.body().deserialize().ok()
}

async fn signals(bus: &Connection, sender: Option<&'static str>, member: &'static str) -> zbus::Result<MessageStream> {
    let mut rule = MatchRule::builder().msg_type(zbus::message::Type::Signal).member(member)?;
    if let Some(sender) = sender {
        rule = rule.sender(sender)?;
    }
    MessageStream::for_match_rule(rule.build(), bus, None).await
}
