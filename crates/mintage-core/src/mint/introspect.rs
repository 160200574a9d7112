//! Introspection (RFC 7662) and revocation (RFC 7009): what the issuer says a token is worth, asked by an
//! application, and the end of a token before its time.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::Duration;
use uuid::Uuid;

use super::held::{self, Held};
use super::token::{explain_way, is_encoded};
use super::wire::{Endpoint, values_of};
use super::{Ask, Mint};
use crate::activity::Deed;
use crate::assertion::{self, AssertionPlan};
use crate::claims::{self, Claim};
use crate::credential::{Credential, CredentialId, CredentialKind};
use crate::diagnosis::{self, Attempt, Cause, Inactive};
use crate::environment::{Environment, IssuerUrl};
use crate::error::{Error, IssuerError, TokenError};
use crate::issuer::{Answer, Issuer, Post};
use crate::json::Json;
use crate::provider::template::expand;
use crate::provider::{Body, CLIENT_ASSERTION_TYPE, ENDPOINT, KeyIdRule, Provider, RequestKind, SecretPlace};
use crate::request;
use crate::secret::Secret;
use crate::service_user::{ServiceUser, ServiceUserId};
use crate::token::Token;

mod who;

pub use who::Introspector;

/// What introspection said (RFC 7662 §2.2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Introspection {
    /// Whether the token is active, as this client sees it.
    pub active: bool,
    /// The response's members in order.
    pub claims: Vec<Claim>,
    /// The response as pretty-printed JSON, numbers exact.
    pub json: String,
    /// Why it may say inactive, the likeliest first; empty where it is active.
    pub causes: Vec<Cause>,
    /// The scope that makes the token's audience hold the project, with `{projectId}`; empty where the
    /// provider has none.
    pub audience_scope: String,
}

/// What became of a revocation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Revoked {
    /// Whether the token is seen to be inactive now: `None` where that could not be asked. RFC 7009 §2.2
    /// lets a server answer 200 to everything, so its answer alone proves nothing.
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
        self.note(Deed::Introspect, &environment, &service_user, recorded).await;
        outcome
    }

    /// Adds the project's audience scope to the service user's scopes, mints anew and introspects. The
    /// project is remembered for the application.
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
            self.edit_service_user(id, draft).await?;
        }
        let (credential, _) = self.credential_in(&environment, with).await?;
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
        self.note(Deed::Revoke, &environment, &service_user, recorded).await;
        outcome
    }

    async fn revoke_with(
        &self,
        service_user: &ServiceUser,
        environment: &Environment,
        with: CredentialId,
    ) -> Result<Revoked, Error> {
        let token = self.token_in_memory(service_user)?;
        let provider = self.ready_provider(environment).await?;
        let url =
            self.endpoint(Endpoint::Revocation, environment).await.map_err(|error| explain_way(&provider, error))?;
        let client = self.client(environment)?;
        let proof = self.client_proof(environment, &provider, with, &url).await?;
        let asked = proof.about(&token).revoke(&client, &url).await;
        asked
            .map_err(|failure| self.explain_client(environment, &provider, &proof, RequestKind::Revocation, failure))?;
        let after = self.introspect_with(service_user, environment, with).await;
        let ended = after.ok().map(|found| !found.active);
        if ended != Some(false) {
            self.drop_token(service_user.id);
        }
        Ok(Revoked { ended })
    }

    async fn introspect_with(
        &self,
        service_user: &ServiceUser,
        environment: &Environment,
        with: CredentialId,
    ) -> Result<Introspection, Error> {
        let token = self.token_in_memory(service_user)?;
        let provider = self.ready_provider(environment).await?;
        let url =
            self.endpoint(Endpoint::Introspection, environment).await.map_err(|error| explain_way(&provider, error))?;
        let client = self.client(environment)?;
        let proof = self.client_proof(environment, &provider, with, &url).await?;
        let asked = proof.about(&token).introspect(&client, &url).await;
        let answer = asked.map_err(|failure| {
            self.explain_client(environment, &provider, &proof, RequestKind::Introspection, failure)
        })?;
        self.note_skew(environment.id, answer.server_date);
        self.read_introspection(&answer.value, &token, &proof, &provider)
    }

    fn read_introspection(
        &self,
        text: &str,
        token: &Token,
        proof: &ClientProof,
        provider: &Provider,
    ) -> Result<Introspection, Error> {
        let unreadable = |why: String| TokenError::NotJsonObject { why };
        let json = Json::parse(text).map_err(|error| unreadable(error.to_string()))?;
        // RFC 7662 §2.2: a boolean, and nothing that could be taken for one.
        let Some(Json::Bool(active)) = json.get("active") else {
            return Err(unreadable("`active` is not true or false".to_owned()).into());
        };
        let causes = if *active { Vec::new() } else { diagnosis::inactive(&self.inactive(token, proof, provider)) };
        Ok(Introspection {
            active: *active,
            claims: claims::explain(text, &provider.glossary)?,
            json: json.pretty(),
            causes,
            audience_scope: provider.introspection.audience_scope.clone(),
        })
    }

    fn inactive(&self, token: &Token, proof: &ClientProof, provider: &Provider) -> Inactive {
        let audience_scope = &provider.introspection.audience_scope;
        let (before, after) = audience_scope.split_once("{projectId}").unwrap_or(("", ""));
        let project_named = |scope: &String| {
            let project = scope.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            !before.is_empty() && project.is_some_and(|found| proof.project.as_deref().is_none_or(|own| own == found))
        };
        Inactive {
            expired: token.expires_at.is_some_and(|at| at <= self.now()),
            audience_scope_known: !audience_scope.is_empty(),
            audience_scope_asked: token.requested_scopes.iter().any(project_named),
            client_id: proof.client_id.clone(),
        }
    }

    /// Turns the failure of a request as a client into an error with its likely causes.
    fn explain_client(
        &self,
        environment: &Environment,
        provider: &Provider,
        proof: &ClientProof,
        request: RequestKind,
        failure: IssuerError,
    ) -> Error {
        let measured = match &failure {
            IssuerError::Refused(refusal) => self.note_skew(environment.id, refusal.server_date),
            _ => None,
        };
        let endpoint = if request == RequestKind::Revocation { Endpoint::Revocation } else { Endpoint::Introspection };
        let attempt = Attempt {
            request,
            provider,
            host: &proof.issuer.host_and_port(),
            endpoint_host: &proof.issuer.host_and_port(),
            issuer: proof.issuer.as_str(),
            endpoint_by_hand: endpoint.set_by_hand(&environment.settings).is_some(),
            audience: &proof.audience,
            credential: Some(&proof.credential),
            client_id: &proof.client_id,
            parameters: &environment.settings.parameters,
            scopes: &[],
            token: None,
            lifetime: proof.lifetime,
            now: self.now(),
            skew: measured.or(self.wire(environment.id).skew),
            corrected_by: proof.corrected_by,
            lacks_secret: false,
            secret_is_encoded: matches!(&proof.proof, Proof::Secret(secret) if is_encoded(secret)),
        };
        Error::Diagnosed { causes: diagnosis::diagnose(&attempt, &failure), source: failure }
    }

    fn token_in_memory(&self, service_user: &ServiceUser) -> Result<Token, Error> {
        let missing = || Error::NoToken { service_user: service_user.settings.name.clone() };
        self.kept_token(service_user.id).ok_or_else(missing)
    }

    /// A credential of this environment: what is held for one server is never shown to another.
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

    /// How an application proves itself where it calls: a secret, or an assertion of its own (RFC 7523 §2.2).
    /// Never both.
    async fn client_proof(
        &self,
        environment: &Environment,
        provider: &Provider,
        with: CredentialId,
        called: &str,
    ) -> Result<ClientProof, Error> {
        let (credential, owner) = self.credential_in(environment, with).await?;
        let issuer = IssuerUrl::parse(&environment.settings.issuer)?;
        let wire = self.wire(environment.id);
        let corrected_by = wire.skew.filter(|_| wire.use_server_time).unwrap_or_default();
        let (mut audience, mut lifetime) = (Vec::new(), Duration::ZERO);
        let client_id = credential.client_id_or(&owner.user_id).to_owned();
        let project = credential.audience.clone().filter(|_| credential.kind == CredentialKind::ApplicationKey);
        let proof = match self.held(&owner, &credential).await? {
            Held::Text(secret) => Proof::Secret(secret),
            Held::Key(key) => {
                let endpoint = self.endpoint(Endpoint::Token, environment).await?;
                let mut values = held::values(values_of(&environment.settings)?, &owner, &credential, &endpoint);
                values.insert(ENDPOINT.to_owned(), called.to_owned());
                let now = self.now() - corrected_by;
                let named = provider.introspection.audience.iter().map(|text| expand(text, &values));
                let named: Vec<String> = named.filter(|text| !text.is_empty()).collect();
                let grant = provider.private_key.clone().unwrap_or_default();
                let ground = request::Ground {
                    provider,
                    values: &values,
                    audience: &named,
                    scopes: &[],
                    certificate: credential.certificate.as_deref(),
                    lifetime: None,
                };
                let plan = request::plan(&ground, key.facts(), now, &Uuid::new_v4().simple().to_string())?;
                // RFC 7523 §3: a client's assertion names the client twice, whoever the grant is for.
                let plan = AssertionPlan {
                    issuer: client_id.clone(),
                    subject: client_id.clone(),
                    key_id: credential.key_id.clone().filter(|_| grant.header.key_id != KeyIdRule::Never),
                    ..plan
                };
                let compact = assertion::sign(&plan, &key)?.compact;
                (audience, lifetime) = (plan.audience, request::lifetime(&grant, ground.lifetime));
                Proof::Assertion(compact)
            }
        };
        let place = provider.introspection.place;
        Ok(ClientProof { client_id, project, proof, place, credential, issuer, audience, lifetime, corrected_by })
    }
}

enum Proof {
    Secret(Secret),
    Assertion(Secret),
}

/// An application that proves itself.
struct ClientProof {
    client_id: String,
    project: Option<String>,
    proof: Proof,
    place: SecretPlace,
    credential: Credential,
    issuer: IssuerUrl,
    /// Whom its assertion is addressed to; empty with a secret.
    audience: Vec<String>,
    /// How long its assertion is valid; zero with a secret.
    lifetime: Duration,
    /// What was taken off its assertion's times.
    corrected_by: Duration,
}

/// What a request about a token carries: the token, and the application's proof.
struct AboutToken {
    authorization: Option<Secret>,
    fields: Vec<(&'static str, Secret)>,
}

impl ClientProof {
    /// A request about a token (RFC 7662 §2.1, RFC 7009 §2.1) with the proof where it belongs.
    fn about(&self, token: &Token) -> AboutToken {
        let text = |text: &str| Secret::new(text.to_owned());
        let mut fields = vec![("token", token.access_token.clone()), ("token_type_hint", text("access_token"))];
        let authorization = match (&self.proof, self.place) {
            (Proof::Assertion(assertion), _) => {
                fields.push(("client_assertion_type", text(CLIENT_ASSERTION_TYPE)));
                fields.push(("client_assertion", assertion.clone()));
                None
            }
            (Proof::Secret(secret), SecretPlace::Post) => {
                fields.extend([("client_id", text(&self.client_id)), ("client_secret", secret.clone())]);
                None
            }
            (Proof::Secret(secret), place) => Some(crate::basic::credential(&self.client_id, secret, place)),
        };
        AboutToken { authorization, fields }
    }
}

impl AboutToken {
    async fn introspect(&self, client: &Issuer, url: &str) -> Result<Answer<String>, IssuerError> {
        let (fields, secrets) = self.parts();
        client.introspect(&self.post(url, &fields, &secrets)).await
    }

    async fn revoke(&self, client: &Issuer, url: &str) -> Result<Answer<()>, IssuerError> {
        let (fields, secrets) = self.parts();
        client.revoke(&self.post(url, &fields, &secrets)).await
    }

    fn parts(&self) -> (Vec<(&str, &Secret)>, Vec<&Secret>) {
        let fields = self.fields.iter().map(|(name, value)| (*name, value)).collect();
        // The hint and the type stand in many answers and are no secrets.
        let hidden = |name: &str| matches!(name, "token" | "client_assertion" | "client_secret");
        let secrets = self.fields.iter().filter(|(name, _)| hidden(name)).map(|(_, value)| value);
        (fields, secrets.chain(&self.authorization).collect())
    }

    fn post<'a>(&'a self, url: &'a str, fields: &'a [(&'a str, &'a Secret)], secrets: &'a [&'a Secret]) -> Post<'a> {
        Post { url, authorization: self.authorization.as_ref(), body: Body::Form, fields, secrets }
    }
}
