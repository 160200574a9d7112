//! The **demo**: two issuers that run inside the app on loopback, with service users to try everything
//! on, offline. Its keys are as real as others: made here, kept in the keychain, gone with the demo.
//!
//! Rule: the catalogue is the only memory. When the app starts again, the issuers are started with the
//! public keys that the catalogue holds.

use std::sync::{Arc, Mutex, PoisonError};

use mintage_core::credential::Credential;
use mintage_core::environment::{Environment, EnvironmentDraft};
use mintage_core::error::{Error, Problem};
use mintage_core::key_file::{KeyFile, Material, Shape};
use mintage_core::mint::Mint;
use mintage_core::private_key::PrivateKey;
use mintage_demo_issuer::{Application, Config, DemoIssuer, Quirks, RegisteredKey, StartError, User};
use time::OffsetDateTime;

mod cast;

use cast::{ENVIRONMENTS, Scene};

/// The demo could not be started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    #[error(transparent)]
    Core(#[from] Error),
    #[error(transparent)]
    Issuer(#[from] StartError),
}

/// The error as the page shows it.
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
pub(crate) struct Demo {
    issuers: Mutex<Vec<DemoIssuer>>,
}

impl Demo {
    /// Starts the demo, unless it is there already.
    pub(crate) async fn start(&self, mint: &Arc<Mint>) -> Result<(), DemoError> {
        let there = mint.environments().await?.into_iter().any(|found| found.environment.demo);
        if there {
            return self.resume(mint).await;
        }
        let begun = self.begin(mint).await;
        if begun.is_err() {
            // Half a demo helps nobody; what could not be removed now is removable in the list.
            let _: Result<(), DemoError> = self.forget(mint).await;
        }
        begun
    }

    async fn begin(&self, mint: &Arc<Mint>) -> Result<(), DemoError> {
        for scene in ENVIRONMENTS {
            let issuer = DemoIssuer::start(config(mint, scene, None)).await?;
            let environment = mint.add_environment(draft(scene, issuer.issuer()), true).await?;
            for actor in scene.cast {
                let file = KeyFile {
                    user_id: Some(actor.user_id.to_owned()),
                    key_id: Some(cast::key_id(mint.now(), actor.user_id, actor.key_age_days)),
                    expires_at: actor.expires_in_days.map(|days| mint.now() + time::Duration::days(days)),
                    ..KeyFile::new(Shape::ZitadelServiceAccount, Material::PrivateKey(make_key().await?))
                };
                let outcome = mint.import_generated(&environment, actor.name, &file).await?;
                let mut settings = mint.service_user(outcome.service_user).await?.service_user.settings;
                settings.scopes = actor.scopes.iter().map(|scope| (*scope).to_owned()).collect();
                settings.favourite = actor.favourite;
                mint.edit_service_user(outcome.service_user, settings).await?;
            }
            if let Some(api) = &scene.application {
                let file = KeyFile {
                    user_id: Some(api.app_id.to_owned()),
                    client_id: Some(api.client_id.to_owned()),
                    key_id: Some(cast::key_id(mint.now(), api.app_id, api.key_age_days)),
                    audience: Some(cast::PROJECT.to_owned()),
                    ..KeyFile::new(Shape::ZitadelApplication, Material::PrivateKey(make_key().await?))
                };
                mint.import_generated(&environment, api.name, &file).await?;
            }
            let people = people_of(mint, &environment, scene).await?;
            people.users.into_iter().for_each(|user| issuer.add_user(user));
            people.applications.into_iter().for_each(|application| issuer.add_application(application));
            self.keep(issuer);
        }
        Ok(())
    }

    /// Starts the issuers of a demo that the catalogue remembers, on their ports if those are free.
    pub(crate) async fn resume(&self, mint: &Arc<Mint>) -> Result<(), DemoError> {
        for found in mint.environments().await?.into_iter().filter(|found| found.environment.demo) {
            let environment = found.environment;
            if self.runs(&environment.settings.issuer) {
                continue;
            }
            let scene = cast::scene_of(&environment);
            let people = people_of(mint, &environment, scene).await?;
            let port = environment.settings.issuer.rsplit(':').next().and_then(|port| port.parse().ok());
            let start = |port| {
                let People { users, applications } = people.clone();
                DemoIssuer::start(Config { users, applications, ..config(mint, scene, port) })
            };
            let issuer = match start(port).await {
                Ok(issuer) => issuer,
                // Another program has the port now: the environment moves to a free one.
                Err(_) => start(None).await?,
            };
            if issuer.issuer() != environment.settings.issuer {
                let moved = EnvironmentDraft { issuer: issuer.issuer().to_owned(), ..environment.settings };
                mint.edit_environment(environment.id, moved).await?;
            }
            self.keep(issuer);
        }
        Ok(())
    }

    /// Removes the demo whole: environments, service users, keys, issuers.
    pub(crate) async fn forget(&self, mint: &Arc<Mint>) -> Result<(), DemoError> {
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

fn config(mint: &Arc<Mint>, scene: &Scene, port: Option<u16>) -> Config {
    let clock = Arc::clone(mint);
    let mut config = Config::new(Arc::new(move || clock.now()));
    config.port = port;
    config.quirks = Quirks { dialect: scene.dialect, ..Quirks::default() };
    config
}

fn draft(scene: &Scene, issuer: &str) -> EnvironmentDraft {
    EnvironmentDraft {
        name: scene.name.to_owned(),
        provider: mintage_core::provider::ProviderId("zitadel".to_owned()),
        tier: scene.tier,
        issuer: issuer.to_owned(),
        endpoints: mintage_core::environment::EndpointOverrides::default(),
        audience: Vec::new(),
        scopes: Vec::new(),
        ca_certificate: None,
        confirmed_hosts: Vec::new(),
        parameters: std::collections::BTreeMap::new(),
        expected_issuer: None,
    }
}

async fn make_key() -> Result<PrivateKey, Error> {
    let key = tokio::task::spawn_blocking(PrivateKey::generate).await;
    Ok(key.expect("making a key does not panic")?)
}

/// Whom an issuer knows.
#[derive(Clone, Default)]
struct People {
    users: Vec<User>,
    applications: Vec<Application>,
}

/// One user or application of the issuer for each service user of the environment, with its keys' public
/// halves.
async fn people_of(mint: &Arc<Mint>, environment: &Environment, scene: &Scene) -> Result<People, DemoError> {
    let mut people = People::default();
    for row in mint.service_users(Some(environment.id)).await? {
        let detail = mint.service_user(row.service_user.id).await?;
        let service_user = &detail.service_user;
        if let Some(api) = scene.application.as_ref().filter(|api| api.app_id == service_user.user_id) {
            let (client_id, project_id) = (api.client_id.to_owned(), cast::PROJECT.to_owned());
            let key = detail.credentials.iter().find_map(registered);
            people.applications.push(Application { client_id, project_id, secret: None, key });
            continue;
        }
        let login = format!("{}@demo.mintage", service_user.settings.name);
        let mut user = User::new(service_user.user_id.clone(), service_user.settings.name.clone(), login);
        user.keys = detail.credentials.iter().filter_map(registered).collect();
        if let Some(actor) = scene.cast.iter().find(|actor| actor.user_id == service_user.user_id) {
            actor.dress(&mut user);
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

/// The moment a ZITADEL id stands for is in its upper bits: ten-millisecond steps since 2019-04-29.
fn id_made_at(at: OffsetDateTime, low: u64) -> String {
    const EPOCH: OffsetDateTime = time::macros::datetime!(2019-04-29 00:00:00 UTC);
    let steps = u64::try_from((at - EPOCH).whole_milliseconds() / 10).unwrap_or_default();
    ((steps << 24) | (low & 0x00ff_ffff)).to_string()
}
