//! The arguments of `rotate` and `keys`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};
use mintage_core::mint::Periods;

use super::parse_duration;

/// `mintage rotate`.
#[derive(Clone, Debug, Args)]
#[command(
    before_help = "Example: mintage rotate ci-bot --dry-run\n         mintage rotate ci-bot --grace 7d\n         mintage rotate --due\n         mintage rotate ci-bot --resume --done --key-id 4711\n         mintage rotate --history --json",
    after_help = "The new key is proven by minting with it before the old one is removed. An interrupted rotation goes on with --resume. With --due it goes on where a grace time is over: for schedulers. Where a person has to upload the new public key, it goes to standard output; --resume --done goes on afterwards. Where the provider's console makes the key, --resume --key-file FILE takes it."
)]
pub struct RotateArgs {
    /// The service user: a name, ENV/NAME or an id
    #[arg(value_hint = ValueHint::Username, required_unless_present_any = ["due", "history"])]
    pub user: Option<String>,
    #[arg(long, value_name = "TIME", value_parser = parse_duration, help = grace_help())]
    pub grace: Option<Duration>,
    /// In how many days the new key expires
    #[arg(long, value_name = "DAYS", default_value_t = 365)]
    pub expires_in: u32,
    /// The service user that acts at the server, for example an administrator
    #[arg(long, value_name = "USER", value_hint = ValueHint::Username)]
    pub by: Option<String>,
    /// Let it act from now on wherever a service user of this environment may not
    #[arg(long, requires = "by")]
    pub remember: bool,
    /// Say what would happen
    #[arg(long)]
    pub dry_run: bool,
    /// Stop after the proof; --resume goes on
    #[arg(long)]
    pub pause: bool,
    /// Confirm it: in production, and where the old key ends with the switch
    #[arg(long)]
    pub yes: bool,
    /// Go on with a rotation that was interrupted or waits
    #[arg(long, conflicts_with_all = ["dry_run", "undo"])]
    pub resume: bool,
    /// Say that you've done what it waits for in the provider's console
    #[arg(long, requires = "resume")]
    pub done: bool,
    /// The id that the console shows for the key that you uploaded
    #[arg(long, value_name = "ID", requires = "done")]
    pub key_id: Option<String>,
    /// The key file that the provider's console made, where only a console makes keys
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "resume")]
    pub key_file: Option<PathBuf>,
    /// Undo a rotation
    #[arg(long, alias = "abort", conflicts_with = "dry_run")]
    pub undo: bool,
    /// Trust the server's clock where this computer's is wrong
    #[arg(long, conflicts_with = "due")]
    pub server_time: bool,
    /// Go on with every rotation whose grace time is over
    #[arg(long, conflicts_with_all = ["user", "dry_run", "undo", "resume"])]
    pub due: bool,
    /// List all rotations, the newest first; with --json every step of them
    #[arg(long, conflicts_with_all = ["dry_run", "undo", "resume", "due"])]
    pub history: bool,
}

impl RotateArgs {
    /// How long the old key stays valid, in seconds.
    pub fn grace_seconds(&self) -> u32 {
        let usual = Duration::from_secs(u64::from(Periods::MINTAGE.grace_hours) * 3600);
        u32::try_from(self.grace.unwrap_or(usual).as_secs()).unwrap_or(u32::MAX)
    }
}

fn grace_help() -> String {
    format!("How long the old key stays valid [default: {}h]", Periods::MINTAGE.grace_hours)
}

/// `mintage keys`.
#[derive(Clone, Debug, Args)]
#[command(
    before_help = "Example: mintage keys ci-bot\n         mintage keys ci-bot --kind token\n         mintage keys ci-bot --remove 285764329187115012",
    after_help = "Lists the keys at the server, also those that Mintage doesn't hold."
)]
pub struct KeysArgs {
    /// The service user: a name, ENV/NAME or an id
    #[arg(value_hint = ValueHint::Username)]
    pub user: String,
    /// What to list, where the server has a list of them
    #[arg(long, value_enum, value_name = "KIND", default_value_t = KeyKind::Key)]
    pub kind: KeyKind,
    /// The service user that acts at the server, for example an administrator
    #[arg(long, value_name = "USER", value_hint = ValueHint::Username)]
    pub by: Option<String>,
    /// Remove the key with this id at the server, and here if Mintage holds it
    #[arg(long, value_name = "ID")]
    pub remove: Option<String>,
    /// Remove it even if it is the last one that Mintage can use
    #[arg(long, requires = "remove")]
    pub last: bool,
    /// Confirm it in production
    #[arg(long)]
    pub yes: bool,
}

/// What `mintage keys` lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KeyKind {
    /// Private keys
    Key,
    /// Client secrets
    Secret,
    /// Personal access tokens
    Token,
}
