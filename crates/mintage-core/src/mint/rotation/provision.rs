//! Provisioning: keys and secrets that are created and removed through the server's own API, with an administrator's
//! credential. What is created goes from the response straight into the keychain.

use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::activity::Action;
use crate::credential::{Credential, CredentialKind};
use crate::diagnosis;
use crate::environment::Environment;
use crate::error::Error;
use crate::guard::off_thread;
use crate::ids::{CredentialId, ServiceUserId};
use crate::issuer::{Answer, IssuerError, Refusal};
use crate::key_file::{self, KeyFile};
use crate::mint::api_call::require_values;
use crate::mint::shown::Showing;
use crate::mint::{Ask, ImportOutcome, Mint};
use crate::provider::template::Values;
use crate::provider::{Call, Provider, Provisioning, Reason, RequestKind, Sent};
use crate::secret::SecretBytes;
use crate::service_user::ServiceUser;
use crate::verify::KeySet;

/// What to create on the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProvisionRequest {
    /// The service user that gets it.
    pub service_user: ServiceUserId,
    /// The service user whose credential has permission to create it.
    pub by: ServiceUserId,
    /// A private key or a client secret.
    pub kind: CredentialKind,
    /// Its title on the server.
    pub title: String,
}

/// What the server has under a key's id, compared with the key here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum KeyComparison {
    /// The server's public key matches this key.
    Same,
    /// The server has another key under this id.
    Different,
    /// The server has no key under this id.
    Unknown,
}

impl Mint {
    /// Creates a key or secret on the server and stores it, as [`Mint::import`] does.
    ///
    /// # Errors
    /// [`Error::NotProvisioned`] if the provider has no API for it, as [`Mint::token`] for the administrator's token,
    /// what the server says, what the keychain reports. If storing fails after the server has created it, the error
    /// says so and names the id, so that it can be removed there.
    pub async fn provision(&self, request: &ProvisionRequest) -> Result<ImportOutcome, Error> {
        let service_user = self.with_known_subject(request.service_user).await?;
        let environment = self.catalog.environment(service_user.environment).await?;
        let outcome = self.provision_at(&environment, &service_user, request).await;
        let recorded = outcome.as_ref().map(|_| format!("created a {}", request.kind.name()));
        self.note(Action::Provision, &environment, &service_user, recorded).await;
        outcome
    }

    async fn provision_at(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        request: &ProvisionRequest,
    ) -> Result<ImportOutcome, Error> {
        let provider = self.ready_provider(environment).await?;
        let rules = provisioning(&provider)?;
        let call = match request.kind {
            CredentialKind::PrivateKey => &rules.create_key,
            CredentialKind::ClientSecret => &rules.create_secret,
            other => return Err(not_provisioned(&provider, other.name())),
        };
        // Checked before anything is created: a key that can't be stored would be lost.
        self.keychain.unlock().await?;
        let title = titled(request);
        let asked = Ok(format!("requests a {} titled {title}", request.kind.name()));
        self.note(Action::Provision, environment, service_user, asked).await;
        let values = self.call_values(environment, service_user, &[("title", &title)]).await?;
        let answer = self.call(environment, request.by, call, &values, (RequestKind::Api, None)).await?;
        let (made, by) = (answer.value, provider.clone());
        let parsed = off_thread(move || key_file::parse(made.expose(), None, std::slice::from_ref(&by))).await;
        let file = parsed.and_then(|parsed| Ok(parsed?)).map_err(|source| {
            let source = Box::new(source);
            Error::MadeNotStored { id: title, undone: false, source }
        })?;
        self.store_provisioned(environment, service_user, request, file).await
    }

    /// Stores what the server created; what can't be stored is removed there again.
    async fn store_provisioned(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        request: &ProvisionRequest,
        file: KeyFile,
    ) -> Result<ImportOutcome, Error> {
        // The response may or may not name its service user; it was requested for this one.
        let file = KeyFile { user_id: Some(service_user.user_id.clone()), ..file };
        let refused = match self.import_generated(environment, &service_user.settings.name, &file).await {
            Err(refused) => refused,
            stored => return stored,
        };
        // A credential that nobody has should not work either.
        let id = file.key_id.or(file.client_id).unwrap_or_default();
        let undone = self.remove_id_at(environment, service_user, request.kind, &id, request.by).await.is_ok();
        Err(Error::MadeNotStored { id, undone, source: Box::new(refused) })
    }

    /// Removes a credential on the server and then here, as [`Mint::remove_server_credential`] does.
    ///
    /// # Errors
    /// As [`Mint::remove_server_credential`].
    pub async fn unprovision(&self, id: CredentialId, by: ServiceUserId, named: Option<&str>) -> Result<(), Error> {
        let credential = self.catalog.credential(id).await?;
        let (of, kind) = (credential.service_user, credential.kind);
        Box::pin(self.remove_server_credential(of, Some(by), kind, credential.shown_id(), named)).await
    }

    async fn remove_id_at(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        kind: CredentialKind,
        id: &str,
        by: ServiceUserId,
    ) -> Result<(), Error> {
        let provider = self.ready_provider(environment).await?;
        let rules = provisioning(&provider)?;
        let call = match kind {
            CredentialKind::PrivateKey => &rules.delete_key,
            CredentialKind::ClientSecret => &rules.delete_secret,
            other => return Err(not_provisioned(&provider, other.name())),
        };
        let values = self.call_values(environment, service_user, &[("keyId", id)]).await?;
        self.call(environment, by, call, &values, (RequestKind::Api, None)).await.map(|_| ())
    }

    /// Fetches what the server has under a key's id and compares it with the key here.
    ///
    /// # Errors
    /// [`Error::NoPublicHalf`] for what isn't a key; as [`Mint::provision`] otherwise.
    pub async fn compare_key(&self, id: CredentialId, by: ServiceUserId) -> Result<KeyComparison, Error> {
        let credential = self.catalog.credential(id).await?;
        let service_user = self.catalog.service_user(credential.service_user).await?;
        let environment = self.catalog.environment(service_user.environment).await?;
        let own = credential.thumbprint().ok_or(Error::NoPublicHalf { kind: credential.kind.name() })?;
        let provider = self.ready_provider(&environment).await?;
        let values = self.call_values(&environment, &service_user, &[("keyId", credential.shown_id())]).await?;
        let asked = (RequestKind::KeyComparison, Some(&credential));
        let answer = match self.call(&environment, by, &provisioning(&provider)?.public_key, &values, asked).await {
            Err(Error::Diagnosed { source: IssuerError::Refused(said), .. }) if names_no_such_key(&provider, &said) => {
                return Ok(KeyComparison::Unknown);
            }
            other => other?,
        };
        let thumbprints = KeySet::parse(answer.value.expose())?.thumbprints();
        Ok(match thumbprints.as_slice() {
            [] => KeyComparison::Unknown,
            found if found.iter().any(|found| found == own) => KeyComparison::Same,
            _ => KeyComparison::Different,
        })
    }

    /// Calls the server's API as that service user, which must belong to the same environment; `asked` says for what,
    /// and which credential it is about.
    async fn call(
        &self,
        environment: &Environment,
        by: ServiceUserId,
        call: &Call,
        values: &Values,
        (request, about): (RequestKind, Option<&Credential>),
    ) -> Result<Answer<SecretBytes>, Error> {
        let provider = self.ready_provider(environment).await?;
        require_values(&provider, call.texts(), values)?;
        let call = self.api_call(environment, &provider, call, values)?;
        let service_user = self.catalog.service_user(by).await?;
        if service_user.environment != environment.id {
            return Err(Error::OtherEnvironment { service_user: service_user.settings.name });
        }
        let token = self.hand_out(by, &Ask::default()).await?.token;
        let answer = call.send(&self.client(environment)?, &token.header()).await;
        let showing = Showing { request, environment, provider: &provider, token: &token, about };
        match answer {
            Ok(answer) => Ok(answer),
            Err(failure) => Err(self.explain_shown(&showing, failure).await),
        }
    }

    /// What the calls about a service user are filled in with.
    async fn call_values(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        more: &[(&str, &str)],
    ) -> Result<Values, Error> {
        let acting = self.acting(environment.clone(), service_user.clone(), None).await?;
        Ok(acting.values(more))
    }
}

/// A credential's title. With a unique one it can be found on the server, whatever happens to the response.
fn titled(request: &ProvisionRequest) -> String {
    match request.title.trim() {
        "" => format!("Mintage {}", &Uuid::new_v4().simple().to_string()[..8]),
        title => title.to_owned(),
    }
}

/// Whether the server itself says that it has no such key. A status says nothing: 404 may be a missing permission, a
/// missing user, or a path of another version.
fn names_no_such_key(provider: &Provider, said: &Refusal) -> bool {
    diagnosis::named_by(provider, RequestKind::KeyComparison, Sent::Token, said).first() == Some(&Reason::KeyUnknown)
}

fn provisioning(provider: &Provider) -> Result<&Provisioning, Error> {
    provider.provisioning.as_ref().ok_or_else(|| not_provisioned(provider, "credential"))
}

fn not_provisioned(provider: &Provider, credential: &'static str) -> Error {
    Error::NotProvisioned { provider: provider.name.clone(), credential }
}
