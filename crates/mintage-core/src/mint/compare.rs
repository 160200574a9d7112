//! Looking at tokens that need no service user: two beside each other, or one against an issuer that the
//! user names.
//!
//! Rule: an issuer is asked for its keys because its user typed or accepted its address, never because a
//! token names it. It is not added to the catalogue; what it said is forgotten when the app ends.

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Builder;

use super::{Inspection, Mint};
use crate::claims::{self, TokenDifference, UnverifiedClaims};
use crate::environment::{EndpointOverrides, Environment, EnvironmentDraft, EnvironmentId, IssuerUrl, Tier};
use crate::error::{Error, Problem};
use crate::provider::{ClaimMeaning, ParameterValues, ProviderId, built_in};
use crate::secret::Secret;
use crate::service_user::ServiceUserId;
use crate::token;

/// Where a token is taken from.
#[derive(Clone, Debug)]
pub enum TokenSource {
    /// Text that a user pasted and that holds one.
    Pasted(Secret),
    /// The one in memory that was minted for this service user.
    Minted(ServiceUserId),
}

/// Two tokens beside each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// How they differ, where both can be read; nothing of it is verified.
    pub difference: Option<TokenDifference>,
    /// Why the first cannot be read, where it cannot.
    pub before: Option<Problem>,
    /// Why the second cannot be read, where it cannot.
    pub after: Option<Problem>,
}

/// An issuer that is only looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NamedIssuer {
    /// Its address as the user typed or accepted it.
    pub issuer: String,
    /// Hosts other than the issuer's that its keys may come from, each confirmed by the user.
    pub confirmed_hosts: Vec<String>,
}

impl Mint {
    /// Compares two tokens, offline. What cannot be read is no error but a finding.
    ///
    /// # Errors
    /// [`crate::error::CatalogError::Gone`] where a service user is gone.
    pub async fn compare(&self, before: TokenSource, after: TokenSource) -> Result<Comparison, Error> {
        let (before, after) = (self.read(before).await?, self.read(after).await?);
        let difference = match (&before, &after) {
            (Ok(before), Ok(after)) => Some(claims::difference(before, after)),
            _ => None,
        };
        let why = |side: Result<UnverifiedClaims, Error>| side.err().map(|error| error.problem());
        Ok(Comparison { difference, before: why(before), after: why(after) })
    }

    /// Inspects a token against an issuer that is no environment: its discovery document and its keys
    /// are fetched, and nothing is sent there.
    ///
    /// # Errors
    /// [`Error::IssuerInvalid`], [`Error::NoToken`], [`crate::error::TokenError::NotFound`].
    pub async fn inspect_at(&self, source: TokenSource, named: &NamedIssuer) -> Result<Inspection, Error> {
        let environment = self.stand_in(named)?;
        let token = self.take_out(&source).await?;
        let inspection = self.inspect_with(token.expose(), Some(&environment), None).await?;
        self.note_inspection(token.expose(), Some(&environment), None, &inspection).await;
        Ok(inspection)
    }

    async fn read(&self, source: TokenSource) -> Result<Result<UnverifiedClaims, Error>, Error> {
        let glossary = match &source {
            TokenSource::Pasted(_) => shared_glossary(),
            TokenSource::Minted(id) => {
                let environment = self.catalog.service_user(*id).await?.environment;
                let environment = self.catalog.environment(environment).await?;
                self.provider_of(&environment).await?.glossary
            }
        };
        let token = match self.take_out(&source).await {
            Ok(token) => token,
            Err(error @ (Error::Token(_) | Error::NoToken { .. })) => return Ok(Err(error)),
            Err(error) => return Err(error),
        };
        Ok(claims::decode(token.expose(), &glossary).map_err(Error::from))
    }

    async fn take_out(&self, source: &TokenSource) -> Result<Secret, Error> {
        match source {
            TokenSource::Pasted(text) => Ok(token::extract(text.expose())?),
            TokenSource::Minted(id) => {
                let name = self.catalog.service_user(*id).await?.settings.name;
                let token = self.kept_token(*id).ok_or(Error::NoToken { service_user: name })?;
                Ok(token.access_token)
            }
        }
    }

    /// An environment in the catalogue's place. The same issuer is the same one each time, so that what
    /// its server said need not be asked again.
    fn stand_in(&self, named: &NamedIssuer) -> Result<Environment, Error> {
        let issuer = IssuerUrl::parse(&named.issuer)?;
        let mut confirmed_hosts = named.confirmed_hosts.clone();
        confirmed_hosts.sort();
        let identity = format!("{}\n{}", issuer.as_str(), confirmed_hosts.join("\n"));
        let settings = EnvironmentDraft {
            name: issuer.host_and_port(),
            provider: ProviderId("generic".into()),
            tier: Tier::Development,
            issuer: issuer.as_str().to_owned(),
            endpoints: EndpointOverrides::default(),
            audience: Vec::new(),
            scopes: Vec::new(),
            ca_certificate: None,
            confirmed_hosts,
            parameters: ParameterValues::new(),
            expected_issuer: None,
        };
        Ok(Environment { id: id_of(&identity), settings, demo: false, created_at: self.now() })
    }
}

/// An id made of a text (RFC 9562 §5.8); the catalogue's are random (§5.4), so they never meet.
fn id_of(text: &str) -> EnvironmentId {
    let digest = digest(&SHA256, text.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_ref()[..16]);
    EnvironmentId(Builder::from_custom_bytes(bytes).into_uuid())
}

/// What is known of claims where no environment says whose words they are: names that nobody else would
/// give (RFC 7519 §4.2), which mean the same wherever they stand.
pub(super) fn shared_glossary() -> Vec<ClaimMeaning> {
    let resists_collision = |meaning: &&ClaimMeaning| meaning.claim.contains(':');
    built_in().iter().flat_map(|provider| &provider.glossary).filter(resists_collision).cloned().collect()
}
