//! The expiry **radar**: which credentials, over all environments, will soon want attention.
//!
//! Rule: it only tells what is known. A key without an expiry date may expire all the same, one whose
//! id tells no age may be old: they are counted, never called sound.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};

use super::Mint;
use crate::credential::{Credential, CredentialId, CredentialState};
use crate::environment::{Environment, EnvironmentId, Tier};
use crate::error::Error;
use crate::service_user::{ServiceUser, ServiceUserId};

/// A credential that was not used for so long is probably not needed any more.
const UNUSED_FOR: Duration = Duration::days(90);

/// What wants attention, each list with the most pressing first. A credential may stand in several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Radar {
    /// Those with an expiry date, expired ones first.
    pub expiring: Vec<RadarRow>,
    /// Those that are known to be older than the limit of the settings.
    pub old: Vec<RadarRow>,
    /// Those that were not used for 90 days, nor imported since.
    pub unused: Vec<RadarRow>,
    /// The limit of the settings, in days.
    pub key_age_days: u32,
    /// How many credentials there are.
    pub credentials: u32,
    /// How many of them have no expiry date that is known here.
    pub without_expiry: u32,
}

/// A credential with whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RadarRow {
    /// The credential.
    pub credential: CredentialId,
    /// Whose it is.
    pub service_user: ServiceUserId,
    /// The service user's name.
    pub service_user_name: String,
    /// Its environment.
    pub environment: EnvironmentId,
    /// The environment's name.
    pub environment_name: String,
    /// The environment's tier.
    pub tier: Tier,
    /// Key id at the issuer.
    pub key_id: String,
    /// When the issuer made it, where its id tells.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub issued_at: Option<OffsetDateTime>,
    /// When it expires, where that is known.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub expires_at: Option<OffsetDateTime>,
    /// When it was imported.
    #[serde(with = "time::serde::rfc3339")]
    #[specta(type = String)]
    pub imported_at: OffsetDateTime,
    /// When it was last used.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub last_used_at: Option<OffsetDateTime>,
}

impl Mint {
    /// Looks over all credentials.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn radar(&self) -> Result<Radar, Error> {
        let key_age_days = self.settings().await?.key_age_days;
        Ok(select(self.radar_rows(|_| true).await?, self.now(), key_age_days))
    }

    /// The credentials in use of those environments that are wanted.
    pub(super) async fn radar_rows(&self, wanted: impl Fn(&Environment) -> bool) -> Result<Vec<RadarRow>, Error> {
        let environments = self.catalog.environments().await?.into_iter().filter(wanted);
        let environments: HashMap<_, _> = environments.map(|found| (found.id, found)).collect();
        let users: HashMap<_, _> =
            self.catalog.service_users(None).await?.into_iter().map(|user| (user.id, user)).collect();
        let credentials = self.catalog.credentials(None).await?.into_iter().filter(is_in_use);
        let rows = credentials.filter_map(|credential| {
            let user = users.get(&credential.service_user)?;
            Some(row(credential, user, environments.get(&user.environment)?))
        });
        Ok(rows.collect())
    }
}

/// Sorts credentials into the lists that they belong to.
fn select(rows: Vec<RadarRow>, now: OffsetDateTime, key_age_days: u32) -> Radar {
    let limit = Duration::days(i64::from(key_age_days));
    let is_old = |row: &RadarRow| row.issued_at.is_some_and(|at| now - at > limit);
    let is_unused = |row: &RadarRow| now - in_hand_since(row) >= UNUSED_FOR;
    Radar {
        expiring: listed(&rows, |row| row.expires_at.is_some(), |row| row.expires_at),
        old: listed(&rows, is_old, |row| row.issued_at),
        unused: listed(&rows, is_unused, in_hand_since),
        key_age_days,
        credentials: count(rows.iter()),
        without_expiry: count(rows.iter().filter(|row| row.expires_at.is_none())),
    }
}

/// When a credential was last of use here: a new one has had no time to be.
fn in_hand_since(row: &RadarRow) -> OffsetDateTime {
    row.last_used_at.map_or(row.imported_at, |used| used.max(row.imported_at))
}

fn listed<K: Ord>(
    rows: &[RadarRow],
    belongs: impl Fn(&RadarRow) -> bool,
    order: impl Fn(&RadarRow) -> K,
) -> Vec<RadarRow> {
    let mut list: Vec<RadarRow> = rows.iter().filter(|row| belongs(row)).cloned().collect();
    list.sort_by_key(|row| (order(row), row.service_user_name.to_lowercase(), row.credential));
    list
}

fn count(rows: impl Iterator) -> u32 {
    u32::try_from(rows.count()).unwrap_or(u32::MAX)
}

fn is_in_use(credential: &Credential) -> bool {
    matches!(credential.state, CredentialState::Active | CredentialState::Missing)
}

fn row(credential: Credential, user: &ServiceUser, environment: &Environment) -> RadarRow {
    RadarRow {
        credential: credential.id,
        service_user: user.id,
        service_user_name: user.settings.name.clone(),
        environment: environment.id,
        environment_name: environment.settings.name.clone(),
        tier: environment.settings.tier,
        key_id: credential.shown_id().to_owned(),
        issued_at: credential.issued_at,
        expires_at: credential.expires_at,
        imported_at: credential.imported_at,
        last_used_at: credential.last_used_at,
    }
}

#[cfg(test)]
pub(super) mod tests;
