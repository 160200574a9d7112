//! Running programs with tokens.

use mintage_agent_protocol::Surroundings;

use crate::args::{Audience, ExecArgs, FileArgs, Global};
use crate::exec::{self, Variable};
use crate::failure::{Exit, Failure};
use crate::file::{self, TokenFile};
use crate::request::{Outcome, TokenRequest, TokenSource};
use crate::token::Token;

use super::requests::request;
use super::{now, variable};

fn ask(source: &mut dyn TokenSource, request: &TokenRequest) -> Result<Token, Failure> {
    match source.token(request).and_then(Outcome::checked)? {
        Outcome::Token(token) => Ok(*token),
        Outcome::NotBound => Err(Failure::new(Exit::Failed, "host-not-bound", "no environment has that host")),
    }
}

pub(super) fn run_with_tokens(args: &ExecArgs, global: &Global, source: &mut dyn TokenSource) -> Result<u8, Failure> {
    let mut tokens = Vec::new();
    if args.users.is_empty() {
        let target = args.env_name.as_deref().map_or_else(|| Ok(Variable::default()), Variable::parse)?;
        tokens.push((target, ask(source, &request(None, &args.wanted, global, "exec", &variable)?)?));
    }
    for (position, word) in args.users.iter().enumerate() {
        let (user, variable_name) = match word.split_once('=') {
            Some((user, name)) => (user, Some(name)),
            None if position == 0 => (word.as_str(), args.env_name.as_deref()),
            None => {
                return Err(Failure::new(Exit::Usage, "usage", format!("`{word}` needs a variable"))
                    .with_help(format!("Write {word}=VARIABLE")));
            }
        };
        let target = variable_name.map_or_else(|| Ok(Variable::default()), Variable::parse)?;
        tokens.push((target, ask(source, &request(Some(user), &args.wanted, global, "exec", &variable)?)?));
    }
    exec::run(exec::command(&args.program.command, &tokens)?)
}

pub(super) fn run_with_file(
    args: &FileArgs,
    global: &Global,
    mut source: Box<dyn TokenSource + Send>,
) -> Result<u8, Failure> {
    let mut request = request(args.user.as_deref(), &args.wanted, global, "file", &variable)?;
    request.min_valid.get_or_insert(file::LEAD);
    let path_needed = matches!(args.audience_of, Some(Audience::Google | Audience::Kube));
    let file = match &args.path {
        Some(path) => TokenFile::at(path.clone())?,
        None if path_needed => {
            return Err(Failure::new(Exit::Usage, "usage", "say which file its configuration names")
                .with_help("Add `--path FILE`"));
        }
        None => TokenFile::in_runtime_folder(&Surroundings::from_env())?,
    };
    let first = ask(&mut *source, &request)?;
    let mut command = exec::command(&args.program.command, &[])?;
    command.env("MINTAGE_TOKEN_FILE", file.path());
    match args.audience_of {
        Some(Audience::Aws) => _ = command.env("AWS_WEB_IDENTITY_TOKEN_FILE", file.path()),
        Some(Audience::Azure) => _ = command.env("AZURE_FEDERATED_TOKEN_FILE", file.path()),
        Some(Audience::Google | Audience::Kube) | None => {}
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(Exit::Failed, "runtime", "couldn't start").caused_by(&error))?;
    runtime.block_on(file::run(command, file, first, move || ask(&mut *source, &request), now))
}
