//! What the **page** shows of the agent: its questions and its grants.

use mintage_agent_protocol::{Choice, ChoiceKind, GrantRow, ProcessRow, QuestionRow};
use serde::Serialize;
use specta::Type;

use super::{HostedAgent, Serving};

/// The agent's state.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AgentState {
    /// Whether programs are answered.
    serving: Serving,
    /// Whether Mintage is locked.
    locked: bool,
    /// The questions to the person, the oldest first.
    questions: Vec<Question>,
    /// The grants that are alive, the oldest first.
    grants: Vec<Grant>,
}

/// A process, with what a person recognises it by. It can choose its own name and file, so they prove nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
struct Program {
    pid: u32,
    name: String,
    /// The file it runs.
    file: Option<String>,
    folder: Option<String>,
    /// When it was started, as RFC 3339.
    started_at: Option<String>,
}

/// What can hold a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "lowercase")]
enum HolderKind {
    Command,
    Program,
    Terminal,
}

/// An ancestor of the asker that the grant can be given to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
struct Holder {
    kind: HolderKind,
    program: Program,
}

/// A question to the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
struct Question {
    id: String,
    service_user: String,
    service_user_name: String,
    environment_name: String,
    production: bool,
    scopes: Vec<String>,
    audience: Vec<String>,
    /// What it's for, in the asker's words.
    reason: Option<String>,
    /// The process that asks and its ancestors, nearest first.
    chain: Vec<Program>,
    /// What can hold the grant, nearest first; if empty, only this request can be allowed.
    holders: Vec<Holder>,
    /// Whether the first process is certainly the one that asked.
    certain: bool,
    /// When it is denied unless somebody has answered, as RFC 3339.
    ends_at: String,
    /// How many processes wait for the answer.
    waiting: u32,
}

/// A grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
struct Grant {
    id: String,
    holder: Program,
    service_user: String,
    service_user_name: String,
    environment_name: String,
    scopes: Vec<String>,
    audience: Vec<String>,
    /// Whether a person approved it; if not, the environment hands out tokens without asking.
    approved: bool,
    /// These times are RFC 3339.
    granted_at: String,
    last_used: String,
    /// When it ends at the latest.
    ends_at: String,
    /// How many tokens it was used for.
    count: u32,
}

impl AgentState {
    /// The agent's state now.
    pub(crate) fn of(hosted: &HostedAgent) -> Self {
        Self {
            serving: hosted.serving(),
            locked: hosted.agent.is_locked(),
            questions: hosted.agent.questions().into_iter().map(Question::from).collect(),
            grants: hosted.agent.grants().into_iter().map(Grant::from).collect(),
        }
    }
}

impl From<ProcessRow> for Program {
    fn from(row: ProcessRow) -> Self {
        Self { pid: row.pid, name: row.name, file: row.program, folder: row.folder, started_at: row.started_at }
    }
}

impl From<Choice> for Holder {
    fn from(choice: Choice) -> Self {
        let kind = match choice.kind {
            ChoiceKind::Command => HolderKind::Command,
            ChoiceKind::Program => HolderKind::Program,
            ChoiceKind::Terminal => HolderKind::Terminal,
        };
        Self { kind, program: choice.process.into() }
    }
}

impl From<QuestionRow> for Question {
    fn from(row: QuestionRow) -> Self {
        Self {
            id: row.request,
            service_user: row.user,
            service_user_name: row.service_user,
            environment_name: row.environment,
            production: row.production,
            scopes: row.scopes,
            audience: row.audience,
            reason: row.reason,
            chain: row.chain.into_iter().map(Program::from).collect(),
            holders: row.choices.into_iter().map(Holder::from).collect(),
            certain: row.certain,
            ends_at: row.ends_at,
            waiting: u32::try_from(row.waiting).unwrap_or(u32::MAX),
        }
    }
}

impl From<GrantRow> for Grant {
    fn from(row: GrantRow) -> Self {
        Self {
            id: row.grant,
            holder: row.holder.into(),
            service_user: row.user,
            service_user_name: row.service_user,
            environment_name: row.environment,
            scopes: row.scopes,
            audience: row.audience,
            approved: row.approved,
            granted_at: row.granted_at,
            last_used: row.last_used,
            ends_at: row.ends_at,
            count: u32::try_from(row.count).unwrap_or(u32::MAX),
        }
    }
}
