//! **Notifications**: what the user should know while the window may be out of sight.
//!
//! Rule: nothing waits for one, and a desktop that shows none isn't a failure. Their text is harmless on a locked
//! screen: names and dates.

use mintage_app::notice::Notice;
use tauri::AppHandle;

use crate::page::OpenRequest;

/// The desktop shows no notifications.
#[derive(Debug, thiserror::Error)]
#[error("this desktop doesn't show notifications")]
pub(crate) struct NotShown;

/// Shows a notification, a click on which leads to something where the desktop reports clicks.
#[cfg(target_os = "linux")]
pub(crate) async fn show(handle: &AppHandle, notice: &Notice, leads_to: Option<OpenRequest>) -> Result<(), NotShown> {
    linux::show(handle, notice, leads_to).await.map_err(|_| NotShown)
}

/// Shows a notification.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn show(_: &AppHandle, notice: &Notice, _: Option<OpenRequest>) -> Result<(), NotShown> {
    #[cfg(target_os = "macos")]
    as_this_app();
    let mut notification = notify_rust::Notification::new();
    notification.appname("Mintage").summary(&notice.summary).body(&notice.body);
    #[cfg(windows)]
    notification.app_id("dev.mintage.Mintage");
    // Responses may take any time, so this isn't done on the commands' threads.
    let shown = tauri::async_runtime::spawn_blocking(move || notification.show().map(drop)).await;
    shown.map_err(|_| NotShown)?.map_err(|_| NotShown)
}

/// Says whose the notifications are, once: macOS would otherwise ask the user where an application is. A program that
/// isn't in a bundle is nobody to it, so during development they are the terminal's.
#[cfg(target_os = "macos")]
fn as_this_app() {
    static SAID: std::sync::Once = std::sync::Once::new();
    SAID.call_once(|| {
        let app = if tauri::is_dev() { "com.apple.Terminal" } else { "dev.mintage.Mintage" };
        // Where that fails, the notification fails as well, which nothing waits for.
        drop(notify_rust::set_application(app));
    });
}

/// The Desktop Notifications Specification of freedesktop.org.
#[cfg(target_os = "linux")]
mod linux {
    use std::collections::HashMap;

    use tauri::{AppHandle, Manager};
    use zbus::export::ordered_stream::OrderedStreamExt as _;
    use zbus::zvariant::Value;
    use zbus::{MatchRule, MessageStream};

    use super::Notice;
    use crate::bus::{Bus, BusError, Caller};
    use crate::page::{self, OpenRequest};
    use crate::window;

    const SERVER: Caller = Caller {
        service: "org.freedesktop.Notifications",
        path: "/org/freedesktop/Notifications",
        interface: "org.freedesktop.Notifications",
    };
    /// As long as the desktop sees fit.
    const SERVERS_CHOICE: i32 = -1;

    pub(super) async fn show(
        handle: &AppHandle,
        notice: &Notice,
        leads_to: Option<OpenRequest>,
    ) -> Result<(), BusError> {
        let bus = handle.state::<Bus>();
        // Listened for first: a click may come at once.
        let clicks = match leads_to {
            Some(request) => Some((clicks(bus.connection().await?).await?, request)),
            None => None,
        };
        let actions: &[&str] = if clicks.is_some() { &["default", "Open Mintage"] } else { &[] };
        let hints = HashMap::from([("desktop-entry", Value::from("Mintage"))]);
        let (summary, body) = (&notice.summary, markup(&notice.body));
        let arguments = ("Mintage", 0_u32, "mintage-desktop", summary, body, actions, hints, SERVERS_CHOICE);
        let reply = bus.call(SERVER, "Notify", &arguments).await?;
        let id: u32 = reply.body().deserialize().map_err(|_| BusError::NoAnswer)?;
        if let Some((clicks, request)) = clicks {
            tauri::async_runtime::spawn(follow(handle.clone(), clicks, id, request));
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

    /// Waits until a notification is clicked or closed.
    async fn follow(handle: AppHandle, mut signals: MessageStream, id: u32, request: OpenRequest) {
        while let Some(Ok(signal)) = signals.next().await {
            let header = signal.header();
            let body = signal.body();
            match header.member().map(|member| member.as_str()) {
                Some("ActionInvoked") if body.deserialize().is_ok_and(|(of, _): (u32, String)| of == id) => {
                    window::show(&handle);
                    page::request_open(&handle, request);
                }
                Some("NotificationClosed") if body.deserialize().is_ok_and(|(of, _): (u32, u32)| of == id) => return,
                _ => {}
            }
        }
    }

    /// A body is parsed as markup, a summary isn't.
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
