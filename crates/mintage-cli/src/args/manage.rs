//! Verbs that list and change what is stored.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueHint};

use super::parse_duration;

/// `mintage ls`.
#[derive(Clone, Debug, Args)]
#[command(
    before_help = "Example: mintage ls\n         mintage ls billing --expiring 30d",
    after_help = "States: ready; token, if one is in memory; introspects, for an application's key, which mints nothing; no-key; key-missing, if it isn't in the keychain."
)]
pub struct ListArgs {
    /// Only service users whose name, environment or id has this text in it
    pub text: Option<String>,
    /// Only those whose key expires within this time
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub expiring: Option<Duration>,
}

/// `mintage env`.
#[derive(Clone, Debug, Args)]
#[command(before_help = "Example: mintage env ls\n         mintage env hosts staging --add git.staging.example")]
pub struct EnvArgs {
    /// What to do; without it, list
    #[command(subcommand)]
    pub verb: Option<EnvVerb>,
}

/// What `mintage env` does.
#[derive(Clone, Debug, Subcommand)]
pub enum EnvVerb {
    /// List environments
    Ls,
    /// Show an environment
    Show {
        /// The environment
        #[arg(value_hint = ValueHint::Hostname)]
        name: String,
    },
    /// Add an environment
    #[command(
        before_help = "Example: mintage env add staging --issuer https://auth.staging.example --provider zitadel --tier staging",
        after_help = "The server is asked about itself first. Hosts that it names and that aren't the issuer's have to be confirmed: on the terminal, or by --confirm."
    )]
    Add(AddArgs),
    /// List or change the hosts that an environment's tokens may go to
    #[command(
        before_help = "Example: mintage env hosts staging --add git.staging.example",
        after_help = "A host is `host`, `host:port` or `*.domain`. Helpers answer for these hosts and for the issuer's only."
    )]
    Hosts {
        /// The environment, or one of its service users
        #[arg(value_hint = ValueHint::Hostname)]
        name: String,
        /// Let its tokens go to this host too
        #[arg(long, value_name = "HOST")]
        add: Vec<String>,
        /// Don't let its tokens go there any more
        #[arg(long, value_name = "HOST")]
        remove: Vec<String>,
    },
    /// Write a .mintage.toml with an environment's names and no secrets
    #[command(before_help = "Example: mintage env export staging --user ci-bot > .mintage.toml")]
    Export {
        /// The environment
        #[arg(value_hint = ValueHint::Hostname)]
        name: String,
        /// The service user that's used in that folder
        #[arg(long, value_hint = ValueHint::Username)]
        user: Option<String>,
        /// Write the environment's own provider profile instead, which goes beside the .mintage.toml
        #[arg(long, conflicts_with = "user")]
        profile: bool,
    },
}

/// `mintage env add`.
#[derive(Clone, Debug, Args)]
pub struct AddArgs {
    /// Its name
    pub name: String,
    /// The issuer's URL
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub issuer: String,
    /// The provider's id
    #[arg(long, value_name = "PROVIDER", default_value = "generic")]
    pub provider: String,
    /// How much its tokens matter: programs have to be approved for production
    #[arg(long, value_enum, default_value_t = TierName::Production)]
    pub tier: TierName,
    /// What happens when a program wants a token; production always asks [default: ask]
    #[arg(long, value_name = "WHAT")]
    pub programs: Option<ProgramsName>,
    /// A host other than the issuer's that its endpoints may be on; repeat it for more
    #[arg(long = "confirm", value_name = "HOST")]
    pub confirmed: Vec<String>,
}

/// What happens when a program wants a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ProgramsName {
    /// A person is asked, once for each program
    Ask,
    /// It gets one, and the desktop app tells you afterwards
    Tell,
}

/// The safety level of an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum TierName {
    /// A developer's own machine or sandbox
    Development,
    /// Shared, but not live
    Staging,
    /// Live
    Production,
}

/// `mintage import`.
#[derive(Clone, Debug, Args)]
#[command(
    before_help = "Example: mintage import ~/Downloads/*.json -e staging --try\n         ssh build cat key.json | mintage import - -e staging",
    after_help = "Keys go into the system's keychain. A passphrase is asked for on the terminal. Exits with 1 if any file was refused, and with 9 if only a passphrase was missing that nobody could type."
)]
pub struct ImportArgs {
    /// Key files; `-` reads standard input
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
    /// The service user's name, for a single file
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Mint a token with each to see that it works
    #[arg(long = "try")]
    pub test: bool,
    /// Delete each file once its key is stored and has given a token
    #[arg(long)]
    pub remove_file: bool,
}
