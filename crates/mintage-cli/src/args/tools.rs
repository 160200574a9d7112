//! Verbs for the tools that need tokens.

use clap::{Args, ValueHint};

/// `mintage helper`.
#[derive(Clone, Debug, Args)]
#[command(
    before_help = "Example: git config --global credential.https://git.example.helper '!mintage helper git ci-bot -e staging'",
    after_help = "Tools: git, kubectl, docker, terraform, cargo, keyring (pip, uv), bazel (also buck2, uv), google, headers (MCP clients), pnpm.\n\nTools run this themselves; `mintage setup` writes their configuration. A helper that's asked about a host that isn't one of the environment's answers that it has nothing. After the service user it reads --env, --scope, --audience, --min-valid, --username (for tools that send a name and a password), --url (for tools that don't say where the token goes) and --no-input."
)]
pub struct HelperArgs {
    /// The tool
    #[arg(value_parser = helper_names())]
    pub tool: String,
    /// The service user, options, and what the tool adds
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "USER")]
    pub args: Vec<String>,
}

fn helper_names() -> clap::builder::PossibleValuesParser {
    let tools = crate::helpers::Tool::ALL.map(crate::helpers::Tool::name);
    tools.into_iter().chain(["buck2", "mcp", "uv"]).collect::<Vec<_>>().into()
}

/// `mintage setup`.
#[derive(Clone, Debug, Args)]
#[command(
    before_help = "Example: mintage setup git ci-bot --host https://git.example\n         mintage setup git ci-bot --host https://git.example --write",
    after_help = "Without --write nothing changes: it prints what would. Where a tool has a command for its own configuration, that command makes the change; other files keep a backup beside them."
)]
pub struct SetupArgs {
    /// The tool
    #[arg(value_parser = setup_names())]
    pub tool: String,
    /// The service user; without one, the folder's
    #[arg(value_hint = ValueHint::Username)]
    pub user: Option<String>,
    /// The URL or host that the tool gets tokens for; for kubectl, the cluster's name in kubeconfig
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// Make the change
    #[arg(long, conflicts_with = "undo")]
    pub write: bool,
    /// Take the change back
    #[arg(long)]
    pub undo: bool,
}

fn setup_names() -> clap::builder::PossibleValuesParser {
    crate::setup::TOOLS.into_iter().collect::<Vec<_>>().into()
}
