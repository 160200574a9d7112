//! Which service user a request means, and whether its token may go to the host that it is for.

use mintage_agent_protocol::target::{Binding, Target};
use mintage_agent_protocol::{NOT_BOUND, Problem, TokenRequest};
use mintage_core::credential::CredentialKind;
use mintage_core::environment::Environment;
use mintage_core::issuer_url::IssuerUrl;
use mintage_core::mint::ServiceUserRow;
use mintage_core::service_user::ServiceUser;

/// A service user in its environment.
pub type Found<'a> = (&'a ServiceUser, &'a Environment);

/// The service users that a request may mean: all; without a name, all but those with an application's key, which
/// authenticates introspection and mints nothing.
pub fn possible(request: &TokenRequest, all: Vec<ServiceUserRow>) -> Vec<ServiceUser> {
    let is_possible =
        |row: &ServiceUserRow| !request.user.is_empty() || row.listed.credential_kind.is_none_or(CredentialKind::mints);
    all.into_iter().filter(is_possible).map(|row| row.listed.service_user).collect()
}

/// Finds the service user that a request names by its name, `ENV/NAME` or an id; without a name, by the host.
///
/// # Errors
/// There is none, there are several, the host isn't the environment's, or the environment has another issuer than the
/// request says.
pub fn find<'a>(
    request: &TokenRequest,
    environments: &'a [Environment],
    users: &'a [ServiceUser],
) -> Result<Found<'a>, Problem> {
    let environments = within(request.environment.as_deref(), environments)?;
    let all = users.iter().filter_map(|user| {
        let environment = environments.iter().copied().find(|environment| environment.id == user.environment)?;
        Some((user, environment))
    });
    let named = named(&request.user, all.collect());
    let bound = match &request.host {
        Some(host) => bound_to(&request.user, host, named)?,
        None => named,
    };
    match bound.as_slice() {
        [found] => check_issuer(found.1, request.issuer.as_deref()).map(|()| *found),
        [] => Err(not_found(&request.user, users.is_empty())),
        several => Err(ambiguous(&request.user, several)),
    }
}

/// The environments that a request is about: the one of that name or id, else all.
///
/// # Errors
/// There is none of that name.
pub fn within<'a>(name: Option<&str>, environments: &'a [Environment]) -> Result<Vec<&'a Environment>, Problem> {
    let Some(name) = name.filter(|name| !name.is_empty()) else { return Ok(environments.iter().collect()) };
    // Names are unique, ignoring case.
    let is_meant = |environment: &&Environment| {
        environment.settings.name.to_lowercase() == name.to_lowercase() || environment.id.0.to_string() == name
    };
    match environments.iter().find(is_meant) {
        Some(environment) => Ok(vec![environment]),
        None => Err(Problem::new(
            "environment-not-found",
            format!("there is no environment `{name}`"),
            "Run `mintage env ls` to list them, or add it with `mintage env add`",
        )),
    }
}

/// Checks that an environment has the issuer that somebody expects of it. Two people may use its name for two servers.
///
/// # Errors
/// `environment-differs`.
pub fn check_issuer(environment: &Environment, expected: Option<&str>) -> Result<(), Problem> {
    let settings = &environment.settings;
    // Some write a slash at the end and some don't.
    let is_same = |text: &&str| {
        IssuerUrl::parse(text)
            .is_ok_and(|issuer| issuer.as_str().trim_end_matches('/') == settings.issuer.as_str().trim_end_matches('/'))
    };
    let Some(expected) = expected.filter(|text| !is_same(text)) else { return Ok(()) };
    let (name, issuer) = (&settings.name, settings.issuer.as_str());
    Err(Problem::new(
        "environment-differs",
        format!("`{name}` has the issuer {issuer}, not {expected}"),
        "Add an environment for that issuer under another name, and name it with `-e`",
    ))
}

/// Those with that name; without a name, all.
fn named<'a>(name: &str, mut all: Vec<Found<'a>>) -> Vec<Found<'a>> {
    if name.is_empty() {
        return all;
    }
    all.retain(|(user, environment)| {
        let own = &user.settings.name;
        own == name
            || user.id.0.to_string() == name
            || user.user_id == name
            || name.strip_suffix(own.as_str()).and_then(|before| before.strip_suffix('/')).is_some_and(|before| {
                !before.is_empty() && before.to_lowercase() == environment.settings.name.to_lowercase()
            })
    });
    all
}

/// Those whose environment's tokens may go to a host.
fn bound_to<'a>(name: &str, host: &str, mut named: Vec<Found<'a>>) -> Result<Vec<Found<'a>>, Problem> {
    // A host that nobody is bound to is somebody else's business, also where there is nobody at all.
    let any = name.is_empty() || !named.is_empty();
    let target = Target::parse(host);
    named.retain(|(_, environment)| target.as_ref().is_some_and(|target| binding(environment).covers(target)));
    if any && named.is_empty() {
        return Err(Problem::new(
            NOT_BOUND,
            format!("`{host}` isn't a host of the environment"),
            "Use a service user of the environment that the host belongs to",
        ));
    }
    Ok(named)
}

/// The hosts that an environment's tokens may go to: the issuer's, and those that the user confirmed or listed.
pub fn binding(environment: &Environment) -> Binding {
    let settings = &environment.settings;
    let issuer = settings.issuer.host_and_port();
    let listed = settings.confirmed_hosts.iter().chain(&settings.token_hosts).map(String::as_str);
    let hosts = std::iter::once(issuer.as_str()).chain(listed);
    Binding::parse(hosts.filter(|host| Binding::parse([*host]).is_ok())).unwrap_or_default()
}

fn not_found(name: &str, is_empty: bool) -> Problem {
    let message = if name.is_empty() {
        "no service user was named".to_owned()
    } else {
        format!("there is no service user `{name}`")
    };
    let help = if is_empty { "Import a key file with `mintage import`" } else { "Run `mintage ls` to list them" };
    Problem::new("user-not-found", message, help)
}

fn ambiguous(name: &str, several: &[Found<'_>]) -> Problem {
    let path = |(user, environment): &Found<'_>| format!("{}/{}", environment.settings.name, user.settings.name);
    let mut candidates: Vec<_> = several.iter().map(path).collect();
    candidates.sort();
    let all = candidates.len();
    candidates.dedup();
    if candidates.len() < all {
        // Names alone don't tell them apart.
        candidates = several.iter().map(|found| format!("{} ({})", found.0.id.0, path(found))).collect();
    }
    let message = if name.is_empty() {
        "several service users are possible".to_owned()
    } else {
        format!("several service users are called `{name}`")
    };
    Problem::new("user-ambiguous", message, format!("Say which one: {}", candidates.join(", ")))
}

#[cfg(test)]
mod tests;
