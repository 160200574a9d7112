//! The inspect journey: what a token says, whether it is the issuer's own, and whom it belongs to.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};

use super::compare::shared_glossary;
use super::key_set::{KeyReader, KeysFetched};
use super::shown::Showing;
use super::subject::{Subject, subject_claim};
use super::token::explain_way;
use super::wire::{Endpoint, values_of};
use super::{Mint, lock};
use crate::activity::Deed;
use crate::claims::{self, Claim, UnverifiedClaims};
use crate::environment::{Environment, EnvironmentId, IssuerUrl};
use crate::error::{Error, IssuerError, Problem, TokenError};
use crate::issuer::Answer;
use crate::json::Json;
use crate::provider::template::expand;
use crate::provider::{Provider, RequestKind};
use crate::service_user::{ServiceUser, ServiceUserId};
use crate::token::{self, SubjectNotice, Token, TokenForm};
use crate::verify::{self, Expectation, Verdict, Verification};

/// Tolerance for a token's times, as clocks differ.
const LEEWAY: Duration = Duration::seconds(30);

/// What to do about a token that is this server's own and names another issuer.
const SET_EXPECTED_ISSUER: &str = "only the issuer differs, and the signature is this server's; if its configuration \
                                   names that issuer, enter it as the expected issuer in the environment's settings";

/// What inspecting a token found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    /// What kind of text it is.
    pub form: TokenForm,
    /// What it says, where it can be read; nothing of it is verified by being here.
    pub claims: Option<UnverifiedClaims>,
    /// Why it cannot be read, where it cannot.
    pub unreadable: Option<Problem>,
    /// Whether it is the issuer's own; `None` where no issuer was named to check against.
    pub verification: Option<Verification>,
    /// Why it could not be checked, where the issuer's keys could not be had.
    pub unchecked: Option<Problem>,
    /// The host that the issuer keeps its keys on, where that must be confirmed before they are fetched.
    pub unconfirmed_host: Option<String>,
    /// Where the keys came from and when, for example `auth.acme.com`.
    pub keys_from: Option<String>,
    /// Which service user the keys were fetched as, where the issuer shows them only to callers it knows.
    pub keys_reader: Option<KeyReader>,
    /// Local clock minus the server's, in seconds, as last measured: the token's times are the server's.
    pub skew_seconds: Option<f64>,
    /// When the keys were fetched.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub keys_fetched_at: Option<OffsetDateTime>,
}

/// A userinfo response, explained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Userinfo {
    /// Its members in order.
    pub claims: Vec<Claim>,
    /// The response as pretty-printed JSON, numbers exact.
    pub json: String,
    /// Whether its `sub` equals the token's; `None` where one of them has none.
    pub subject_matches: Option<bool>,
    /// Whom it names, where that isn't the service user it was asked for.
    pub subject: Option<SubjectNotice>,
}

impl Mint {
    /// Inspects the token in memory: decodes it and verifies it against its environment.
    ///
    /// # Errors
    /// [`Error::NoToken`]. A token that cannot be read or checked is no error but a finding.
    pub async fn inspect(&self, id: ServiceUserId) -> Result<Inspection, Error> {
        let service_user = self.catalog.service_user(id).await?;
        let environment = self.catalog.environment(service_user.environment).await?;
        let name = service_user.settings.name.clone();
        let token = self.kept_token(id).ok_or(Error::NoToken { service_user: name })?;
        let token = token.access_token.expose();
        let inspection = self.inspect_with(token, Some(&environment), Some(id)).await?;
        self.note_inspection(token, Some(&environment), Some(&service_user), &inspection).await;
        Ok(inspection)
    }

    /// Inspects pasted text, offline unless an environment is named to verify against.
    ///
    /// # Errors
    /// [`crate::error::TokenError::NotFound`] where the text holds no token.
    pub async fn inspect_text(&self, pasted: &str, against: Option<EnvironmentId>) -> Result<Inspection, Error> {
        let token = token::extract(pasted)?;
        let environment = match against {
            Some(id) => Some(self.catalog.environment(id).await?),
            None => None,
        };
        let inspection = self.inspect_with(token.expose(), environment.as_ref(), None).await?;
        self.note_inspection(token.expose(), environment.as_ref(), None, &inspection).await;
        Ok(inspection)
    }

    pub(super) async fn inspect_with(
        &self,
        token: &str,
        environment: Option<&Environment>,
        asking: Option<ServiceUserId>,
    ) -> Result<Inspection, Error> {
        let glossary = match environment {
            Some(environment) => self.provider_of(environment).await?.glossary,
            None => shared_glossary(),
        };
        let form = TokenForm::of(token);
        let decoded = claims::decode(token, &glossary);
        let malformed = matches!(decoded, Err(TokenError::Malformed { .. }));
        let decoded = decoded.map_err(Error::from);
        let mut inspection = Inspection {
            form,
            unreadable: decoded.as_ref().err().map(Error::problem),
            claims: decoded.ok(),
            verification: None,
            unchecked: None,
            unconfirmed_host: None,
            keys_from: None,
            keys_reader: None,
            skew_seconds: None,
            keys_fetched_at: None,
        };
        // A broken JWT is no JWT by its form, but verifying says why; opaque ones have nothing to verify.
        let verifiable = form == TokenForm::Jwt || malformed;
        if let Some(environment) = environment
            && verifiable
        {
            self.verify_into(&mut inspection, token, environment, asking).await?;
        }
        let skew = environment.and_then(|environment| self.wire(environment.id).skew);
        inspection.skew_seconds = skew.map(Duration::as_seconds_f64);
        Ok(inspection)
    }

    async fn verify_into(
        &self,
        inspection: &mut Inspection,
        token: &str,
        environment: &Environment,
        asking: Option<ServiceUserId>,
    ) -> Result<(), Error> {
        let issuer = IssuerUrl::parse(&environment.settings.issuer)?;
        match self.keys(environment, verify::key_id_of(token).as_deref(), asking).await {
            Ok(KeysFetched { keys, at, reader }) => {
                let expected = Expectation {
                    issuer: self.expected_issuer(environment).await?,
                    audience: None,
                    now: self.server_now(environment.id),
                    leeway: LEEWAY,
                };
                let mut found = verify::verify(token, &keys, &expected);
                if fails_by_issuer_alone(&found) && self.catalog.environment(environment.id).await.is_ok() {
                    found.notices.push(SET_EXPECTED_ISSUER.to_owned());
                }
                inspection.verification = Some(found);
                inspection.keys_from = Some(issuer.host_and_port());
                (inspection.keys_reader, inspection.keys_fetched_at) = (reader, Some(at));
            }
            Err(error) => {
                inspection.unchecked = Some(error.problem());
                if let Error::HostUnconfirmed { host, .. } = error {
                    inspection.unconfirmed_host = Some(host);
                }
            }
        }
        Ok(())
    }

    /// `iss` of an environment's tokens: what the user set, else what the provider's servers write, else the issuer.
    async fn expected_issuer(&self, environment: &Environment) -> Result<String, Error> {
        if let Some(set) = &environment.settings.expected_issuer {
            return Ok(set.clone());
        }
        let values = values_of(&environment.settings)?;
        let usual = self.provider_of(environment).await?.token_issuer;
        let issuer = IssuerUrl::parse(&environment.settings.issuer)?;
        Ok(usual.map_or_else(|| issuer.as_str().to_owned(), |template| expand(&template, &values)))
    }

    /// Asks the issuer whom the token in memory belongs to (OpenID Connect Core §5.3).
    ///
    /// # Errors
    /// [`Error::NoToken`], [`Error::EndpointUnknown`], [`Error::SubjectMismatch`], [`Error::Diagnosed`] with
    /// its likely causes.
    pub async fn userinfo(&self, id: ServiceUserId) -> Result<Userinfo, Error> {
        let service_user = self.catalog.service_user(id).await?;
        let environment = self.catalog.environment(service_user.environment).await?;
        let token = self.kept_token(id).ok_or(Error::NoToken { service_user: service_user.settings.name.clone() })?;
        self.ask_about(&environment, &service_user, &token).await
    }

    /// Asks the issuer whom a token belongs to, and writes down what came of it.
    pub(super) async fn ask_about(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        token: &Token,
    ) -> Result<Userinfo, Error> {
        let outcome = self.userinfo_of(environment, service_user, token).await;
        let said = |told: &Userinfo| told.subject.as_ref().map(|notice| notice.sentence.clone()).unwrap_or_default();
        self.note(Deed::Userinfo, environment, service_user, outcome.as_ref().map(said)).await;
        self.note_ready_made(token, &outcome).await;
        outcome
    }

    async fn userinfo_of(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        token: &Token,
    ) -> Result<Userinfo, Error> {
        let provider = self.provider_of(environment).await?;
        let endpoint = self.endpoint(Endpoint::Userinfo, environment).await;
        let endpoint = endpoint.map_err(|error| explain_way(&provider, error))?;
        let answer = self.ask_userinfo(environment, &provider, &endpoint, token).await?;
        let claims = claims::explain(&answer.value, &provider.glossary)?;
        let document =
            Json::parse(&answer.value).map_err(|error| TokenError::NotJsonObject { why: error.to_string() })?;
        let told = subject_in(&document, &provider);
        let of_token = subject_claim(token.access_token.expose());
        let subject_matches = match (told.as_ref().map(|told| told.id.clone()), of_token) {
            // OpenID Connect Core §5.3.2: a response about someone else must not be used.
            (Some(found), Some(expected)) if found != expected => {
                return Err(Error::SubjectMismatch { expected, found });
            }
            (Some(_), Some(_)) => Some(true),
            _ => None,
        };
        let credential = self.catalog.credential(token.credential).await?;
        let subject = match &told {
            Some(told) => self.compare_subject(&provider, service_user, &credential, told).await,
            None => None,
        };
        Ok(Userinfo { claims, json: document.pretty(), subject_matches, subject })
    }

    /// Asks with the token, and where the provider's servers may not know their own tokens there, with the
    /// credential itself.
    async fn ask_userinfo(
        &self,
        environment: &Environment,
        provider: &Provider,
        endpoint: &str,
        token: &Token,
    ) -> Result<Answer<String>, Error> {
        let client = self.client(environment)?;
        let method = provider.userinfo.method;
        let answer = match client.userinfo(method, endpoint, &token.header()).await {
            Err(IssuerError::Refused(refusal)) if refusal.status == 404 && provider.userinfo.direct_on_404 => {
                let (credential, service_user, _) = self.with_owner(token.credential).await?;
                match self.direct_proof(environment, &service_user, &credential).await? {
                    Some((direct, _)) => client.userinfo(method, endpoint, &direct).await,
                    None => Err(IssuerError::Refused(refusal)),
                }
            }
            other => other,
        };
        let showing = Showing { request: RequestKind::Userinfo, environment, provider, token, about: None };
        match answer {
            Ok(answer) => Ok(answer),
            Err(failure) => Err(self.explain_shown(&showing, failure).await),
        }
    }

    /// Forgets the token in memory.
    pub fn drop_token(&self, id: ServiceUserId) {
        lock(&self.tokens).remove(&id);
    }
}

/// Whom a userinfo response is about, where the provider says where that stands.
fn subject_in(document: &Json, provider: &Provider) -> Option<Subject> {
    let id = document.at(&provider.userinfo.subject)?.as_text()?.to_owned();
    // OpenID Connect Core §5.1, and what RFC 9068 §2.2 calls the client.
    let names = ["preferred_username", "username", "email", "client_id", "azp"];
    let names = names.into_iter().filter_map(|name| Some(document.get(name)?.as_text()?.to_owned()));
    Some(Subject { names: std::iter::once(id.clone()).chain(names).collect(), id })
}

/// Whether the signature holds and every claim but `iss`.
fn fails_by_issuer_alone(found: &Verification) -> bool {
    let failing: Vec<&str> =
        found.checks.iter().filter(|check| check.holds == Some(false)).map(|check| check.name.as_str()).collect();
    found.verdict == Verdict::ClaimsFail && failing == ["iss"]
}
