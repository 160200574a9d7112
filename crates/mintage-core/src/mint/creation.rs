//! **Creating** a service user at the server: from nothing to a token without a download.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Mint, RotationRequest};
use crate::activity::Action;
use crate::credential::CredentialKind;
use crate::environment::Tier;
use crate::error::Error;
use crate::ids::ServiceUserId;
use crate::rotation::RotationError;
use crate::service_user::{ServiceUser, ServiceUserDraft};

/// A service user to create.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CreationRequest {
    /// The service user that acts at the server, in whose environment the new one is created.
    pub by: ServiceUserId,
    /// Its name, at the server and here.
    pub name: String,
    /// Whether the person confirmed it, for production.
    pub confirmed: bool,
}

impl Mint {
    /// Creates a service user at the server and here. It has no credential yet: a rotation with
    /// [`RotationRequest::adds`] makes the first key, as [`Mint::first_key`] says.
    ///
    /// # Errors
    /// [`RotationError::Unsupported`], [`RotationError::NotAllowed`], [`RotationError::Unconfirmed`]; what the server says.
    pub async fn create_service_user(&self, request: &CreationRequest) -> Result<ServiceUserId, Error> {
        let by = self.catalog.service_user(request.by).await?;
        let environment = self.catalog.environment(by.environment).await?;
        let production = environment.settings.tier == Tier::Production;
        if production && self.settings().await?.asks_before(environment.settings.tier) && !request.confirmed {
            return Err(RotationError::Unconfirmed { environment: environment.settings.name }.into());
        }
        let name = request.name.trim();
        if name.is_empty() {
            return Err(Error::ImportIncomplete { what: "name" });
        }
        let acting = self.acting(environment.clone(), by, None).await?;
        let provider = acting.provider.clone();
        let unsupported = || RotationError::Unsupported { provider: provider.name.clone(), credential: "service user" };
        let rules = provider.creation.as_ref().ok_or_else(unsupported)?;
        let user_id = self.create_at_server(acting, rules, name).await?;
        let scopes = &environment.settings.scopes;
        let service_user = ServiceUser {
            id: ServiceUserId(Uuid::new_v4()),
            environment: environment.id,
            settings: ServiceUserDraft {
                name: name.to_owned(),
                scopes: if scopes.is_empty() { provider.default_scopes() } else { scopes.clone() },
                favourite: false,
                tags: Vec::new(),
                notes: String::new(),
            },
            user_id,
            default_credential: None,
            created_at: self.now(),
            last_used_at: None::<OffsetDateTime>,
        };
        self.catalog.add_service_user(&service_user).await?;
        self.note(Action::Provision, &environment, &service_user, Ok("created the service user".to_owned())).await;
        Ok(service_user.id)
    }

    /// The rotation that makes a service user's first key.
    pub fn first_key(&self, service_user: ServiceUserId, request: &CreationRequest) -> RotationRequest {
        RotationRequest {
            adds: Some(CredentialKind::PrivateKey),
            by: Some(request.by),
            confirmed: request.confirmed,
            ..RotationRequest::of(service_user)
        }
    }
}
