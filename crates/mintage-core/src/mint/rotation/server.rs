//! Calls of a **server's API** as a recipe describes them, with the acting service user's token.

use super::acting::{Acting, Job};
use crate::credential::Credential;
use crate::error::Error;
use crate::issuer::IssuerError;
use crate::json::{Json, SecretJson};
use crate::mint::Mint;
use crate::mint::endpoint::{API, with_api};
use crate::mint::shown::Showing;
use crate::provider::template::{Values, expand, mentions};
use crate::provider::{Call, PermissionRules, ProofRules, RequestKind};
use crate::secret::{Secret, SecretBytes};

/// The text at a place in an answer; numbers as they were written.
pub(super) fn text_at<'a>(answer: &'a Json, pointer: &str) -> Option<&'a str> {
    match answer.at(pointer)? {
        Json::Text(text) | Json::Number(text) => Some(text).filter(|text| !text.is_empty()).map(String::as_str),
        _ => None,
    }
}

/// An id in an answer: of a path, the last segment.
pub(in crate::mint) fn id_at(answer: &Json, pointer: &str) -> Option<String> {
    let text = text_at(answer, pointer)?;
    text.rsplit('/').next().filter(|id| !id.is_empty()).map(str::to_owned)
}

impl Mint {
    /// Calls a server's API; returns its answer, which may contain a secret. If a token from memory is refused as such,
    /// a new one is tried once: it may have been revoked in the meantime.
    pub(super) async fn call_recipe(
        &self,
        job: &Job,
        call: &Call,
        values: &Values,
        about: Option<&Credential>,
    ) -> Result<SecretBytes, Error> {
        let Job { acting, recipe } = job;
        let values = self.recipe_values(job, call, values).await?;
        let request = self.api_call(&acting.environment, &acting.provider, call, &values)?;
        let parameters = recipe.actor.parameters.iter();
        let parameters: Values = parameters.map(|(name, text)| (name.clone(), expand(text, &values))).collect();
        let client = self.client(&acting.environment)?;
        let counts = recipe.list.as_ref().is_none_or(|list| list.call != *call);
        for fresh in [false, true] {
            let loaded = self.load_to_act(&acting.by, acting.with, &recipe.actor.scopes, parameters.clone()).await?;
            let token = self.token_to_act(&loaded, fresh, counts).await?;
            let failure = match request.send(&client, &token.header()).await {
                Ok(answer) => {
                    self.measure_skew(&acting.environment, &answer);
                    return Ok(answer.value);
                }
                Err(failure) => failure,
            };
            let refused = failure.said().is_some_and(|said| said.status == 401);
            if fresh || !refused {
                let (environment, provider) = (&acting.environment, &*acting.provider);
                let showing = Showing { request: RequestKind::Api, environment, provider, token: &token, about };
                return Err(self.explain_shown(&showing, failure).await);
            }
        }
        unreachable!("the second try returns its answer or its failure")
    }

    /// The same, for an answer without a secret.
    pub(in crate::mint) async fn ask_recipe(
        &self,
        job: &Job,
        call: &Call,
        values: &Values,
    ) -> Result<SecretJson, Error> {
        read_answer(&self.call_recipe(job, call, values, None).await?, &job.acting)
    }

    /// The values for a call, with what the recipe looks up and what proves possession.
    async fn recipe_values(&self, job: &Job, call: &Call, values: &Values) -> Result<Values, Error> {
        let mut values = with_api(&job.recipe, values.clone());
        if let Some(lookup) = job.recipe.lookup.as_ref().filter(|lookup| lookup.call != *call) {
            let found = Box::pin(self.ask_recipe(job, &lookup.call, &values)).await?;
            let id = id_at(found.expose(), &lookup.id).ok_or_else(|| Error::EndpointUnknown { endpoint: API })?;
            values.insert("objectId".to_owned(), id);
        }
        let proves = call.body.values().any(|text| mentions(text, "proof"));
        if let Some(rules) = job.recipe.actor.proof.as_ref().filter(|_| proves) {
            let proof = self.proof_of_possession(&job.acting, rules, &values).await?;
            values.insert("proof".to_owned(), proof.expose().to_owned());
        }
        Ok(values)
    }

    /// Asks what the server calls the service user, if calls need that.
    pub(super) async fn look_up(&self, job: &Job) -> Result<(), Error> {
        let Some(lookup) = &job.recipe.lookup else { return Ok(()) };
        self.ask_recipe(job, &lookup.call, &job.acting.values(&[])).await.map(drop)
    }

    /// What the acting service user may do at the server.
    pub(in crate::mint) async fn permissions_at_server(
        &self,
        job: &Job,
        rules: &PermissionRules,
    ) -> Result<Vec<String>, Error> {
        let answer = self.ask_recipe(job, &rules.call, &job.acting.values(&[])).await?;
        let Some(Json::List(items)) = answer.expose().at(&rules.list) else { return Ok(Vec::new()) };
        Ok(items.iter().filter_map(Json::as_text).map(str::to_owned).collect())
    }

    /// A proof that the service user has a key that the server knows: a JWT, signed by its default key.
    async fn proof_of_possession(&self, acting: &Acting, rules: &ProofRules, values: &Values) -> Result<Secret, Error> {
        let name = || acting.service_user.settings.name.clone();
        let id = acting.service_user.default_credential.ok_or_else(|| Error::NoCredential { service_user: name() })?;
        let credential = self.catalog.credential(id).await?;
        let material = self.secret_of(&acting.service_user, &credential).await?;
        let key = material.key().ok_or(Error::NotAKey { kind: credential.kind.name() })?.clone();
        let now = self.server_now(&acting.environment);
        let claims = serde_json::json!({
            "aud": rules.audience,
            "iss": expand(&rules.issuer, values),
            "nbf": now.unix_timestamp() - 60,
            "exp": now.unix_timestamp() + i64::from(rules.lifetime),
        });
        super::public_half::signed_jwt(key, credential.certificate.as_deref(), &claims).await
    }
}

/// An answer's JSON; a body without content is `null`.
pub(super) fn read_answer(answer: &SecretBytes, acting: &Acting) -> Result<SecretJson, Error> {
    let invalid = |why: &str| Error::Issuer(IssuerError::AnswerInvalid { host: acting.host(), why: why.to_owned() });
    let text = std::str::from_utf8(answer.expose().trim_ascii()).map_err(|_| invalid("it isn't UTF-8 text"))?;
    let text = if text.is_empty() { "null" } else { text };
    SecretJson::parse(text).map_err(|_| invalid("it isn't JSON with unique names"))
}
