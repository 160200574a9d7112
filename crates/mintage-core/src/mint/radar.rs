//! The expiry **radar**: which credentials, over all environments, will soon need attention.
//!
//! Rule: it only reports what is known. A key without an expiry date may still expire, one whose id doesn't give its
//! age may be old: they are counted, never called fine.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};

use super::Mint;
use super::periods::Periods;
use crate::catalog::ForeignList;
use crate::credential::{Credential, CredentialKind, CredentialState, ExpiryProvenance, ForeignCredential};
use crate::environment::{Environment, Tier};
use crate::error::Error;
use crate::ids::{CredentialId, EnvironmentId, ServiceUserId};
use crate::service_user::ServiceUser;

/// What needs attention, each list with the most urgent first. A credential may be in several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Radar {
    /// Those with an expiry date, expired ones first.
    pub expiring: Vec<RadarRow>,
    /// Those that are known to be older than the limit in the settings.
    pub old: Vec<RadarRow>,
    /// Those that weren't used for 90 days, nor imported since.
    pub unused: Vec<RadarRow>,
    /// Those whose reminder a person postponed; they are in no other list.
    pub snoozed: Vec<RadarRow>,
    /// Those that servers listed and Mintage doesn't hold, as of when each was asked; the oldest first.
    pub foreign: Vec<ForeignRow>,
    /// The limit in the settings, in days.
    pub key_age_days: u32,
    /// How many credentials there are.
    pub credentials: u32,
    /// How many of them have no known expiry date.
    pub without_expiry: u32,
}

/// A credential with its service user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RadarRow {
    /// The credential.
    pub credential: CredentialId,
    /// Its service user.
    pub service_user: ServiceUserId,
    /// The service user's name.
    pub service_user_name: String,
    /// Its environment.
    pub environment: EnvironmentId,
    /// The environment's name.
    pub environment_name: String,
    /// The environment's tier.
    pub tier: Tier,
    /// What kind of secret it is.
    pub kind: CredentialKind,
    /// Key id at the issuer.
    pub key_id: String,
    /// When the issuer created it, if its id says so.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub issued_at: Option<OffsetDateTime>,
    /// When it expires, if that is known.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub expires_at: Option<OffsetDateTime>,
    /// Who said so, or that it doesn't, and when; `None` if only its file did, or nobody.
    pub expiry_provenance: Option<ExpiryProvenance>,
    /// Until when it is left out of what is urgent, if a person wanted that.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub snoozed_until: Option<OffsetDateTime>,
    /// When it was imported.
    #[serde(with = "time::serde::rfc3339")]
    #[specta(type = String)]
    pub imported_at: OffsetDateTime,
    /// When it was last used.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub last_used_at: Option<OffsetDateTime>,
}

/// A credential at a server that Mintage doesn't hold, with its service user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ForeignRow {
    /// The service user that it belongs to.
    pub service_user: ServiceUserId,
    /// The service user's name.
    pub service_user_name: String,
    /// Its environment.
    pub environment: EnvironmentId,
    /// The environment's name.
    pub environment_name: String,
    /// The environment's tier.
    pub tier: Tier,
    /// What kind of secret it is.
    pub kind: CredentialKind,
    /// What the server says about it.
    pub credential: ForeignCredential,
    /// Whether it can be removed through the API.
    pub removable: bool,
    /// When the server was asked.
    #[serde(with = "time::serde::rfc3339")]
    #[specta(type = String)]
    pub listed_at: OffsetDateTime,
}

impl Mint {
    /// Checks all credentials.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn radar(&self) -> Result<Radar, Error> {
        let key_age_days = self.settings().await?.key_age_days;
        let now = self.now();
        let rows = self.radar_rows(|_| true).await?.into_iter();
        let (asleep, awake): (Vec<_>, Vec<_>) = rows.partition(|row| row.snoozed_until.is_some());
        let radar = select(awake, now, key_age_days);
        Ok(Radar {
            credentials: radar.credentials + count(asleep.iter()),
            without_expiry: radar.without_expiry + count(asleep.iter().filter(|row| is_unknown(row))),
            snoozed: listed(&asleep, |_| true, |row| row.snoozed_until),
            foreign: self.foreign_rows().await?,
            ..radar
        })
    }

    /// What servers listed and Mintage doesn't hold, nor has got to hold since.
    async fn foreign_rows(&self) -> Result<Vec<ForeignRow>, Error> {
        let environments: HashMap<_, _> =
            self.catalog.environments().await?.into_iter().map(|found| (found.id, found)).collect();
        let users: HashMap<_, _> =
            self.catalog.service_users(None).await?.into_iter().map(|user| (user.id, user)).collect();
        let held = self.catalog.credentials(None).await?;
        let is_held = |list: &ForeignList, id: &String| {
            let has_it = |one: &Credential| [one.key_id.as_ref(), one.client_id.as_ref()].contains(&Some(id));
            held.iter().any(|one| one.service_user == list.service_user && has_it(one))
        };
        let mut rows: Vec<ForeignRow> = Vec::new();
        for list in self.catalog.foreign().await? {
            let Some(user) = users.get(&list.service_user) else { continue };
            let Some(environment) = environments.get(&user.environment) else { continue };
            for one in list.credentials.iter().filter(|one| !is_held(&list, &one.id)) {
                // The list of another kind may have it, too.
                let is_same = |row: &ForeignRow| {
                    row.service_user == user.id && row.credential.id == one.id && one.may_be.contains(&row.kind)
                };
                if !rows.iter().any(is_same) {
                    rows.push(foreign_row(one, &list, user, environment));
                }
            }
        }
        rows.sort_by_key(|row| {
            let created_at = row.credential.created_at;
            (created_at.is_none(), created_at, row.service_user_name.to_lowercase(), row.credential.id.clone())
        });
        Ok(rows)
    }

    /// The active credentials of the selected environments.
    pub(super) async fn radar_rows(&self, wanted: impl Fn(&Environment) -> bool) -> Result<Vec<RadarRow>, Error> {
        let environments = self.catalog.environments().await?.into_iter().filter(wanted);
        let environments: HashMap<_, _> = environments.map(|found| (found.id, found)).collect();
        let users: HashMap<_, _> =
            self.catalog.service_users(None).await?.into_iter().map(|user| (user.id, user)).collect();
        let provenances: HashMap<_, _> = self.catalog.expiry_sources().await?.into_iter().collect();
        let snoozed: HashMap<_, _> = self.catalog.snoozed().await?.into_iter().collect();
        let now = self.now();
        let credentials = self.catalog.credentials(None).await?.into_iter().filter(is_in_use);
        let rows = credentials.filter_map(|credential| {
            let id = credential.id;
            let user = users.get(&credential.service_user)?;
            Some(RadarRow {
                expiry_provenance: provenances.get(&id).copied(),
                snoozed_until: snoozed.get(&id).copied().filter(|until| *until > now),
                ..row(credential, user, environments.get(&user.environment)?)
            })
        });
        Ok(rows.collect())
    }
}

/// Sorts credentials into their lists.
fn select(rows: Vec<RadarRow>, now: OffsetDateTime, key_age_days: u32) -> Radar {
    let limit = Duration::days(i64::from(key_age_days));
    let is_old = |row: &RadarRow| row.issued_at.is_some_and(|at| now - at > limit);
    let is_unused = |row: &RadarRow| now - in_hand_since(row) >= Periods::UNUSED;
    Radar {
        expiring: listed(&rows, |row| row.expires_at.is_some(), |row| row.expires_at),
        old: listed(&rows, is_old, |row| row.issued_at),
        unused: listed(&rows, is_unused, in_hand_since),
        snoozed: Vec::new(),
        foreign: Vec::new(),
        key_age_days,
        credentials: count(rows.iter()),
        without_expiry: count(rows.iter().filter(|row| is_unknown(row))),
    }
}

/// When a credential was last useful: a new one hasn't had time to be.
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

/// Whether nobody said whether it expires.
fn is_unknown(row: &RadarRow) -> bool {
    row.expires_at.is_none() && row.expiry_provenance.is_none()
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
        kind: credential.kind,
        key_id: credential.shown_id().to_owned(),
        issued_at: credential.issued_at,
        expires_at: credential.expires_at,
        expiry_provenance: None,
        snoozed_until: None,
        imported_at: credential.imported_at,
        last_used_at: credential.last_used_at,
    }
}

fn foreign_row(
    credential: &ForeignCredential,
    list: &ForeignList,
    user: &ServiceUser,
    environment: &Environment,
) -> ForeignRow {
    ForeignRow {
        service_user: user.id,
        service_user_name: user.settings.name.clone(),
        environment: environment.id,
        environment_name: environment.settings.name.clone(),
        tier: environment.settings.tier,
        kind: list.kind,
        credential: credential.clone(),
        removable: list.removable,
        listed_at: list.listed_at,
    }
}

#[cfg(test)]
pub(super) mod tests;
