//! The **plan** of a mint: where the request goes, what authenticates it and what it says.

use time::OffsetDateTime;

use super::Loaded;
use crate::diagnosis::Attempt;
use crate::endpoints::Endpoint;
use crate::environment::Environment;
use crate::error::Error;
use crate::issuer::Issuer;
use crate::mint::Mint;
use crate::mint::endpoint::{host_of, values_of};
use crate::mint::secret_material::{self, SecretMaterial};
use crate::mint::server::{ServerClock, explain_transport};
use crate::mint::trace::Trace;
use crate::provider::template::Values;
use crate::provider::{KeyGrant, Provider, RequestKind};
use crate::request::{self, ClientAuthentication, RequestContext};
use crate::secret::Secret;

/// Everything a token request is built from; only the time and the jti are missing.
pub(super) struct Plan<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) provider: &'a Provider,
    pub(super) client: Issuer,
    pub(super) endpoint: String,
    /// Host and port of the issuer.
    pub(super) host: String,
    endpoint_host: String,
    values: Values,
    secret: SecretMaterial,
    /// The client secret that goes with a key.
    paired_secret: Option<Secret>,
    /// The audience of the assertion; empty if none is sent.
    audience: Vec<String>,
}

impl Mint {
    /// Finds the endpoint, and reads the secret from the keychain.
    pub(super) async fn plan<'a>(
        &self,
        loaded: &'a Loaded,
        provider: &'a Provider,
        trace: &mut Trace,
    ) -> Result<Plan<'a>, Error> {
        let Loaded { environment, service_user, credential, .. } = loaded;
        let client = self.client(environment)?;
        let endpoint = self.token_endpoint(environment, provider, trace).await?;
        let secret = self.secret_read(loaded, trace).await?;
        let paired_secret = match &provider.private_key {
            Some(grant) if grant.with_client_secret => self.paired_secret(service_user, credential).await?,
            _ => None,
        };
        let values = secret_material::values(values_of(&environment.settings), service_user, credential, &endpoint);
        let audience = match secret.key() {
            Some(_) => request::audience(&context(loaded, provider, &values))?,
            None => Vec::new(),
        };
        let (host, endpoint_host) = (environment.settings.issuer.host_and_port(), host_of(&endpoint));
        Ok(Plan { loaded, provider, client, endpoint, host, endpoint_host, values, secret, paired_secret, audience })
    }

    async fn token_endpoint(
        &self,
        environment: &Environment,
        provider: &Provider,
        trace: &mut Trace,
    ) -> Result<String, Error> {
        let endpoint = trace.time(self.endpoint(Endpoint::Token, environment, provider)).await;
        let endpoint = endpoint.map_err(|error| explain_transport(provider, error))?;
        trace.step("Endpoint found", endpoint.clone());
        Ok(endpoint)
    }

    /// The credential's secret, from the keychain.
    pub(super) async fn secret_read(&self, loaded: &Loaded, trace: &mut Trace) -> Result<SecretMaterial, Error> {
        let secret = trace.time(self.secret_of(&loaded.service_user, &loaded.credential)).await?;
        let (step, detail) = secret.step(loaded.credential.kind);
        trace.step(&step, detail);
        Ok(secret)
    }
}

fn context<'a>(loaded: &'a Loaded, provider: &'a Provider, values: &'a Values) -> RequestContext<'a> {
    RequestContext {
        provider,
        values,
        audience: &loaded.wanted.audience,
        scopes: &loaded.wanted.scopes,
        certificate: loaded.credential.certificate.as_deref(),
        lifetime: loaded.settings.assertion_lifetime(),
    }
}

impl Plan<'_> {
    pub(super) fn environment(&self) -> &Environment {
        &self.loaded.environment
    }

    pub(super) fn context(&self) -> RequestContext<'_> {
        context(self.loaded, self.provider, &self.values)
    }

    pub(super) fn authentication(&self) -> ClientAuthentication<'_> {
        match &self.secret {
            SecretMaterial::Key(key) => ClientAuthentication::Key(key, self.paired_secret.as_ref()),
            SecretMaterial::Text(secret) => ClientAuthentication::Secret(secret),
        }
    }

    /// The rules of the assertion, if one is sent.
    fn grant(&self) -> Option<&KeyGrant> {
        self.provider.private_key.as_ref().filter(|_| self.secret.key().is_some())
    }

    /// What is known about the attempt at this time, for its diagnosis.
    pub(super) fn attempt(&self, clock: ServerClock, now: OffsetDateTime) -> Attempt<'_> {
        let Loaded { environment, service_user, credential, .. } = self.loaded;
        let (settings, grant) = (&environment.settings, self.grant());
        let asked_lifetime = self.loaded.settings.assertion_lifetime();
        Attempt {
            request: RequestKind::Token,
            provider: self.provider,
            host: &self.host,
            endpoint_host: &self.endpoint_host,
            issuer: settings.issuer.as_str(),
            endpoint_by_hand: settings.endpoints.get(Endpoint::Token).is_some(),
            audience: &self.audience,
            credential: Some(credential),
            client_id: credential.client_id_or(&service_user.user_id),
            parameters: &settings.parameters,
            scopes: &self.loaded.wanted.scopes,
            token: None,
            lifetime: grant.map(|grant| request::lifetime(grant, asked_lifetime)).unwrap_or_default(),
            now,
            skew: clock.skew,
            corrected_by: clock.correction(),
            lacks_secret: grant.is_some_and(|grant| grant.with_client_secret) && self.paired_secret.is_none(),
            secret_is_encoded: self.secret.text().is_some_and(request::is_encoded),
        }
    }
}
