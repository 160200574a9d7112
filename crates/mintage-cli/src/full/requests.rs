//! From what was typed to a request for a token.

use crate::args::{Global, TokenArgs, Wanted};
use crate::failure::{Exit, Failure};
use crate::fast_path::TokenCommand;
use crate::project::Project;
use crate::request::{Name, Outcome, TokenRequest, TokenSource};

use super::error_format;

/// Understands `mintage token` the way the fast path does.
///
/// # Errors
/// If there is no service user to be found.
pub fn token_command(
    args: &TokenArgs,
    global: &Global,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<TokenCommand, Failure> {
    let request = request(args.user.as_deref(), &args.wanted, global, "token", variable)?;
    Ok(TokenCommand { request, form: args.form, show: args.show, error_format: error_format(global, variable) })
}

/// Builds a request from what was typed, then the environment's defaults, then the folder's project file.
pub(super) fn request(
    user: Option<&str>,
    wanted: &Wanted,
    global: &Global,
    asker: &'static str,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<TokenRequest, Failure> {
    let typed = Name { user: user.map(str::to_owned), environment: global.environment.clone() };
    let mut request = TokenRequest {
        name: typed.or(Name::from_environment(variable)),
        asker,
        scopes: wanted.scopes.clone(),
        audience: wanted.audience.clone(),
        min_valid: wanted.min_valid,
        fresh: wanted.fresh,
        reason: wanted.reason.clone(),
        no_input: global.no_input || variable("MINTAGE_NO_INPUT").is_some_and(|value| !value.is_empty()),
        ..TokenRequest::default()
    };
    if request.name.user.is_none() {
        apply_project(&mut request)?;
    }
    Ok(request)
}

fn apply_project(request: &mut TokenRequest) -> Result<(), Failure> {
    if let Some((_, project)) = Project::here()? {
        fill(request, project);
    }
    match request.name.user {
        Some(_) => Ok(()),
        None => Err(Failure::new(Exit::Usage, "usage", "say which service user")
            .with_help("Give its name, set MINTAGE_USER, or name it in a .mintage.toml; `mintage ls` lists them")),
    }
}

fn fill(request: &mut TokenRequest, project: Project) {
    request.name = std::mem::take(&mut request.name).or(project.name());
    if request.scopes.is_empty() {
        request.scopes = project.scopes;
    }
    if request.audience.is_empty() {
        request.audience = project.audience;
    }
}

/// Fills in the folder's service user for helpers whose tools and configuration name none.
pub(super) struct InProject<'a>(pub(super) &'a mut dyn TokenSource);

impl TokenSource for InProject<'_> {
    fn token(&mut self, request: &TokenRequest) -> Result<Outcome, Failure> {
        let project = if request.name.user.is_none() { Project::here()? } else { None };
        let Some((_, project)) = project else { return self.0.token(request) };
        let mut filled = request.clone();
        fill(&mut filled, project);
        match self.0.token(&filled)? {
            // Another environment may have that host.
            Outcome::NotBound => self.0.token(request),
            outcome => Ok(outcome),
        }
    }

    fn refused(&mut self, request: &TokenRequest) -> Result<(), Failure> {
        self.0.refused(request)
    }
}
