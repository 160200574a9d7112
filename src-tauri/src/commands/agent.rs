//! Programs that ask for tokens: the person's answers, grants, the lock.

use mintage_agent_protocol::{Lease, Problem as AgentProblem};
use mintage_app::elsewhere::{self, Snippet};
use mintage_core::error::Problem;
use mintage_core::ids::ServiceUserId;
use serde::Serialize;
use specta::Type;
use tauri::{AppHandle, Manager as _, State};

use super::App;
use crate::agent::{self, AgentState, HostedAgent};
use crate::answer::{Reply, answered};

#[tauri::command]
#[specta::specta]
pub(crate) async fn agent_state(hosted: State<'_, HostedAgent>) -> Reply<AgentState> {
    answered(async move { Ok(AgentState::of(&hosted)) }).await
}

/// Allows a request: for one of its holders and so many minutes, or this time only.
#[tauri::command]
#[specta::specta]
pub(crate) async fn allow_request(
    hosted: State<'_, HostedAgent>,
    id: String,
    holder: Option<u32>,
    minutes: u32,
) -> Reply<()> {
    answered(async move {
        hosted.agent.seen_person();
        let holder = holder.map(|index| usize::try_from(index).unwrap_or(usize::MAX));
        hosted.agent.approve(&id, holder, Lease::of_minutes(minutes)).map_err(problem)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn deny_request(hosted: State<'_, HostedAgent>, id: String) -> Reply<()> {
    answered(async move {
        hosted.agent.seen_person();
        hosted.agent.deny(&id).map_err(problem)
    })
    .await
}

/// Ends one grant, or all.
#[tauri::command]
#[specta::specta]
pub(crate) async fn revoke_grants(hosted: State<'_, HostedAgent>, id: Option<String>) -> Reply<()> {
    answered(async move {
        let Some(id) = id else {
            for grant in hosted.agent.grants() {
                // One that has ended meanwhile is what was wanted.
                let _: Result<(), AgentProblem> = hosted.agent.revoke(&grant.grant);
            }
            return Ok(());
        };
        hosted.agent.revoke(&id).map_err(problem)
    })
    .await
}

/// Locks. Returns once every token is forgotten.
#[tauri::command]
#[specta::specta]
pub(crate) async fn lock(hosted: State<'_, HostedAgent>) -> Reply<()> {
    answered(async move {
        hosted.agent.lock().await;
        Ok(())
    })
    .await
}

/// Unlocks; the keychain asks for its password if it is locked.
#[tauri::command]
#[specta::specta]
pub(crate) async fn unlock(app: State<'_, App>, hosted: State<'_, HostedAgent>) -> Reply<()> {
    answered(async move {
        // First by the app itself, because its error says more.
        if hosted.agent.is_locked() {
            app.mint().await?.keychain().unlock().await.map_err(mintage_core::error::Error::from)?;
        }
        hosted.agent.unlock().await.map_err(problem)
    })
    .await
}

/// Notes that somebody uses the window.
#[tauri::command]
#[specta::specta]
pub(crate) async fn person_is_there(hosted: State<'_, HostedAgent>) -> Reply<()> {
    answered(async move {
        hosted.agent.seen_person();
        Ok(())
    })
    .await
}

/// Tries to serve again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn serve_programs(handle: AppHandle) -> Reply<()> {
    answered(async move {
        drop(tauri::async_runtime::spawn(agent::serve(handle.app_handle().clone())));
        Ok(())
    })
    .await
}

/// How a service user's token is used outside the window.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Elsewhere {
    /// Where `mintage` is, if it is on the PATH.
    pub(crate) command: Option<String>,
    /// Lines to copy, none of which holds a token.
    pub(crate) snippets: Vec<Snippet>,
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn elsewhere(app: State<'_, App>, id: ServiceUserId) -> Reply<Elsewhere> {
    answered(async move {
        let mint = app.mint().await?;
        let detail = mint.service_user(id).await?;
        let command = elsewhere::command_on_path().map(|path| path.to_string_lossy().into_owned());
        let snippets = elsewhere::snippets(&detail.service_user, &detail.environment);
        Ok(Elsewhere { command, snippets })
    })
    .await
}

fn problem(problem: AgentProblem) -> Problem {
    Problem::of_shell(&problem.code, problem.message, &problem.help)
}
