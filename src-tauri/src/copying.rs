//! **Copying** a token: from the window and from the tray in the same way.

use std::time::Duration;

use mintage_app::App;
use mintage_core::copy_form::CopyForm;
use mintage_core::ids::ServiceUserId;
use mintage_core::mint::{Ask, Copied};

use crate::answer::Reply;
use crate::clipboard::{Clipboard, ClipboardError};

/// Mints if needed and puts the token on the clipboard. Whoever asked learns what to say, not the token.
pub(crate) async fn copy(
    app: &App,
    clipboard: &Clipboard,
    id: ServiceUserId,
    form: CopyForm,
    ask: Ask,
) -> Reply<Copied> {
    let turn = clipboard.turn();
    let mint = app.mint().await?;
    let (text, copied) = app.stopping.unless_stopped(id.0, mint.copy(id, form, ask)).await?;
    match clipboard.conceal(turn, text, Duration::from_secs(u64::from(copied.clears_after))) {
        Err(ClipboardError::Overtaken) => Ok(Copied { overtaken: true, ..copied }),
        put => put.map(|()| copied).map_err(Into::into),
    }
}
