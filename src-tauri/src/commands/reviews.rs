//! Key files to import: chosen, pasted, opened, imported, discarded.

use std::ops::ControlFlow;
use std::sync::Arc;

use mintage_app::App;
use mintage_app::import::{self, Imported};
use mintage_core::credential::Source;
use mintage_core::error::Problem;
use mintage_core::guard::off_thread;
use mintage_core::ids::CredentialId;
use mintage_core::mint::{ImportPlan, ImportRequest, Original, Pasted, PlanRequest, Review, ReviewId, issuer_named_in};
use mintage_core::secret::Secret;
use serde::Serialize;
use specta::Type;
use tauri::{AppHandle, State};

use crate::answer::{Reply, answered};
use crate::chooser;
use crate::clipboard::{Clipboard, Mark};

/// Opens the system's file chooser; a cancelled one returns no reviews, which isn't an error.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_key_files(handle: AppHandle, app: State<'_, App>) -> Reply<Vec<Review>> {
    answered(async move {
        let paths = chooser::key_files(&handle, "Choose key files").await;
        Ok(app.mint().await?.review_files(&paths).await?)
    })
    .await
}

/// Reads the clipboard here, so that a pasted key never enters the page.
#[tauri::command]
#[specta::specta]
pub(crate) async fn review_clipboard(app: State<'_, App>, clipboard: State<'_, Clipboard>) -> Reply<Review> {
    answered(async move {
        let text = clipboard.read()?;
        let mark = Mark::of(&text);
        let review = app.mint().await?.review_text(text, Source::Paste).await?;
        clipboard.note_pasted(review.id, mark);
        Ok(review)
    })
    .await
}

/// Decides where the clipboard's text belongs: a key to review, a token to inspect, an address to add. The text itself
/// never enters the page.
#[tauri::command]
#[specta::specta]
pub(crate) async fn paste(app: State<'_, App>, clipboard: State<'_, Clipboard>) -> Reply<Pasted> {
    answered(async move {
        let text = clipboard.read()?;
        let mark = Mark::of(&text);
        let pasted = app.mint().await?.paste(text).await?;
        if let Pasted::Key { review } = &pasted {
            clipboard.note_pasted(review.id, mark);
        }
        Ok(pasted)
    })
    .await
}

/// Clears a key from the clipboard that was pasted and is stored now; returns whether it was still there.
#[tauri::command]
#[specta::specta]
pub(crate) async fn clear_pasted(clipboard: State<'_, Clipboard>, id: ReviewId) -> Reply<bool> {
    answered(async move { Ok(clipboard.clear_pasted(id)?) }).await
}

/// The issuer that a token on the clipboard names, to propose for a new environment. Nothing is fetched.
#[tauri::command]
#[specta::specta]
pub(crate) async fn clipboard_issuer(clipboard: State<'_, Clipboard>) -> Reply<Option<String>> {
    answered(async move { Ok(clipboard.read().ok().and_then(|text| issuer_named_in(text.expose()))) }).await
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

/// Reads a key file under review again with the current profiles.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_again(app: State<'_, App>, id: ReviewId) -> Reply<Review> {
    answered(async move { Ok(app.mint().await?.read_again(id).await?) }).await
}

/// What is to be said and asked about the key files under review, and which go in next.
#[tauri::command]
#[specta::specta]
pub(crate) async fn import_plan(app: State<'_, App>, request: PlanRequest) -> Reply<ImportPlan> {
    answered(async move { Ok(app.mint().await?.import_plan(&request).await?) }).await
}

/// Imports some files in their order. A result is that of the request at its place.
#[tauri::command]
#[specta::specta]
pub(crate) async fn import(app: State<'_, App>, requests: Vec<ImportRequest>) -> Reply<Vec<FileResult>> {
    answered(async move {
        let results = import::several(app.mint().await?, &requests, |_| ControlFlow::Continue(())).await;
        Ok(results.into_iter().map(FileResult::of).collect())
    })
    .await
}

/// What importing one of several files did: either of the two.
#[derive(Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FileResult {
    imported: Option<Imported>,
    problem: Option<Problem>,
}

impl FileResult {
    fn of(result: Result<Imported, Problem>) -> Self {
        match result {
            Ok(imported) => Self { imported: Some(imported), problem: None },
            Err(problem) => Self { imported: None, problem: Some(problem) },
        }
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn discard_reviews(app: State<'_, App>, ids: Vec<ReviewId>) -> Reply<()> {
    answered(async move {
        // Nobody is waiting for a passphrase test any more.
        ids.iter().for_each(|id| app.stopping.stop(id.0));
        app.mint().await?.discard_reviews(&ids);
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_original(app: State<'_, App>, id: ReviewId) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.delete_original(id).await?) }).await
}

/// The file that a credential was imported from since the app started, while it is there.
#[tauri::command]
#[specta::specta]
pub(crate) async fn original(app: State<'_, App>, id: CredentialId) -> Reply<Option<Original>> {
    answered(async move {
        let mint = Arc::clone(app.mint().await?);
        Ok(off_thread(move || mint.original(id)).await?)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_original_of(app: State<'_, App>, id: CredentialId) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.delete_original_of(id, None).await?) }).await
}

/// Deletes the file that the user chooses, if it contains this credential; returns its name, and `None` if none was
/// chosen. The page can't name a file.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_chosen_original(
    handle: AppHandle,
    app: State<'_, App>,
    id: CredentialId,
) -> Reply<Option<String>> {
    answered(async move {
        let Some(path) = chooser::key_file(&handle, "Choose the file to delete").await else { return Ok(None) };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        app.mint().await?.delete_original_of(id, Some(path)).await?;
        Ok(Some(name))
    })
    .await
}
