//! **Telling** what happens in the agent: the page at once, the person where they look.
//!
//! Rule: a question of a program at a terminal brings the window to the front, because somebody waits there. One of a
//! program without a terminal is one notification, and so is whatever was handed out without a question.

use std::time::Duration;

use mintage_agent_protocol::{Event, GrantRow};
use mintage_app::notice::{self, Notice};
use tauri::{AppHandle, Manager};
use tauri_specta::Event as _;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use super::HostedAgent;
use crate::clipboard::Clipboard;
use crate::page::{AgentChanged, OpenRequest};
use crate::{notification, window};

/// How long grants that nobody was asked about are collected for one notification.
const COLLECT: Duration = Duration::from_secs(60);

/// Follows the agent until the app exits.
pub(super) async fn follow(handle: AppHandle, mut events: Receiver<Event>) {
    let mut unannounced = Unannounced::default();
    loop {
        tokio::select! {
            event = events.recv() => match event {
                // Programs may get hundreds, and nothing on the page counts them as they come.
                Ok(Event::HandedOut { .. }) => continue,
                Ok(event) => happened(&handle, event, &mut unannounced).await,
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
            () = unannounced.due() => unannounced.announce(&handle).await,
        }
        tell_page(&handle, &handle.state::<HostedAgent>());
    }
}

/// Lets the page know that something has changed. Whoever shows it asks what.
pub(super) fn tell_page(handle: &AppHandle, hosted: &HostedAgent) {
    // Without a page there is nobody to tell.
    let _: tauri::Result<()> = AgentChanged { locked: hosted.agent.is_locked() }.emit(handle);
}

async fn happened(handle: &AppHandle, event: Event, unannounced: &mut Unannounced) {
    match event {
        Event::Question { question, .. } if question.attended => window::show(handle),
        Event::Question { question, notify: true } if !window::is_in_front(handle) => {
            notify(handle, &notice::of_question(&question), OpenRequest::Question).await;
        }
        Event::Granted { grant } if !grant.approved => unannounced.grants.push(grant),
        Event::Locked => handle.state::<Clipboard>().clear_ours(),
        _ => {}
    }
}

async fn notify(handle: &AppHandle, notice: &Notice, leads_to: OpenRequest) {
    // The page shows it, too.
    let _: Result<(), notification::NotShown> = notification::show(handle, notice, Some(leads_to)).await;
}

/// Grants that nobody was asked about and that the person hasn't been told about.
#[derive(Default)]
struct Unannounced {
    grants: Vec<GrantRow>,
    last: Option<Instant>,
}

impl Unannounced {
    /// Resolves when it is time to tell: at once, or a while after the last time.
    async fn due(&self) {
        match self.last {
            _ if self.grants.is_empty() => std::future::pending().await,
            Some(last) => tokio::time::sleep_until(last + COLLECT).await,
            None => {}
        }
    }

    async fn announce(&mut self, handle: &AppHandle) {
        self.last = Some(Instant::now());
        let grants = std::mem::take(&mut self.grants);
        notify(handle, &notice::of_untold(&grants), OpenRequest::Programs).await;
    }
}
