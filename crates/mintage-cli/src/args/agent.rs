//! Verbs that talk to the agent.

use clap::{Args, Subcommand};

/// `mintage agent`.
#[derive(Clone, Debug, Args)]
#[command(
    before_help = "Example: mintage agent status\n         mintage agent grants",
    after_help = "The agent keeps tokens in memory for all your programs. The desktop app is the agent while it runs; otherwise one is started when it's needed and ends when it's idle."
)]
pub struct AgentArgs {
    /// What to do
    #[command(subcommand)]
    pub verb: AgentVerb,
}

/// What `mintage agent` does.
#[derive(Clone, Debug, Subcommand)]
pub enum AgentVerb {
    /// Say whether an agent runs, which one, and whether it's locked
    Status,
    /// Start it
    Start,
    /// Stop it; it forgets all tokens
    Stop,
    /// Forget all tokens and end all grants
    Lock,
    /// List which programs may have which tokens, and until when
    Grants,
    /// End a grant
    Revoke {
        /// The grant's id
        id: String,
    },
    /// Show which programs got which tokens
    Log {
        /// Go on with what happens from now on
        #[arg(long, short)]
        follow: bool,
    },
    /// Be the agent, in the foreground
    #[command(hide = true)]
    Serve {
        /// Start it detached from this terminal, and end
        #[arg(long)]
        detach: bool,
    },
}

/// A request that waits for an answer.
#[derive(Clone, Debug, Args)]
pub struct AnswerArgs {
    /// The request's id; without it, the one that waits
    pub id: Option<String>,
}
