//! A **registration access token** lets a client change its own registration at the server, without a role and without an
//! access token (RFC 7592 §3).
//!
//! Rule: the server may replace it with each answer (Keycloak re-signs it when it is read, and replaces it with an update,
//! by its source; not measured). So one task of one process at a time uses one, from reading it until its successor is
//! kept. The new one is in the keychain before the old one is removed, and what is kept is tried in that order. If an
//! answer is lost, so may be the token: a person enters a new one.

use uuid::Uuid;

use super::acting::{Acting, Job};
use super::server::{read_answer, text_at};
use crate::catalog::Registering;
use crate::error::Error;
use crate::ids::{CredentialId, ServiceUserId};
use crate::issuer::{Answer, IssuerError};
use crate::json::{Json, SecretJson};
use crate::keychain::KeychainError;
use crate::mint::Mint;
use crate::mint::api_call::require_values;
use crate::mint::endpoint::with_api;
use crate::provider::template::{Values, expand_url};
use crate::provider::{Method, Recipe, RegistrationRules};
use crate::rotation::RotationError;
use crate::secret::{Secret, SecretBytes};

/// What an answer has that an update must not send back (RFC 7592 §2.2), and keys that are elsewhere, instead of which
/// the new one is sent (RFC 7591 §2).
const LEFT_OUT: [&str; 6] = [
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
    "client_secret",
    "jwks_uri",
];

impl Mint {
    /// Keeps a service user's registration access token instead of an earlier one.
    ///
    /// # Errors
    /// What the keychain and the catalogue report; the earlier one then stays.
    pub async fn keep_registration_token(&self, of: ServiceUserId, token: &Secret) -> Result<(), Error> {
        let text = token.expose().trim();
        if text.is_empty() {
            return Err(Error::ImportIncomplete { what: "registration access token" });
        }
        let using = self.catalog.registering().await?;
        self.replace_registration_token(&using, of, SecretBytes::new(text.as_bytes().to_vec())).await
    }

    /// Whether a service user has one.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn has_registration_token(&self, of: ServiceUserId) -> Result<bool, Error> {
        Ok(!self.catalog.registration_items(Some(of)).await?.is_empty())
    }

    /// Removes a service user's registration access token here; the server still knows it.
    ///
    /// # Errors
    /// What the keychain and the catalogue report.
    pub async fn forget_registration_token(&self, of: ServiceUserId) -> Result<(), Error> {
        let _using = self.catalog.registering().await?;
        let _alone = self.catalog.changing().await?;
        self.erase_registration_token(of).await
    }

    /// The same, while nothing else is changed.
    pub(in crate::mint) async fn erase_registration_token(&self, of: ServiceUserId) -> Result<(), Error> {
        for item in self.catalog.registration_items(Some(of)).await? {
            self.erase_item(item).await?;
        }
        Ok(())
    }

    /// Row → item of the new one; then item → row of the old ones.
    async fn replace_registration_token(
        &self,
        _using: &Registering,
        of: ServiceUserId,
        token: SecretBytes,
    ) -> Result<(), Error> {
        let _alone = self.catalog.changing().await?;
        let old = self.catalog.registration_items(Some(of)).await?;
        let new = CredentialId(Uuid::new_v4());
        self.catalog.add_registration_item(of, new, self.now()).await?;
        self.keychain.put(new, token).await?;
        for item in old {
            self.erase_item(item).await?;
        }
        Ok(())
    }

    async fn erase_item(&self, item: CredentialId) -> Result<(), Error> {
        self.keychain.delete(item).await?;
        Ok(self.catalog.remove_registration_item(item).await?)
    }

    /// The newest that is in the keychain.
    async fn registration_token(&self, acting: &Acting) -> Result<Secret, Error> {
        let of = &acting.service_user;
        for item in self.catalog.registration_items(Some(of.id)).await? {
            match self.keychain.get(item).await {
                Ok(bytes) => return Ok(Secret::new(String::from_utf8_lossy(bytes.expose()).into_owned())),
                Err(KeychainError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(RotationError::NoRegistrationToken { service_user: of.settings.name.clone() }.into())
    }

    /// Asks the server for the client's registration, which shows that the token is good.
    pub(super) async fn read_registration(&self, job: &Job, rules: &RegistrationRules) -> Result<SecretJson, Error> {
        self.send_registration(job, rules, Method::Get, None).await
    }

    /// Registers a key as the client's only one: everything else stays as the server says it is (RFC 7592 §2.2).
    pub(super) async fn update_registration(
        &self,
        job: &Job,
        rules: &RegistrationRules,
        public_jwk: &str,
    ) -> Result<(), Error> {
        let mut client = self.read_registration(job, rules).await?;
        for name in LEFT_OUT {
            client.set(name, None);
        }
        let key = Json::parse(public_jwk).map_err(|_| Error::Internal)?;
        client.set("jwks", Some(Json::Object(vec![("keys".to_owned(), Json::List(vec![key]))])));
        self.send_registration(job, rules, Method::Put, Some(client.expose().pretty())).await.map(drop)
    }

    /// Sends a request with the token, and keeps the one that replaces it.
    async fn send_registration(
        &self,
        job: &Job,
        rules: &RegistrationRules,
        method: Method,
        body: Option<String>,
    ) -> Result<SecretJson, Error> {
        let Job { acting, recipe } = job;
        let url = self.registration_url(acting, recipe)?;
        let using = self.catalog.registering().await?;
        let token = self.registration_token(acting).await?;
        let authorization = Secret::new(format!("Bearer {}", token.expose()));
        let sent = self.client(&acting.environment)?.call(method, &url, &authorization, &[], body).await;
        let answer = sent.map_err(|failure| refused(acting, failure))?;
        self.measure_skew(&acting.environment, &answer);
        let Answer { value, .. } = answer;
        let answer = read_answer(&value, acting)?;
        if let Some(new) = text_at(answer.expose(), &rules.token).filter(|new| *new != token.expose()) {
            let new = SecretBytes::new(new.as_bytes().to_vec());
            self.replace_registration_token(&using, acting.service_user.id, new).await.map_err(|source| {
                let service_user = acting.service_user.settings.name.clone();
                RotationError::RegistrationTokenNotKept { service_user, source: Box::new(source) }
            })?;
        }
        Ok(answer)
    }

    fn registration_url(&self, acting: &Acting, recipe: &Recipe) -> Result<String, Error> {
        let values: Values = with_api(recipe, acting.values(&[]));
        require_values(&acting.provider, [recipe.add.call.url.as_str()], &values)?;
        self.api_url(&acting.environment, &acting.provider, expand_url(&recipe.add.call.url, &values), &values)
    }
}

/// A token that the server doesn't know, or no longer (RFC 7592 §2), is entered again by a person.
fn refused(acting: &Acting, failure: IssuerError) -> Error {
    match failure.said().map(|said| said.status) {
        Some(401) => {
            let service_user = acting.service_user.settings.name.clone();
            RotationError::RegistrationTokenRefused { service_user }.into()
        }
        _ => failure.into(),
    }
}
