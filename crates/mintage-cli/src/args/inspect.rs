//! Verbs that look at tokens, keys and what happened. A token comes from standard input, never from the command line.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// A service user.
#[derive(Clone, Debug, Args)]
pub struct UserArgs {
    /// The service user: a name, ENV/NAME or an id; without one, the folder's
    #[arg(value_hint = ValueHint::Username)]
    pub user: Option<String>,
}

/// A service user's token, or one on standard input.
#[derive(Clone, Debug, Args)]
pub struct TokenOrUserArgs {
    /// The service user, or `-` for a token on standard input
    #[arg(value_hint = ValueHint::Username, default_value = "-")]
    pub user: String,
}

/// `mintage verify`.
#[derive(Clone, Debug, Args)]
#[command(before_help = "Example: mintage verify ci-bot --audience my-api\n         pbpaste | mintage verify -")]
pub struct VerifyArgs {
    /// The token
    #[command(flatten)]
    pub token: TokenOrUserArgs,
    /// The audience that must be among the token's
    #[arg(long, value_name = "AUDIENCE")]
    pub audience: Option<String>,
}

/// `mintage introspect`.
#[derive(Clone, Debug, Args)]
#[command(before_help = "Example: mintage introspect ci-bot --client my-api")]
pub struct IntrospectArgs {
    /// The token
    #[command(flatten)]
    pub token: TokenOrUserArgs,
    /// The application that asks, if the environment has several
    #[arg(long, value_name = "NAME")]
    pub client: Option<String>,
}

/// `mintage diff`.
#[derive(Clone, Debug, Args)]
#[command(before_help = "Example: mintage diff staging/ci-bot production/ci-bot")]
pub struct DiffArgs {
    /// A service user, or `-` for a token on standard input
    #[arg(value_hint = ValueHint::Username)]
    pub before: String,
    /// Another one
    #[arg(value_hint = ValueHint::Username)]
    pub after: String,
}

/// `mintage check`.
#[derive(Clone, Debug, Args)]
#[command(
    before_help = "Example: mintage check ci-bot\n         mintage check --report report.json",
    after_help = "Without a service user, and in a folder that names none, it looks at the keychain, the clock, the agent and the helpers on PATH. A report has no secrets in it."
)]
pub struct CheckArgs {
    /// The service user: a name, ENV/NAME or an id; without one, the folder's
    #[arg(value_hint = ValueHint::Username)]
    pub user: Option<String>,
    /// Write a report that can be sent to others
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub report: Option<PathBuf>,
}

/// `mintage activity`.
#[derive(Clone, Debug, Args)]
#[command(before_help = "Example: mintage activity ci-bot\n         mintage activity --follow --json")]
pub struct ActivityArgs {
    /// Only this service user
    #[arg(value_hint = ValueHint::Username)]
    pub user: Option<String>,
    /// At most this many entries
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    pub limit: u32,
    /// Go on with what happens from now on
    #[arg(long, short)]
    pub follow: bool,
}
