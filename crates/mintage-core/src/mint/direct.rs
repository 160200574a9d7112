//! Direct use: assertions that are signed but not exchanged. Some APIs accept them as bearer tokens (Frontier, Google,
//! GitHub), and other tools ask for them.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Mint;
use super::endpoint::values_of;
use super::secret_material::{self, SecretMaterial};
use super::server::KeyReaderAuthentication;
use crate::activity::Action;
use crate::assertion::{self, Assertion, AssertionShown};
use crate::credential::{Credential, CredentialKind};
use crate::endpoints::Endpoint;
use crate::environment::Environment;
use crate::error::Error;
use crate::ids::CredentialId;
use crate::provider::SecretPlace;
use crate::request::{self, RequestContext};
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
    /// Whether this provider's APIs accept it as a bearer token.
    pub direct: bool,
    /// After how many seconds the clipboard is cleared.
    pub clears_after: u32,
}

impl Mint {
    /// Signs an assertion with a service user's key and returns it for the clipboard instead of sending it: in the form
    /// that the provider's APIs accept, if any do, otherwise as for minting.
    ///
    /// # Errors
    /// [`Error::ProductionUnconfirmed`], [`Error::NoCredential`], [`Error::NotAKey`], what the edges report.
    pub async fn sign(&self, with: CredentialId) -> Result<(Secret, Signed), Error> {
        let (credential, service_user, environment) = self.with_owner(with).await?;
        let settings = self.settings().await?;
        self.require_confirmed(&environment, &settings)?;
        let credential = secret_material::usable(credential, &service_user)?;
        let server_now = self.now() - self.server_clock(&environment).correction();
        let signed = self.signed(&environment, &service_user, &credential, server_now).await;
        let outcome = signed.as_ref().map(|_| "assertion".to_owned());
        self.note(Action::Sign, &environment, &service_user, outcome).await;
        let (assertion, expires_at) = signed?;
        let provider = self.provider_of(&environment).await?;
        let signed = Signed {
            assertion: assertion.shown,
            expires_at,
            direct: provider.private_key.as_ref().is_some_and(|grant| grant.direct),
            clears_after: settings.clears_after(environment.settings.tier),
        };
        Ok((assertion.compact, signed))
    }

    /// Refuses production that wasn't confirmed since the app started, if the settings require that.
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
        let endpoint = self.endpoint(Endpoint::Token, environment, &provider).await?;
        let SecretMaterial::Key(key) = self.secret_of(service_user, credential).await? else {
            return Err(Error::NotAKey { kind: credential.kind.name() });
        };
        let values = secret_material::values(values_of(&environment.settings), service_user, credential, &endpoint);
        let context = RequestContext {
            provider: direct.as_ref().unwrap_or(&provider),
            values: &values,
            // The environment's audience is the token endpoint's.
            audience: if direct.is_some() { &[] } else { &environment.settings.audience },
            scopes: &service_user.settings.scopes,
            certificate: credential.certificate.as_deref(),
            lifetime: self.settings().await?.assertion_lifetime(),
        };
        let plan = request::plan(&context, key.facts(), server_now, &Uuid::new_v4().simple().to_string())?;
        Ok((assertion::sign(&plan, &key)?, plan.expires_at))
    }

    /// The credential itself as the provider's APIs accept it, as the `Authorization` header's value: a self-signed JWT
    /// as bearer, id and secret as Basic, a personal access token as usual. `None` if these APIs don't accept such a
    /// credential.
    pub(super) async fn direct_proof(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        credential: &Credential,
    ) -> Result<Option<(Secret, KeyReaderAuthentication)>, Error> {
        let provider = self.ready_provider(environment).await?;
        let id = credential.client_id_or(&service_user.user_id);
        let proof = match (credential.kind, &provider.private_key, &provider.client_secret, provider.ready_token) {
            (CredentialKind::PrivateKey, Some(grant), ..) if grant.direct => {
                // It goes to the server at once, so its times are the server's.
                let now = self.server_now(environment);
                let (assertion, _) = self.signed(environment, service_user, credential, now).await?;
                (Secret::new(format!("Bearer {}", assertion.compact.expose())), KeyReaderAuthentication::SelfSigned)
            }
            (CredentialKind::ClientSecret, _, Some(grant), _) if grant.place != SecretPlace::Post => {
                let secret = self.held_text(service_user, credential).await?;
                (crate::basic::credential(id, &secret, grant.place), KeyReaderAuthentication::Secret)
            }
            (CredentialKind::PersonalToken, .., Some(scheme)) => {
                let token = self.held_text(service_user, credential).await?;
                (Authorization::by(scheme, id).header(&token), KeyReaderAuthentication::ReadyMade)
            }
            _ => return Ok(None),
        };
        Ok(Some(proof))
    }

    async fn held_text(&self, service_user: &ServiceUser, credential: &Credential) -> Result<Secret, Error> {
        let changed = || Error::KeyChanged { service_user: service_user.settings.name.clone() };
        self.secret_of(service_user, credential).await?.text().cloned().ok_or_else(changed)
    }
}
