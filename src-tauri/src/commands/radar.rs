//! The expiry radar: what is on it, asking the servers, snoozing, and its calendar.

use mintage_app::{App, export};
use mintage_core::mint::{CredentialMoment, ExpiryRefresh, Radar};
use tauri::{AppHandle, State};

use crate::answer::{Reply, answered};
use crate::chooser;
use crate::exported::Exported;

#[tauri::command]
#[specta::specta]
pub(crate) async fn radar(app: State<'_, App>) -> Reply<Radar> {
    answered(async move { Ok(app.mint().await?.radar().await?) }).await
}

/// Asks every server that lists credentials when those that Mintage holds expire.
#[tauri::command]
#[specta::specta]
pub(crate) async fn refresh_expiry(app: State<'_, App>) -> Reply<ExpiryRefresh> {
    answered(async move { Ok(Box::pin(app.mint().await?.refresh_expiry()).await?) }).await
}

/// Leaves a credential out of what is urgent until then; no moment to end that.
#[tauri::command]
#[specta::specta]
pub(crate) async fn snooze(app: State<'_, App>, snooze: CredentialMoment) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.snooze(snooze.credential, snooze.at).await?) }).await
}

/// Saves all expiry dates as a calendar where the system dialog says, and returns the file's name; a cancelled dialog
/// saves nothing, which isn't an error.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_calendar(
    handle: AppHandle,
    app: State<'_, App>,
    exported: State<'_, Exported>,
) -> Reply<Option<String>> {
    answered(async move {
        let mint = app.mint().await?;
        let place = chooser::place(&handle, "Export calendar", export::CALENDAR_NAME).await;
        let Some(path) = place else { return Ok(None) };
        let radar = mint.radar().await?;
        let rows: Vec<_> = radar.expiring.into_iter().chain(radar.snoozed).collect();
        let name = export::write(&path, &export::calendar(&rows, mint.now())).await?;
        exported.note(&path);
        Ok(Some(name))
    })
    .await
}
