//! A **system** is the kind of server that a demo issuer plays.
//!
//! Rule: a system is data ([`Rules`]) with its own words; endpoints ask the data and match on no system.
//! The two families that are more than a token endpoint have handlers of their own: Frontier and ZITADEL's
//! key management.

mod auth0;
mod box_com;
mod docusign;
mod entra;
mod frontier;
mod generic;
mod github;
mod google;
mod keycloak;
mod okta;
mod place;
mod rules;
mod salesforce;
mod stackit;
pub(crate) mod words;
mod zitadel;

pub(crate) use frontier::Calls;
pub(crate) use place::Place;
pub(crate) use rules::{Carrier, GrantRule, Issued, Paths, Rules, ScopePlace, ScopeRule, TokenAudience, TokenRules};

pub(crate) const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
pub(crate) const CLIENT_CREDENTIALS: &str = "client_credentials";
pub(crate) const CLIENT_ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";

/// The kind of server that is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum System {
    /// ZITADEL, in the era of the quirks' dialect.
    #[default]
    Zitadel,
    /// Shield, and Frontier before v0.40: REST with `/v1beta1/serviceusers/{id}/…`.
    FrontierRest,
    /// Frontier v0.40 to v0.90: REST with `/v1beta1/organizations/{org_id}/serviceusers/{id}/…`.
    FrontierRestOrg,
    /// Frontier since v0.91: Connect.
    FrontierConnect,
    /// Google's token endpoint for service accounts.
    Google,
    /// An Okta custom authorization server.
    Okta,
    /// An Auth0 tenant.
    Auth0,
    /// A Keycloak realm.
    Keycloak,
    /// Microsoft Entra ID.
    Entra,
    /// Salesforce.
    Salesforce,
    /// DocuSign.
    DocuSign,
    /// Box.
    Box,
    /// GitHub, asked by a GitHub App.
    GitHubApp,
    /// STACKIT.
    Stackit,
    /// Any OpenID provider, strict about the RFCs.
    Generic,
}

impl System {
    /// Every system, in the order of its declaration.
    pub const ALL: [Self; 15] = [
        Self::Zitadel,
        Self::FrontierRest,
        Self::FrontierRestOrg,
        Self::FrontierConnect,
        Self::Google,
        Self::Okta,
        Self::Auth0,
        Self::Keycloak,
        Self::Entra,
        Self::Salesforce,
        Self::DocuSign,
        Self::Box,
        Self::GitHubApp,
        Self::Stackit,
        Self::Generic,
    ];

    pub(crate) fn rules(self) -> &'static Rules {
        match self {
            Self::Zitadel => &zitadel::RULES,
            Self::FrontierRest => &frontier::SHIELD,
            Self::FrontierRestOrg => &frontier::REST,
            Self::FrontierConnect => &frontier::CONNECT,
            Self::Google => &google::RULES,
            Self::Okta => &okta::RULES,
            Self::Auth0 => &auth0::RULES,
            Self::Keycloak => &keycloak::RULES,
            Self::Entra => &entra::RULES,
            Self::Salesforce => &salesforce::RULES,
            Self::DocuSign => &docusign::RULES,
            Self::Box => &box_com::RULES,
            Self::GitHubApp => &github::RULES,
            Self::Stackit => &stackit::RULES,
            Self::Generic => &generic::RULES,
        }
    }

    /// How Frontier is called, if this is one.
    pub(crate) fn frontier(self) -> Option<Calls> {
        match self {
            Self::FrontierRest => Some(Calls::Shield),
            Self::FrontierRestOrg => Some(Calls::Rest),
            Self::FrontierConnect => Some(Calls::Connect),
            _ => None,
        }
    }
}
