//! Verbs that hand out a token.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum, ValueHint};

use super::{Program, parse_duration};
use crate::form::Form;

fn forms() -> impl TypedValueParser<Value = Form> {
    let names = Form::ALL.map(|form| PossibleValue::new(form.name()).help(form.help()));
    PossibleValuesParser::new(names).map(|name| Form::find(&name).expect("clap lets only names of forms through"))
}

/// What kind of token is wanted.
#[derive(Clone, Debug, Default, Args)]
pub struct Wanted {
    /// Ask for this scope instead of the service user's own; repeat it for more
    #[arg(long = "scope", value_name = "SCOPE")]
    pub scopes: Vec<String>,
    /// Ask for this audience instead of the service user's own; repeat it for more
    #[arg(long, value_name = "AUDIENCE")]
    pub audience: Vec<String>,
    /// How long the token must still be valid, for example 5m
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub min_valid: Option<Duration>,
    /// Mint a new token even if a cached one would do
    #[arg(long)]
    pub fresh: bool,
    /// Why you need it, shown to whoever approves the request
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// `mintage token`.
#[derive(Clone, Debug, Args)]
#[command(
    before_help = "Example: mintage token ci-bot --form header | curl -H @- https://api.example/me\n         mintage token --key-file key.json --issuer https://auth.example > token",
    after_help = "A token isn't printed to a terminal unless you add --show, and never to a named pipe.\n\nIn a folder with a .mintage.toml the service user may be left out. With --key-file nothing is stored: for containers and CI, where no keychain is."
)]
pub struct TokenArgs {
    /// The service user: a name, ENV/NAME or an id
    #[arg(value_hint = ValueHint::Username)]
    pub user: Option<String>,
    /// What kind of token
    #[command(flatten)]
    pub wanted: Wanted,
    /// How to print it
    #[arg(long, value_parser = forms(), default_value = Form::default().name(), hide_default_value = true, value_name = "FORM")]
    pub form: Form,
    /// Print it even to a terminal
    #[arg(long)]
    pub show: bool,
    /// Mint from this key file and store nothing; `-` reads standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "user", requires = "issuer")]
    pub key_file: Option<PathBuf>,
    /// The issuer's URL, for --key-file
    #[arg(long, value_name = "URL", requires = "key_file")]
    pub issuer: Option<String>,
    /// The provider's id, for --key-file, if the issuer alone doesn't tell
    #[arg(long, value_name = "PROVIDER", requires = "key_file")]
    pub provider: Option<String>,
}

/// `mintage exec`.
#[derive(Clone, Debug, Args)]
#[command(
    before_help = "Example: mintage exec ci-bot -- terraform plan\n         mintage exec ci-bot --env-name ZITADEL_TOKEN -- ./deploy.sh\n         mintage exec ci-bot deployer=DEPLOY_TOKEN -- make release",
    after_help = "The program finds the token in MINTAGE_TOKEN, and MINTAGE_TOKEN_EXPIRES_AT (seconds since 1970), MINTAGE_ENV and MINTAGE_ISSUER beside it. Your other programs can read a program's environment, and the programs that it starts inherit it; use `mintage file` for one that runs longer than a token is valid."
)]
pub struct ExecArgs {
    /// The service user, and more of them as USER=VARIABLE; without one, the folder's
    #[arg(value_name = "USER", value_hint = ValueHint::Username)]
    pub users: Vec<String>,
    /// The variable for the first token, with a form if you like: AUTH=header, TOKEN=json
    #[arg(long, value_name = "NAME")]
    pub env_name: Option<String>,
    /// What kind of token
    #[command(flatten)]
    pub wanted: Wanted,
    /// What to run
    #[command(flatten)]
    pub program: Program,
}

/// `mintage file`.
#[derive(Clone, Debug, Args)]
#[command(
    before_help = "Example: mintage file ci-bot --for aws -- aws s3 ls\n         mintage file ci-bot --path /run/user/1000/token -- ./server",
    after_help = "The file is readable by you alone, is replaced as a whole before the token expires, and is removed when the program ends. The program finds its path in MINTAGE_TOKEN_FILE."
)]
pub struct FileArgs {
    /// The service user: a name, ENV/NAME or an id; without one, the folder's
    #[arg(value_hint = ValueHint::Username)]
    pub user: Option<String>,
    /// Where to write the token; without it, a new file in the folder for running programs, or in the agent's where there is none
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub path: Option<PathBuf>,
    /// Set the variable that this platform's programs look for
    #[arg(long = "for", value_enum, value_name = "PLATFORM")]
    pub audience_of: Option<Audience>,
    /// What kind of token
    #[command(flatten)]
    pub wanted: Wanted,
    /// What to run
    #[command(flatten)]
    pub program: Program,
}

/// Platforms whose programs read a token from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Audience {
    /// AWS_WEB_IDENTITY_TOKEN_FILE
    Aws,
    /// AZURE_FEDERATED_TOKEN_FILE
    Azure,
    /// The file that `credential_source.file` names; give its path with --path
    Google,
    /// The file that kubeconfig's `tokenFile` names; give its path with --path
    Kube,
}

/// `mintage copy`.
#[derive(Clone, Debug, Args)]
#[command(
    before_help = "Example: mintage copy ci-bot",
    after_help = "The desktop app has to be running: it copies the token, and clears the clipboard after the time in its settings."
)]
pub struct CopyArgs {
    /// The service user: a name, ENV/NAME or an id
    #[arg(value_hint = ValueHint::Username)]
    pub user: String,
    /// How to copy it
    #[arg(long, value_parser = forms(), default_value = Form::default().name(), hide_default_value = true, value_name = "FORM")]
    pub form: Form,
    /// What kind of token
    #[command(flatten)]
    pub wanted: Wanted,
}
