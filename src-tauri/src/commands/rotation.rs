//! A credential's life at its server: rotated, listed, removed, and when it expires.

use mintage_app::{App, export};
use mintage_core::credential::CredentialKind;
use mintage_core::ids::{EnvironmentId, RotationId, ServiceUserId};
use mintage_core::mint::{
    CredentialMoment, PublicHalf, ReviewId, RotationPlan, RotationRequest, RotationView, ServerCredentials,
    ServiceUserRow,
};
use mintage_core::rotation::audit;
use mintage_core::secret::Secret;
use tauri::{AppHandle, State};

use crate::answer::{Reply, answered};
use crate::chooser;
use crate::exported::Exported;
use crate::rotating::{self, Rotating, Way};

/// Says what a rotation would do. The server is asked whether it may, and nothing is changed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_rotation(app: State<'_, App>, request: RotationRequest) -> Reply<RotationPlan> {
    answered(async move { Ok(app.mint().await?.plan_rotation(&request).await?) }).await
}

/// Records a rotation; `continue_rotation` takes its first step.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_rotation(app: State<'_, App>, request: RotationRequest) -> Reply<RotationView> {
    answered(async move { Ok(app.mint().await?.start_rotation(&request).await?) }).await
}

/// Goes on until it is over, needs a person or time, fails or is stopped; each step is an event.
#[tauri::command]
#[specta::specta]
pub(crate) async fn continue_rotation(handle: AppHandle, id: RotationId) -> Reply<RotationView> {
    answered(async move { rotating::go(&handle, id, Way::Forward).await }).await
}

/// Goes back, step by step, in the same way.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo_rotation(handle: AppHandle, id: RotationId) -> Reply<RotationView> {
    answered(async move { rotating::go(&handle, id, Way::Back).await }).await
}

/// Stops a rotation before its next step; what was recorded stays.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stop_rotation(rotating: State<'_, Rotating>, id: RotationId) -> Reply<()> {
    answered(async move {
        rotating.stop(id);
        Ok(())
    })
    .await
}

/// Notes that the person for whom a rotation waits has done their part, or doesn't want to wait for the grace to end.
#[tauri::command]
#[specta::specta]
pub(crate) async fn release_rotation(
    app: State<'_, App>,
    id: RotationId,
    key_id: Option<String>,
) -> Reply<RotationView> {
    answered(async move { Ok(app.mint().await?.release_rotation(id, key_id).await?) }).await
}

/// Makes the key of a file under review the new key, where the provider's console makes keys; `continue_rotation` takes
/// the next step.
#[tauri::command]
#[specta::specta]
pub(crate) async fn bring_key(app: State<'_, App>, id: RotationId, review: ReviewId) -> Reply<RotationView> {
    answered(async move { Ok(app.mint().await?.bring_key(id, review).await?) }).await
}

/// What a person does in the provider's console.
#[tauri::command]
#[specta::specta]
pub(crate) async fn rotation_console(app: State<'_, App>, id: RotationId) -> Reply<String> {
    answered(async move { Ok(app.mint().await?.rotation_console(id).await?) }).await
}

/// Lets another service user act at the server from now on; `continue_rotation` takes the next step.
#[tauri::command]
#[specta::specta]
pub(crate) async fn let_another_act(app: State<'_, App>, id: RotationId, by: ServiceUserId) -> Reply<RotationView> {
    answered(async move { Ok(app.mint().await?.let_another_act(id, by).await?) }).await
}

/// The service users of an environment that may act at its server.
#[tauri::command]
#[specta::specta]
pub(crate) async fn actors(app: State<'_, App>, environment: EnvironmentId) -> Reply<Vec<ServiceUserRow>> {
    answered(async move { Ok(app.mint().await?.actors(environment).await?) }).await
}

/// The service user that acts in an environment where another one may not, if one was chosen.
#[tauri::command]
#[specta::specta]
pub(crate) async fn administrator(app: State<'_, App>, environment: EnvironmentId) -> Reply<Option<ServiceUserId>> {
    answered(async move { Ok(app.mint().await?.administrator(environment).await?) }).await
}

/// Corrects the times of assertions for an environment by what its server's clock says, until the app exits.
#[tauri::command]
#[specta::specta]
pub(crate) async fn trust_server_time(app: State<'_, App>, environment: EnvironmentId) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.trust_server_time(environment).await?) }).await
}

/// Chooses it, or none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_administrator(
    app: State<'_, App>,
    environment: EnvironmentId,
    chosen: Option<ServiceUserId>,
) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.set_administrator(environment, chosen).await?) }).await
}

/// The rotations of a service user, or of all, the newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn rotations(app: State<'_, App>, of: Option<ServiceUserId>) -> Reply<Vec<RotationView>> {
    answered(async move { Ok(app.mint().await?.rotations(of).await?) }).await
}

/// The rotations that aren't over, the oldest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_rotations(app: State<'_, App>) -> Reply<Vec<RotationView>> {
    answered(async move { Ok(app.mint().await?.open_rotations().await?) }).await
}

/// Saves them with every step where the system dialog says, and returns the file's name; a cancelled dialog saves nothing,
/// which isn't an error.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_rotations(
    handle: AppHandle,
    app: State<'_, App>,
    exported: State<'_, Exported>,
    of: Option<ServiceUserId>,
) -> Reply<Option<String>> {
    answered(async move {
        let mint = app.mint().await?;
        let name = export::rotations_name(mint.now().date());
        let place = chooser::place(&handle, "Export rotations", &name).await;
        let Some(path) = place else { return Ok(None) };
        let views = mint.rotations(of).await?;
        let text = audit(views.iter().map(|view| &view.rotation));
        let name = export::write(&path, &text).await?;
        exported.note(&path);
        Ok(Some(name))
    })
    .await
}

/// The public half of the new key, for a person to upload in the provider's console.
#[tauri::command]
#[specta::specta]
pub(crate) async fn rotation_public_half(app: State<'_, App>, id: RotationId) -> Reply<PublicHalf> {
    answered(async move { Ok(app.mint().await?.rotation_public_half(id).await?) }).await
}

/// Saves it where the system dialog says, and returns the file's name; a cancelled dialog saves nothing, which isn't an
/// error.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_public_half(
    handle: AppHandle,
    app: State<'_, App>,
    exported: State<'_, Exported>,
    id: RotationId,
) -> Reply<Option<String>> {
    answered(async move {
        let half = app.mint().await?.rotation_public_half(id).await?;
        let place = chooser::place(&handle, "Save public key", &half.file_name).await;
        let Some(path) = place else { return Ok(None) };
        let name = export::write(&path, &half.text).await?;
        exported.note(&path);
        Ok(Some(name))
    })
    .await
}

/// Lists a service user's credentials of one kind at its server; `by` acts, or the service user itself.
#[tauri::command]
#[specta::specta]
pub(crate) async fn server_credentials(
    app: State<'_, App>,
    service_user: ServiceUserId,
    by: Option<ServiceUserId>,
    kind: CredentialKind,
) -> Reply<ServerCredentials> {
    answered(async move { Ok(app.mint().await?.server_credentials(service_user, by, kind).await?) }).await
}

/// Removes one at its server, and here if Mintage holds it. The last one that works needs `named`, its id.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_server_credential(
    app: State<'_, App>,
    service_user: ServiceUserId,
    by: Option<ServiceUserId>,
    kind: CredentialKind,
    id: String,
    named: Option<String>,
) -> Reply<()> {
    answered(async move {
        let mint = app.mint().await?;
        Ok(mint.remove_server_credential(service_user, by, kind, &id, named.as_deref()).await?)
    })
    .await
}

/// Keeps a service user's registration access token, with which it registers its own keys.
#[tauri::command]
#[specta::specta]
pub(crate) async fn keep_registration_token(app: State<'_, App>, of: ServiceUserId, token: String) -> Reply<()> {
    answered(async move {
        let token = Secret::new(token);
        Ok(app.mint().await?.keep_registration_token(of, &token).await?)
    })
    .await
}

/// Whether a service user has one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn has_registration_token(app: State<'_, App>, of: ServiceUserId) -> Reply<bool> {
    answered(async move { Ok(app.mint().await?.has_registration_token(of).await?) }).await
}

/// Removes it here; the server still knows it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_registration_token(app: State<'_, App>, of: ServiceUserId) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.forget_registration_token(of).await?) }).await
}

/// Writes down when a credential expires, as the user says; no moment if it doesn't, or nobody knows.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_expiry(app: State<'_, App>, expiry: CredentialMoment) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.set_expiry(expiry.credential, expiry.at).await?) }).await
}
