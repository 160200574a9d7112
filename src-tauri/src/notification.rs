//! **Notifications**: what the desktop is told while the window may be out of sight.
//!
//! Rule: nobody waits for one, and a desktop that shows none is no failure. What it says is harmless on
//! a locked screen: names and dates.

use tauri::AppHandle;

use crate::desktop::Wish;

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notification {
    pub(crate) summary: String,
    pub(crate) body: String,
    /// What a click on it shows, where the desktop tells of clicks.
    pub(crate) leads_to: Option<Wish>,
}

/// The desktop shows no notifications.
#[derive(Debug, thiserror::Error)]
#[error("the desktop shows no notifications")]
pub(crate) struct NotShown;

/// Shows a notification.
#[cfg(target_os = "linux")]
pub(crate) async fn show(handle: &AppHandle, told: &Notification) -> Result<(), NotShown> {
    linux::show(handle, told).await.map_err(|_| NotShown)
}

/// Shows a notification.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn show(_: &AppHandle, told: &Notification) -> Result<(), NotShown> {
    let mut notification = notify_rust::Notification::new();
    notification.appname("Mintage").summary(&told.summary).body(&told.body);
    #[cfg(windows)]
    notification.app_id("dev.mintage.Mintage");
    // Answers come when they come, so this is not done where commands are.
    let shown = tauri::async_runtime::spawn_blocking(move || notification.show().map(drop)).await;
    shown.map_err(|_| NotShown)?.map_err(|_| NotShown)
}

/// The Desktop Notifications Specification of freedesktop.org.
#[cfg(target_os = "linux")]
mod linux {
    use std::collections::HashMap;

    use tauri::{AppHandle, Manager};
    use zbus::export::ordered_stream::OrderedStreamExt as _;
    use zbus::zvariant::Value;
    use zbus::{MatchRule, MessageStream};

    use super::Notification;
    use crate::app::App;
    use crate::bus::{BusError, Caller};
    use crate::desktop::{self, Wish};
    use crate::window;

    const SERVER: Caller = Caller {
        service: "org.freedesktop.Notifications",
        path: "/org/freedesktop/Notifications",
        interface: "org.freedesktop.Notifications",
    };
    /// As long as the desktop thinks fit.
    const SERVERS_CHOICE: i32 = -1;

    pub(super) async fn show(handle: &AppHandle, told: &Notification) -> Result<(), BusError> {
        let bus = &handle.state::<App>().desktop.bus;
        // Listened for first: a click may come at once.
        let clicks = match told.leads_to {
            Some(wish) => Some((clicks(bus.connection().await?).await?, wish)),
            None => None,
        };
        let actions: &[&str] = if clicks.is_some() { &["default", "Open Mintage"] } else { &[] };
        let hints = HashMap::from([("desktop-entry", Value::from("Mintage"))]);
        let (summary, body) = (&told.summary, markup(&told.body));
        let arguments = ("Mintage", 0_u32, "mintage-desktop", summary, body, actions, hints, SERVERS_CHOICE);
        let reply = bus.call(SERVER, "Notify", &arguments).await?;
        let id: u32 = reply.body().deserialize().map_err(|_| BusError::NoAnswer)?;
        if let Some((clicks, wish)) = clicks {
            tauri::async_runtime::spawn(follow(handle.clone(), clicks, id, wish));
        }
        Ok(())
    }

    async fn clicks(connection: &zbus::Connection) -> Result<MessageStream, BusError> {
        let rule = MatchRule::builder()
            .msg_type(zbus::message::Type::Signal)
            .interface(SERVER.interface)
            .and_then(|rule| rule.path(SERVER.path));
        let rule = rule.map_err(|_| BusError::NoAnswer)?.build();
        MessageStream::for_match_rule(rule, connection, None).await.map_err(|_| BusError::NoAnswer)
    }

    /// Waits until a notification is clicked or gone.
    async fn follow(handle: AppHandle, mut signals: MessageStream, id: u32, wish: Wish) {
        while let Some(Ok(signal)) = signals.next().await {
            let header = signal.header();
            let body = signal.body();
            match header.member().map(|member| member.as_str()) {
                Some("ActionInvoked") if body.deserialize().is_ok_and(|(of, _): (u32, String)| of == id) => {
                    window::show(&handle);
                    desktop::wish(&handle, wish);
                }
                Some("NotificationClosed") if body.deserialize().is_ok_and(|(of, _): (u32, u32)| of == id) => return,
                _ => {}
            }
        }
    }

    /// A body is read as markup, a summary is not.
    fn markup(text: &str) -> String {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn names_are_no_markup() {
            assert_eq!(markup("<a href=\"x\">R&D</a>"), "&lt;a href=\"x\"&gt;R&amp;D&lt;/a&gt;");
        }
    }
}
