//! Environments: what they are, their order, and whether they answer.

use mintage_app::App;
use mintage_core::environment::{Environment, EnvironmentDraft, EnvironmentProposal, ProposalRequest};
use mintage_core::ids::EnvironmentId;
use mintage_core::mint::{EnvironmentCheck, EnvironmentOverview};
use tauri::State;

use crate::answer::{Reply, answered};

#[tauri::command]
#[specta::specta]
pub(crate) async fn environments(app: State<'_, App>) -> Reply<Vec<EnvironmentOverview>> {
    answered(async move { Ok(app.mint().await?.environments().await?) }).await
}

/// Proposes what follows from an address as it is being typed. Nothing is sent anywhere.
#[tauri::command]
#[specta::specta]
pub(crate) async fn propose_environment(app: State<'_, App>, request: ProposalRequest) -> Reply<EnvironmentProposal> {
    answered(async move { Ok(app.mint().await?.propose_environment(&request).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn add_environment(app: State<'_, App>, draft: EnvironmentDraft) -> Reply<Environment> {
    answered(async move { Ok(app.mint().await?.add_environment(draft, false).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn edit_environment(
    app: State<'_, App>,
    opened: Environment,
    draft: EnvironmentDraft,
) -> Reply<Environment> {
    answered(async move { Ok(app.mint().await?.edit_environment(&opened, draft).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn order_environments(app: State<'_, App>, order: Vec<EnvironmentId>) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.order_environments(&order).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_environment(app: State<'_, App>, id: EnvironmentId) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.forget_environment(id).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn check_environment(app: State<'_, App>, draft: EnvironmentDraft) -> Reply<EnvironmentCheck> {
    answered(async move { Ok(app.mint().await?.check(&draft).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn confirm_production(app: State<'_, App>, id: EnvironmentId) -> Reply<()> {
    answered(async move {
        app.mint().await?.confirm_production(id);
        Ok(())
    })
    .await
}
