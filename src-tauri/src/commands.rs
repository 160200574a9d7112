//! One command per job of the page. Each passes its arguments to the core and its reply to the page.

use std::sync::{Mutex, PoisonError};

use mintage_app::App;
use mintage_app::data_folder::data_folder;
use mintage_core::copy_form::CopyForm;
use mintage_core::error::Problem;
use mintage_core::ids::{CredentialId, EnvironmentId, ServiceUserId};
use mintage_core::keychain::KeychainState;
use mintage_core::mint::{
    Ask, Copied, CredentialTest, Inspection, Relocation, RepairReport, ServiceUserDetail, ServiceUserRow, Userinfo,
};
use mintage_core::service_user::ServiceUserDraft;
use mintage_core::token::TokenView;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, State};

use crate::answer::{Reply, answered};
use crate::clipboard::Clipboard;
use crate::start::Start;
use crate::{arrivals, copying, desktop, page};

mod activity;
mod agent;
mod beyond;
mod compare;
mod creation;
mod environments;
mod keychain;
mod profiles;
mod radar;
mod reviews;
mod rotation;
mod settings;
mod tray;

// The macros next to each command are looked up where the command is registered.
pub(crate) use activity::*;
pub(crate) use agent::*;
pub(crate) use beyond::*;
pub(crate) use compare::*;
pub(crate) use creation::*;
pub(crate) use environments::*;
pub(crate) use keychain::*;
pub(crate) use profiles::*;
pub(crate) use radar::*;
pub(crate) use reviews::*;
pub(crate) use rotation::*;
pub(crate) use settings::*;
pub(crate) use tray::*;

/// What the page needs to know when it starts.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Startup {
    /// Mintage's version.
    pub(crate) version: String,
    /// The folder of the catalogue.
    pub(crate) data_folder: String,
    /// The keychain's state.
    pub(crate) keychain: KeychainState,
    /// What the repair at start found.
    pub(crate) repaired: RepairReport,
    /// Why the demo's issuers do not run, if they should and do not.
    pub(crate) demo_problem: Option<Problem>,
}

/// The format in which a public key is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PublicKeyForm {
    /// SubjectPublicKeyInfo PEM.
    Pem,
    /// JWK (RFC 7517).
    Jwk,
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn startup(handle: AppHandle, app: State<'_, App>, start: State<'_, Mutex<Start>>) -> Reply<Startup> {
    answered(async move {
        let mint = app.mint().await?;
        // A page that is loaded again gets nothing more of it.
        let start = std::mem::take(&mut *start.lock().unwrap_or_else(PoisonError::into_inner));
        if start.demo {
            app.start_demo().await?;
        }
        desktop::begin(&handle).await?;
        page::listens(&handle);
        arrivals::follow(&handle, start);
        Ok(Startup {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_folder: data_folder()?.to_string_lossy().into_owned(),
            keychain: mint.keychain().state().await,
            repaired: app.repaired().await?,
            demo_problem: app.demo_problem().await?,
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn service_users(app: State<'_, App>, of: Option<EnvironmentId>) -> Reply<Vec<ServiceUserRow>> {
    answered(async move { Ok(app.mint().await?.service_users(of).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn service_user(app: State<'_, App>, id: ServiceUserId) -> Reply<ServiceUserDetail> {
    answered(async move { Ok(app.mint().await?.service_user(id).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn edit_service_user(
    app: State<'_, App>,
    id: ServiceUserId,
    opened: ServiceUserDraft,
    draft: ServiceUserDraft,
) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.edit_service_user(id, &opened, draft).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_service_user(app: State<'_, App>, id: ServiceUserId) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.forget_service_user(id).await?) }).await
}

/// Moves service users to other environments: all, or none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn relocate(app: State<'_, App>, relocations: Vec<Relocation>) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.relocate(&relocations).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn make_default(app: State<'_, App>, id: ServiceUserId, credential: CredentialId) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.make_default(id, credential).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_credential(app: State<'_, App>, id: CredentialId) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.forget_credential(id).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn mint(app: State<'_, App>, id: ServiceUserId, ask: Ask) -> Reply<TokenView> {
    answered(async move {
        let mint = app.mint().await?;
        app.stopping.unless_stopped(id.0, mint.token(id, ask)).await
    })
    .await
}

/// Stops waiting for the token that is being minted or copied for a service user; does nothing if there is none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stop_waiting(app: State<'_, App>, id: ServiceUserId) -> Reply<()> {
    answered(async move {
        app.stopping.stop(id.0);
        Ok(())
    })
    .await
}

/// Tests one credential, whichever one its service user mints with.
#[tauri::command]
#[specta::specta]
pub(crate) async fn try_credential(
    app: State<'_, App>,
    id: CredentialId,
    ask: Ask,
    take_over: bool,
) -> Reply<CredentialTest> {
    answered(async move { Ok(app.mint().await?.try_credential(id, ask, take_over).await?) }).await
}

/// Copies outside the page: the page learns what to say, not the token.
#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_token(
    app: State<'_, App>,
    clipboard: State<'_, Clipboard>,
    id: ServiceUserId,
    form: CopyForm,
    ask: Ask,
) -> Reply<Copied> {
    answered(copying::copy(&app, &clipboard, id, form, ask)).await
}

/// The one command that gives a token to the page.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reveal_token(app: State<'_, App>, id: ServiceUserId) -> Reply<String> {
    answered(async move {
        let token = app.mint().await?.reveal(id).await?;
        Ok(token.expose().to_owned())
    })
    .await
}

/// Copies harmless text that the page shows: an id, a claim, a report.
#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_text(clipboard: State<'_, Clipboard>, text: String) -> Reply<()> {
    answered(async move { Ok(clipboard.text(text)?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_public_key(
    app: State<'_, App>,
    clipboard: State<'_, Clipboard>,
    id: CredentialId,
    form: PublicKeyForm,
) -> Reply<()> {
    answered(async move {
        let mint = app.mint().await?;
        let text = match form {
            PublicKeyForm::Pem => mint.public_pem(id).await,
            PublicKeyForm::Jwk => mint.public_jwk(id).await,
        };
        Ok(clipboard.text(text?)?)
    })
    .await
}

/// Copies the public keys with which these service users mint, one PEM after the other; returns how many there are.
#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_public_keys(
    app: State<'_, App>,
    clipboard: State<'_, Clipboard>,
    ids: Vec<ServiceUserId>,
) -> Reply<u32> {
    answered(async move {
        let keys = app.mint().await?.public_pems(&ids).await?;
        let count = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        if count > 0 {
            clipboard.text(keys.join("\n"))?;
        }
        Ok(count)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn inspect(app: State<'_, App>, id: ServiceUserId) -> Reply<Inspection> {
    answered(async move { Ok(app.mint().await?.inspect(id).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn inspect_text(
    app: State<'_, App>,
    text: String,
    against: Option<EnvironmentId>,
) -> Reply<Inspection> {
    answered(async move { Ok(app.mint().await?.inspect_text(&text, against).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn inspect_clipboard(
    app: State<'_, App>,
    clipboard: State<'_, Clipboard>,
    against: Option<EnvironmentId>,
) -> Reply<Inspection> {
    answered(async move {
        let text = clipboard.read()?;
        Ok(app.mint().await?.inspect_text(text.expose(), against).await?)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn userinfo(app: State<'_, App>, id: ServiceUserId) -> Reply<Userinfo> {
    answered(async move { Ok(app.mint().await?.userinfo(id).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn start_demo(app: State<'_, App>) -> Reply<()> {
    answered(async move { app.start_demo().await }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_demo(app: State<'_, App>) -> Reply<()> {
    answered(async move { app.forget_demo().await }).await
}

#[cfg(test)]
mod tests {
    include!("command_names.rs");

    #[test]
    fn every_command_is_answered_whatever_happens_in_it() {
        let sources = [
            include_str!("commands.rs").split("#[cfg(test)]").next().unwrap_or_default(),
            include_str!("commands/activity.rs"),
            include_str!("commands/agent.rs"),
            include_str!("commands/beyond.rs"),
            include_str!("commands/compare.rs"),
            include_str!("commands/creation.rs"),
            include_str!("commands/environments.rs"),
            include_str!("commands/keychain.rs"),
            include_str!("commands/profiles.rs"),
            include_str!("commands/radar.rs"),
            include_str!("commands/reviews.rs"),
            include_str!("commands/rotation.rs"),
            include_str!("commands/settings.rs"),
            include_str!("commands/tray.rs"),
        ];
        let count = |of: &str| sources.iter().map(|source| source.matches(of).count()).sum::<usize>();
        assert_eq!(count("#[tauri::command]"), count("    answered("));
        assert_eq!(count("#[tauri::command]"), COMMAND_NAMES.len());
    }
}
