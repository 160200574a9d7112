//! What a service user's token and credentials are good for beyond minting: introspection, revocation,
//! assertions for direct use, credentials made and removed at the server.

use std::time::Duration;

use mintage_core::credential::{CredentialId, CredentialKind, Source};
use mintage_core::environment::EnvironmentId;
use mintage_core::mint::{
    AskedId, ImportOutcome, ImportRequest, Introspection, Introspector, KeyComparison, Notice, ProvisionRequest,
    Review, ReviewId, Revoked, Signed, Standing,
};
use mintage_core::secret::Secret;
use mintage_core::service_user::ServiceUserId;
use tauri::State;

use super::{Reply, clipboard_problem};
use crate::app::App;

#[tauri::command]
#[specta::specta]
pub(crate) async fn introspectors(app: State<'_, App>, of: EnvironmentId) -> Reply<Vec<Introspector>> {
    app.mint().await?.introspectors(of).await.map_err(|error| error.problem())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn introspect(
    app: State<'_, App>,
    id: ServiceUserId,
    application: CredentialId,
) -> Reply<Introspection> {
    app.mint().await?.introspect(id, application).await.map_err(|error| error.problem())
}

/// Mints again with the project's audience scope, and introspects.
#[tauri::command]
#[specta::specta]
pub(crate) async fn introspect_with_audience(
    app: State<'_, App>,
    id: ServiceUserId,
    application: CredentialId,
    project: String,
) -> Reply<Introspection> {
    app.mint().await?.introspect_with_audience(id, application, &project).await.map_err(|error| error.problem())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn revoke(app: State<'_, App>, id: ServiceUserId, application: CredentialId) -> Reply<Revoked> {
    app.mint().await?.revoke(id, application).await.map_err(|error| error.problem())
}

/// Signs an assertion and copies it; the page learns header and payload, not the signature.
#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_assertion(app: State<'_, App>, id: CredentialId) -> Reply<Signed> {
    let (assertion, signed) = app.mint().await?.sign(id).await.map_err(|error| error.problem())?;
    let stays = Duration::from_secs(u64::from(signed.clears_after));
    app.clipboard.conceal(assertion, stays).map_err(clipboard_problem)?;
    Ok(signed)
}

/// Which ids are asked for to import a reviewed file into this environment.
#[tauri::command]
#[specta::specta]
pub(crate) async fn missing_ids(
    app: State<'_, App>,
    review: ReviewId,
    environment: EnvironmentId,
) -> Reply<Vec<AskedId>> {
    app.mint().await?.missing_ids(review, environment).await.map_err(|error| error.problem())
}

/// What in a reviewed file belongs to another server than this environment's.
#[tauri::command]
#[specta::specta]
pub(crate) async fn misfits(app: State<'_, App>, review: ReviewId, environment: EnvironmentId) -> Reply<Vec<Notice>> {
    app.mint().await?.misfits(review, environment).await.map_err(|error| error.problem())
}

/// Which secrets or ready-made tokens a new one would stand beside.
#[tauri::command]
#[specta::specta]
pub(crate) async fn standing(app: State<'_, App>, request: ImportRequest) -> Reply<Vec<Standing>> {
    app.mint().await?.standing(&request).await.map_err(|error| error.problem())
}

/// Takes a client secret or ready-made token under review: what was typed, or what is on the clipboard.
#[tauri::command]
#[specta::specta]
pub(crate) async fn review_secret(app: State<'_, App>, kind: CredentialKind, typed: Option<String>) -> Reply<Review> {
    let (text, source) = match typed {
        Some(typed) => (Secret::new(typed), Source::Form),
        None => (app.clipboard.read().map_err(clipboard_problem)?, Source::Paste),
    };
    app.mint().await?.review_secret(kind, &text, source).await.map_err(|error| error.problem())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn provision(app: State<'_, App>, request: ProvisionRequest) -> Reply<ImportOutcome> {
    app.mint().await?.provision(&request).await.map_err(|error| error.problem())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn unprovision(app: State<'_, App>, id: CredentialId, by: ServiceUserId) -> Reply<()> {
    app.mint().await?.unprovision(id, by).await.map_err(|error| error.problem())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn compare_key(app: State<'_, App>, id: CredentialId, by: ServiceUserId) -> Reply<KeyComparison> {
    app.mint().await?.compare_key(id, by).await.map_err(|error| error.problem())
}
