//! Inspecting tokens without a service user: two compared with each other, or one with an issuer that the user names.
//!
//! Rule: an issuer is asked for its keys because the user typed or accepted its address, never because a token names
//! it. It isn't added to the catalogue; what it returned is forgotten when the app exits.

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Builder;

use super::Mint;
use super::inspect::{Asking, Inspection, shared_glossary};
use crate::claims::{self, TokenDifference, UnverifiedClaims};
use crate::environment::{Environment, EnvironmentDraft, Tier};
use crate::error::{Error, Problem};
use crate::ids::{EnvironmentId, ServiceUserId};
use crate::issuer_url::IssuerUrl;
use crate::provider::ProviderId;
use crate::secret::Secret;
use crate::token;

/// Where a token comes from.
#[derive(Clone, Debug)]
pub enum TokenSource {
    /// Pasted text that contains one.
    Pasted(Secret),
    /// The one in memory that was minted for this service user.
    Minted(ServiceUserId),
}

/// The comparison of two tokens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// How they differ, if both can be read; nothing in it is verified.
    pub difference: Option<TokenDifference>,
    /// Why the first can't be read, if it can't.
    pub before: Option<Problem>,
    /// Why the second can't be read, if it can't.
    pub after: Option<Problem>,
}

/// An issuer that is only inspected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NamedIssuer {
    /// Its address as the user typed or accepted it.
    pub issuer: String,
    /// Hosts other than the issuer's that its keys may come from, each confirmed by the user.
    pub confirmed_hosts: Vec<String>,
}

impl Mint {
    /// Compares two tokens, offline. An unreadable token isn't an error but a finding.
    ///
    /// # Errors
    /// [`crate::catalog::CatalogError::Gone`] if a service user no longer exists.
    pub async fn compare(&self, before: TokenSource, after: TokenSource) -> Result<Comparison, Error> {
        let (before, after) = (self.read(before).await?, self.read(after).await?);
        let difference = match (&before, &after) {
            (Ok(before), Ok(after)) => Some(claims::difference(before, after)),
            _ => None,
        };
        let why = |side: Result<UnverifiedClaims, Error>| side.err().map(|error| error.problem());
        Ok(Comparison { difference, before: why(before), after: why(after) })
    }

    /// Inspects a token against an issuer that isn't an environment: its discovery document and its keys are fetched,
    /// and nothing is sent there.
    ///
    /// # Errors
    /// [`Error::IssuerUrl`], [`Error::NoToken`], [`crate::token::TokenError::NotFound`].
    pub async fn inspect_at(&self, source: TokenSource, named: &NamedIssuer) -> Result<Inspection, Error> {
        let environment = self.stand_in(named)?;
        let token = self.take_out(&source).await?;
        let inspection = self.inspect_with(token.expose(), Some(&environment), Asking::default()).await?;
        self.note_inspection(token.expose(), Some(&environment), None, &inspection).await;
        Ok(inspection)
    }

    async fn read(&self, source: TokenSource) -> Result<Result<UnverifiedClaims, Error>, Error> {
        let glossary = match &source {
            TokenSource::Pasted(_) => shared_glossary(),
            TokenSource::Minted(id) => {
                let environment = self.catalog.service_user(*id).await?.environment;
                let environment = self.catalog.environment(environment).await?;
                self.provider_of(&environment).await?.glossary.clone()
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
                let service_user = self.catalog.service_user(*id).await?;
                let environment = self.catalog.environment(service_user.environment).await?;
                Ok(self.shown_token(&service_user, &environment)?.access_token)
            }
        }
    }

    /// A substitute for an environment in the catalogue. The same issuer always gives the same one, so that its
    /// server's responses can be reused.
    fn stand_in(&self, named: &NamedIssuer) -> Result<Environment, Error> {
        let issuer = IssuerUrl::parse(&named.issuer)?;
        let mut confirmed_hosts = named.confirmed_hosts.clone();
        confirmed_hosts.sort();
        let identity = format!("{}\n{}", issuer.as_str(), confirmed_hosts.join("\n"));
        let provider = ProviderId("generic".into());
        let draft = EnvironmentDraft::new(issuer.host_and_port(), provider, Tier::Development, issuer.as_str());
        let settings = EnvironmentDraft { confirmed_hosts, ..draft }.read()?;
        Ok(Environment { id: id_of(&identity), settings, demo: false, created_at: self.now() })
    }
}

/// An id derived from a text (RFC 9562 §5.8); the catalogue's are random (§5.4), so they never collide.
fn id_of(text: &str) -> EnvironmentId {
    let digest = digest(&SHA256, text.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_ref()[..16]);
    EnvironmentId(Builder::from_custom_bytes(bytes).into_uuid())
}
