//! Tokens that need no service user: two compared with each other, or one with a named issuer.

use mintage_app::App;
use mintage_core::ids::ServiceUserId;
use mintage_core::mint::{Comparison, Inspection, NamedIssuer, TokenSource};
use mintage_core::secret::Secret;
use serde::Deserialize;
use specta::Type;
use tauri::State;

use crate::answer::{Reply, answered};
use crate::clipboard::{Clipboard, ClipboardError};

/// Where the page says that a token is. A token on the clipboard or in memory never enters the page.
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
        /// The service user.
        service_user: ServiceUserId,
    },
}

impl TokenFrom {
    fn source(self, clipboard: &Clipboard) -> Result<TokenSource, ClipboardError> {
        Ok(match self {
            Self::Text { text } => TokenSource::Pasted(Secret::new(text)),
            Self::Clipboard => TokenSource::Pasted(clipboard.read()?),
            Self::Minted { service_user } => TokenSource::Minted(service_user),
        })
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn compare(
    app: State<'_, App>,
    clipboard: State<'_, Clipboard>,
    before: TokenFrom,
    after: TokenFrom,
) -> Reply<Comparison> {
    answered(async move {
        let before = before.source(&clipboard)?;
        let after = after.source(&clipboard)?;
        Ok(app.mint().await?.compare(before, after).await?)
    })
    .await
}

/// Fetches the keys of an issuer that the user named, and inspects a token against them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn inspect_at(
    app: State<'_, App>,
    clipboard: State<'_, Clipboard>,
    token: TokenFrom,
    issuer: NamedIssuer,
) -> Reply<Inspection> {
    answered(async move {
        let source = token.source(&clipboard)?;
        Ok(app.mint().await?.inspect_at(source, &issuer).await?)
    })
    .await
}
