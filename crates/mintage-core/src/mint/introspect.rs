//! Introspection (RFC 7662) and revocation (RFC 7009): whether the issuer considers a token active, asked by an
//! application, and revoking a token before it expires.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::endpoint::values_of;
use super::program::Adopted;
use super::secret_material::{self, SecretMaterial};
use super::server::explain_transport;
use super::token::post;
use super::{Ask, Mint};
use crate::activity::Action;
use crate::claims::{self, Claim};
use crate::credential::{Credential, CredentialKind};
use crate::diagnosis::{self, Attempt, Cause, Inactive};
use crate::endpoints::Endpoint;
use crate::environment::Environment;
use crate::error::Error;
use crate::ids::{CredentialId, ServiceUserId};
use crate::issuer::IssuerError;
use crate::issuer_url::IssuerUrl;
use crate::json::Json;
use crate::private_key::PrivateKey;
use crate::provider::template::{Values, expand};
use crate::provider::{ENDPOINT, Provider, RequestKind};
use crate::request::{self, ClientProof, Prepared, RequestContext};
use crate::service_user::ServiceUser;
use crate::token::{self, Token, TokenError};

mod who;

pub use who::Introspector;

/// The result of introspection (RFC 7662 §2.2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Introspection {
    /// Whether the token is active for this client.
    pub active: bool,
    /// The response's members in order.
    pub claims: Vec<Claim>,
    /// The response as pretty-printed JSON, numbers exact.
    pub json: String,
    /// Why it may be inactive, the likeliest first; empty if it is active.
    pub causes: Vec<Cause>,
    /// The scope that adds the project to the token's audience, with `{projectId}`; empty if the provider has none.
    pub audience_scope: String,
}

/// The result of a revocation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Revoked {
    /// Whether the token is confirmed to be inactive now: `None` if that couldn't be checked. RFC 7009 §2.2 lets a
    /// server return 200 for everything, so its response alone proves nothing.
    pub ended: Option<bool>,
}

impl Mint {
    /// Introspects the token in memory with an application's credential.
    ///
    /// # Errors
    /// [`Error::NoToken`], [`Error::EndpointUnknown`], [`Error::Diagnosed`] with its likely causes.
    pub async fn introspect(&self, id: ServiceUserId, with: CredentialId) -> Result<Introspection, Error> {
        let (service_user, environment) = self.whole(id).await?;
        let outcome = self.introspect_with(&service_user, &environment, with).await;
        let recorded = outcome.as_ref().map(|found| if found.active { "active" } else { "not active" }.to_owned());
        self.note(Action::Introspect, &environment, &service_user, recorded).await;
        outcome
    }

    /// Adds the project's audience scope to the service user's scopes, mints again and introspects. The project is
    /// remembered for the application.
    ///
    /// # Errors
    /// [`Error::ImportIncomplete`] without a project id; as [`Mint::token`] and [`Mint::introspect`].
    pub async fn introspect_with_audience(
        &self,
        id: ServiceUserId,
        with: CredentialId,
        project: &str,
    ) -> Result<Introspection, Error> {
        let (service_user, environment) = self.whole(id).await?;
        let (credential, _) = self.credential_in(&environment, with).await?;
        let provider = self.provider_of(&environment).await?;
        let project = project.trim();
        crate::key_file::check_id(project).map_err(|why| Error::TypedIdInvalid { what: "project id", why })?;
        let values = [("projectId".to_owned(), project.to_owned())].into();
        let scope = expand(&provider.introspection.audience_scope, &values);
        if scope.is_empty() {
            return Err(Error::ImportIncomplete { what: "project id" });
        }
        if !service_user.settings.scopes.contains(&scope) {
            let mut draft = service_user.settings.clone();
            draft.scopes.push(scope);
            self.edit_service_user(id, &service_user.settings, draft).await?;
        }
        if credential.kind == CredentialKind::ApplicationKey {
            self.catalog.set_audience(with, project).await?;
        }
        self.token(id, Ask { fresh: true, ..Ask::default() }).await?;
        self.introspect(id, with).await
    }

    /// Revokes the token in memory (RFC 7009 §2.1), with an application's credential, and forgets it.
    ///
    /// # Errors
    /// [`Error::NoToken`], [`Error::EndpointUnknown`], [`Error::Diagnosed`] with its likely causes.
    pub async fn revoke(&self, id: ServiceUserId, with: CredentialId) -> Result<Revoked, Error> {
        let (service_user, environment) = self.whole(id).await?;
        let outcome = self.revoke_with(&service_user, &environment, with).await;
        let recorded = outcome.as_ref().map(|_| String::new());
        self.note(Action::Revoke, &environment, &service_user, recorded).await;
        outcome
    }

    async fn revoke_with(
        &self,
        service_user: &ServiceUser,
        environment: &Environment,
        with: CredentialId,
    ) -> Result<Revoked, Error> {
        let token = self.shown_token(service_user, environment)?;
        let provider = self.ready_provider(environment).await?;
        let url = self
            .endpoint(Endpoint::Revocation, environment, &provider)
            .await
            .map_err(|error| explain_transport(&provider, error))?;
        let client = self.client(environment)?;
        let caller = self.caller(environment, &provider, with, &url).await?;
        let asked = client.revoke(&post(&caller.about(&token, &provider), &url)).await;
        asked.map_err(|failure| {
            self.explain_caller(environment, &provider, &caller, RequestKind::Revocation, failure)
        })?;
        let after = self.introspect_with(service_user, environment, with).await;
        let ended = after.ok().map(|found| !found.active);
        if ended != Some(false) {
            self.drop_token(service_user.id);
        }
        Ok(Revoked { ended })
    }

    /// Introspects a token that was pasted, or that another process minted, with an application's credential.
    ///
    /// # Errors
    /// As [`Mint::introspect`], and [`TokenError::NotFound`] if the text contains no token.
    pub async fn introspect_text(&self, pasted: &str, with: CredentialId) -> Result<Introspection, Error> {
        let credential = self.catalog.credential(with).await?;
        let (_, environment) = self.whole(credential.service_user).await?;
        let access_token = token::extract(pasted)?;
        let adopted = Adopted { access_token, authorization: token::Authorization::default(), expires_at: None };
        self.introspect_token(&adopted.into_token(with, self.now()), &environment, with).await
    }

    async fn introspect_with(
        &self,
        service_user: &ServiceUser,
        environment: &Environment,
        with: CredentialId,
    ) -> Result<Introspection, Error> {
        self.introspect_token(&self.shown_token(service_user, environment)?, environment, with).await
    }

    async fn introspect_token(
        &self,
        token: &Token,
        environment: &Environment,
        with: CredentialId,
    ) -> Result<Introspection, Error> {
        let provider = self.ready_provider(environment).await?;
        let url = self
            .endpoint(Endpoint::Introspection, environment, &provider)
            .await
            .map_err(|error| explain_transport(&provider, error))?;
        let client = self.client(environment)?;
        let caller = self.caller(environment, &provider, with, &url).await?;
        let asked = client.introspect(&post(&caller.about(token, &provider), &url)).await;
        let answer = asked.map_err(|failure| {
            self.explain_caller(environment, &provider, &caller, RequestKind::Introspection, failure)
        })?;
        self.note_skew(environment, answer.server_date);
        self.read_introspection(&answer.value, token, &caller, &provider)
    }

    fn read_introspection(
        &self,
        text: &str,
        token: &Token,
        caller: &Caller,
        provider: &Provider,
    ) -> Result<Introspection, Error> {
        let unreadable = |why: String| TokenError::NotJsonObject { why };
        let json = Json::parse(text).map_err(|error| unreadable(error.to_string()))?;
        // RFC 7662 §2.2: a boolean, and nothing that could be mistaken for one.
        let Some(Json::Bool(active)) = json.get("active") else {
            return Err(unreadable("`active` isn't true or false".to_owned()).into());
        };
        let causes = if *active { Vec::new() } else { diagnosis::inactive(&self.inactive(token, caller, provider)) };
        Ok(Introspection {
            active: *active,
            claims: claims::explain(text, &provider.glossary)?,
            json: json.pretty(),
            causes,
            audience_scope: provider.introspection.audience_scope.clone(),
        })
    }

    fn inactive(&self, token: &Token, caller: &Caller, provider: &Provider) -> Inactive {
        let audience_scope = &provider.introspection.audience_scope;
        let (before, after) = audience_scope.split_once("{projectId}").unwrap_or(("", ""));
        let project_named = |scope: &String| {
            let project = scope.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            !before.is_empty() && project.is_some_and(|found| caller.project.as_deref().is_none_or(|own| own == found))
        };
        Inactive {
            expired: token.expires_at.is_some_and(|at| at <= self.now()),
            audience_scope_known: !audience_scope.is_empty(),
            audience_scope_asked: token.requested_scopes.iter().any(project_named),
            client_id: caller.client_id.clone(),
        }
    }

    /// Turns the failure of a client request into an error with its likely causes.
    fn explain_caller(
        &self,
        environment: &Environment,
        provider: &Provider,
        caller: &Caller,
        request: RequestKind,
        failure: IssuerError,
    ) -> Error {
        let measured = match &failure {
            IssuerError::Refused(refusal) => self.note_skew(environment, refusal.server_date),
            _ => None,
        };
        let endpoint = if request == RequestKind::Revocation { Endpoint::Revocation } else { Endpoint::Introspection };
        let attempt = Attempt {
            request,
            provider,
            host: &caller.issuer.host_and_port(),
            endpoint_host: &caller.issuer.host_and_port(),
            issuer: caller.issuer.as_str(),
            endpoint_by_hand: environment.settings.endpoints.get(endpoint).is_some(),
            audience: &caller.audience,
            credential: Some(&caller.credential),
            client_id: &caller.client_id,
            parameters: &environment.settings.parameters,
            scopes: &[],
            token: None,
            lifetime: caller.lifetime,
            now: self.now(),
            skew: measured.or(self.server_clock(environment).skew),
            corrected_by: caller.corrected_by,
            lacks_secret: false,
            secret_is_encoded: matches!(&caller.proof, ClientProof::Secret(secret) if request::is_encoded(secret)),
        };
        Error::Diagnosed { causes: diagnosis::diagnose(&attempt, &failure), source: failure }
    }

    /// A credential of this environment: one server's credential is never sent to another.
    async fn credential_in(
        &self,
        environment: &Environment,
        id: CredentialId,
    ) -> Result<(Credential, ServiceUser), Error> {
        let credential = self.catalog.credential(id).await?;
        let owner = self.catalog.service_user(credential.service_user).await?;
        if owner.environment != environment.id {
            return Err(Error::OtherEnvironment { service_user: owner.settings.name });
        }
        Ok((credential, owner))
    }

    async fn whole(&self, id: ServiceUserId) -> Result<(ServiceUser, Environment), Error> {
        let service_user = self.catalog.service_user(id).await?;
        let environment = self.catalog.environment(service_user.environment).await?;
        Ok((service_user, environment))
    }

    /// A calling application, and its client authentication: a secret, or its own assertion (RFC 7523 §2.2). Never
    /// both.
    async fn caller(
        &self,
        environment: &Environment,
        provider: &Provider,
        with: CredentialId,
        called: &str,
    ) -> Result<Caller, Error> {
        let (credential, owner) = self.credential_in(environment, with).await?;
        let corrected_by = self.server_clock(environment).correction();
        let (proof, audience, lifetime) = match self.secret_of(&owner, &credential).await? {
            SecretMaterial::Text(secret) => (ClientProof::Secret(secret), Vec::new(), Duration::ZERO),
            SecretMaterial::Key(key) => {
                let endpoint = self.endpoint(Endpoint::Token, environment, provider).await?;
                let of_environment = values_of(&environment.settings);
                let mut values = secret_material::values(of_environment, &owner, &credential, &endpoint);
                values.insert(ENDPOINT.to_owned(), called.to_owned());
                client_assertion(provider, &values, &credential, &key, self.now() - corrected_by)?
            }
        };
        Ok(Caller {
            client_id: credential.client_id_or(&owner.user_id).to_owned(),
            project: credential.audience.clone().filter(|_| credential.kind == CredentialKind::ApplicationKey),
            issuer: environment.settings.issuer.clone(),
            proof,
            credential,
            audience,
            lifetime,
            corrected_by,
        })
    }
}

/// An assertion as client authentication, with its audience and its lifetime.
fn client_assertion(
    provider: &Provider,
    values: &Values,
    credential: &Credential,
    key: &PrivateKey,
    now: OffsetDateTime,
) -> Result<(ClientProof, Vec<String>, Duration), Error> {
    let named = provider.introspection.audience.iter().map(|text| expand(text, values));
    let named: Vec<String> = named.filter(|text| !text.is_empty()).collect();
    let context = RequestContext {
        provider,
        values,
        audience: &named,
        scopes: &[],
        certificate: credential.certificate.as_deref(),
        lifetime: None,
    };
    let jwt_id = Uuid::new_v4().simple().to_string();
    let assertion = request::client_assertion(&context, key, now, &jwt_id)?;
    let lifetime = provider.private_key.as_ref().map(|grant| request::lifetime(grant, None));
    Ok((ClientProof::Assertion(assertion.compact), request::audience(&context)?, lifetime.unwrap_or_default()))
}

/// An application that asks about a token.
struct Caller {
    client_id: String,
    project: Option<String>,
    proof: ClientProof,
    credential: Credential,
    issuer: IssuerUrl,
    /// The audience of its assertion; empty with a secret.
    audience: Vec<String>,
    /// How long its assertion is valid; zero with a secret.
    lifetime: Duration,
    /// What was subtracted from its assertion's times.
    corrected_by: Duration,
}

impl Caller {
    fn about(&self, token: &Token, provider: &Provider) -> Prepared {
        request::about_token(&self.client_id, &self.proof, provider.introspection.place, &token.access_token)
    }
}
