//! Provider profiles: the user's own are copied, edited, exported and imported as files.

use mintage_app::{App, export, profile_file};
use mintage_core::error::Error;
use mintage_core::mint::{OwnProviders, ProviderReview, ProviderView, ReviewId};
use mintage_core::provider::ProviderId;
use mintage_core::provider::file::{Format, with_member};
use tauri::{AppHandle, State};

use crate::answer::{Reply, answered};
use crate::chooser;
use crate::exported::Exported;

#[tauri::command]
#[specta::specta]
pub(crate) async fn providers(app: State<'_, App>) -> Reply<Vec<ProviderView>> {
    answered(async move { Ok(app.mint().await?.providers().await?.iter().map(ProviderView::from).collect()) }).await
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

/// A profile drafted from an undescribed key file under review, as text to edit; nothing is stored yet.
#[tauri::command]
#[specta::specta]
pub(crate) async fn described_key_file_text(app: State<'_, App>, id: ReviewId) -> Reply<String> {
    answered(async move {
        let drafted = app.mint().await?.describe(id).await?;
        Ok(mintage_core::provider::file::write(&drafted, Format::Toml))
    })
    .await
}

/// What to know about a profile's text before it is stored: the hosts that it names, and what is different.
#[tauri::command]
#[specta::specta]
pub(crate) async fn review_provider(app: State<'_, App>, text: String) -> Reply<ProviderReview> {
    answered(async move {
        let mint = app.mint().await?;
        mint.review_provider(&text).await.map_err(|error| error.problem_in(&text))
    })
    .await
}

/// A profile's text in which one member has another value, given as JSON. Comments and order stay as they are.
#[tauri::command]
#[specta::specta]
pub(crate) async fn changed_provider_text(text: String, path: Vec<String>, value: String) -> Reply<String> {
    answered(async move { with_member(&text, &path, &value).map_err(|error| Error::from(error).problem_in(&text)) })
        .await
}

/// Stores a profile that was edited as text; `replaces` is the text of the stored one that it replaces, as
/// [`provider_text`] gave it in TOML.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_provider(app: State<'_, App>, text: String, replaces: Option<String>) -> Reply<ProviderView> {
    answered(async move {
        let mint = app.mint().await?;
        let provider = mint.read_provider(&text).map_err(|error| error.problem_in(&text))?;
        mint.save_provider(&provider, replaces.as_deref()).await.map_err(|error| error.problem_in(&text))?;
        Ok(ProviderView::from(&provider))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_provider(app: State<'_, App>, id: ProviderId) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.forget_provider(&id).await?) }).await
}

/// Opens the system's file chooser for a profile and returns its text, for the editor to show before anything is
/// stored; a cancelled chooser returns none, which isn't an error.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_provider(handle: AppHandle) -> Reply<Option<String>> {
    answered(async move {
        let chosen = chooser::file(&handle, "Choose a provider profile", "Profile", &["toml", "json"]).await;
        let Some(path) = chosen else { return Ok(None) };
        profile_file::read(path).await.map(Some)
    })
    .await
}

/// Saves a profile where the user chooses; returns whether it was saved.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_provider(
    handle: AppHandle,
    app: State<'_, App>,
    exported: State<'_, Exported>,
    id: ProviderId,
    format: Format,
) -> Reply<bool> {
    answered(async move {
        let text = app.mint().await?.export_provider(&id, format).await?;
        let place = chooser::place(&handle, "Export profile", &export::profile_name(&id, format)).await;
        let Some(path) = place else { return Ok(false) };
        export::write(&path, &text).await?;
        exported.note(&path);
        Ok(true)
    })
    .await
}
