//! Tokens that need no service user: two beside each other, or one against an issuer that is named.

use mintage_core::mint::{Comparison, Inspection, NamedIssuer, TokenSource};
use mintage_core::secret::Secret;
use mintage_core::service_user::ServiceUserId;
use serde::Deserialize;
use specta::Type;
use tauri::State;

use super::{Reply, answered, clipboard_problem};
use crate::app::App;
use crate::clipboard::ClipboardError;

/// Where the page says that a token is. What is on the clipboard or in memory never enters the page.
#[derive(Deserialize, Type)]
#[serde(tag = "from", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum TokenFrom {
    /// In a field of the page.
    Text {
        /// The field's text.
        text: String,
    },
    /// On the clipboard.
    Clipboard,
    /// In memory, minted for a service user.
    Minted {
        /// Whose it is.
        service_user: ServiceUserId,
    },
}

impl TokenFrom {
    fn source(self, app: &App) -> Result<TokenSource, ClipboardError> {
        Ok(match self {
            Self::Text { text } => TokenSource::Pasted(Secret::new(text)),
            Self::Clipboard => TokenSource::Pasted(app.clipboard.read()?),
            Self::Minted { service_user } => TokenSource::Minted(service_user),
        })
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn compare(app: State<'_, App>, before: TokenFrom, after: TokenFrom) -> Reply<Comparison> {
    answered(async move {
        let before = before.source(&app).map_err(clipboard_problem)?;
        let after = after.source(&app).map_err(clipboard_problem)?;
        Ok(app.mint().await?.compare(before, after).await?)
    })
    .await
}

/// Fetches the keys of an issuer that the user named, and inspects a token against them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn inspect_at(app: State<'_, App>, token: TokenFrom, issuer: NamedIssuer) -> Reply<Inspection> {
    answered(async move {
        let source = token.source(&app).map_err(clipboard_problem)?;
        Ok(app.mint().await?.inspect_at(source, &issuer).await?)
    })
    .await
}
