//! Verbs that **look at what is stored**. They only read the catalogue's file, whoever else has it open.

use std::collections::HashSet;
use std::io::ErrorKind;

use mintage_agent_protocol::{Answer, Request};
use mintage_app::agent::resolve;
use mintage_app::data_folder::data_folder;
use mintage_app::rows;
use mintage_cli::agent::{self, Agent};
use mintage_cli::args::{AgentUse, Global, ListArgs, Names, UserArgs};
use mintage_cli::control;
use mintage_cli::failure::{Exit, Failure, escaped};
use mintage_cli::full;
use mintage_cli::output::{Columns, Moment};
use mintage_core::catalog::{CatalogError, CatalogReader, ListedServiceUser};
use mintage_core::environment::{Environment, Tier};
use mintage_core::error::{Error, Problem};
use serde_json::json;

use crate::problem::failure;
use crate::session::Session;
use crate::{print, print_json};

struct Stored {
    environments: Vec<Environment>,
    users: Vec<ListedServiceUser>,
}

impl Stored {
    async fn read() -> Result<Self, Failure> {
        let folder = data_folder().map_err(|error| failure(Problem::from(error)))?;
        let failed = |error| failure(Error::from(error));
        let reader = CatalogReader::open(&folder).await.map_err(failed)?;
        Ok(Self {
            environments: reader.environments().await.map_err(failed)?,
            users: reader.listed(None).await.map_err(failed)?,
        })
    }

    fn environment(&self, name: &str) -> Result<&Environment, Failure> {
        resolve::within(Some(name), &self.environments).map(|found| found[0]).map_err(agent::failed)
    }

    fn count(&self, environment: &Environment) -> usize {
        self.users.iter().filter(|user| user.service_user.environment == environment.id).count()
    }
}

/// The environment that is meant.
pub(crate) fn environment_of(global: &Global) -> Option<String> {
    global.environment()
}

/// `mintage __complete`: names for a shell, one a line. No agent is started and nothing is migrated for a Tab.
///
/// # Errors
/// The catalogue can't be read.
pub(crate) async fn complete(kind: Names) -> Result<u8, Failure> {
    let stored = Stored::read().await?;
    let mut names: Vec<&str> = match kind {
        Names::Users => stored.users.iter().map(|user| user.service_user.settings.name.as_str()).collect(),
        Names::Environments => stored.environments.iter().map(|one| one.settings.name.as_str()).collect(),
    };
    names.sort_unstable();
    names.dedup();
    let lines: String = names.into_iter().map(|name| escaped(name) + "\n").collect();
    mintage_cli::output::write(lines.as_bytes()).map(|()| 0)
}

/// `mintage ls`. The agent is only asked whose token is in memory, and none is started for that.
///
/// # Errors
/// The catalogue can't be read; `no-agent` if there has to be one.
pub(crate) async fn list(args: &ListArgs, global: &Global) -> Result<u8, Failure> {
    let in_memory = match global.agent {
        AgentUse::Never => HashSet::new(),
        AgentUse::Auto | AgentUse::Require => in_memory(global)?,
    };
    let users = rows::list(&reader().await?, &in_memory, args.text.as_deref()).await;
    let users = users.map_err(|error| failure(Error::from(error)))?;
    control::show_users(users, global, args, full::now()).map(|()| Exit::Success.code())
}

fn in_memory(global: &Global) -> Result<HashSet<String>, Failure> {
    match Agent::find(false).and_then(|agent| agent.ask(&Request::InMemory, true)) {
        Ok(Answer::InMemory(ids)) => Ok(ids.into_iter().collect()),
        Ok(_) => Err(agent::unexpected()),
        Err(failure) if failure.code == "no-agent" && global.agent == AgentUse::Auto => Ok(HashSet::new()),
        Err(failure) => Err(failure),
    }
}

/// Reads the catalogue as it is, unless it isn't there yet or an older version's: it is then made as any verb makes it.
async fn reader() -> Result<CatalogReader, Failure> {
    let folder = data_folder().map_err(|error| failure(Problem::from(error)))?;
    let opened = match CatalogReader::open(&folder).await {
        Err(CatalogError::Older { .. }) => None,
        Err(CatalogError::Unopened { source, .. }) if source.kind() == ErrorKind::NotFound => None,
        opened => Some(opened),
    };
    let opened = match opened {
        Some(opened) => opened,
        None => {
            Session::with(async |_| Ok(())).await?;
            CatalogReader::open(&folder).await
        }
    };
    opened.map_err(|error| failure(Error::from(error)))
}

/// `mintage show`.
///
/// # Errors
/// There is no such service user, or several.
pub(crate) async fn show(args: &UserArgs, global: &Global) -> Result<u8, Failure> {
    let stored = Stored::read().await?;
    let request = agent::wire(&full::user(args.user.as_deref(), global)?);
    let users: Vec<_> = stored.users.iter().map(|listed| listed.service_user.clone()).collect();
    let (user, environment) = resolve::find(&request, &stored.environments, &users).map_err(agent::failed)?;
    let listed = stored.users.iter().find(|listed| listed.service_user.id == user.id);
    let expires = listed.and_then(|listed| listed.key_expires_at).map(|at| Moment(at).rfc3339());
    let key = listed.and_then(|listed| listed.key_id.clone());
    let used = user.last_used_at.map(|at| Moment(at).rfc3339());
    let settings = &environment.settings;
    if global.json {
        return print_json(&json!({
            "id": user.id, "name": user.settings.name, "userId": user.user_id, "environment": settings.name,
            "tier": settings.tier, "provider": settings.provider, "issuer": settings.issuer.as_str(),
            "scopes": user.settings.scopes, "tags": user.settings.tags, "keyId": key, "keyExpiresAt": expires,
            "keyMissing": listed.is_some_and(|listed| listed.key_missing),
            "credentials": listed.map_or(0, |listed| listed.credentials), "lastMinted": used,
        }));
    }
    let scopes = user.settings.scopes.join(" ");
    print_fields(&[
        ("Name", &user.settings.name),
        ("Environment", &settings.name),
        ("Tier", tier(settings.tier)),
        ("Issuer", settings.issuer.as_str()),
        ("User id", &user.user_id),
        ("Scopes", &scopes),
        ("Key", key.as_deref().unwrap_or_default()),
        ("Key expires", expires.as_deref().unwrap_or_default()),
        ("Last minted", used.as_deref().unwrap_or_default()),
        ("Id", &user.id.0.to_string()),
    ])
}

/// `mintage env ls`.
///
/// # Errors
/// The catalogue can't be read.
pub(crate) async fn environments(global: &Global) -> Result<u8, Failure> {
    let stored = Stored::read().await?;
    if global.json {
        let all: Vec<_> = stored.environments.iter().map(|one| as_json(one, stored.count(one))).collect();
        return print_json(&all.into());
    }
    let mut columns = Columns::new(&["NAME", "TIER", "PROVIDER", "ISSUER", "SERVICE USERS"]);
    for environment in &stored.environments {
        let (settings, count) = (&environment.settings, stored.count(environment).to_string());
        columns.push([&*settings.name, tier(settings.tier), &settings.provider.0, settings.issuer.as_str(), &count]);
    }
    print(&columns)
}

/// `mintage env show`.
///
/// # Errors
/// There is no such environment.
pub(crate) async fn environment(name: &str, global: &Global) -> Result<u8, Failure> {
    let stored = Stored::read().await?;
    let environment = stored.environment(name)?;
    let (settings, count) = (&environment.settings, stored.count(environment));
    if global.json {
        return print_json(&as_json(environment, count));
    }
    print_fields(&[
        ("Name", &settings.name),
        ("Tier", tier(settings.tier)),
        ("Programs", if settings.asks_for_programs() { "ask" } else { "tell" }),
        ("Provider", &settings.provider.0),
        ("Issuer", settings.issuer.as_str()),
        ("Other hosts", &settings.confirmed_hosts.join(" ")),
        ("Token hosts", &settings.token_hosts.join(" ")),
        ("Scopes", &settings.scopes.join(" ")),
        ("Service users", &count.to_string()),
        ("Id", &environment.id.0.to_string()),
    ])
}

fn as_json(environment: &Environment, count: usize) -> serde_json::Value {
    let settings = &environment.settings;
    json!({
        "id": environment.id, "name": settings.name, "tier": settings.tier, "provider": settings.provider,
        "issuer": settings.issuer.as_str(), "hosts": settings.confirmed_hosts, "tokenHosts": settings.token_hosts, "scopes": settings.scopes,
        "serviceUsers": count, "programs": if settings.asks_for_programs() { "ask" } else { "tell" }, "demo": environment.demo,
    })
}

/// The tier in one word.
pub(crate) fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Development => "development",
        Tier::Staging => "staging",
        Tier::Production => "production",
    }
}

/// Prints what is set, one field a line.
fn print_fields(fields: &[(&str, &str)]) -> Result<u8, Failure> {
    let lines = fields.iter().filter(|(_, value)| !value.is_empty());
    let text: String = lines.map(|(name, value)| format!("{name:<14}{}\n", escaped(value))).collect();
    mintage_cli::output::write(text.as_bytes()).map(|()| 0)
}
