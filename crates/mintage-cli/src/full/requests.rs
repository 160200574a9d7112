//! From what was typed to a request for a token.

use crate::args::{Global, TokenArgs, Wanted};
use crate::failure::{Exit, Failure};
use crate::fast_path::TokenCommand;
use crate::project::Project;
use crate::request::{Name, Outcome, TokenRequest, TokenSource};

use super::{error_format, variable};

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
///
/// # Errors
/// None of them names a service user, or the project file can't be used.
pub(crate) fn request(
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
    fill_from_folder(&mut request)?;
    match request.name.user {
        Some(_) => Ok(request),
        None => Err(Failure::new(Exit::Usage, "usage", "say which service user")
            .with_help("Give its name, set MINTAGE_USER, or name it in a .mintage.toml; `mintage ls` lists them")),
    }
}

/// Finds out which service user a verb is about, as [`token_command`] does.
///
/// # Errors
/// Nothing names one, or the project file can't be used.
pub fn user(typed: Option<&str>, global: &Global) -> Result<TokenRequest, Failure> {
    request(typed, &Wanted::default(), global, "", &variable)
}

/// The same for verbs that do something without a service user, too.
///
/// # Errors
/// The project file can't be used.
pub fn user_if_named(typed: Option<&str>, global: &Global) -> Result<TokenRequest, Failure> {
    let typed = Name { user: typed.map(str::to_owned), environment: global.environment.clone() };
    let mut request = TokenRequest { name: typed.or(Name::from_environment(&variable)), ..TokenRequest::default() };
    fill_from_folder(&mut request).map(|()| request)
}

fn fill_from_folder(request: &mut TokenRequest) -> Result<(), Failure> {
    if request.name.is_complete() {
        return Ok(());
    }
    if let Some((_, project)) = Project::here()? {
        fill(request, project);
    }
    Ok(())
}

/// Another service user than the file's has its own scopes and audiences, and the file's environment.
fn fill(request: &mut TokenRequest, project: Project) {
    let is_other = request.name.user.is_some() && request.name.user != project.user;
    let names_environment = request.name.environment.is_some();
    request.name = std::mem::take(&mut request.name).or(project.name());
    // Whoever names an environment means their own.
    if !names_environment && request.name.environment.is_some() {
        request.issuer = project.issuer;
    }
    if request.scopes.is_empty() && !is_other {
        request.scopes = project.scopes;
    }
    if request.audience.is_empty() && !is_other {
        request.audience = project.audience;
    }
}

/// Fills in the folder's service user for helpers whose tools and configuration name none.
pub(super) struct InProject<'a>(pub(super) &'a mut dyn TokenSource);

impl TokenSource for InProject<'_> {
    fn token(&mut self, request: &TokenRequest) -> Result<Outcome, Failure> {
        // The repository isn't what the tool asks about: a file that can't be used must not keep it from other hosts.
        let project = if request.name.user.is_none() { Project::here().unwrap_or_default() } else { None };
        let Some((_, project)) = project else { return self.0.token(request) };
        let mut filled = request.clone();
        fill(&mut filled, project);
        match self.0.token(&filled) {
            // Another environment may have that host.
            Ok(Outcome::NotBound) => self.0.token(request),
            // Whoever doesn't have what the file names works on other hosts all the same.
            Err(failure) if matches!(failure.code.as_str(), "environment-not-found" | "user-not-found") => {
                self.0.token(request)
            }
            answered => answered,
        }
    }

    fn refused(&mut self, request: &TokenRequest) -> Result<(), Failure> {
        self.0.refused(request)
    }
}
