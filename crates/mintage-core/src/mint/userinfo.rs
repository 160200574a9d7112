//! **Userinfo**: whom the issuer says a token belongs to (OpenID Connect Core §5.3).

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Mint;
use super::server::explain_transport;
use super::shown::Showing;
use super::subject::{Subject, subject_claim};
use super::token::Ask;
use crate::activity::Action;
use crate::catalog::CatalogError;
use crate::claims::{self, Claim};
use crate::credential::CredentialKind;
use crate::endpoints::Endpoint;
use crate::environment::Environment;
use crate::error::Error;
use crate::ids::ServiceUserId;
use crate::issuer::{Answer, IssuerError};
use crate::json::Json;
use crate::provider::{Provider, RequestKind};
use crate::service_user::ServiceUser;
use crate::token::{SubjectNotice, Token, TokenError, TokenForm, TokenView};

/// A userinfo response, explained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Userinfo {
    /// Its members in order.
    pub claims: Vec<Claim>,
    /// The response as pretty-printed JSON, numbers exact.
    pub json: String,
    /// Whether its `sub` equals the token's; `None` if one of them has none.
    pub subject_matches: Option<bool>,
    /// The subject it names, if that isn't the service user it was requested for.
    pub subject: Option<SubjectNotice>,
}

impl Mint {
    /// Asks the issuer whom the token in memory belongs to (OpenID Connect Core §5.3).
    ///
    /// # Errors
    /// [`Error::NoToken`], [`Error::EndpointUnknown`], [`Error::SubjectMismatch`], [`Error::Diagnosed`] with
    /// its likely causes.
    pub async fn userinfo(&self, id: ServiceUserId) -> Result<Userinfo, Error> {
        let service_user = self.catalog.service_user(id).await?;
        let environment = self.catalog.environment(service_user.environment).await?;
        let token = self.shown_token(&service_user, &environment)?;
        self.ask_about(&environment, &service_user, &token).await
    }

    /// Asks the issuer whom a token belongs to, and records the outcome.
    pub(super) async fn ask_about(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        token: &Token,
    ) -> Result<Userinfo, Error> {
        let outcome = self.userinfo_of(environment, service_user, token).await;
        let said = |told: &Userinfo| told.subject.as_ref().map(|notice| notice.sentence.clone()).unwrap_or_default();
        self.note(Action::Userinfo, environment, service_user, outcome.as_ref().map(said)).await;
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
        let endpoint = self.endpoint(Endpoint::Userinfo, environment, &provider).await;
        let endpoint = endpoint.map_err(|error| explain_transport(&provider, error))?;
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

    /// Asks with the token, and if the provider's servers may not recognise their own tokens there, with the credential
    /// itself.
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

    /// Records whether the issuer accepts a token that is itself a credential; for a minted one, this says nothing
    /// about the credential.
    async fn note_ready_made(&self, token: &Token, outcome: &Result<Userinfo, Error>) {
        let refused = match outcome {
            Ok(_) => false,
            // RFC 6750 §3.1.
            Err(Error::Diagnosed { source: IssuerError::Refused(refusal), .. }) if refusal.status == 401 => true,
            Err(_) => return,
        };
        let Ok(credential) = self.catalog.credential(token.credential).await else { return };
        if credential.kind == CredentialKind::PersonalToken {
            let at = refused.then(|| self.now());
            let _: Result<(), CatalogError> = self.catalog.credential_refused(credential.id, at).await;
        }
    }

    /// The service user as its server knows it. If only a person entered its id, a token is requested first: something
    /// created for a wrong id would belong to someone else. If it gets no token, it keeps its id.
    pub(super) async fn with_known_subject(&self, id: ServiceUserId) -> Result<ServiceUser, Error> {
        let user = self.catalog.service_user(id).await?;
        let environment = self.catalog.environment(user.environment).await?;
        let credentials = self.catalog.credentials(Some(id)).await?;
        let typed = !credentials.is_empty() && !credentials.iter().any(|credential| credential.kind.is_key());
        if !typed || !self.provider_of(&environment).await?.userinfo.subject_is_user {
            return Ok(user);
        }
        let _: Result<TokenView, Error> = self.token(id, Ask::default()).await;
        // A readable token has already shown its subject.
        if self.cache.shown(&user, &environment).is_some_and(|token| token.form != TokenForm::Jwt) {
            let _: Result<Userinfo, Error> = self.userinfo(id).await;
        }
        Ok(self.catalog.service_user(id).await?)
    }
}

/// The subject of a userinfo response, if the provider says where it is.
fn subject_in(document: &Json, provider: &Provider) -> Option<Subject> {
    let id = document.at(&provider.userinfo.subject)?.as_text()?.to_owned();
    // OpenID Connect Core §5.1, and RFC 9068 §2.2's name for the client.
    let names = ["preferred_username", "username", "email", "client_id", "azp"];
    let names = names.into_iter().filter_map(|name| Some(document.get(name)?.as_text()?.to_owned()));
    Some(Subject { names: std::iter::once(id.clone()).chain(names).collect(), id })
}
