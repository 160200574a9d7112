//! The **plan** of a rotation: what would happen, by whom, and whether it may. Nothing is made or changed.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::acting::{Acting, Job};
use super::mark::LATEST_EXPIRY;
use super::{RotationRequest, ServerItem};
use crate::catalog::CatalogError;
use crate::credential::{Credential, CredentialKind};
use crate::environment::Tier;
use crate::error::Error;
use crate::ids::{RotationId, ServiceUserId};
use crate::issuer::IssuerError;
use crate::mint::Mint;
use crate::provider::template::mentions;
use crate::provider::{ExpiryRule, KeyIdRule, Maker, OwnRight, Recipe};
use crate::rotation::{Direction, Rotation, RotationError, Stage, Step, Traits};
use crate::service_user::ServiceUser;

/// What a rotation would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RotationPlan {
    /// The provider's name.
    pub provider: String,
    /// The API, in sentences, for example `ZITADEL’s API v2`.
    pub api: String,
    /// The kind of credential.
    pub kind: CredentialKind,
    /// Who makes the secret half.
    pub maker: Maker,
    /// The acting service user.
    pub by: ServiceUserId,
    /// The acting service user's name.
    pub by_name: String,
    /// Whether the service user acts for itself.
    pub itself: bool,
    /// The steps in order, as they are expected.
    pub steps: Vec<Step>,
    /// The id of the credential that is replaced, if one is.
    pub old_key_id: Option<String>,
    /// When the new credential expires; `None` for never, or if that isn't ours to say.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub expires_at: Option<OffsetDateTime>,
    /// How many credentials of this kind the service user has at the server, if it lists them.
    pub found: Option<u32>,
    /// How many it may have, if there is a limit.
    pub limit: Option<u32>,
    /// Whether the old credential keeps working until it is removed.
    pub overlap: bool,
    /// How long it may take until the new credential works, in seconds.
    pub delay_seconds: u32,
    /// What a person does in the console, if one must; empty otherwise.
    pub console: String,
    /// Whether starting it needs the person's confirmation.
    pub needs_confirmation: bool,
    /// Whether it is production.
    pub production: bool,
}

/// Everything that a rotation needs, found and checked before anything is made.
pub(super) struct Prepared {
    pub(super) job: Job,
    old: Option<Credential>,
    /// What is at the server, if it lists it.
    listed: Option<Vec<ServerItem>>,
    expires_at: Option<OffsetDateTime>,
    pub(super) needs_confirmation: bool,
}

impl Mint {
    /// Says what a rotation would do, having asked the server whether it may. Nothing is made or changed.
    ///
    /// # Errors
    /// [`RotationError::Unsupported`], [`RotationError::NotAllowed`], [`RotationError::NotItself`],
    /// [`RotationError::NothingSpare`], [`RotationError::Limit`]; as [`Mint::token`] for the acting service user, unless the request is confirmed.
    pub async fn plan_rotation(&self, request: &RotationRequest) -> Result<RotationPlan, Error> {
        let prepared = self.prepare_rotation(request).await?;
        let rotation = self.new_rotation(request, &prepared);
        let Prepared { job: Job { acting, recipe }, listed, expires_at, needs_confirmation, .. } = prepared;
        Ok(RotationPlan {
            provider: acting.provider.name.clone(),
            api: recipe.name.clone(),
            kind: recipe.kind,
            maker: recipe.maker,
            by: acting.by.id,
            by_name: acting.by.settings.name.clone(),
            itself: acting.is_itself(),
            steps: rotation.ahead(),
            old_key_id: rotation.old_key_id.clone(),
            expires_at,
            found: listed.as_deref().map(count),
            limit: (recipe.limit > 0).then_some(recipe.limit),
            overlap: recipe.overlap,
            delay_seconds: recipe.delay,
            console: recipe.console.clone(),
            needs_confirmation,
            production: acting.environment.settings.tier == Tier::Production,
        })
    }

    /// Finds and checks what a rotation needs. Where nobody was named to act and the service user itself may not, or
    /// can't, the environment's administrator does.
    pub(super) async fn prepare_rotation(&self, request: &RotationRequest) -> Result<Prepared, Error> {
        let refused = match Box::pin(self.prepare_with(request)).await {
            Err(refused) if request.by.is_none() && calls_for_another(&refused) => refused,
            outcome => return outcome,
        };
        let environment = self.catalog.service_user(request.service_user).await?.environment;
        match self.administrator(environment).await? {
            Some(by) if by != request.service_user => {
                Box::pin(self.prepare_with(&RotationRequest { by: Some(by), ..request.clone() })).await
            }
            _ => Err(refused),
        }
    }

    async fn prepare_with(&self, request: &RotationRequest) -> Result<Prepared, Error> {
        let service_user = self.with_known_subject(request.service_user).await?;
        let environment = self.catalog.environment(service_user.environment).await?;
        if !request.confirmed {
            self.require_confirmed(&environment, &self.settings().await?)?;
        }
        let old = self.to_replace(request, &service_user).await?;
        let kind = request.adds.or(old.as_ref().map(|old| old.kind)).unwrap_or(CredentialKind::PrivateKey);
        let acting = self.acting(environment, service_user, request.by).await?;
        let recipes = self.recipes_for(kind, &acting).await?;
        let (mut job, listed) = self.newest_version(acting, recipes).await?;
        self.spare_the_acting(&mut job).await?;
        self.check_right(&job).await?;
        let Job { acting, recipe } = &job;
        let found = listed.as_deref().map_or(0, count);
        if recipe.limit > 0 && recipe.overlap && found >= recipe.limit {
            let service_user = acting.service_user.settings.name.clone();
            return Err(RotationError::Limit { service_user, found, limit: recipe.limit }.into());
        }
        let asks = self.settings().await?.asks_before(acting.environment.settings.tier);
        let expires_at = self.wanted_expiry(request, &job);
        let needs_confirmation = asks || !recipe.overlap;
        Ok(Prepared { job, old, listed, expires_at, needs_confirmation })
    }

    /// The credential that a rotation replaces; `None` if it adds one.
    async fn to_replace(
        &self,
        request: &RotationRequest,
        service_user: &ServiceUser,
    ) -> Result<Option<Credential>, Error> {
        if request.adds.is_some() {
            return Ok(None);
        }
        let missing = || Error::NoCredential { service_user: service_user.settings.name.clone() };
        let id = request.credential.or(service_user.default_credential).ok_or_else(missing)?;
        let old = self.catalog.credential(id).await?;
        if old.service_user != service_user.id {
            return Err(CatalogError::Gone { what: "credential" }.into());
        }
        Ok(Some(old))
    }

    /// The recipes for this kind of credential that whoever acts can follow; at least one.
    async fn recipes_for(&self, kind: CredentialKind, acting: &Acting) -> Result<Vec<Recipe>, Error> {
        let registered = acting.is_itself() && self.has_registration_token(acting.service_user.id).await?;
        let fits = |one: &&Recipe| one.kind == kind && (registered || one.actor.registration.is_none());
        let recipes: Vec<Recipe> = acting.provider.recipes.iter().filter(fits).cloned().collect();
        if !recipes.is_empty() {
            return Ok(recipes);
        }
        let provider = acting.provider.name.clone();
        Err(RotationError::Unsupported { provider, credential: kind.name() }.into())
    }

    /// By the server's clock: a client that is behind would ask for one that has expired.
    fn wanted_expiry(&self, request: &RotationRequest, job: &Job) -> Option<OffsetDateTime> {
        if job.recipe.expiry == ExpiryRule::None && !job.recipe.form.is_certificate() {
            return None;
        }
        let days = request.expires_in_days.map(|days| Duration::days(days.max(1).into()));
        days.map(|days| self.server_now(&job.acting.environment).saturating_add(days).min(LATEST_EXPIRY))
    }

    pub(super) fn new_rotation(&self, request: &RotationRequest, prepared: &Prepared) -> Rotation {
        let Prepared { job: Job { acting, recipe }, old, listed, .. } = prepared;
        let id = Uuid::new_v4();
        Rotation {
            id: RotationId(id),
            environment: acting.environment.id,
            environment_name: acting.environment.settings.name.clone(),
            service_user: acting.service_user.id,
            service_user_name: acting.service_user.settings.name.clone(),
            by: acting.by.id,
            by_name: acting.by.settings.name.clone(),
            kind: recipe.kind,
            recipe: recipe.name.clone(),
            traits: Traits::of(recipe),
            old: old.as_ref().map(|old| old.id),
            old_key_id: prepared.old_key_id(),
            new: None,
            new_key_id: None,
            title: format!("Mintage {}", &id.simple().to_string()[..8]),
            expires_at: prepared.expires_at,
            valid_from: Some(self.server_now(&acting.environment)),
            marks: Vec::new(),
            known_before: listed.iter().flatten().map(|item| item.id.clone()).collect(),
            left: Vec::new(),
            grace_seconds: request.grace_seconds,
            retire_at: None,
            registered_by: None,
            pause: request.pause_after_proof,
            person: recipe.maker == Maker::Console,
            prove_again: false,
            stage: Stage::Planned,
            asked: None,
            disabling: false,
            asked_again: false,
            swept: false,
            direction: Direction::Forward,
            steps: Vec::new(),
            started_at: self.now(),
            ended_at: None,
        }
    }

    /// Refuses what the server would refuse later: before anything is made.
    async fn check_right(&self, job: &Job) -> Result<(), Error> {
        let Job { acting, recipe } = job;
        if let Some(rules) = &recipe.actor.registration {
            return self.read_registration(job, rules).await.map(drop);
        }
        self.look_up(job).await.map_err(|error| job.explained(error))?;
        let itself = acting.is_itself() && recipe.actor.itself == OwnRight::Always;
        let Some(rules) = recipe.actor.permissions.as_ref().filter(|_| !itself && recipe.is_automatic()) else {
            return Ok(());
        };
        let permissions = self.permissions_at_server(job, rules).await?;
        if rules.allow(&permissions) { Ok(()) } else { Err(job.not_allowed()) }
    }
}

impl Prepared {
    /// The old credential's id at the server, as far as it is certain.
    fn old_key_id(&self) -> Option<String> {
        let Self { job: Job { acting, recipe }, old, listed, .. } = self;
        // Where assertions don't name the key, nothing but the list shows that the id is right.
        let named = recipe.kind == CredentialKind::PrivateKey && acting.provider.key_id_rule() != KeyIdRule::Never;
        let is_listed = |id: &String| listed.iter().flatten().any(|item| item.id == *id);
        let id = id_at_server(old.as_ref()?, recipe)?;
        (named || listed.is_none() || is_listed(&id)).then_some(id)
    }
}

/// Whether it is the service user that may not do it, or has nothing left to do it with, so that another one could.
pub(in crate::mint) fn calls_for_another(refused: &Error) -> bool {
    match refused {
        Error::Rotation(refused) => {
            matches!(
                refused,
                RotationError::NotAllowed { .. } | RotationError::NotItself { .. } | RotationError::NothingSpare { .. }
            )
        }
        Error::Diagnosed { source: IssuerError::Refused(_), .. } => true,
        Error::Preflight { .. } | Error::NoCredential { .. } | Error::KeyMissing { .. } => true,
        _ => false,
    }
}

fn count(items: &[ServerItem]) -> u32 {
    u32::try_from(items.len()).unwrap_or(u32::MAX)
}

/// The id under which the server manages a credential, if it is known.
fn id_at_server(credential: &Credential, recipe: &Recipe) -> Option<String> {
    let needed = recipe.remove.iter().flat_map(|call| call.texts()).any(|text| mentions(text, "keyId"));
    let id = if recipe.id_is_client_id { credential.client_id.as_ref() } else { credential.key_id.as_ref() };
    id.cloned().or_else(|| (!needed).then(String::new))
}
