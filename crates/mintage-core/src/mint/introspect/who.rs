//! Who can introspect: the credentials that an issuer accepts for introspection.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::credential::{Credential, CredentialKind, CredentialState};
use crate::error::Error;
use crate::ids::{CredentialId, EnvironmentId};
use crate::mint::Mint;

/// A credential that can introspect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Introspector {
    /// The credential.
    pub credential: CredentialId,
    /// Its kind: an application key, a client secret or a private key.
    pub kind: CredentialKind,
    /// The name that it is listed under.
    pub name: String,
    /// The client id that it uses.
    pub client_id: String,
    /// The project that it belongs to, if that is known.
    pub project: Option<String>,
}

impl Mint {
    /// The credentials of an environment that can introspect: application keys first.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn introspectors(&self, of: EnvironmentId) -> Result<Vec<Introspector>, Error> {
        let environment = self.catalog.environment(of).await?;
        let only_applications = !self.provider_of(&environment).await?.introspection.audience_scope.is_empty();
        let users = self.catalog.service_users(Some(of)).await?;
        let all = self.catalog.credentials_of_environment(Some(of)).await?;
        let mut found = Vec::new();
        for credential in all.iter().filter(|one| introspects(one, &all, only_applications)) {
            let Some(user) = users.iter().find(|user| user.id == credential.service_user) else { continue };
            found.push(Introspector {
                credential: credential.id,
                kind: credential.kind,
                name: user.settings.name.clone(),
                client_id: credential.client_id_or(&user.user_id).to_owned(),
                project: credential.audience.clone().filter(|_| credential.kind == CredentialKind::ApplicationKey),
            });
        }
        found.sort_by_key(|introspector| match introspector.kind {
            CredentialKind::ApplicationKey => 0,
            CredentialKind::ClientSecret => 1,
            _ => 2,
        });
        Ok(found)
    }
}

/// Whether a credential is accepted for introspection. If a token's audience must contain a project, only that
/// project's applications are, never a service user's own key or secret.
fn introspects(credential: &Credential, all: &[Credential], only_applications: bool) -> bool {
    let usable = matches!(credential.state, CredentialState::Active | CredentialState::Missing);
    let is_service_users = || {
        let minting = |kind| matches!(kind, CredentialKind::PrivateKey | CredentialKind::PersonalToken);
        let beside = |other: &Credential| other.service_user == credential.service_user && minting(other.kind);
        // An application's secret uses its only id.
        credential.client_id.is_some() || all.iter().any(beside)
    };
    usable
        && match credential.kind {
            CredentialKind::ApplicationKey => true,
            CredentialKind::PrivateKey => !only_applications,
            CredentialKind::ClientSecret => !only_applications || !is_service_users(),
            CredentialKind::PersonalToken => false,
        }
}
