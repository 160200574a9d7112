//! What a service user's token and credentials are used for beyond minting: introspection, revocation, assertions for
//! direct use, credentials created and removed on the server.

use std::time::Duration;

use mintage_app::App;
use mintage_core::credential::{CredentialKind, Source};
use mintage_core::ids::{CredentialId, EnvironmentId, ServiceUserId};
use mintage_core::mint::{
    ImportOutcome, Introspection, Introspector, KeyComparison, ProvisionRequest, Review, Revoked, Signed,
};
use mintage_core::secret::Secret;
use tauri::State;

use crate::answer::{Reply, answered};
use crate::clipboard::{Clipboard, Mark};

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
pub(crate) async fn copy_assertion(
    app: State<'_, App>,
    clipboard: State<'_, Clipboard>,
    id: CredentialId,
) -> Reply<Signed> {
    answered(async move {
        let turn = clipboard.turn();
        let (assertion, signed) = app.mint().await?.sign(id).await?;
        let stays = Duration::from_secs(u64::from(signed.clears_after));
        clipboard.conceal(turn, assertion, stays)?;
        Ok(signed)
    })
    .await
}

/// Reviews a client secret or personal access token: what was typed, else what is on the clipboard.
#[tauri::command]
#[specta::specta]
pub(crate) async fn review_secret(
    app: State<'_, App>,
    clipboard: State<'_, Clipboard>,
    kind: CredentialKind,
    typed: Option<String>,
) -> Reply<Review> {
    answered(async move {
        let pasted = typed.is_none();
        let (text, source) = match typed {
            Some(typed) => (Secret::new(typed), Source::Form),
            None => (clipboard.read()?, Source::Paste),
        };
        let review = app.mint().await?.review_secret(kind, &text, source).await?;
        if pasted {
            clipboard.note_pasted(review.id, Mark::of(&text));
        }
        Ok(review)
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
pub(crate) async fn unprovision(
    app: State<'_, App>,
    id: CredentialId,
    by: ServiceUserId,
    named: Option<String>,
) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.unprovision(id, by, named.as_deref()).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn compare_key(app: State<'_, App>, id: CredentialId, by: ServiceUserId) -> Reply<KeyComparison> {
    answered(async move { Ok(app.mint().await?.compare_key(id, by).await?) }).await
}
