//! What **lists and screens** show, in one response each.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;

use crate::catalog::ListedServiceUser;
use crate::credential::Credential;
use crate::environment::Environment;
use crate::service_user::ServiceUser;
use crate::token::TokenView;

/// One row of the list of environments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentOverview {
    /// The environment itself.
    pub environment: Environment,
    /// Host and port of its issuer, for display.
    pub host: String,
    /// How many service users it has.
    pub service_users: u32,
    /// How many of its credentials expire within 14 days or have expired.
    pub expiring: u32,
    /// Whether its last mint failed because of the server or the network.
    pub troubled: bool,
}

/// Whether a token for a service user is in memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum TokenState {
    /// None was minted since the app started.
    None,
    /// One is in memory and still valid; without an expiry if the server gave none.
    Valid {
        /// When it expires.
        #[serde(with = "time::serde::rfc3339::option")]
        #[specta(type = Option<String>)]
        expires_at: Option<OffsetDateTime>,
    },
    /// The one in memory has expired.
    Expired,
}

/// One row of the list of service users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ServiceUserRow {
    /// What the catalogue knows about it.
    #[serde(flatten)]
    pub listed: ListedServiceUser,
    /// Whether a token is in memory.
    pub token: TokenState,
}

/// Everything the detail pane shows about one service user, in one response.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ServiceUserDetail {
    /// The service user itself.
    pub service_user: ServiceUser,
    /// Its environment.
    pub environment: Environment,
    /// Host and port of the issuer.
    pub host: String,
    /// All its credentials, the default first.
    pub credentials: Vec<Credential>,
    /// The token in memory, masked.
    pub token: Option<TokenView>,
}
