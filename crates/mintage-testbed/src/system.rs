//! A **system** is a vendor's kind of server.
//!
//! Rule: a system is data ([`mintage_demo::rules::Rules`]) with its own words; endpoints use the data and never match
//! on a system. Frontier, which is more than a token endpoint, has its own endpoints.

mod auth0;
mod box_com;
mod docusign;
mod entra;
mod generic;
mod github;
mod google;
mod keycloak;
mod okta;
mod salesforce;
mod service_account;
mod stackit;

use mintage_demo::{Clock, Config, Quirks, Service};
use time::Duration;

use crate::frontier::{Calls, Frontier};
use crate::management::{self, Vendor};
use crate::version::Version;

/// The kind of server that an issuer is.
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

    /// Starts from a server with that system's token lifetimes. For Frontier it is the last version that serves the
    /// system's paths.
    pub fn config(self, clock: Clock) -> Config {
        let service = self.service();
        let token_lifetime = Duration::seconds(service.rules.token.lifetime);
        Config { service, quirks: Quirks { token_lifetime, ..Quirks::default() }, ..Config::new(clock) }
    }

    /// A version of Frontier.
    ///
    /// # Panics
    /// If the system isn't Frontier.
    pub fn in_version(self, version: Version) -> Frontier {
        let calls = self.calls().expect("only Frontier has such versions");
        Frontier { version, ..Frontier::new(calls) }
    }

    fn service(self) -> Service {
        let rules = match self {
            Self::Zitadel => return Service::zitadel(),
            Self::FrontierRest => return Frontier::new(Calls::Shield).service(),
            Self::FrontierRestOrg => return Frontier::new(Calls::Rest).service(),
            Self::FrontierConnect => return Frontier::new(Calls::Connect).service(),
            Self::Google => return management::service(google::RULES, Vendor::Google),
            Self::Okta => return management::service(okta::RULES, Vendor::Okta),
            Self::Auth0 => return management::service(auth0::RULES, Vendor::Auth0),
            Self::Keycloak => return management::service(keycloak::RULES, Vendor::Keycloak),
            Self::Entra => return management::service(entra::RULES, Vendor::Entra),
            Self::Salesforce => salesforce::RULES,
            Self::DocuSign => docusign::RULES,
            Self::Box => box_com::RULES,
            Self::GitHubApp => github::RULES,
            Self::Stackit => return management::service(stackit::RULES, Vendor::Stackit),
            Self::Generic => generic::RULES,
        };
        Service::standard(rules)
    }

    /// Frontier's transport, if this is Frontier.
    fn calls(self) -> Option<Calls> {
        match self {
            Self::FrontierRest => Some(Calls::Shield),
            Self::FrontierRestOrg => Some(Calls::Rest),
            Self::FrontierConnect => Some(Calls::Connect),
            _ => None,
        }
    }
}
