//! The keychain, and what repairs it and the catalogue together.

use mintage_app::App;
use mintage_core::error::Error;
use mintage_core::ids::CredentialId;
use mintage_core::keychain::KeychainState;
use mintage_core::mint::RepairReport;
use tauri::State;

use crate::answer::{Reply, answered};

#[tauri::command]
#[specta::specta]
pub(crate) async fn keychain_state(app: State<'_, App>) -> Reply<KeychainState> {
    answered(async move { Ok(app.mint().await?.keychain().state().await) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn unlock_keychain(app: State<'_, App>) -> Reply<()> {
    answered(async move {
        let mint = app.mint().await?;
        mint.keychain().unlock().await.map_err(|error| Error::from(error).problem())?;
        // What an interruption left behind couldn't be checked while it was locked.
        Ok(mint.repair().await.map(|_| ())?)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn repair(app: State<'_, App>) -> Reply<RepairReport> {
    answered(async move { Ok(app.mint().await?.repair().await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_orphans(app: State<'_, App>, ids: Vec<CredentialId>) -> Reply<u32> {
    answered(async move { Ok(app.mint().await?.remove_orphans(&ids).await?) }).await
}
