//! The expiry radar.

use mintage_core::mint::Radar;
use tauri::State;

use super::{Reply, answered};
use crate::app::App;

#[tauri::command]
#[specta::specta]
pub(crate) async fn radar(app: State<'_, App>) -> Reply<Radar> {
    answered(async move { Ok(app.mint().await?.radar().await?) }).await
}
