//! The inspect journey: what a token says, whether it is really the issuer's, and whom it belongs to.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};

use super::Mint;
use super::endpoint::values_of;
use super::server::{KeyReader, KeysFetched};
use crate::claims::{self, UnverifiedClaims};
use crate::environment::Environment;
use crate::error::{Error, Problem};
use crate::ids::{EnvironmentId, ServiceUserId};
use crate::provider::template::expand;
use crate::provider::{ClaimMeaning, built_in};
use crate::token::{self, TokenError, TokenForm};
use crate::verify::{self, Expectation, Verdict, Verification};

/// Tolerance for a token's times, since clocks differ.
const LEEWAY: Duration = Duration::seconds(30);

/// What to do about a token that is this server's own but names another issuer.
const SET_EXPECTED_ISSUER: &str = "the token is valid except for its issuer; if the server's configuration \
                                   names that issuer, enter it as the environment's expected issuer";

/// The result of inspecting a token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    /// What kind of text it is.
    pub form: TokenForm,
    /// What it says, if it can be read; being here doesn't mean it is verified.
    pub claims: Option<UnverifiedClaims>,
    /// Why it can't be read, if it can't.
    pub unreadable: Option<Problem>,
    /// The environment whose issuer it names, if none was named to check against: to offer, since only its signature
    /// tells whether that is true.
    pub named_environment: Option<EnvironmentId>,
    /// Whether it is really the issuer's; `None` if no issuer was named to check against.
    pub verification: Option<Verification>,
    /// Why it couldn't be checked, if the issuer's keys couldn't be fetched.
    pub unchecked: Option<Problem>,
    /// The host of the issuer's keys, if it must be confirmed before they are fetched.
    pub unconfirmed_host: Option<String>,
    /// Where the keys came from, for example `auth.acme.com`.
    pub keys_from: Option<String>,
    /// Which service user the keys were fetched as, if the issuer shows them only to authenticated callers.
    pub keys_reader: Option<KeyReader>,
    /// The local clock minus the server's, in seconds, as last measured: the token's times are the server's.
    pub skew_seconds: Option<f64>,
    /// When the keys were fetched.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub keys_fetched_at: Option<OffsetDateTime>,
}

/// What an inspection is for.
#[derive(Clone, Copy, Default)]
pub(super) struct Asking<'a> {
    /// The service user whose token it is: the keys may be shown to it alone.
    as_user: Option<ServiceUserId>,
    /// What the token's audience must contain.
    audience: Option<&'a str>,
}

impl Mint {
    /// Inspects the token in memory: decodes it and verifies it against its environment.
    ///
    /// # Errors
    /// [`Error::NoToken`]. A token that can't be read or checked isn't an error but a finding.
    pub async fn inspect(&self, id: ServiceUserId) -> Result<Inspection, Error> {
        let service_user = self.catalog.service_user(id).await?;
        let environment = self.catalog.environment(service_user.environment).await?;
        let token = self.shown_token(&service_user, &environment)?;
        let token = token.access_token.expose();
        let inspection =
            self.inspect_with(token, Some(&environment), Asking { as_user: Some(id), ..Asking::default() }).await?;
        self.note_inspection(token, Some(&environment), Some(&service_user), &inspection).await;
        Ok(inspection)
    }

    /// Inspects pasted text, offline unless an environment is named to verify against.
    ///
    /// # Errors
    /// [`crate::token::TokenError::NotFound`] if the text contains no token.
    pub async fn inspect_text(&self, pasted: &str, against: Option<EnvironmentId>) -> Result<Inspection, Error> {
        self.inspect_text_for(pasted, against, None).await
    }

    /// As [`Mint::inspect_text`], with a value that the token's `aud` must contain.
    ///
    /// # Errors
    /// As [`Mint::inspect_text`].
    pub async fn inspect_text_for(
        &self,
        pasted: &str,
        against: Option<EnvironmentId>,
        audience: Option<&str>,
    ) -> Result<Inspection, Error> {
        let token = token::extract(pasted)?;
        let environment = match against {
            Some(id) => Some(self.catalog.environment(id).await?),
            None => None,
        };
        let asking = Asking { audience, ..Asking::default() };
        let inspection = self.inspect_with(token.expose(), environment.as_ref(), asking).await?;
        self.note_inspection(token.expose(), environment.as_ref(), None, &inspection).await;
        Ok(inspection)
    }

    pub(super) async fn inspect_with(
        &self,
        token: &str,
        environment: Option<&Environment>,
        asking: Asking<'_>,
    ) -> Result<Inspection, Error> {
        let glossary = match environment {
            Some(environment) => self.provider_of(environment).await?.glossary.clone(),
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
            named_environment: None,
            verification: None,
            unchecked: None,
            unconfirmed_host: None,
            keys_from: None,
            keys_reader: None,
            skew_seconds: None,
            keys_fetched_at: None,
        };
        if let (None, Some(claims)) = (environment, &inspection.claims) {
            inspection.named_environment = self.environments_named_by(claims).await?.first().map(|named| named.id);
        }
        // A broken JWT isn't a JWT by its form, but verifying says why; opaque ones have nothing to verify.
        let verifiable = form == TokenForm::Jwt || malformed;
        if let Some(environment) = environment
            && verifiable
        {
            self.verify_into(&mut inspection, token, environment, asking).await?;
        }
        let skew = environment.and_then(|environment| self.server_clock(environment).skew);
        inspection.skew_seconds = skew.map(Duration::as_seconds_f64);
        Ok(inspection)
    }

    /// The environments whose issuer is the one that a token names, in their order. No server is asked: the token may be
    /// anybody's.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn environments_named_by(&self, claims: &UnverifiedClaims) -> Result<Vec<Environment>, Error> {
        let issuer = claims.payload.iter().find(|claim| claim.name == "iss");
        let Some(issuer) = issuer.map(|claim| claim.value.as_str()) else { return Ok(Vec::new()) };
        let mut named = self.catalog.environments().await?;
        named.retain(|environment| environment.settings.issuer.is_named_by(issuer));
        let is_exact = |environment: &Environment| environment.settings.issuer.as_str() == issuer;
        if named.iter().any(is_exact) {
            named.retain(is_exact);
        }
        Ok(named)
    }

    async fn verify_into(
        &self,
        inspection: &mut Inspection,
        token: &str,
        environment: &Environment,
        asking: Asking<'_>,
    ) -> Result<(), Error> {
        let issuer = &environment.settings.issuer;
        match self.keys(environment, verify::key_id_of(token).as_deref(), asking.as_user).await {
            Ok(KeysFetched { keys, at, reader }) => {
                let expected = Expectation {
                    issuer: self.expected_issuer(environment).await?,
                    audience: asking.audience.map(str::to_owned),
                    now: self.server_now(environment),
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

    /// `iss` of an environment's tokens: what the user set, otherwise what the provider's servers write, otherwise the
    /// issuer.
    async fn expected_issuer(&self, environment: &Environment) -> Result<String, Error> {
        if let Some(set) = &environment.settings.expected_issuer {
            return Ok(set.clone());
        }
        let values = values_of(&environment.settings);
        let usual = self.provider_of(environment).await?.token_issuer.clone();
        let issuer = &environment.settings.issuer;
        Ok(usual.map_or_else(|| issuer.as_str().to_owned(), |template| expand(&template, &values)))
    }
}

/// Whether the signature and every claim except `iss` pass.
fn fails_by_issuer_alone(found: &Verification) -> bool {
    let failing: Vec<&str> =
        found.checks.iter().filter(|check| check.holds == Some(false)).map(|check| check.name.as_str()).collect();
    found.verdict == Verdict::ClaimsFail && failing == ["iss"]
}

/// Meanings of claims if no environment says whose they are: names that nobody else would use (RFC 7519 §4.2), which
/// mean the same everywhere.
pub(super) fn shared_glossary() -> Vec<ClaimMeaning> {
    let resists_collision = |meaning: &&ClaimMeaning| meaning.claim.contains(':');
    built_in().iter().flat_map(|provider| &provider.glossary).filter(resists_collision).cloned().collect()
}
