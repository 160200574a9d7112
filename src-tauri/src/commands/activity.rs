//! The record of activity: read, searched, and saved where the user says.

use std::path::{Path, PathBuf};

use mintage_core::activity::{ActivityEntry, ActivityFilter, ActivityPage, ExportForm};
use mintage_core::error::Problem;
use mintage_core::service_user::ServiceUserId;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt as _;

use super::{Reply, answered};
use crate::app::App;

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

/// Saves what fits the filter where the system's dialog says, and tells the file's name; a cancelled
/// dialog saves nothing, which is no error.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_activity(
    handle: AppHandle,
    app: State<'_, App>,
    filter: ActivityFilter,
    form: ExportForm,
) -> Reply<Option<String>> {
    answered(async move {
        let mint = app.mint().await?;
        let name = format!("mintage-activity-{}.{}", mint.now().date(), form.extension());
        let Some(path) = ask_where(&handle, &name, form).await else { return Ok(None) };
        let text = mint.export_activity(&filter, form).await?;
        save(&path, &text).await?;
        let saved = path.file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(Some(saved.unwrap_or_default()))
    })
    .await
}

/// Asks for a file to save to; `None` where the dialog is cancelled.
async fn ask_where(handle: &AppHandle, name: &str, form: ExportForm) -> Option<PathBuf> {
    let (send, chosen) = tokio::sync::oneshot::channel();
    let extension = form.extension();
    let dialog = handle.dialog().file().set_title("Save the record of activity").set_file_name(name);
    dialog.add_filter(extension.to_uppercase(), &[extension]).save_file(move |file| drop(send.send(file)));
    chosen.await.ok().flatten()?.into_path().ok()
}

async fn save(path: &Path, text: &str) -> Reply<()> {
    tokio::fs::write(path, text).await.map_err(|error| {
        let message = format!("`{}` could not be written: {error}", path.display());
        Problem::of_shell("export-not-written", message, "Choose another folder")
    })
}
