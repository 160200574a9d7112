//! The activity record: read, searched, and saved where the user chooses.

use mintage_app::{App, export};
use mintage_core::activity::{ActivityEntry, ActivityFilter, ActivityPage, ExportForm};
use mintage_core::ids::ServiceUserId;
use tauri::{AppHandle, State};

use crate::answer::{Reply, answered};
use crate::chooser;
use crate::exported::Exported;

#[tauri::command]
#[specta::specta]
pub(crate) async fn activity(app: State<'_, App>, of: Option<ServiceUserId>) -> Reply<Vec<ActivityEntry>> {
    answered(async move { Ok(app.mint().await?.activity(of).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn find_activity(app: State<'_, App>, filter: ActivityFilter) -> Reply<ActivityPage> {
    answered(async move { Ok(app.mint().await?.find_activity(&filter).await?) }).await
}

/// Saves the entries that match the filter where the system dialog says, and returns the file's name; a cancelled
/// dialog saves nothing, which isn't an error.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_activity(
    handle: AppHandle,
    app: State<'_, App>,
    exported: State<'_, Exported>,
    filter: ActivityFilter,
    form: ExportForm,
) -> Reply<Option<String>> {
    answered(async move {
        let mint = app.mint().await?;
        let name = export::activity_name(mint.now().date(), form);
        let place = chooser::place(&handle, "Export activity", &name).await;
        let Some(path) = place else { return Ok(None) };
        let text = mint.export_activity(&filter, form).await?;
        let name = export::write(&path, &text).await?;
        exported.note(&path);
        Ok(Some(name))
    })
    .await
}
