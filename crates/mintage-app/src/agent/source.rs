//! The mint as the **source** of the tokens that the agent hands out.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use mintage_agent::{About, Approval, Freshness, Minted, Source, Target};
use mintage_agent_protocol::form::Form;
use mintage_agent_protocol::{Copied, Problem, RecordRow, Token, TokenRequest, fingerprint};
use mintage_core::catalog::Catalog;
use mintage_core::environment::{Environment, Tier};
use mintage_core::error::{Error, Problem as CoreProblem};
use mintage_core::ids::{EnvironmentId, ServiceUserId};
use mintage_core::mint::{Ask, Mint, ProgramToken};
use mintage_core::secret::Secret;
use mintage_core::service_user::ServiceUser;
use mintage_core::token::Authorization;
use uuid::Uuid;

use super::{record, resolve, wire};
use crate::App;

/// Mints with the catalogue and the keychain of the app.
pub struct MintSource {
    app: App,
    handles: Handles,
    clipboard: Option<Clipboard>,
    /// Tells this run's grants in the record from those of other runs, whose numbers are the same.
    run: Uuid,
}

/// Puts a secret on the clipboard, to be cleared after so many seconds.
pub type Clipboard = Box<dyn Fn(Secret, u32) -> Result<(), Box<CoreProblem>> + Send + Sync>;

/// The handles of tokens that were handed out, by the tokens' fingerprints.
#[derive(Default)]
struct Handles {
    known: Mutex<HashMap<u64, (String, ServiceUserId)>>,
}

/// More handles than tokens are in use at once.
const MOST_HANDLES: usize = 10_000;

impl Handles {
    /// The same token has the same handle.
    fn of(&self, user: ServiceUserId, token: &str) -> String {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_HANDLES {
            known.clear();
        }
        known.entry(fingerprint(token)).or_insert_with(|| (Uuid::new_v4().simple().to_string(), user)).0.clone()
    }

    fn find(&self, fingerprint: u64) -> Option<String> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&fingerprint).map(|(handle, _)| handle.clone())
    }

    fn take(&self, handle: &str) -> Option<(u64, ServiceUserId)> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let hash = known.iter().find(|(_, (own, _))| own == handle).map(|(hash, _)| *hash)?;
        known.remove(&hash).map(|(_, user)| (hash, user))
    }
}

impl MintSource {
    /// A source of this app's tokens.
    pub fn of(app: App) -> Self {
        Self { app, handles: Handles::default(), clipboard: None, run: Uuid::new_v4() }
    }

    /// The same source, with a clipboard to copy to.
    #[must_use]
    pub fn with_clipboard(self, clipboard: Clipboard) -> Self {
        Self { clipboard: Some(clipboard), ..self }
    }

    /// The app whose tokens these are.
    pub fn app(&self) -> &App {
        &self.app
    }

    async fn mint(&self) -> Result<&Arc<Mint>, Problem> {
        self.app.mint().await.map_err(wire)
    }

    async fn catalogue(&self, request: &TokenRequest) -> Result<(Vec<Environment>, Vec<ServiceUser>), Problem> {
        let mint = self.mint().await?;
        let environments = mint.environments().await.map_err(wire)?;
        let users = mint.service_users(None).await.map_err(wire)?;
        Ok((environments.into_iter().map(|row| row.environment).collect(), resolve::possible(request, users)))
    }
}

impl Source for MintSource {
    async fn about(&self) -> About {
        About { program: env!("CARGO_PKG_VERSION").to_owned(), schema: Catalog::schema() }
    }

    async fn resolve(&self, request: &TokenRequest) -> Result<Target, Problem> {
        // Whatever is ambiguous among those of that name is so among all; for what isn't found, all are needed to say why.
        let named = self.mint().await?.named(&request.user).await.map_err(wire)?;
        let (users, environments): (Vec<_>, Vec<_>) = named.into_iter().unzip();
        if let Ok(target) = target(request, &environments, &users) {
            return Ok(target);
        }
        let (environments, users) = self.catalogue(request).await?;
        target(request, &environments, &users)
    }

    async fn token(&self, target: &Target, freshness: Freshness) -> Result<Minted, Problem> {
        let mint = self.mint().await?;
        let id = user_id(target)?;
        match mint.token_for_program(id, ask(target, freshness)?).await {
            Ok(handed) => self.minted(id, handed),
            Err(Error::OtherEnvironment { .. }) => Err(Problem::new(
                "gone",
                "the service user was moved to another environment while you were asked",
                "Ask again; `mintage ls` lists service users with their environments",
            )),
            Err(error) => Err(wire(error)),
        }
    }

    async fn copy(&self, target: &Target, text: &str, form: Form) -> Result<Copied, Problem> {
        let no_clipboard =
            || Problem::new("clipboard-missing", "there is no clipboard here", "Copy it in the desktop app");
        let clipboard = self.clipboard.as_ref().ok_or_else(no_clipboard)?;
        let mint = self.mint().await?;
        let clears_after = mint.note_copy(user_id(target)?, form.name()).await.map_err(wire)?;
        clipboard(Secret::new(text.to_owned()), clears_after).map_err(|problem| wire(*problem))?;
        Ok(Copied {
            service_user: target.service_user.clone(),
            environment: target.environment.clone(),
            form: form.name().to_owned(),
            clears_after,
        })
    }

    async fn handle_of(&self, fingerprint: u64) -> Option<String> {
        self.handles.find(fingerprint)
    }

    async fn refused(&self, handle: &str) {
        let Some((refused, user)) = self.handles.take(handle) else { return };
        if let Ok(mint) = self.app.mint().await {
            mint.forget_refused(user, |token| fingerprint(token.access_token.expose()) == refused);
        }
    }

    async fn in_memory(&self) -> Result<Vec<String>, Problem> {
        let users = self.mint().await?.in_memory().await.map_err(wire)?;
        Ok(users.into_iter().map(|id| id.0.to_string()).collect())
    }

    fn is_locked(&self) -> bool {
        self.app.is_locked()
    }

    async fn lock(&self) {
        // If the catalogue can't be opened, there are no tokens either.
        let _: Result<(), CoreProblem> = self.app.lock().await;
    }

    async fn unlock(&self) -> Result<(), Problem> {
        self.app.unlock().await.map_err(wire)
    }

    /// Keeps one activity entry for each row.
    async fn keep(&self, rows: &[RecordRow]) -> Result<(), Problem> {
        let mint = self.mint().await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            let id = Uuid::parse_str(&row.user).map(ServiceUserId).ok();
            let environment = match id {
                Some(id) => environment_of(mint, id).await?,
                None => None,
            };
            entries.push((
                format!("{} {} {}", self.run.simple(), row.grant, row.user),
                record::entry(row, id, environment),
            ));
        }
        mint.note_programs(&entries).await.map_err(wire)
    }
}

impl MintSource {
    fn minted(&self, id: ServiceUserId, handed: ProgramToken) -> Result<Minted, Problem> {
        let ProgramToken { token, reused, environment } = handed;
        let unusable = || {
            Problem::new(
                "token-unusable",
                "the token has characters that can't be sent in a header",
                "Report it to whoever runs the issuer",
            )
        };
        let (token_type, token_id) = match token.authorization {
            Authorization::Bearer => ("Bearer", None),
            Authorization::Basic { id } => ("Basic", Some(id)),
        };
        Ok(Minted {
            value: Token::new(token.access_token.expose().to_owned()).map_err(|_| unusable())?,
            handle: self.handles.of(id, token.access_token.expose()),
            token_type: token_type.to_owned(),
            token_id,
            expires_at: token.expires_at,
            scopes: token.granted_scopes.unwrap_or(token.requested_scopes),
            issuer: environment.settings.issuer.as_str().to_owned(),
            reused,
        })
    }
}

/// What a request means in this catalogue.
fn target(request: &TokenRequest, environments: &[Environment], users: &[ServiceUser]) -> Result<Target, Problem> {
    let (user, environment) = resolve::find(request, environments, users)?;
    Ok(Target {
        user: user.id.0.to_string(),
        service_user: user.settings.name.clone(),
        environment: environment.settings.name.clone(),
        environment_id: environment.id.0.to_string(),
        production: environment.settings.tier == Tier::Production,
        approval: if environment.settings.asks_for_programs() { Approval::Ask } else { Approval::Tell },
        scopes: asked_or(&request.scopes, &user.settings.scopes),
        audience: asked_or(&request.audience, &environment.settings.audience),
    })
}

/// How the mint is asked for a token that a program may have: the one that a person was asked about, and no other.
fn ask(target: &Target, freshness: Freshness) -> Result<Ask, Problem> {
    let environment = Some(EnvironmentId(id(&target.environment_id)?));
    Ok(Ask {
        within: environment,
        approved: environment.filter(|_| target.production),
        fresh: freshness.fresh,
        scopes: Some(target.scopes.iter().cloned().collect()),
        audience: Some(target.audience.iter().cloned().collect()),
        min_life: freshness.min_valid.map(|time| u32::try_from(time.as_secs()).unwrap_or(u32::MAX)),
        ..Ask::default()
    })
}

fn user_id(target: &Target) -> Result<ServiceUserId, Problem> {
    id(&target.user).map(ServiceUserId)
}

fn id(text: &str) -> Result<Uuid, Problem> {
    let gone = |_| Problem::new("gone", "the service user was removed", "Run `mintage ls` to list them");
    Uuid::parse_str(text).map_err(gone)
}

/// The environment that a service user is in; `None` if it was removed meanwhile.
async fn environment_of(mint: &Mint, id: ServiceUserId) -> Result<Option<EnvironmentId>, Problem> {
    match mint.service_user(id).await {
        Ok(detail) => Ok(Some(detail.environment.id)),
        Err(error) if error.code() == "gone" => Ok(None),
        Err(error) => Err(wire(error)),
    }
}

fn asked_or(asked: &[String], usual: &[String]) -> BTreeSet<String> {
    (if asked.is_empty() { usual } else { asked }).iter().cloned().collect()
}
