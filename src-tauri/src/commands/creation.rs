//! Service users that are created at a server, and creations that were interrupted.

use mintage_app::App;
use mintage_core::creation::Creation;
use mintage_core::ids::ServiceUserId;
use mintage_core::mint::CreationRequest;
use tauri::State;

use crate::answer::{Reply, answered};

/// Creates a service user at the server and here; a rotation that adds a credential makes its first key.
#[tauri::command]
#[specta::specta]
pub(crate) async fn create_service_user(app: State<'_, App>, request: CreationRequest) -> Reply<ServiceUserId> {
    answered(async move { Ok(app.mint().await?.create_service_user(&request).await?) }).await
}

/// The creations of which it isn't known what the server made of them, the oldest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_creations(app: State<'_, App>) -> Reply<Vec<Creation>> {
    answered(async move { Ok(app.mint().await?.open_creations().await?) }).await
}

/// Finds the service user at the server, or asks for it again, and adds it here. `by` acts, or whoever began it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn continue_creation(
    app: State<'_, App>,
    id: ServiceUserId,
    by: Option<ServiceUserId>,
) -> Reply<ServiceUserId> {
    answered(async move { Ok(app.mint().await?.continue_creation(id, by).await?) }).await
}

/// Removes what a creation left at the server. `by` acts, or whoever began it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo_creation(app: State<'_, App>, id: ServiceUserId, by: Option<ServiceUserId>) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.undo_creation(id, by).await?) }).await
}

/// Forgets a creation without asking the server.
#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_creation(app: State<'_, App>, id: ServiceUserId) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.forget_creation(id).await?) }).await
}
