//! The catalogue's **environments**.

use time::OffsetDateTime;

use super::{Catalog, changed, column, is_taken};
use crate::environment::{EndpointOverrides, Environment, EnvironmentDraft, EnvironmentId, Tier};
use crate::error::CatalogError;
use crate::provider::ProviderId;

const WHAT: &str = "environment";

/// What the list of environments tells beside the environment itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnvironmentCount {
    /// Which environment.
    pub environment: EnvironmentId,
    /// How many service users it has.
    pub service_users: u32,
    /// How many of its credentials expire by the given time; those that come or go are not counted.
    pub expiring: u32,
    /// Whether its last check or mint failed.
    pub troubled: bool,
}

struct EnvironmentRow {
    id: String,
    name: String,
    provider: String,
    tier: String,
    issuer: String,
    token_endpoint: Option<String>,
    userinfo_endpoint: Option<String>,
    introspection_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    jwks_endpoint: Option<String>,
    audience: String,
    scopes: String,
    ca_certificate: Option<String>,
    confirmed_hosts: String,
    parameters: String,
    expected_issuer: Option<String>,
    demo: i64,
    created_at: i64,
}

macro_rules! select_environments {
    ($tail:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            EnvironmentRow,
            "SELECT id, name, provider, tier, issuer,
                    token_endpoint, userinfo_endpoint, introspection_endpoint, revocation_endpoint, jwks_endpoint,
                    audience, scopes, ca_certificate, confirmed_hosts, parameters, expected_issuer, demo, created_at
             FROM environments " + $tail
            $(, $argument)*
        )
    };
}

impl Catalog {
    /// All environments by name, ignoring case.
    pub async fn environments(&self) -> Result<Vec<Environment>, CatalogError> {
        let rows = select_environments!("ORDER BY name_folded").fetch_all(&self.pool).await?;
        rows.into_iter().map(EnvironmentRow::read).collect()
    }

    /// One environment.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn environment(&self, id: EnvironmentId) -> Result<Environment, CatalogError> {
        let id = id.0.to_string();
        let row = select_environments!("WHERE id = ?1", id).fetch_optional(&self.pool).await?;
        row.ok_or(CatalogError::Gone { what: WHAT })?.read()
    }

    /// The counts of every environment, in the order of [`Catalog::environments`]; `expiring_before`
    /// itself counts as expiring.
    pub async fn environment_counts(
        &self,
        expiring_before: OffsetDateTime,
    ) -> Result<Vec<EnvironmentCount>, CatalogError> {
        let limit = column::seconds(expiring_before);
        let rows = sqlx::query!(
            r#"SELECT e.id, e.troubled,
                      (SELECT count(*) FROM service_users u WHERE u.environment = e.id) AS "service_users!: i64",
                      (SELECT count(*) FROM credentials c
                       WHERE c.environment = e.id AND c.expires_at <= ?1 AND c.state IN ('active', 'missing')
                      ) AS "expiring!: i64"
               FROM environments e ORDER BY e.name_folded"#,
            limit
        )
        .fetch_all(&self.pool)
        .await?;
        let count = |service_users, expiring, id: &str, troubled| {
            Ok(EnvironmentCount {
                environment: EnvironmentId(column::id(id, "environment id")?),
                service_users: column::count(service_users)?,
                expiring: column::count(expiring)?,
                troubled,
            })
        };
        rows.iter().map(|row| count(row.service_users, row.expiring, &row.id, row.troubled != 0)).collect()
    }

    /// Adds an environment.
    ///
    /// # Errors
    /// [`CatalogError::NameTaken`] (names are unique, ignoring case).
    pub async fn add_environment(&self, environment: &Environment) -> Result<(), CatalogError> {
        let settings = &environment.settings;
        let id = environment.id.0.to_string();
        let name_folded = column::folded(&settings.name);
        let tier = tier_word(settings.tier);
        let (audience, scopes) = (column::list(&settings.audience), column::list(&settings.scopes));
        let confirmed_hosts = column::list(&settings.confirmed_hosts);
        let parameters = column::map(&settings.parameters);
        let created_at = column::seconds(environment.created_at);
        sqlx::query!(
            "INSERT INTO environments (
                 id, name, name_folded, provider, tier, issuer,
                 token_endpoint, userinfo_endpoint, introspection_endpoint, revocation_endpoint, jwks_endpoint,
                 audience, scopes, ca_certificate, confirmed_hosts, parameters, expected_issuer, demo, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
            id,
            settings.name,
            name_folded,
            settings.provider.0,
            tier,
            settings.issuer,
            settings.endpoints.token,
            settings.endpoints.userinfo,
            settings.endpoints.introspection,
            settings.endpoints.revocation,
            settings.endpoints.jwks,
            audience,
            scopes,
            settings.ca_certificate,
            confirmed_hosts,
            parameters,
            settings.expected_issuer,
            environment.demo,
            created_at
        )
        .execute(&self.pool)
        .await
        .map_err(|error| name_taken(error, &settings.name))?;
        Ok(())
    }

    /// Replaces an environment's settings.
    ///
    /// # Errors
    /// [`CatalogError::NameTaken`], [`CatalogError::Gone`].
    pub async fn edit_environment(&self, id: EnvironmentId, settings: &EnvironmentDraft) -> Result<(), CatalogError> {
        let id = id.0.to_string();
        let name_folded = column::folded(&settings.name);
        let tier = tier_word(settings.tier);
        let (audience, scopes) = (column::list(&settings.audience), column::list(&settings.scopes));
        let confirmed_hosts = column::list(&settings.confirmed_hosts);
        let parameters = column::map(&settings.parameters);
        let result = sqlx::query!(
            "UPDATE environments
             SET name = ?2, name_folded = ?3, provider = ?4, tier = ?5, issuer = ?6,
                 token_endpoint = ?7, userinfo_endpoint = ?8, introspection_endpoint = ?9,
                 revocation_endpoint = ?10, jwks_endpoint = ?11,
                 audience = ?12, scopes = ?13, ca_certificate = ?14, confirmed_hosts = ?15, parameters = ?16,
                 expected_issuer = ?17
             WHERE id = ?1",
            id,
            settings.name,
            name_folded,
            settings.provider.0,
            tier,
            settings.issuer,
            settings.endpoints.token,
            settings.endpoints.userinfo,
            settings.endpoints.introspection,
            settings.endpoints.revocation,
            settings.endpoints.jwks,
            audience,
            scopes,
            settings.ca_certificate,
            confirmed_hosts,
            parameters,
            settings.expected_issuer
        )
        .execute(&self.pool)
        .await
        .map_err(|error| name_taken(error, &settings.name))?;
        changed(&result, WHAT)
    }

    /// Notes whether the last check or mint of an environment failed.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn set_trouble(&self, id: EnvironmentId, troubled: bool) -> Result<(), CatalogError> {
        let id = id.0.to_string();
        let result = sqlx::query!("UPDATE environments SET troubled = ?2 WHERE id = ?1", id, troubled)
            .execute(&self.pool)
            .await?;
        changed(&result, WHAT)
    }

    /// Removes an environment that has no service users any more.
    ///
    /// # Errors
    /// [`CatalogError::Gone`]; a foreign-key failure as [`CatalogError::Database`] where it has some.
    pub async fn remove_environment(&self, id: EnvironmentId) -> Result<(), CatalogError> {
        let id = id.0.to_string();
        let result = sqlx::query!("DELETE FROM environments WHERE id = ?1", id).execute(&self.pool).await?;
        changed(&result, WHAT)
    }
}

impl EnvironmentRow {
    fn read(self) -> Result<Environment, CatalogError> {
        let endpoints = EndpointOverrides {
            token: self.token_endpoint,
            userinfo: self.userinfo_endpoint,
            introspection: self.introspection_endpoint,
            revocation: self.revocation_endpoint,
            jwks: self.jwks_endpoint,
        };
        let settings = EnvironmentDraft {
            name: self.name,
            provider: ProviderId(self.provider),
            tier: tier(&self.tier)?,
            issuer: self.issuer,
            endpoints,
            audience: column::items(&self.audience)?,
            scopes: column::items(&self.scopes)?,
            ca_certificate: self.ca_certificate,
            confirmed_hosts: column::items(&self.confirmed_hosts)?,
            parameters: column::members(&self.parameters)?,
            expected_issuer: self.expected_issuer,
        };
        Ok(Environment {
            id: EnvironmentId(column::id(&self.id, "environment id")?),
            settings,
            demo: self.demo != 0,
            created_at: column::time(self.created_at),
        })
    }
}

fn tier_word(tier: Tier) -> &'static str {
    match tier {
        Tier::Development => "development",
        Tier::Staging => "staging",
        Tier::Production => "production",
    }
}

fn tier(word: &str) -> Result<Tier, CatalogError> {
    [Tier::Development, Tier::Staging, Tier::Production]
        .into_iter()
        .find(|tier| tier_word(*tier) == word)
        .ok_or(CatalogError::UnknownWord { what: "tier" })
}

fn name_taken(error: sqlx::Error, name: &str) -> CatalogError {
    if is_taken(&error) { CatalogError::NameTaken { name: name.to_owned() } } else { error.into() }
}

#[cfg(test)]
mod tests;
