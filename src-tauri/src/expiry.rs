//! Notifying the desktop about keys that **expire**, and asking the servers when they do. When is decided by the core,
//! the words by [`notice`].

use std::time::Duration;

use mintage_app::{App, notice};
use mintage_core::error::{Error, Problem};
use mintage_core::guard::guarded;
use mintage_core::mint::Mint;
use serde::Serialize;
use specta::Type;
use tauri::{AppHandle, Manager};
use tauri_specta::Event as _;
use tokio::time::MissedTickBehavior;

use crate::notification;
use crate::page::OpenRequest;

/// How often to check. Keys expire by the day.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// The servers told of other expiry dates than were known.
#[derive(Clone, Debug, Serialize, Type, tauri_specta::Event)]
pub(crate) struct ExpiryChanged;

/// Asks the servers once, where nobody has to be asked for it.
pub(crate) async fn refresh_once(handle: AppHandle) {
    // What couldn't be asked now is asked at the next start, or when the user wants it.
    let _: Result<Result<(), Problem>, Error> = guarded(Box::pin(refresh(&handle))).await;
}

/// Notifies now and every hour.
pub(crate) async fn watch(handle: AppHandle) {
    let mut hourly = tokio::time::interval(EVERY);
    hourly.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        hourly.tick().await;
        let app = handle.state::<App>();
        if let Ok(mint) = app.mint().await {
            // What couldn't be checked now is checked in an hour.
            let _: Result<Result<(), Error>, Error> = guarded(tell(&handle, mint)).await;
        }
    }
}

async fn refresh(handle: &AppHandle) -> Result<(), Problem> {
    let told = handle.state::<App>().mint().await?.refresh_expiry_unasked().await?;
    if told.listed > 0 {
        // A window that is being closed shows nothing.
        let _: tauri::Result<()> = ExpiryChanged.emit(handle);
    }
    Ok(())
}

async fn tell(handle: &AppHandle, mint: &Mint) -> Result<(), Error> {
    if !mint.settings().await?.expiry_notifications {
        return Ok(());
    }
    let due = mint.expiry_notices().await?;
    for (keys, notice) in notice::of_expiry(&due, mint.now()) {
        if notification::show(handle, &notice, Some(OpenRequest::Radar)).await.is_err() {
            return Ok(());
        }
        mint.note_notified(keys).await?;
    }
    Ok(())
}
