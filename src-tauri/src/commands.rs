//! One command per job of the page. Each hands its arguments to the core and its reply to the page.

use std::pin::Pin;
use std::time::Duration;

use mintage_core::copy_form::CopyForm;
use mintage_core::credential::CredentialId;
use mintage_core::environment::{Environment, EnvironmentDraft, EnvironmentId, EnvironmentOverview};
use mintage_core::error::{Error, Problem};
use mintage_core::guard::guarded;
use mintage_core::keychain::KeychainState;
use mintage_core::mint::{Ask, Copied, EnvironmentCheck, Inspection, RepairReport, Trial, Userinfo};
use mintage_core::service_user::{ServiceUserDetail, ServiceUserDraft, ServiceUserId, ServiceUserRow};
use mintage_core::token::TokenView;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, State};

use crate::app::{App, data_folder};
use crate::clipboard::ClipboardError;
use crate::ipc::Startup;
use crate::{desktop, window};

mod activity;
mod beyond;
mod compare;
mod profiles;
mod radar;
mod reviews;
mod settings;
mod tray;

// The macros beside each command are found where the command is registered.
pub(crate) use activity::*;
pub(crate) use beyond::*;
pub(crate) use compare::*;
pub(crate) use profiles::*;
pub(crate) use radar::*;
pub(crate) use reviews::*;
pub(crate) use settings::*;
pub(crate) use tray::*;

pub(crate) type Reply<T> = Result<T, Problem>;

/// Runs a command's work. A panic in it is answered like every failure, so that the page isn't left waiting.
///
/// The work is boxed at once: every layer that Tauri puts around a command would hold it by value, several times over
/// where nothing is optimised, and a journey's steps are large enough to fill a thread's stack like that.
pub(crate) fn answered<'a, T: Send + 'a>(
    work: impl Future<Output = Reply<T>> + Send + 'a,
) -> Pin<Box<dyn Future<Output = Reply<T>> + Send + 'a>> {
    let work = guarded(Box::pin(work));
    Box::pin(async {
        match work.await {
            Ok(reply) => reply,
            Err(fault) => Err(fault.problem()),
        }
    })
}

/// The form of a public key that is copied.
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
pub(crate) async fn startup(handle: AppHandle, app: State<'_, App>) -> Reply<Startup> {
    answered(async move {
        let mint = app.mint().await?;
        let start = app.take_start();
        if start.demo {
            app.demo.start(mint).await?;
        }
        desktop::begin(&handle).await?;
        desktop::page_listens(&handle);
        window::follow(&handle, start);
        Ok(Startup {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_folder: data_folder().to_string_lossy().into_owned(),
            keychain: mint.keychain().state().await,
            repaired: app.repaired().await?,
            demo_problem: app.demo_problem().await?,
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn environments(app: State<'_, App>) -> Reply<Vec<EnvironmentOverview>> {
    answered(async move { Ok(app.mint().await?.environments().await?) }).await
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
    id: EnvironmentId,
    draft: EnvironmentDraft,
) -> Reply<Environment> {
    answered(async move { Ok(app.mint().await?.edit_environment(id, draft).await?) }).await
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
pub(crate) async fn edit_service_user(app: State<'_, App>, id: ServiceUserId, draft: ServiceUserDraft) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.edit_service_user(id, draft).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_service_user(app: State<'_, App>, id: ServiceUserId) -> Reply<()> {
    answered(async move { Ok(app.mint().await?.forget_service_user(id).await?) }).await
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

/// Stops waiting for the token that is minted or copied for a service user; does nothing where none is.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stop_waiting(app: State<'_, App>, id: ServiceUserId) -> Reply<()> {
    answered(async move {
        app.stopping.stop(id.0);
        Ok(())
    })
    .await
}

/// Tries one credential, whichever one its service user mints with.
#[tauri::command]
#[specta::specta]
pub(crate) async fn try_credential(app: State<'_, App>, id: CredentialId, ask: Ask, take_over: bool) -> Reply<Trial> {
    answered(async move { Ok(app.mint().await?.try_credential(id, ask, take_over).await?) }).await
}

/// Copies outside the page: the page learns what to say, not the token.
#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_token(app: State<'_, App>, id: ServiceUserId, form: CopyForm, ask: Ask) -> Reply<Copied> {
    answered(async move {
        let mint = app.mint().await?;
        let (text, copied) = app.stopping.unless_stopped(id.0, mint.copy(id, form, ask)).await?;
        let stays = Duration::from_secs(u64::from(copied.clears_after));
        app.clipboard.conceal(text, stays).map_err(clipboard_problem)?;
        Ok(copied)
    })
    .await
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
pub(crate) async fn copy_text(app: State<'_, App>, text: String) -> Reply<()> {
    answered(async move { app.clipboard.text(text).map_err(clipboard_problem) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_public_key(app: State<'_, App>, id: CredentialId, form: PublicKeyForm) -> Reply<()> {
    answered(async move {
        let mint = app.mint().await?;
        let text = match form {
            PublicKeyForm::Pem => mint.public_pem(id).await,
            PublicKeyForm::Jwk => mint.public_jwk(id).await,
        };
        app.clipboard.text(text?).map_err(clipboard_problem)
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
pub(crate) async fn inspect_clipboard(app: State<'_, App>, against: Option<EnvironmentId>) -> Reply<Inspection> {
    answered(async move {
        let text = app.clipboard.read().map_err(clipboard_problem)?;
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
pub(crate) async fn keychain_state(app: State<'_, App>) -> Reply<KeychainState> {
    answered(async move { Ok(app.mint().await?.keychain().state().await) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn unlock_keychain(app: State<'_, App>) -> Reply<()> {
    answered(async move {
        let mint = app.mint().await?;
        mint.keychain().unlock().await.map_err(|error| Error::from(error).problem())?;
        // What an interruption left behind could not be looked at while it was locked.
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

#[tauri::command]
#[specta::specta]
pub(crate) async fn start_demo(app: State<'_, App>) -> Reply<()> {
    answered(async move { Ok(app.demo.start(app.mint().await?).await?) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_demo(app: State<'_, App>) -> Reply<()> {
    answered(async move { Ok(app.demo.forget(app.mint().await?).await?) }).await
}

fn clipboard_problem(error: ClipboardError) -> Problem {
    let (code, help) = match error {
        ClipboardError::Unreachable => ("clipboard-unreachable", "Try again; if it stays, log in to the desktop anew"),
        ClipboardError::NoText => ("clipboard-empty", "Copy the key or token first"),
    };
    Problem::of_shell(code, error.to_string(), help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_in_a_command_is_answered_and_the_next_command_works() {
        let fault = answered::<()>(async { panic!("hunter2") }).await.unwrap_err();
        assert_eq!(fault.code, "internal-error");
        assert!(!format!("{fault:?}").contains("hunter2"));
        assert_eq!(answered(async { Ok(7) }).await.unwrap(), 7);
    }

    #[test]
    fn every_command_is_answered_whatever_happens_in_it() {
        let sources = [
            include_str!("commands.rs").split("#[cfg(test)]").next().unwrap_or_default(),
            include_str!("commands/activity.rs"),
            include_str!("commands/beyond.rs"),
            include_str!("commands/compare.rs"),
            include_str!("commands/profiles.rs"),
            include_str!("commands/radar.rs"),
            include_str!("commands/reviews.rs"),
            include_str!("commands/settings.rs"),
            include_str!("commands/tray.rs"),
        ];
        let count = |of: &str| sources.iter().map(|source| source.matches(of).count()).sum::<usize>();
        assert_eq!(count("#[tauri::command]"), count("    answered(async move {"));
        assert!(count("#[tauri::command]") > 70);
    }
}
