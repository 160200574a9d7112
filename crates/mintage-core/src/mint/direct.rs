//! Direct use: assertions that are signed and not exchanged. Some APIs take them as bearer tokens
//! (Frontier, Google, GitHub), and other tools ask for them.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Mint;
use super::held::{self, Held};
use super::wire::{Endpoint, values_of};
use crate::activity::Deed;
use crate::assertion::{self, Assertion, AssertionShown};
use crate::credential::{Credential, CredentialId};
use crate::environment::Environment;
use crate::error::Error;
use crate::provider::SecretPlace;
use crate::request::{self, Ground};
use crate::secret::Secret;
use crate::service_user::ServiceUser;
use crate::settings::Settings;

/// An assertion that was signed for direct use, without its signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Signed {
    /// Header and payload.
    pub assertion: AssertionShown,
    /// When it expires.
    #[serde(with = "time::serde::rfc3339")]
    #[specta(type = String)]
    pub expires_at: OffsetDateTime,
    /// Whether this provider's APIs take it as a bearer token.
    pub direct: bool,
    /// After how many seconds the clipboard is cleared.
    pub clears_after: u32,
}

impl Mint {
    /// Signs an assertion with a service user's key and gives it for the clipboard instead of sending it: as the
    /// provider's APIs take it, where they take any, else as minting would.
    ///
    /// # Errors
    /// [`Error::ProductionUnconfirmed`], [`Error::NoCredential`], [`Error::NotAKey`], what the edges report.
    pub async fn sign(&self, with: CredentialId) -> Result<(Secret, Signed), Error> {
        let (credential, service_user, environment) = self.with_owner(with).await?;
        let settings = self.settings().await?;
        self.require_confirmed(&environment, &settings)?;
        let credential = held::usable(credential, &service_user)?;
        let signed = self.signed(&environment, &service_user, &credential).await;
        let outcome = signed.as_ref().map(|_| "assertion".to_owned());
        self.note(Deed::Sign, &environment, &service_user, outcome).await;
        let (assertion, expires_at) = signed?;
        let provider = self.provider_of(&environment).await?;
        let signed = Signed {
            assertion: assertion.shown,
            expires_at,
            direct: provider.private_key.is_some_and(|grant| grant.direct),
            clears_after: settings.clears_after(environment.settings.tier),
        };
        Ok((assertion.compact, signed))
    }

    /// Refuses production that was not confirmed since the app started, where the settings ask for that.
    pub(super) fn require_confirmed(&self, environment: &Environment, settings: &Settings) -> Result<(), Error> {
        let confirmed = super::lock(&self.confirmed).contains(&environment.id);
        if settings.asks_before(environment.settings.tier) && !confirmed {
            return Err(Error::ProductionUnconfirmed { environment: environment.settings.name.clone() });
        }
        Ok(())
    }

    async fn signed(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        credential: &Credential,
    ) -> Result<(Assertion, OffsetDateTime), Error> {
        let provider = self.ready_provider(environment).await?;
        let direct = provider.for_direct_use();
        let endpoint = self.endpoint(Endpoint::Token, environment).await?;
        let Held::Key(key) = self.held(service_user, credential).await? else {
            return Err(Error::NotAKey { kind: credential.kind.name() });
        };
        let values = held::values(values_of(&environment.settings)?, service_user, credential, &endpoint);
        let ground = Ground {
            provider: direct.as_ref().unwrap_or(&provider),
            values: &values,
            // The environment's audience is the token endpoint's.
            audience: if direct.is_some() { &[] } else { &environment.settings.audience },
            scopes: &service_user.settings.scopes,
            certificate: credential.certificate.as_deref(),
            lifetime: self.settings().await?.assertion_lifetime(),
        };
        let wire = self.wire(environment.id);
        let server_now = self.now() - wire.skew.filter(|_| wire.use_server_time).unwrap_or_default();
        let plan = request::plan(&ground, key.facts(), server_now, &Uuid::new_v4().simple().to_string())?;
        Ok((assertion::sign(&plan, &key)?, plan.expires_at))
    }

    /// What a credential itself is worth at the provider's APIs: a self-signed JWT as bearer, or id and secret
    /// as Basic.
    pub(super) async fn direct_authorization(&self, credential: CredentialId) -> Result<Secret, Error> {
        let (credential, service_user, environment) = self.with_owner(credential).await?;
        if credential.kind.is_key() {
            let (assertion, _) = self.signed(&environment, &service_user, &credential).await?;
            return Ok(Secret::new(format!("Bearer {}", assertion.compact.expose())));
        }
        let held = self.held(&service_user, &credential).await?;
        let secret = held.text().ok_or(Error::NotAKey { kind: credential.kind.name() })?;
        Ok(crate::basic::credential(credential.client_id_or(&service_user.user_id), secret, SecretPlace::BasicRaw))
    }

    /// The header of any token in memory of this environment: for what only someone known may ask.
    pub(super) async fn any_authorization(&self, environment: &Environment) -> Result<Option<Secret>, Error> {
        for service_user in self.catalog.service_users(Some(environment.id)).await? {
            if let Some(token) = self.kept_token(service_user.id) {
                return Ok(Some(token.header()));
            }
        }
        Ok(None)
    }
}
