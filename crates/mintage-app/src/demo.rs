//! The **demo**: two issuers that run inside the app on loopback, with service users to try everything offline. Its
//! keys are real keys: created here, stored in the keychain, removed with the demo.
//!
//! Rule: the catalogue is the only memory. When the app starts again, the issuers are started with the public keys in
//! the catalogue.

use std::sync::{Arc, Mutex, PoisonError};

use mintage_core::catalog::CatalogError;
use mintage_core::credential::Credential;
use mintage_core::environment::{Environment, EnvironmentDraft, ProgramApproval};
use mintage_core::error::{Error, Problem};
use mintage_core::issuer::Issuer;
use mintage_core::issuer_url::IssuerUrl;
use mintage_core::key_file::{KeyFile, Material};
use mintage_core::mint::Mint;
use mintage_core::private_key::PrivateKey;
use mintage_core::provider::{ProviderId, Shape};
use mintage_core::service_user::ServiceUserDraft;
use mintage_demo::{Application, Config, DemoIssuer, Quirks, RegisteredKey, StartError, User};
use time::OffsetDateTime;

mod data;

use data::{DemoEnvironment, DemoUser, ENVIRONMENTS};

/// The demo couldn't be started.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Catalogue or keychain.
    #[error(transparent)]
    Core(#[from] Error),
    /// An issuer.
    #[error(transparent)]
    Issuer(#[from] StartError),
}

/// The error in the form that the page shows.
impl From<DemoError> for Problem {
    fn from(error: DemoError) -> Self {
        match error {
            DemoError::Core(error) => error.problem(),
            DemoError::Issuer(error) => Self::of_shell(error.code(), error.to_string(), error.help()),
        }
    }
}

/// The demo's running issuers; they end when this is dropped.
#[derive(Default)]
pub struct Demo {
    issuers: Mutex<Vec<DemoIssuer>>,
}

impl Demo {
    /// Starts the demo, unless it is there already.
    ///
    /// # Errors
    /// What the core and the issuers report.
    pub async fn start(&self, mint: &Arc<Mint>) -> Result<(), DemoError> {
        if mint.has_demo().await? {
            return self.resume(mint).await;
        }
        for (index, data) in ENVIRONMENTS.iter().enumerate() {
            match self.begin(mint, data).await {
                Ok(()) => {}
                // Another process was faster, and this one has added nothing yet.
                Err(DemoError::Core(Error::Catalog(CatalogError::NameTaken { .. })))
                    if index == 0 && mint.has_demo().await? =>
                {
                    return Ok(());
                }
                Err(error) => {
                    // Half a demo helps nobody; what couldn't be removed now can be removed from the list.
                    let _: Result<(), DemoError> = self.forget(mint).await;
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Adds one environment with its issuer and its users.
    async fn begin(&self, mint: &Arc<Mint>, data: &DemoEnvironment) -> Result<(), DemoError> {
        let issuer = DemoIssuer::start(config(mint, data, None)).await?;
        let environment = mint.add_environment(draft(data, issuer.issuer()), true).await?;
        for user in data.users {
            enrol(mint, &environment, user).await?;
        }
        if let Some(api) = &data.application {
            let file = KeyFile {
                user_id: Some(api.app_id.to_owned()),
                client_id: Some(api.client_id.to_owned()),
                key_id: Some(data::key_id(mint.now(), api.app_id, api.key_age_days)),
                audience: Some(data::PROJECT.to_owned()),
                ..KeyFile::new(Shape::ZitadelApplication, Material::PrivateKey(make_key().await?))
            };
            mint.import_generated(&environment, api.name, &file).await?;
        }
        let people = people_of(mint, &environment, data).await?;
        people.users.into_iter().for_each(|user| issuer.add_user(user));
        people.applications.into_iter().for_each(|application| issuer.add_application(application));
        self.keep(issuer);
        Ok(())
    }

    /// Starts the issuers of a demo that the catalogue remembers, on their ports if those are free. One that another
    /// process runs is left to it.
    ///
    /// # Errors
    /// What the core and the issuers report.
    pub async fn resume(&self, mint: &Arc<Mint>) -> Result<(), DemoError> {
        // Somebody may be waiting for this start, and few have a demo.
        if !mint.has_demo().await? {
            return Ok(());
        }
        for found in mint.environments().await?.into_iter().filter(|found| found.environment.demo) {
            let environment = found.environment;
            if self.runs(environment.settings.issuer.as_str()) {
                continue;
            }
            let data = data::of(&environment);
            let people = people_of(mint, &environment, data).await?;
            let port = environment.settings.issuer.as_str().rsplit(':').next().and_then(|port| port.parse().ok());
            let start = |port| {
                let People { users, applications } = people.clone();
                DemoIssuer::start(Config { users, applications, ..config(mint, data, port) })
            };
            let issuer = match start(port).await {
                Ok(issuer) => issuer,
                Err(_) if answers(&environment.settings.issuer).await => continue,
                // Another program uses the port now: the environment moves to a free one.
                Err(_) => start(None).await?,
            };
            if move_to(mint, environment, issuer.issuer()).await? {
                self.keep(issuer);
            }
        }
        Ok(())
    }

    /// Removes the demo whole: environments, service users, keys, issuers.
    ///
    /// # Errors
    /// What the core reports.
    pub async fn forget(&self, mint: &Arc<Mint>) -> Result<(), DemoError> {
        mint.forget_demo().await?;
        self.lock().clear();
        Ok(())
    }

    fn runs(&self, issuer: &str) -> bool {
        self.lock().iter().any(|running| running.issuer() == issuer)
    }

    fn keep(&self, issuer: DemoIssuer) {
        self.lock().push(issuer);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<DemoIssuer>> {
        self.issuers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an issuer answers there as this one.
async fn answers(issuer: &IssuerUrl) -> bool {
    let Ok(client) = Issuer::connect(None) else { return false };
    client.discover(issuer).await.is_ok()
}

/// Moves an environment to another address; `false` if another process moved it first, which runs its issuer then.
async fn move_to(mint: &Arc<Mint>, environment: Environment, issuer: &str) -> Result<bool, Error> {
    let before = environment.settings.issuer.clone();
    let mut found = environment;
    while found.settings.issuer.as_str() != issuer {
        let moved = EnvironmentDraft { issuer: issuer.to_owned(), ..found.draft() };
        match mint.edit_environment(&found, moved).await {
            Ok(_) => break,
            Err(Error::Catalog(CatalogError::EditedMeanwhile { .. })) => {}
            Err(error) => return Err(error),
        }
        let all = mint.environments().await?.into_iter().map(|one| one.environment);
        match all.into_iter().find(|one| one.id == found.id) {
            // Something else was edited, for example its name.
            Some(again) if again.settings.issuer == before => found = again,
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// Creates a service user's key, and imports it with what else there is to say of the service user.
async fn enrol(mint: &Arc<Mint>, environment: &Environment, user: &DemoUser) -> Result<(), Error> {
    let file = KeyFile {
        user_id: Some(user.user_id.to_owned()),
        key_id: Some(data::key_id(mint.now(), user.user_id, user.key_age_days)),
        expires_at: user.expires_in_days.map(|days| mint.now() + time::Duration::days(days)),
        ..KeyFile::new(Shape::ZitadelServiceAccount, Material::PrivateKey(make_key().await?))
    };
    let outcome = mint.import_generated(environment, user.name, &file).await?;
    let opened = mint.service_user(outcome.service_user).await?.service_user.settings;
    let scopes = user.scopes.iter().map(|scope| (*scope).to_owned()).collect();
    let draft = ServiceUserDraft { scopes, favourite: user.favourite, ..opened.clone() };
    mint.edit_service_user(outcome.service_user, &opened, draft).await?;
    if user.administrator {
        mint.set_administrator(environment.id, Some(outcome.service_user)).await?;
    }
    Ok(())
}

fn config(mint: &Arc<Mint>, data: &DemoEnvironment, port: Option<u16>) -> Config {
    let clock = Arc::clone(mint);
    let mut config = Config::new(Arc::new(move || clock.now()));
    config.port = port;
    config.quirks = Quirks { dialect: data.dialect, ..Quirks::default() };
    config
}

fn draft(data: &DemoEnvironment, issuer: &str) -> EnvironmentDraft {
    let draft = EnvironmentDraft::new(data.name, ProviderId("zitadel".to_owned()), data.tier, issuer);
    // Its tokens are worth nothing.
    EnvironmentDraft { programs: ProgramApproval::Tell, ..draft }
}

async fn make_key() -> Result<PrivateKey, Error> {
    let key = tokio::task::spawn_blocking(PrivateKey::generate).await;
    Ok(key.expect("making a key does not panic")?)
}

/// The users that an issuer knows.
#[derive(Clone, Default)]
struct People {
    users: Vec<User>,
    applications: Vec<Application>,
}

/// One user or application of the issuer for each service user of the environment, with its keys' public
/// halves.
async fn people_of(mint: &Arc<Mint>, environment: &Environment, data: &DemoEnvironment) -> Result<People, DemoError> {
    let mut people = People::default();
    for row in mint.service_users(Some(environment.id)).await? {
        let detail = mint.service_user(row.listed.service_user.id).await?;
        let service_user = &detail.service_user;
        if let Some(api) = data.application.as_ref().filter(|api| api.app_id == service_user.user_id) {
            let (client_id, project_id) = (api.client_id.to_owned(), data::PROJECT.to_owned());
            let key = detail.credentials.iter().find_map(registered);
            people.applications.push(Application { client_id, project_id, secret: None, key });
            continue;
        }
        let login = format!("{}@demo.mintage", service_user.settings.name);
        let mut user = User::new(service_user.user_id.clone(), service_user.settings.name.clone(), login);
        user.keys = detail.credentials.iter().filter_map(registered).collect();
        if let Some(known) = data.users.iter().find(|user| user.user_id == service_user.user_id) {
            known.configure(&mut user);
        }
        people.users.push(user);
    }
    Ok(people)
}

fn registered(credential: &Credential) -> Option<RegisteredKey> {
    Some(RegisteredKey {
        key_id: credential.key_id.clone()?,
        public_pem: credential.key.as_ref()?.public_pem.clone(),
        expires_at: credential.expires_at,
    })
}

/// A ZITADEL id contains its creation time in its upper bits: ten-millisecond steps since 2019-04-29.
fn id_made_at(at: OffsetDateTime, low: u64) -> String {
    const EPOCH: OffsetDateTime = time::macros::datetime!(2019-04-29 00:00:00 UTC);
    let steps = u64::try_from((at - EPOCH).whole_milliseconds() / 10).unwrap_or_default();
    ((steps << 24) | (low & 0x00ff_ffff)).to_string()
}

#[cfg(test)]
mod tests {
    use mintage_core::catalog::Catalog;
    use mintage_core::keychain::Keychain;
    use time::macros::datetime;

    use super::*;

    async fn mint_over(folder: &std::path::Path) -> Arc<Mint> {
        let catalog = Catalog::open(folder).await.expect("a temporary folder has room");
        Arc::new(Mint::new(catalog, Keychain::platform(), Arc::new(|| datetime!(2026-10-05 12:00 UTC))))
    }

    #[tokio::test]
    async fn what_two_processes_move_at_once_is_where_the_first_one_moved_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (ours, theirs) = (mint_over(folder.path()).await, mint_over(folder.path()).await);
        let draft = draft(&ENVIRONMENTS[0], "http://127.0.0.1:1");
        let found = ours.add_environment(draft, true).await.expect("the draft is sound");
        assert!(move_to(&theirs, found.clone(), "http://127.0.0.1:2").await.expect("it is as it was"));
        assert!(!move_to(&ours, found, "http://127.0.0.1:3").await.expect("somebody else moved it"));
        let stored = ours.environments().await.expect("they are read").remove(0).environment;
        assert_eq!(stored.settings.issuer.as_str(), "http://127.0.0.1:2");
    }

    #[tokio::test]
    async fn an_environment_that_was_renamed_meanwhile_is_moved_and_keeps_its_new_name() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mint = mint_over(folder.path()).await;
        let draft = draft(&ENVIRONMENTS[0], "http://127.0.0.1:1");
        let found = mint.add_environment(draft, true).await.expect("the draft is sound");
        let renamed = EnvironmentDraft { name: "Renamed".to_owned(), ..found.draft() };
        mint.edit_environment(&found, renamed).await.expect("it is as it was");
        assert!(move_to(&mint, found, "http://127.0.0.1:2").await.expect("nobody else moved it"));
        let stored = mint.environments().await.expect("they are read").remove(0).environment.settings;
        assert_eq!((stored.name.as_str(), stored.issuer.as_str()), ("Renamed", "http://127.0.0.1:2"));
    }
}
