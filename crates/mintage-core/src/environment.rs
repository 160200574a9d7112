//! An **environment** is one issuer that service users belong to: its address, its tier, its trust.
//!
//! Rule: an environment contains only what its user chose or confirmed. What a server says about itself (discovery) is
//! fetched when needed and never stored here.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;

use crate::endpoints::Endpoints;
use crate::ids::EnvironmentId;
use crate::issuer_url::{IssuerUrl, IssuerUrlError};
use crate::provider::{ParameterValues, ProviderId};

mod proposal;

pub use proposal::{EnvironmentProposal, ProposalRequest, ProviderFrom, propose};

/// The safety level of an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// A developer's own machine or sandbox.
    Development,
    /// Shared, but not live.
    Staging,
    /// Live: framed in the window, asks before the first mint, clears the clipboard sooner.
    Production,
}

/// What happens when a program asks for a token of an environment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum ProgramApproval {
    /// A person is asked, once for each grant. In production always.
    #[default]
    Ask,
    /// Nobody is asked; the person is notified afterwards.
    Tell,
}

/// What the user entered about an environment, validated: the part that can be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentSettings {
    /// The name in the list; unique among environments, ignoring case.
    pub name: String,
    /// The provider profile that its servers use.
    pub provider: ProviderId,
    /// Its safety level.
    pub tier: Tier,
    /// The heading under which lists have it; `None` if it's in no group. Groups are the same ignoring case.
    pub group: Option<String>,
    /// Issuer identifier, for example `https://auth.example.com`.
    #[specta(type = String)]
    pub issuer: IssuerUrl,
    /// Endpoints that the user entered; `None` means "from discovery or the provider's template".
    pub endpoints: Endpoints,
    /// The assertion's audiences instead of the provider's default; empty means the default.
    pub audience: Vec<String>,
    /// Scopes that new service users of this environment start with; empty means the provider's.
    pub scopes: Vec<String>,
    /// A certificate authority to trust in addition to the system's, as PEM.
    pub ca_certificate: Option<String>,
    /// Hosts other than the issuer's that endpoints may be on, each confirmed by the user.
    pub confirmed_hosts: Vec<String>,
    /// Hosts other than these that its access tokens may be sent to, by tools that ask for one: `host`, `host:port` or
    /// `*.domain`.
    pub token_hosts: Vec<String>,
    /// What happens when a program asks for a token. In production a person is asked, whatever this says.
    pub programs: ProgramApproval,
    /// The values of the provider's parameters, by name, for example `orgId`.
    pub parameters: ParameterValues,
    /// `iss` of the access tokens (RFC 7519 §4.1.1), compared exactly; `None` means the provider's default, or else the
    /// issuer.
    pub expected_issuer: Option<String>,
}

/// The editor's form of an environment's settings: text as the user typed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentDraft {
    /// The name in the list; unique among environments, ignoring case.
    pub name: String,
    /// The provider profile that its servers use.
    pub provider: ProviderId,
    /// Its safety level.
    pub tier: Tier,
    /// The heading under which lists have it; `None` if it's in no group. Groups are the same ignoring case.
    pub group: Option<String>,
    /// Issuer identifier as the user entered it, for example `https://auth.example.com`.
    pub issuer: String,
    /// Endpoints that the user entered; `None` means "from discovery or the provider's template".
    pub endpoints: Endpoints,
    /// The assertion's audiences instead of the provider's default; empty means the default.
    pub audience: Vec<String>,
    /// Scopes that new service users of this environment start with; empty means the provider's.
    pub scopes: Vec<String>,
    /// A certificate authority to trust in addition to the system's, as PEM.
    pub ca_certificate: Option<String>,
    /// Hosts other than the issuer's that endpoints may be on, each confirmed by the user.
    pub confirmed_hosts: Vec<String>,
    /// Hosts other than these that its access tokens may be sent to, by tools that ask for one: `host`, `host:port` or
    /// `*.domain`.
    pub token_hosts: Vec<String>,
    /// What happens when a program asks for a token. In production a person is asked, whatever this says.
    pub programs: ProgramApproval,
    /// The values of the provider's parameters, by name, for example `orgId`.
    pub parameters: ParameterValues,
    /// `iss` of the access tokens (RFC 7519 §4.1.1), compared exactly; `None` means the provider's default, or else the
    /// issuer.
    pub expected_issuer: Option<String>,
}

impl EnvironmentDraft {
    /// An environment with nothing but what it can't do without.
    pub fn new(name: impl Into<String>, provider: ProviderId, tier: Tier, issuer: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            provider,
            tier,
            group: None,
            issuer: issuer.into(),
            endpoints: Endpoints::default(),
            audience: Vec::new(),
            scopes: Vec::new(),
            ca_certificate: None,
            confirmed_hosts: Vec::new(),
            token_hosts: Vec::new(),
            programs: ProgramApproval::default(),
            parameters: ParameterValues::new(),
            expected_issuer: None,
        }
    }

    /// Parses the issuer; everything else is used as typed.
    ///
    /// # Errors
    /// [`IssuerUrlError`].
    pub fn read(self) -> Result<EnvironmentSettings, IssuerUrlError> {
        Ok(EnvironmentSettings {
            issuer: IssuerUrl::parse(&self.issuer)?,
            name: self.name,
            provider: self.provider,
            tier: self.tier,
            group: self.group,
            endpoints: self.endpoints,
            audience: self.audience,
            scopes: self.scopes,
            ca_certificate: self.ca_certificate,
            confirmed_hosts: self.confirmed_hosts,
            token_hosts: self.token_hosts,
            programs: self.programs,
            parameters: self.parameters,
            expected_issuer: self.expected_issuer,
        })
    }
}

impl From<EnvironmentSettings> for EnvironmentDraft {
    fn from(settings: EnvironmentSettings) -> Self {
        Self {
            issuer: settings.issuer.as_str().to_owned(),
            name: settings.name,
            provider: settings.provider,
            tier: settings.tier,
            group: settings.group,
            endpoints: settings.endpoints,
            audience: settings.audience,
            scopes: settings.scopes,
            ca_certificate: settings.ca_certificate,
            confirmed_hosts: settings.confirmed_hosts,
            token_hosts: settings.token_hosts,
            programs: settings.programs,
            parameters: settings.parameters,
            expected_issuer: settings.expected_issuer,
        }
    }
}

/// An environment as stored in the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Environment {
    /// Its id in the catalogue.
    pub id: EnvironmentId,
    /// What the user entered about it.
    #[serde(flatten)]
    pub settings: EnvironmentSettings,
    /// Whether it belongs to the demo and is removed with it.
    pub demo: bool,
    /// When it was added.
    #[serde(with = "time::serde::rfc3339")]
    #[specta(type = String)]
    pub created_at: OffsetDateTime,
}

impl EnvironmentSettings {
    /// Whether a person is asked when a program asks for a token.
    pub fn asks_for_programs(&self) -> bool {
        self.tier == Tier::Production || self.programs == ProgramApproval::Ask
    }
}

impl Environment {
    /// Its settings in the editor's form.
    pub fn draft(&self) -> EnvironmentDraft {
        self.settings.clone().into()
    }
}
