//! Verbs that **change environments**, and write what others need of them: `env add`, `env hosts`, `env export`.

use std::path::{Path, PathBuf};

use mintage_app::agent::resolve;
use mintage_app::profile_file;
use mintage_cli::args::{AddArgs, Global, ProgramsName, TierName};
use mintage_cli::failure::{Exit, Failure, escaped};
use mintage_cli::output::{self, Columns};
use mintage_cli::project::Project;
use mintage_cli::target::Binding;
use mintage_cli::terminal;
use mintage_core::environment::{
    Environment, EnvironmentDraft, EnvironmentProposal, ProgramApproval, ProposalRequest, ProviderFrom, Tier,
};
use mintage_core::provider::file::Format;
use mintage_core::provider::{Provider, ProviderId, is_built_in};
use mintage_core::service_user::ServiceUserDraft;
use serde_json::json;

use crate::problem::failure;
use crate::session::Session;
use crate::stored::tier;
use crate::{print, print_json, say};

/// `mintage env add`.
///
/// # Errors
/// The name is taken, the issuer isn't one, or a host isn't confirmed.
pub(crate) async fn add(args: &AddArgs, global: &Global) -> Result<u8, Failure> {
    let mut draft = EnvironmentDraft {
        confirmed_hosts: args.confirmed.clone(),
        ..EnvironmentDraft::new(&args.name, ProviderId(args.provider.clone()), tier_of(args.tier), &args.issuer)
    };
    match args.programs {
        Some(ProgramsName::Ask) => draft.programs = ProgramApproval::Ask,
        Some(ProgramsName::Tell) => draft.programs = ProgramApproval::Tell,
        None => {}
    }
    let added = Session::with(async |session| {
        let hosts = unconfirmed(session, &draft, global).await?;
        for host in &hosts {
            let question = format!("{} names the host {host}. Send credentials to it?", args.issuer);
            if !terminal::confirm(&escaped(&question), global)? {
                return Err(Failure::new(Exit::NotConfirmed, "host-unconfirmed", format!("`{host}` isn't confirmed"))
                    .with_help(format!("Add `--confirm {host}` if it is the issuer's")));
            }
        }
        let confirmed_hosts = draft.confirmed_hosts.iter().cloned().chain(hosts).collect();
        session.mint.add_environment(EnvironmentDraft { confirmed_hosts, ..draft }, false).await.map_err(failure)
    })
    .await?;
    if global.json {
        return print_json(
            &json!({ "id": added.id, "name": added.settings.name, "issuer": added.settings.issuer.as_str() }),
        );
    }
    Ok(Exit::Success.code())
}

/// The hosts that the issuer names and that aren't its own or confirmed. A server that can't be asked names none; what
/// is wrong with it is said, and found again when a token is minted.
async fn unconfirmed(session: &Session, draft: &EnvironmentDraft, global: &Global) -> Result<Vec<String>, Failure> {
    let found = session.mint.check(draft).await.map_err(failure)?;
    for problem in found.problems.iter().filter(|_| !global.quiet) {
        say(&format!("warning: {}", problem.message));
    }
    Ok(found.unconfirmed_hosts)
}

fn tier_of(name: TierName) -> Tier {
    match name {
        TierName::Development => Tier::Development,
        TierName::Staging => Tier::Staging,
        TierName::Production => Tier::Production,
    }
}

/// `mintage env hosts`: lists, after adding and removing.
///
/// # Errors
/// There is no such environment or service user, or what was typed isn't a host.
pub(crate) async fn hosts(name: &str, add: &[String], remove: &[String], global: &Global) -> Result<u8, Failure> {
    for host in add {
        check(host)?;
    }
    let environment = Session::with(async |session| {
        let environment = environment_or_users(session, name, global).await?;
        let mut draft = environment.draft();
        draft.token_hosts.retain(|host| !remove.contains(host));
        let missing = |host: &&String| !environment.settings.token_hosts.contains(host);
        let new: Vec<_> = add.iter().filter(missing).cloned().collect();
        draft.token_hosts.extend(new);
        if draft == environment.draft() {
            return Ok(environment);
        }
        session.mint.edit_environment(&environment, draft).await.map_err(failure)
    })
    .await?;
    let settings = &environment.settings;
    if let Some(host) = remove.iter().find(|host| settings.confirmed_hosts.contains(host)) {
        say(&format!("`{host}` has endpoints of the issuer's: tokens may still go there"));
    }
    let issuer = settings.issuer.host_and_port();
    let own = std::iter::once((issuer.as_str(), "issuer"));
    let confirmed = settings.confirmed_hosts.iter().map(|host| (host.as_str(), "endpoints"));
    let all: Vec<_> =
        own.chain(confirmed).chain(settings.token_hosts.iter().map(|host| (host.as_str(), "tools"))).collect();
    if global.json {
        let rows = all.iter().map(|(host, why)| json!({ "host": host, "for": why }));
        return print_json(&rows.collect());
    }
    let mut columns = Columns::new(&["HOST", "FOR"]);
    for (host, why) in all {
        columns.push([host, why]);
    }
    print(&columns)
}

fn check(host: &str) -> Result<(), Failure> {
    Binding::parse([host]).map(drop).map_err(|error| Failure::new(Exit::Usage, "usage", error.to_string()))
}

/// The environment of that name, or the one of the service user of that name.
async fn environment_or_users(session: &Session, name: &str, global: &Global) -> Result<Environment, Failure> {
    match session.environment(name).await {
        Err(failure) if failure.exit == Exit::NoSuchName => {
            session.user(name, global).await.map(|(_, environment)| environment).map_err(|_| failure)
        }
        found => found,
    }
}

/// Lets tokens of a service user's environment go to a host, if there is one, for `setup`; says whether that changed
/// anything.
///
/// # Errors
/// There is no such service user.
pub(crate) async fn bind(user: &str, host: Option<&str>, write: bool, global: &Global) -> Result<bool, Failure> {
    host.map_or(Ok(()), check)?;
    Session::with(async |session| {
        let (_, environment) = session.user(user, global).await?;
        let Some(host) = host else { return Ok(false) };
        let target = mintage_cli::target::Target::parse(host).ok_or_else(|| mintage_cli::scan::no_url(host))?;
        if resolve::binding(&environment).covers(&target) {
            return Ok(false);
        }
        if write {
            let mut draft = environment.draft();
            draft.token_hosts.push(host.to_owned());
            session.mint.edit_environment(&environment, draft).await.map_err(failure)?;
        }
        Ok(true)
    })
    .await
}

/// `mintage env export`.
///
/// # Errors
/// There is no such environment or service user.
pub(crate) async fn export(name: &str, user: Option<&str>, profile: bool, global: &Global) -> Result<u8, Failure> {
    let (environment, text) = Session::with(async |session| {
        let environment = session.environment(name).await?;
        if profile {
            let provider = &environment.settings.provider;
            let text = session.mint.export_provider(provider, Format::Toml).await.map_err(failure)?;
            return Ok((environment, text));
        }
        let within = Global { environment: Some(environment.settings.name.clone()), ..global.clone() };
        let user = match user {
            Some(name) => Some(session.user(name, &within).await?.0.settings),
            None => None,
        };
        let text = project(&environment, user).to_text();
        Ok((environment, text))
    })
    .await?;
    let provider = &environment.settings.provider;
    if !profile && !is_built_in(provider) && !global.quiet {
        let name = &environment.settings.name;
        say(&format!(
            "its provider is your own: `mintage env export {name} --profile > {}` writes it too",
            profile_name(provider)
        ));
    }
    output::write(text.as_bytes()).map(|()| Exit::Success.code())
}

fn profile_name(provider: &ProviderId) -> String {
    mintage_app::export::profile_name(provider, Format::Toml)
}

fn project(environment: &Environment, user: Option<ServiceUserDraft>) -> Project {
    let settings = &environment.settings;
    let built_in = is_built_in(&settings.provider);
    Project {
        environment: Some(settings.name.clone()),
        issuer: Some(settings.issuer.as_str().to_owned()),
        provider: built_in.then(|| settings.provider.0.clone()),
        profile: (!built_in).then(|| PathBuf::from(profile_name(&settings.provider))),
        tier: Some(tier(settings.tier).to_owned()),
        scopes: user.as_ref().map(|user| user.scopes.clone()).unwrap_or_default(),
        user: user.map(|user| user.name),
        audience: settings.audience.clone(),
        hosts: settings.token_hosts.clone(),
    }
}

/// Offers the environment that a folder's file names: everything that it would get is shown, and confirmed once, on the
/// terminal.
///
/// # Errors
/// Nobody can be asked, the file's profile can't be used, or the issuer isn't one.
pub(crate) async fn offer(project: &Project, file: &Path, global: &Global) -> Result<bool, Failure> {
    let (Some(name), Some(issuer)) = (&project.environment, &project.issuer) else { return Ok(false) };
    for host in &project.hosts {
        check(host)?;
    }
    Session::with(async |session| {
        let profile = own_profile(session, project, file).await?;
        let provider = profile.as_ref().map(|profile| profile.id.clone());
        let draft = drafted(session, project, name, issuer, provider).await?;
        // Before anything is sent: the file alone mustn't decide whom this computer talks to.
        if !terminal::confirm(&question(&draft, file, profile.as_ref()), global)? {
            return Ok(false);
        }
        if let Some(profile) = &profile
            && session.mint.provider(&profile.id).await.is_err()
        {
            session.mint.save_provider(profile, None).await.map_err(failure)?;
        }
        let confirmed_hosts = unconfirmed(session, &draft, global).await?;
        if !confirmed_hosts.is_empty() && !terminal::confirm(&question_for(&confirmed_hosts), global)? {
            return Ok(false);
        }
        session.mint.add_environment(EnvironmentDraft { confirmed_hosts, ..draft }, false).await.map_err(failure)?;
        Ok(true)
    })
    .await
}

/// The environment that a file names; what it leaves out is what its address proposes.
async fn drafted(
    session: &Session,
    project: &Project,
    name: &str,
    issuer: &str,
    own: Option<ProviderId>,
) -> Result<EnvironmentDraft, Failure> {
    let proposal = session.mint.propose_environment(&asked(issuer)).await.map_err(failure)?;
    let (provider, tier) = (provider_of(project, own, &proposal), tier_for(project, &proposal)?);
    Ok(EnvironmentDraft { token_hosts: project.hosts.clone(), ..EnvironmentDraft::new(name, provider, tier, issuer) })
}

/// Asks what an address proposes where a file names no provider.
fn asked(issuer: &str) -> ProposalRequest {
    let (issuer, provider_from) = (issuer.to_owned(), ProviderFrom::Source);
    ProposalRequest { environment: None, issuer, provider: None, provider_from }
}

/// The profile beside the file. One with the id of a stored profile has to be that one.
async fn own_profile(session: &Session, project: &Project, file: &Path) -> Result<Option<Provider>, Failure> {
    let Some(name) = &project.profile else { return Ok(None) };
    let text = profile_file::read(file.with_file_name(name)).await.map_err(failure)?;
    let profile = session.mint.read_provider(&text).map_err(failure)?;
    match session.mint.provider(&profile.id).await {
        Ok(stored) if stored != profile => {
            let message =
                format!("a profile `{}` is stored already and differs from `{}`", profile.id.0, name.display());
            Err(Failure::new(Exit::Failed, "profile-differs", message).with_help(
                "Compare the two, and add the environment with `mintage env add` and the one that you trust",
            ))
        }
        _ => Ok(Some(profile)),
    }
}

/// The provider of the user's own that the file brings, else the one that it names, else the one that the address
/// proposes.
fn provider_of(project: &Project, own: Option<ProviderId>, proposal: &EnvironmentProposal) -> ProviderId {
    let named = own.or_else(|| project.provider.clone().map(ProviderId));
    named.or_else(|| proposal.provider.clone()).unwrap_or_else(|| ProviderId("generic".to_owned()))
}

/// The tier that the file names, else the one that the address proposes, else the one that is asked about most.
fn tier_for(project: &Project, proposal: &EnvironmentProposal) -> Result<Tier, Failure> {
    match project.tier.as_deref() {
        None => Ok(proposal.tier.unwrap_or(Tier::Production)),
        Some("production") => Ok(Tier::Production),
        Some("staging") => Ok(Tier::Staging),
        Some("development") => Ok(Tier::Development),
        Some(_) => Err(Failure::new(Exit::Failed, "project-file", "`tier` isn't development, staging or production")),
    }
}

fn approval(programs: ProgramApproval) -> &'static str {
    match programs {
        ProgramApproval::Ask => "you're asked before one gets a token",
        ProgramApproval::Tell => "get tokens without asking you",
    }
}

fn question_for(hosts: &[String]) -> String {
    format!("The issuer's endpoints are also on {}. Send credentials there too?", escaped(&hosts.join(", ")))
}

fn question(draft: &EnvironmentDraft, file: &Path, profile: Option<&Provider>) -> String {
    let hosts =
        if draft.token_hosts.is_empty() { "the issuer's only".to_owned() } else { draft.token_hosts.join(", ") };
    let provider =
        profile.map_or_else(|| draft.provider.0.clone(), |own| format!("{} (a profile beside the file)", own.name));
    let lines = [
        format!("{} names an environment that you don't have:", file.display()),
        format!("  name         {}", draft.name),
        format!("  issuer       {}", draft.issuer),
        format!("  provider     {provider}"),
        format!("  tier         {}", tier(draft.tier)),
        format!("  token hosts  {hosts}"),
        format!("  programs     {}", approval(draft.programs)),
    ];
    // The file's words can't add lines.
    let lines: String = lines.iter().map(|line| escaped(line) + "\n").collect();
    lines + "Add it?"
}

#[cfg(test)]
mod tests {
    use mintage_core::environment::propose;
    use mintage_core::provider::built_in;

    use super::*;

    #[test]
    fn what_a_project_file_leaves_out_is_what_its_address_proposes() {
        let check = |issuer: &str, named: Option<(&str, &str)>, expected: (&str, Tier)| {
            let project = Project {
                provider: named.map(|(provider, _)| provider.to_owned()),
                tier: named.map(|(_, tier)| tier.to_owned()),
                ..Project::default()
            };
            let proposal = propose(&asked(issuer), built_in(), &[]);
            let provider = provider_of(&project, None, &proposal);
            assert_eq!((provider.0.as_str(), tier_for(&project, &proposal).unwrap()), expected, "{issuer}");
        };
        check("https://acme-dev.okta.com", None, ("okta", Tier::Development));
        check("https://acme-dev.okta.com", Some(("generic", "production")), ("generic", Tier::Production));
        check("https://auth.acme.com", None, ("generic", Tier::Production));
        check("https://auth.stg.acme.com", None, ("generic", Tier::Staging));
    }
}
