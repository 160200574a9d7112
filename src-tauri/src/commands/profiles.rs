//! Provider profiles: the user's own are copied, edited, exported and imported as files.

use std::path::Path;

use mintage_core::error::{Error, Problem, ProviderError};
use mintage_core::mint::{OwnProviders, ReviewId};
use mintage_core::provider::file::{Format, MAX_BYTES};
use mintage_core::provider::{Provider, ProviderId};
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt as _;

use super::{Reply, answered};
use crate::app::App;

#[tauri::command]
#[specta::specta]
pub(crate) async fn providers(app: State<'_, App>) -> Reply<Vec<Provider>> {
    answered(async move { Ok(app.mint().await?.providers().await?) }).await
}

/// Which profiles are the user's own, to be edited and removed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn own_providers(app: State<'_, App>) -> Reply<OwnProviders> {
    answered(async move { Ok(app.mint().await?.own_providers().await?) }).await
}

/// A copy to edit; nothing is stored yet.
#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_provider(app: State<'_, App>, id: ProviderId) -> Reply<Provider> {
    answered(async move { Ok(app.mint().await?.copy_provider(&id).await?) }).await
}

/// The profile as text, as the editor shows it and an export holds it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn provider_text(app: State<'_, App>, id: ProviderId, format: Format) -> Reply<String> {
    answered(async move { Ok(app.mint().await?.export_provider(&id, format).await?) }).await
}

/// A copy of a profile as text to edit; nothing is stored yet.
#[tauri::command]
#[specta::specta]
pub(crate) async fn copied_provider_text(app: State<'_, App>, id: ProviderId) -> Reply<String> {
    answered(async move {
        let copy = app.mint().await?.copy_provider(&id).await?;
        Ok(mintage_core::provider::file::write(&copy, Format::Toml))
    })
    .await
}

/// A profile drafted from a key file under review that nobody described, as text to edit; nothing is stored yet.
#[tauri::command]
#[specta::specta]
pub(crate) async fn described_key_file_text(app: State<'_, App>, id: ReviewId) -> Reply<String> {
    answered(async move {
        let drafted = app.mint().await?.describe(id).await?;
        Ok(mintage_core::provider::file::write(&drafted, Format::Toml))
    })
    .await
}

/// Stores a profile that was edited as text.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_provider(app: State<'_, App>, text: String, replace: bool) -> Reply<Provider> {
    answered(async move {
        let mint = app.mint().await?;
        let provider = mint.read_provider(&text).map_err(|error| error.problem_in(&text))?;
        mint.save_provider(&provider, replace).await.map_err(|error| error.problem_in(&text))?;
        Ok(provider)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_provider(app: State<'_, App>, id: ProviderId) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.forget_provider(&id).await?) }).await
}

/// Opens the system's file chooser for a profile and gives its text, for the editor to show before anything
/// is stored; a cancelled chooser gives none, which is no error.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_provider(handle: AppHandle) -> Reply<Option<String>> {
    answered(async move {
        let (send, chosen) = tokio::sync::oneshot::channel();
        let dialog =
            handle.dialog().file().set_title("Choose a provider profile").add_filter("Profile", &["toml", "json"]);
        dialog.pick_file(move |file| drop(send.send(file)));
        let Some(path) = chosen.await.ok().flatten().and_then(|file| file.into_path().ok()) else { return Ok(None) };
        let read = tokio::task::spawn_blocking(move || read(&path)).await.unwrap_or(Err(Unfit::Unreadable));
        read.map(Some).map_err(|unfit| match unfit {
            Unfit::Unreadable => {
                let message = "the file cannot be read as text".to_owned();
                Problem::of_shell("file-unreadable", message, "Choose a TOML or JSON file")
            }
            Unfit::TooLarge => Error::from(ProviderError::TooLarge).problem(),
        })
    })
    .await
}

/// Saves a profile where the user chooses; tells whether it was saved.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_provider(
    handle: AppHandle,
    app: State<'_, App>,
    id: ProviderId,
    format: Format,
) -> Reply<bool> {
    answered(async move {
        let text = app.mint().await?.export_provider(&id, format).await?;
        let extension = match format {
            Format::Toml => "toml",
            Format::Json => "json",
        };
        let (send, chosen) = tokio::sync::oneshot::channel();
        let dialog =
            handle.dialog().file().set_title("Export the profile").set_file_name(format!("{}.{extension}", id.0));
        dialog.save_file(move |file| drop(send.send(file)));
        let Some(path) = chosen.await.ok().flatten().and_then(|file| file.into_path().ok()) else { return Ok(false) };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        tokio::fs::write(&path, text).await.map_err(|_| {
            Problem::of_shell("file-unwritable", format!("`{name}` cannot be written"), "Choose another folder")
        })?;
        Ok(true)
    })
    .await
}

/// Why a file is no profile's.
enum Unfit {
    Unreadable,
    TooLarge,
}

/// Reads a profile's file, at most one byte more than a profile may have.
fn read(path: &Path) -> Result<String, Unfit> {
    use std::io::Read as _;
    // Asked first: opening a pipe waits for somebody who writes into it.
    if !std::fs::metadata(path).is_ok_and(|data| data.is_file()) {
        return Err(Unfit::Unreadable);
    }
    let file = std::fs::File::open(path).map_err(|_| Unfit::Unreadable)?;
    let mut text = String::new();
    file.take(MAX_BYTES as u64 + 1).read_to_string(&mut text).map_err(|_| Unfit::Unreadable)?;
    if text.len() > MAX_BYTES { Err(Unfit::TooLarge) } else { Ok(text) }
}
