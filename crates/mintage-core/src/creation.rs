//! A **creation** is a service user that is being created at a server.
//!
//! Rule: it is recorded before the server is asked, and until the catalogue has the service user. Whoever comes after a
//! lost answer finds the service user at the server by its name, so none is created twice.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;

use crate::ids::{EnvironmentId, ServiceUserId};

/// A creation as it is recorded. It contains no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Creation {
    /// The id that the service user gets in the catalogue.
    pub id: ServiceUserId,
    /// The environment in which it is created.
    pub environment: EnvironmentId,
    /// Its name, at the server and here. At the server it was nobody's when this began.
    pub name: String,
    /// The service user that acts at the server.
    pub by: ServiceUserId,
    /// The organisation's id; `None` for the environment's, or else the acting service user's.
    pub organisation: Option<String>,
    /// The role that it gets; `None` for none.
    pub role: Option<String>,
    /// Its id at the server; `None` until an answer says it.
    pub user_id: Option<String>,
    /// When it was asked for.
    #[serde(with = "time::serde::rfc3339")]
    #[specta(type = String)]
    pub started_at: OffsetDateTime,
}

impl Creation {
    /// Whether it is of this name in this environment.
    pub fn is_of(&self, environment: EnvironmentId, name: &str) -> bool {
        self.environment == environment && self.name == name
    }
}
