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

use super::{Reply, answered, clipboard_problem};
use crate::app::App;

#[tauri::command]
#[specta::specta]
pub(crate) async fn introspectors(app: State<'_, App>, of: EnvironmentId) -> Reply<Vec<Introspector>> {
    answered(async move { Ok(app.mint().await?.introspectors(of).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn introspect(
    app: State<'_, App>,
    id: ServiceUserId,
    application: CredentialId,
) -> Reply<Introspection> {
    answered(async move { Ok(app.mint().await?.introspect(id, application).await?) }).await
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
    answered(async move { Ok(app.mint().await?.introspect_with_audience(id, application, &project).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn revoke(app: State<'_, App>, id: ServiceUserId, application: CredentialId) -> Reply<Revoked> {
    answered(async move { Ok(app.mint().await?.revoke(id, application).await?) }).await
}

/// Signs an assertion and copies it; the page learns header and payload, not the signature.
#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_assertion(app: State<'_, App>, id: CredentialId) -> Reply<Signed> {
    answered(async move {
        let (assertion, signed) = app.mint().await?.sign(id).await?;
        let stays = Duration::from_secs(u64::from(signed.clears_after));
        app.clipboard.conceal(assertion, stays).map_err(clipboard_problem)?;
        Ok(signed)
    })
    .await
}

/// Which ids are asked for to import a reviewed file into this environment.
#[tauri::command]
#[specta::specta]
pub(crate) async fn missing_ids(
    app: State<'_, App>,
    review: ReviewId,
    environment: EnvironmentId,
) -> Reply<Vec<AskedId>> {
    answered(async move { Ok(app.mint().await?.missing_ids(review, environment).await?) }).await
}

/// What in a reviewed file belongs to another server than this environment's.
#[tauri::command]
#[specta::specta]
pub(crate) async fn misfits(app: State<'_, App>, review: ReviewId, environment: EnvironmentId) -> Reply<Vec<Notice>> {
    answered(async move { Ok(app.mint().await?.misfits(review, environment).await?) }).await
}

/// Which secrets or ready-made tokens a new one would stand beside.
#[tauri::command]
#[specta::specta]
pub(crate) async fn standing(app: State<'_, App>, request: ImportRequest) -> Reply<Vec<Standing>> {
    answered(async move { Ok(app.mint().await?.standing(&request).await?) }).await
}

/// Takes a client secret or ready-made token under review: what was typed, or what is on the clipboard.
#[tauri::command]
#[specta::specta]
pub(crate) async fn review_secret(app: State<'_, App>, kind: CredentialKind, typed: Option<String>) -> Reply<Review> {
    answered(async move {
        let (text, source) = match typed {
            Some(typed) => (Secret::new(typed), Source::Form),
            None => (app.clipboard.read().map_err(clipboard_problem)?, Source::Paste),
        };
        Ok(app.mint().await?.review_secret(kind, &text, source).await?)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn provision(app: State<'_, App>, request: ProvisionRequest) -> Reply<ImportOutcome> {
    answered(async move { Ok(app.mint().await?.provision(&request).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn unprovision(app: State<'_, App>, id: CredentialId, by: ServiceUserId) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.unprovision(id, by).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn compare_key(app: State<'_, App>, id: CredentialId, by: ServiceUserId) -> Reply<KeyComparison> {
    answered(async move { Ok(app.mint().await?.compare_key(id, by).await?) }).await
}
