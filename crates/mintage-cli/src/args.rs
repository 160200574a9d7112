//! The **arguments** of the `mintage` command: every verb and option, with the help texts that people read.
//!
//! Rule: an example comes first, then what it does. No option takes a secret: other programs can read a command line.

use std::ffi::OsString;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::duration;
use crate::request::Name;

mod agent;
mod inspect;
mod manage;
mod radar;
mod rotate;
mod token;
mod tools;

pub use crate::output::Color;
pub use agent::{AgentArgs, AgentVerb, AnswerArgs};
pub use inspect::{ActivityArgs, CheckArgs, DiffArgs, IntrospectArgs, TokenOrUserArgs, UserArgs, VerifyArgs};
pub use manage::{AddArgs, EnvArgs, EnvVerb, ImportArgs, ListArgs, ProgramsName, TierName};
pub use radar::RadarArgs;
pub use rotate::{KeyKind, KeysArgs, RotateArgs};
pub use token::{Audience, CopyArgs, ExecArgs, FileArgs, TokenArgs, Wanted};
pub use tools::{HelperArgs, SetupArgs};

/// Access tokens for service users: in the terminal, and for the tools that need them.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "mintage",
    version,
    disable_help_subcommand = false,
    arg_required_else_help = true,
    before_help = "Example: mintage token ci-bot -e staging --form header | curl -H @- https://api.example/me\n         mintage exec ci-bot -- terraform plan",
    after_long_help = exit_codes(),
    max_term_width = 100
)]
pub struct Cli {
    /// What applies to every verb.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// Options of every verb.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Options for every command")]
pub struct Global {
    /// Look in this environment only
    #[arg(short, long = "env", global = true, value_name = "NAME", value_hint = ValueHint::Hostname)]
    pub environment: Option<String>,
    /// Print data and failures as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Never ask anything; exit with code 9 instead
    #[arg(long, global = true)]
    pub no_input: bool,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value_t, value_enum, hide_default_value = true)]
    pub color: Color,
    /// Say nothing but failures
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Whether to go through the agent
    #[arg(long, global = true, value_name = "WHEN", default_value_t, value_enum, hide_default_value = true)]
    pub agent: AgentUse,
}

impl Global {
    /// The environment that is meant: what was typed, else `MINTAGE_ENV`.
    pub fn environment(&self) -> Option<String> {
        let typed = Name { user: None, environment: self.environment.clone() };
        typed.or(Name::from_environment(&|name| std::env::var(name).ok())).environment
    }
}

/// Whether the agent is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum AgentUse {
    /// Use it, and start it if it isn't running
    #[default]
    Auto,
    /// Fail if it isn't running
    Require,
    /// Work without it: mint in this process, and keep no token
    Never,
}

/// Elsewhere no system says for certain which process asks the agent.
const ON_LINUX: &str = "On Linux only: on Windows and macOS, do it in the app's window.";

/// Everything `mintage` can do.
#[derive(Clone, Debug, Subcommand)]
pub enum Verb {
    /// Print an access token
    Token(TokenArgs),
    /// Run a program with a token in its environment
    Exec(ExecArgs),
    /// Keep a token in a file while a program runs
    File(FileArgs),
    /// Copy a token to the clipboard
    Copy(CopyArgs),
    /// List service users
    Ls(ListArgs),
    /// Show a service user
    #[command(before_help = "Example: mintage show ci-bot -e staging")]
    Show(UserArgs),
    /// List, show, bind and export environments
    Env(EnvArgs),
    /// Import key files
    Import(ImportArgs),
    /// Replace a service user's key with a new one
    Rotate(RotateArgs),
    /// List a service user's keys at the server
    Keys(KeysArgs),
    /// Decode a token's claims
    #[command(before_help = "Example: mintage claims ci-bot\n         pbpaste | mintage claims -")]
    Claims(TokenOrUserArgs),
    /// Verify a token's signature and claims
    Verify(VerifyArgs),
    /// Ask the issuer about a service user
    #[command(before_help = "Example: mintage userinfo ci-bot")]
    Userinfo(UserArgs),
    /// Ask the issuer whether a token is active
    Introspect(IntrospectArgs),
    /// Compare the claims of two tokens
    Diff(DiffArgs),
    /// Find out why a token can't be minted
    Check(CheckArgs),
    /// List keys that expire soon
    Radar(RadarArgs),
    /// Show what was minted, and for which programs
    Activity(ActivityArgs),
    /// Answer a tool in its own protocol
    Helper(HelperArgs),
    /// Configure a tool to ask mintage for tokens
    Setup(SetupArgs),
    /// See and control the agent
    Agent(AgentArgs),
    /// Forget all tokens and end all grants, and hand out none until it's unlocked
    #[command(before_help = "Example: mintage lock")]
    Lock,
    /// Hand out tokens again; the keychain may ask for its password
    #[command(before_help = "Example: mintage unlock", after_help = ON_LINUX)]
    Unlock,
    /// Approve a program's request for tokens
    #[command(before_help = "Example: mintage approve\n         mintage approve q7", after_help = ON_LINUX)]
    Approve(AnswerArgs),
    /// Deny a program's request for tokens
    #[command(before_help = "Example: mintage deny q7")]
    Deny(AnswerArgs),
    /// Print completions for a shell
    #[command(before_help = "Example: mintage completions bash > ~/.local/share/bash-completion/completions/mintage")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write all of them to a folder
    #[command(before_help = "Example: mintage man | man -l -\n         mintage man --dir /usr/local/share/man/man1")]
    Man {
        /// Write one page per command into this folder
        #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
        dir: Option<std::path::PathBuf>,
    },
    /// Print names for a shell's completion, one per line
    #[command(name = "__complete", hide = true)]
    Complete {
        /// Which names
        kind: Names,
    },
}

/// The names that completions ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Names {
    /// Service users.
    Users,
    /// Environments.
    Environments,
}

/// The program that `exec` and `file` run.
#[derive(Clone, Debug, Args)]
pub struct Program {
    /// The program and its arguments, after `--`
    #[arg(last = true, required = true, value_name = "CMD", value_hint = ValueHint::CommandWithArguments)]
    pub command: Vec<OsString>,
}

fn parse_duration(text: &str) -> Result<Duration, duration::BadDuration> {
    duration::parse(text)
}

fn exit_codes() -> String {
    let codes =
        crate::failure::Exit::MEANINGS.iter().map(|(exit, meaning)| format!("  {:>3}  {meaning}\n", exit.code()));
    format!("Exit codes:\n{}", codes.collect::<String>())
}

#[cfg(test)]
mod tests;
