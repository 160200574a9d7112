//! Key files on their way in: chosen, pasted, opened, imported, discarded.

use std::path::PathBuf;
use std::sync::Arc;

use mintage_core::credential::Source;
use mintage_core::guard::off_thread;
use mintage_core::mint::{ImportOutcome, ImportRequest, Review, ReviewId};
use mintage_core::secret::Secret;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt as _;

use super::{Reply, answered, clipboard_problem};
use crate::app::App;

/// Opens the system's file chooser; a cancelled one gives no reviews, which is no error.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_key_files(handle: AppHandle, app: State<'_, App>) -> Reply<Vec<Review>> {
    answered(async move {
        let (send, chosen) = tokio::sync::oneshot::channel();
        handle.dialog().file().set_title("Choose key files").pick_files(move |files| drop(send.send(files)));
        let files = chosen.await.ok().flatten().unwrap_or_default();
        let paths: Vec<PathBuf> = files.into_iter().filter_map(|file| file.into_path().ok()).collect();
        Ok(app.mint().await?.review_files(&paths).await?)
    })
    .await
}

/// Reads the clipboard here, so that a pasted key never enters the page.
#[tauri::command]
#[specta::specta]
pub(crate) async fn review_clipboard(app: State<'_, App>) -> Reply<Review> {
    answered(async move {
        let text = app.clipboard.read().map_err(clipboard_problem)?;
        Ok(app.mint().await?.review_text(text, Source::Paste).await?)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn unseal(app: State<'_, App>, id: ReviewId, passphrase: String) -> Reply<Review> {
    answered(async move {
        let (mint, passphrase) = (app.mint().await?, Secret::new(passphrase));
        app.stopping.unless_stopped(id.0, mint.unseal(id, &passphrase)).await
    })
    .await
}

/// Reads a key file under review by the profiles as they are now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_again(app: State<'_, App>, id: ReviewId) -> Reply<Review> {
    answered(async move { Ok(app.mint().await?.read_again(id).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn import(app: State<'_, App>, request: ImportRequest) -> Reply<ImportOutcome> {
    answered(async move { Ok(app.mint().await?.import(&request).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn discard_reviews(app: State<'_, App>, ids: Vec<ReviewId>) -> Reply<()> {
    answered(async move {
        // Nobody waits for a passphrase to be tried any more.
        ids.iter().for_each(|id| app.stopping.stop(id.0));
        app.mint().await?.discard_reviews(&ids);
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_original(app: State<'_, App>, id: ReviewId) -> Reply<()> {
    answered(async move {
        let mint = Arc::clone(app.mint().await?);
        Ok(off_thread(move || mint.delete_original(id)).await??)
    })
    .await
}
