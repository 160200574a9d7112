//! Environments: proposing, adding and editing them.

use uuid::Uuid;

use super::Mint;
use super::list::distinct;
use crate::environment::{
    Environment, EnvironmentDraft, EnvironmentProposal, EnvironmentSettings, ProposalRequest, propose,
};
use crate::error::Error;
use crate::ids::EnvironmentId;
use crate::issuer::{Issuer, endpoint_refused};
use crate::issuer_url::{has_user, is_allowed_scheme};

impl Mint {
    /// Adds an environment.
    ///
    /// # Errors
    /// [`Error::IssuerUrl`], [`Error::EnvironmentUnnamed`], [`crate::issuer::IssuerError::CaInvalid`],
    /// [`crate::issuer::IssuerError::EndpointRefused`], [`crate::catalog::CatalogError::NameTaken`].
    pub async fn add_environment(&self, draft: EnvironmentDraft, demo: bool) -> Result<Environment, Error> {
        let settings = tidy(draft)?;
        self.provider(&settings.provider).await?;
        let environment = Environment { id: EnvironmentId(Uuid::new_v4()), settings, demo, created_at: self.now() };
        self.catalog.add_environment(&environment).await?;
        Ok(environment)
    }

    /// Replaces an environment's settings and forgets what was known about its server.
    ///
    /// # Errors
    /// As [`Mint::add_environment`], [`crate::catalog::CatalogError::Gone`], and
    /// [`crate::catalog::CatalogError::EditedMeanwhile`] if the stored settings are no longer those of `opened`.
    pub async fn edit_environment(&self, opened: &Environment, draft: EnvironmentDraft) -> Result<Environment, Error> {
        self.provider(&draft.provider).await?;
        self.catalog.edit_environment(opened, &tidy(draft)?).await?;
        let environment = self.catalog.environment(opened.id).await?;
        self.forget_server(opened.id);
        Ok(environment)
    }

    /// Proposes what follows from an environment's address as it is being typed. Nothing is sent anywhere.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn propose_environment(&self, request: &ProposalRequest) -> Result<EnvironmentProposal, Error> {
        Ok(propose(request, &self.providers().await?, &self.catalog.environments().await?))
    }

    /// Puts the environments into this order. Those that it leaves out, such as new ones, follow by name; those of a
    /// group stay together.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn order_environments(&self, order: &[EnvironmentId]) -> Result<(), Error> {
        Ok(self.catalog.order_environments(order).await?)
    }
}

/// Checks a draft and converts it to the stored form.
fn tidy(draft: EnvironmentDraft) -> Result<EnvironmentSettings, Error> {
    let name = draft.name.trim().to_owned();
    if name.is_empty() {
        return Err(Error::EnvironmentUnnamed);
    }
    let read = draft.read()?;
    let ca_certificate = read.ca_certificate.clone().filter(|pem| !pem.trim().is_empty());
    // Creating a client checks that the certificate can be used.
    Issuer::connect(ca_certificate.as_deref())?;
    for (_, url) in read.endpoints.all() {
        let parsed = url::Url::parse(url).ok().filter(may_be_kept);
        parsed.ok_or_else(|| endpoint_refused(url))?;
    }
    let not_empty = |list: Vec<String>| -> Vec<String> {
        list.into_iter().map(|entry| entry.trim().to_owned()).filter(|entry| !entry.is_empty()).collect()
    };
    let set = |typed: Option<String>| typed.map(|typed| typed.trim().to_owned()).filter(|typed| !typed.is_empty());
    Ok(EnvironmentSettings {
        name,
        ca_certificate,
        audience: not_empty(read.audience),
        scopes: distinct(&read.scopes),
        group: set(read.group),
        expected_issuer: set(read.expected_issuer),
        parameters: read.parameters.into_iter().map(|(name, value)| (name, value.trim().to_owned())).collect(),
        ..read
    })
}

/// A password in an address would end up in the catalogue, which must be harmless to copy.
fn may_be_kept(url: &url::Url) -> bool {
    is_allowed_scheme(url) && !has_user(url)
}
