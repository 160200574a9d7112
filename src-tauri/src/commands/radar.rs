//! The expiry radar.

use mintage_core::mint::Radar;
use tauri::State;

use super::Reply;
use crate::app::App;

#[tauri::command]
#[specta::specta]
pub(crate) async fn radar(app: State<'_, App>) -> Reply<Radar> {
    app.mint().await?.radar().await.map_err(|error| error.problem())
}
