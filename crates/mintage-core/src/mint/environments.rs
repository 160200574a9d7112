//! Environments: adding and editing them.

use uuid::Uuid;

use super::Mint;
use crate::environment::{Environment, EnvironmentDraft, EnvironmentId, IssuerUrl, has_user, is_allowed_scheme};
use crate::error::Error;
use crate::issuer::{Issuer, endpoint_refused};

impl Mint {
    /// Adds an environment.
    ///
    /// # Errors
    /// [`Error::IssuerInvalid`], [`Error::EnvironmentUnnamed`], [`crate::error::IssuerError::CaInvalid`],
    /// [`crate::error::IssuerError::EndpointRefused`], [`crate::error::CatalogError::NameTaken`].
    pub async fn add_environment(&self, draft: EnvironmentDraft, demo: bool) -> Result<Environment, Error> {
        let settings = tidy(draft)?;
        self.provider(&settings.provider).await?;
        let environment = Environment { id: EnvironmentId(Uuid::new_v4()), settings, demo, created_at: self.now() };
        self.catalog.add_environment(&environment).await?;
        Ok(environment)
    }

    /// Replaces an environment's settings and forgets what was known of its server.
    ///
    /// # Errors
    /// As [`Mint::add_environment`], and [`crate::error::CatalogError::Gone`].
    pub async fn edit_environment(&self, id: EnvironmentId, draft: EnvironmentDraft) -> Result<Environment, Error> {
        let old = self.catalog.environment(id).await?.settings;
        self.provider(&draft.provider).await?;
        self.catalog.edit_environment(id, &tidy(draft)?).await?;
        let environment = self.catalog.environment(id).await?;
        self.cut_wire(id);
        // A token is its issuer's: after a move it must neither be handed out nor sent anywhere.
        if !old.mints_as(&environment.settings) {
            for service_user in self.catalog.service_users(Some(id)).await? {
                self.drop_token(service_user.id);
            }
        }
        Ok(environment)
    }
}

/// Checks a draft and brings it into the form in which it is kept.
fn tidy(draft: EnvironmentDraft) -> Result<EnvironmentDraft, Error> {
    let name = draft.name.trim().to_owned();
    if name.is_empty() {
        return Err(Error::EnvironmentUnnamed);
    }
    let issuer = IssuerUrl::parse(&draft.issuer)?.as_str().to_owned();
    let ca_certificate = draft.ca_certificate.filter(|pem| !pem.trim().is_empty());
    // Making a client is the check that the certificate can be used.
    Issuer::connect(ca_certificate.as_deref())?;
    let endpoints = &draft.endpoints;
    let all = [&endpoints.token, &endpoints.userinfo, &endpoints.introspection, &endpoints.revocation, &endpoints.jwks];
    for url in all {
        let Some(url) = url.as_deref().map(str::trim).filter(|url| !url.is_empty()) else { continue };
        let parsed = url::Url::parse(url).ok().filter(may_be_kept);
        parsed.ok_or_else(|| endpoint_refused(url))?;
    }
    let not_empty = |list: Vec<String>| -> Vec<String> {
        list.into_iter().map(|entry| entry.trim().to_owned()).filter(|entry| !entry.is_empty()).collect()
    };
    Ok(EnvironmentDraft {
        name,
        issuer,
        ca_certificate,
        audience: not_empty(draft.audience),
        scopes: not_empty(draft.scopes),
        expected_issuer: draft.expected_issuer.map(|typed| typed.trim().to_owned()).filter(|typed| !typed.is_empty()),
        parameters: draft.parameters.into_iter().map(|(name, value)| (name, value.trim().to_owned())).collect(),
        ..draft
    })
}

/// A password in an address would stand in the catalogue, which is to be harmless to copy.
fn may_be_kept(url: &url::Url) -> bool {
    is_allowed_scheme(url) && !has_user(url)
}
