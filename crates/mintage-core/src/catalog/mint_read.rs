//! What the catalogue knows of a **mint**, read at once: no other process changes anything in between.

use std::mem::take;

use super::credentials::CredentialRow;
use super::environments::EnvironmentRow;
use super::service_users::ServiceUserRow;
use super::{Catalog, column};
use crate::catalog::CatalogError;
use crate::credential::Credential;
use crate::environment::Environment;
use crate::ids::{CredentialId, ServiceUserId};
use crate::service_user::ServiceUser;

/// All that a mint needs of the catalogue.
#[derive(Clone, Debug)]
pub struct MintRead {
    /// All settings that were ever set, by name.
    pub settings: Vec<(String, String)>,
    /// The environment.
    pub environment: Environment,
    /// Whether its last check or mint failed.
    pub troubled: bool,
    /// The document of its provider profile, where that is one of the user's own.
    pub profile: Option<String>,
    /// The service user.
    pub service_user: ServiceUser,
    /// Its credential: the one that was named, else its default.
    pub credential: Credential,
}

/// The joined row as SQL has it.
struct Row {
    all_settings: String,
    environment: String,
    environment_settings: String,
    demo: i64,
    environment_created_at: i64,
    troubled: i64,
    profile: Option<String>,
    user: String,
    user_id: String,
    name: String,
    scopes: String,
    favourite: i64,
    tags: String,
    notes: String,
    default_credential: Option<String>,
    created_at: i64,
    user_last_used_at: Option<i64>,
    id: String,
    kind: String,
    state: String,
    key_id: Option<String>,
    client_id: Option<String>,
    certificate: Option<String>,
    audience: Option<String>,
    key_type: Option<String>,
    key_bits: Option<i64>,
    fingerprint: Option<String>,
    thumbprint: Option<String>,
    public_pem: Option<String>,
    key_algorithm: Option<String>,
    source: String,
    source_name: Option<String>,
    issued_at: Option<i64>,
    expires_at: Option<i64>,
    imported_at: i64,
    last_used_at: Option<i64>,
    refused_at: Option<i64>,
    token_endpoint: Option<String>,
}

macro_rules! select_for_mint {
    ($tail:literal, $argument:expr) => {
        sqlx::query_as!(
            Row,
            r#"SELECT (SELECT json_group_object(name, value) FROM settings) AS "all_settings!: String",
                    e.id AS environment, e.settings AS environment_settings, e.demo,
                    e.created_at AS environment_created_at, e.troubled,
                    (SELECT p.document FROM providers p WHERE p.id = e.settings ->> 'provider') AS "profile?: String",
                    u.id AS user, u.user_id, u.name, u.scopes, u.favourite, u.tags, u.notes, u.created_at,
                    u.last_used_at AS user_last_used_at,
                    (SELECT d.id FROM credentials d
                     WHERE d.service_user = u.id AND d.is_default = 1) AS "default_credential?: String",
                    c.id, c.kind, c.state, c.key_id, c.client_id, c.certificate, c.audience, c.key_type, c.key_bits,
                    c.fingerprint, c.thumbprint, c.public_pem, c.key_algorithm, c.source, c.source_name, c.issued_at,
                    c.expires_at, c.imported_at, c.last_used_at, c.refused_at, c.token_endpoint
             FROM credentials c
             JOIN service_users u ON u.id = c.service_user
             JOIN environments e ON e.id = u.environment "# + $tail,
            $argument
        )
    };
}

impl Catalog {
    /// What a mint with a service user's default credential needs; `None` where it has none, or is gone.
    pub async fn read_for_mint(&self, id: ServiceUserId) -> Result<Option<MintRead>, CatalogError> {
        let id = id.0.to_string();
        let query = select_for_mint!("WHERE c.service_user = ?1 AND c.is_default = 1", id);
        let row = self.reading.rows(&self.pool, query).await?.pop();
        row.map(Row::read).transpose()
    }

    /// What a mint with this credential needs.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn read_for_mint_with(&self, id: CredentialId) -> Result<MintRead, CatalogError> {
        let id = id.0.to_string();
        let query = select_for_mint!("WHERE c.id = ?1", id);
        let row = self.reading.rows(&self.pool, query).await?.pop();
        row.ok_or(CatalogError::Gone { what: "credential" })?.read()
    }
}

impl Row {
    fn read(mut self) -> Result<MintRead, CatalogError> {
        let settings = column::members(&self.all_settings)?.into_iter().collect();
        let (troubled, profile) = (self.troubled != 0, self.profile.take());
        let environment = self.environment().read()?;
        let service_user = self.service_user().read()?;
        let credential = self.credential().read()?;
        Ok(MintRead { settings, environment, troubled, profile, service_user, credential })
    }

    /// Moves the environment's columns out of the row.
    fn environment(&mut self) -> EnvironmentRow {
        EnvironmentRow {
            id: self.environment.clone(),
            settings: take(&mut self.environment_settings),
            demo: self.demo,
            created_at: self.environment_created_at,
        }
    }

    /// Moves the service user's columns out of the row.
    fn service_user(&mut self) -> ServiceUserRow {
        ServiceUserRow {
            id: self.user.clone(),
            environment: take(&mut self.environment),
            user_id: take(&mut self.user_id),
            name: take(&mut self.name),
            scopes: take(&mut self.scopes),
            favourite: self.favourite,
            tags: take(&mut self.tags),
            notes: take(&mut self.notes),
            default_credential: self.default_credential.take(),
            created_at: self.created_at,
            last_used_at: self.user_last_used_at,
        }
    }

    fn credential(self) -> CredentialRow {
        CredentialRow {
            id: self.id,
            service_user: self.user,
            kind: self.kind,
            state: self.state,
            key_id: self.key_id,
            client_id: self.client_id,
            certificate: self.certificate,
            audience: self.audience,
            key_type: self.key_type,
            key_bits: self.key_bits,
            fingerprint: self.fingerprint,
            thumbprint: self.thumbprint,
            public_pem: self.public_pem,
            key_algorithm: self.key_algorithm,
            source: self.source,
            source_name: self.source_name,
            issued_at: self.issued_at,
            expires_at: self.expires_at,
            imported_at: self.imported_at,
            last_used_at: self.last_used_at,
            refused_at: self.refused_at,
            token_endpoint: self.token_endpoint,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::{ODD, TestCatalog, credential_id, environment_id, outcome, service_user_id};

    #[tokio::test]
    async fn it_is_what_the_other_functions_read_one_by_one() {
        let test = TestCatalog::with_service_user().await;
        test.add_active(1, 1, 1).await;
        test.add_active(1, 1, 2).await;
        test.catalog.set_setting("theme", ODD).await.unwrap();
        test.catalog.note_mint(outcome(1, Some(true))).await;
        let own = "INSERT INTO providers VALUES ('zitadel', '{\"name\": 1}', 0)";
        test.run(own).await;
        for (number, read) in [
            (1, test.catalog.read_for_mint(service_user_id(1)).await.unwrap().expect("it has a default")),
            (2, test.catalog.read_for_mint_with(credential_id(2)).await.unwrap()),
        ] {
            assert_eq!(read.settings, test.catalog.settings().await.unwrap());
            assert_eq!(read.environment, test.catalog.environment(environment_id(1)).await.unwrap());
            assert!(read.troubled);
            assert_eq!(read.profile.as_deref(), Some("{\"name\": 1}"));
            assert_eq!(read.service_user, test.catalog.service_user(service_user_id(1)).await.unwrap());
            assert_eq!(read.credential, test.catalog.credential(credential_id(number)).await.unwrap());
        }
    }

    #[tokio::test]
    async fn who_has_no_default_credential_has_nothing_to_mint_with() {
        let test = TestCatalog::with_service_user().await;
        assert!(test.catalog.read_for_mint(service_user_id(1)).await.unwrap().is_none());
        assert!(test.catalog.read_for_mint(service_user_id(9)).await.unwrap().is_none());
        let gone = test.catalog.read_for_mint_with(credential_id(9)).await;
        assert!(matches!(gone, Err(CatalogError::Gone { what: "credential" })), "{gone:?}");
    }
}
