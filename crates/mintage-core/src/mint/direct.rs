//! Direct use: assertions that are signed and not exchanged. Some APIs take them as bearer tokens
//! (Frontier, Google, GitHub), and other tools ask for them.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Mint;
use super::held::{self, Held};
use super::key_set::ProofKind;
use super::wire::{Endpoint, values_of};
use crate::activity::Deed;
use crate::assertion::{self, Assertion, AssertionShown};
use crate::credential::{Credential, CredentialId, CredentialKind};
use crate::environment::Environment;
use crate::error::Error;
use crate::provider::SecretPlace;
use crate::request::{self, Ground};
use crate::secret::Secret;
use crate::service_user::ServiceUser;
use crate::settings::Settings;
use crate::token::Authorization;

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
        let wire = self.wire(environment.id);
        let server_now = self.now() - wire.skew.filter(|_| wire.use_server_time).unwrap_or_default();
        let signed = self.signed(&environment, &service_user, &credential, server_now).await;
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
        server_now: OffsetDateTime,
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
        let plan = request::plan(&ground, key.facts(), server_now, &Uuid::new_v4().simple().to_string())?;
        Ok((assertion::sign(&plan, &key)?, plan.expires_at))
    }

    /// What a credential itself is worth at the provider's APIs, as the `Authorization` header's value: a self-signed
    /// JWT as bearer, id and secret as Basic, a ready-made token as it is sent anywhere. `None` where these APIs take
    /// no such credential.
    pub(super) async fn direct_proof(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        credential: &Credential,
    ) -> Result<Option<(Secret, ProofKind)>, Error> {
        let provider = self.ready_provider(environment).await?;
        let id = credential.client_id_or(&service_user.user_id);
        let proof = match (credential.kind, &provider.private_key, &provider.client_secret, provider.ready_token) {
            (CredentialKind::PrivateKey, Some(grant), ..) if grant.direct => {
                // It goes to the server at once, so its times are the server's.
                let now = self.server_now(environment.id);
                let (assertion, _) = self.signed(environment, service_user, credential, now).await?;
                (Secret::new(format!("Bearer {}", assertion.compact.expose())), ProofKind::SelfSigned)
            }
            (CredentialKind::ClientSecret, _, Some(grant), _) if grant.place != SecretPlace::Post => {
                let secret = self.held_text(service_user, credential).await?;
                (crate::basic::credential(id, &secret, grant.place), ProofKind::Secret)
            }
            (CredentialKind::PersonalToken, .., Some(scheme)) => {
                let token = self.held_text(service_user, credential).await?;
                (Authorization::by(scheme, id).header(&token), ProofKind::ReadyMade)
            }
            _ => return Ok(None),
        };
        Ok(Some(proof))
    }

    async fn held_text(&self, service_user: &ServiceUser, credential: &Credential) -> Result<Secret, Error> {
        let changed = || Error::KeyChanged { service_user: service_user.settings.name.clone() };
        self.held(service_user, credential).await?.text().cloned().ok_or_else(changed)
    }
}
