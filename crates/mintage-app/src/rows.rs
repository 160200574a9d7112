//! Service users as a terminal **lists** them.
//!
//! Rule: the list is the catalogue's, read while others use it. Only the agent knows whose token is in memory.

use std::collections::{HashMap, HashSet};

use mintage_agent_protocol::text::rfc3339;
use mintage_core::catalog::{BriefServiceUser, CatalogError, CatalogReader};
use mintage_core::environment::{Environment, Tier};
use mintage_core::ids::EnvironmentId;
use mintage_core::provider::{ProviderId, built_in, file};
use serde::Serialize;

/// A service user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UserRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its environment's name.
    pub environment: String,
    /// Whether that is production.
    pub production: bool,
    /// The provider's name.
    pub provider: String,
    /// When its key expires (RFC 3339, UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_expires_at: Option<String>,
    /// When a token was last minted (RFC 3339, UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_minted: Option<String>,
    /// Its state in one word.
    pub state: &'static str,
}

/// Lists service users, or those with a text in their name, environment or id. `in_memory` are the ids of those whose
/// token is in memory.
///
/// # Errors
/// What the catalogue reports.
pub async fn list(
    reader: &CatalogReader,
    in_memory: &HashSet<String>,
    text: Option<&str>,
) -> Result<Vec<UserRow>, CatalogError> {
    let own = reader.providers().await?;
    let own =
        own.iter().filter_map(|own| file::read_stored(&own.document).ok()).map(|own| (own.id, own.name)).collect();
    let environments = reader.environments().await?;
    let places: HashMap<_, _> = environments.iter().map(|one| (one.id, Place::of(one, &own))).collect();
    let rows = rows(reader.brief().await?, &places, in_memory);
    Ok(match text.map(str::to_lowercase) {
        Some(text) => rows.filter(|row| has(row, &text)).collect(),
        None => rows.collect(),
    })
}

/// What a row says of its environment.
struct Place<'a> {
    name: &'a str,
    production: bool,
    provider: &'a str,
}

impl<'a> Place<'a> {
    fn of(environment: &'a Environment, own: &'a HashMap<ProviderId, String>) -> Self {
        let settings = &environment.settings;
        let built_in = || built_in().iter().find(|one| one.id == settings.provider).map(|one| one.name.as_str());
        let provider = own.get(&settings.provider).map(String::as_str).or_else(built_in);
        Self {
            name: &settings.name,
            production: settings.tier == Tier::Production,
            // A profile that is gone, or can't be used, has no name.
            provider: provider.unwrap_or(&settings.provider.0),
        }
    }
}

fn rows<'a>(
    users: Vec<BriefServiceUser>,
    places: &'a HashMap<EnvironmentId, Place<'a>>,
    in_memory: &'a HashSet<String>,
) -> impl Iterator<Item = UserRow> + 'a {
    users.into_iter().filter_map(|user| {
        let place = places.get(&user.environment)?;
        let id = user.id.0.to_string();
        Some(UserRow {
            state: state(&user, in_memory.contains(&id)),
            id,
            name: user.name,
            environment: place.name.to_owned(),
            production: place.production,
            provider: place.provider.to_owned(),
            key_expires_at: user.key_expires_at.map(rfc3339),
            last_minted: user.last_used_at.map(rfc3339),
        })
    })
}

fn state(user: &BriefServiceUser, in_memory: bool) -> &'static str {
    match user.credential_kind {
        _ if user.key_missing => "key-missing",
        None => "no-key",
        // An application's key authenticates introspection and mints nothing.
        Some(kind) if !kind.mints() => "introspects",
        Some(_) if in_memory => "token",
        Some(_) => "ready",
    }
}

fn has(row: &UserRow, lower_case: &str) -> bool {
    [&row.name, &row.environment, &row.id].iter().any(|field| field.to_lowercase().contains(lower_case))
}

#[cfg(test)]
mod tests {
    use mintage_core::credential::CredentialKind;
    use mintage_core::ids::ServiceUserId;
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;

    fn user(number: u128, kind: Option<CredentialKind>) -> BriefServiceUser {
        BriefServiceUser {
            id: ServiceUserId(Uuid::from_u128(number)),
            environment: EnvironmentId(Uuid::from_u128(1)),
            name: format!("Bot {number}"),
            last_used_at: None,
            credential_kind: kind,
            key_missing: false,
            key_expires_at: Some(datetime!(2026-11-29 17:00:00 +1)),
        }
    }

    #[test]
    fn a_state_says_the_first_thing_that_keeps_from_a_token_and_else_whether_there_is_one() {
        let key = Some(CredentialKind::PrivateKey);
        let missing = BriefServiceUser { key_missing: true, ..user(1, key) };
        for (user, in_memory, expected) in [
            (user(1, key), false, "ready"),
            (user(1, key), true, "token"),
            (missing.clone(), true, "key-missing"),
            (user(1, None), true, "no-key"),
            (user(1, Some(CredentialKind::ApplicationKey)), true, "introspects"),
        ] {
            assert_eq!(state(&user, in_memory), expected, "{user:?} {in_memory}");
        }
    }

    #[test]
    fn rows_name_their_environment_and_are_found_by_what_they_show() {
        let places = HashMap::from([(
            EnvironmentId(Uuid::from_u128(1)),
            Place { name: "Dev", production: false, provider: "ZITADEL" },
        )]);
        let elsewhere = BriefServiceUser { environment: EnvironmentId(Uuid::from_u128(2)), ..user(3, None) };
        let in_memory = HashSet::from([Uuid::from_u128(2).to_string()]);
        let key = Some(CredentialKind::PrivateKey);
        let rows: Vec<_> = rows(vec![user(1, key), user(2, key), elsewhere], &places, &in_memory).collect();
        assert_eq!(rows.iter().map(|row| row.state).collect::<Vec<_>>(), ["ready", "token"]);
        assert_eq!(rows[0].key_expires_at.as_deref(), Some("2026-11-29T16:00:00Z"));
        for (text, found) in [("bot 1", vec![1]), ("dev", vec![1, 2]), ("0002", vec![2]), ("zitadel", vec![])] {
            let having: Vec<u128> = (1..).zip(&rows).filter(|(_, row)| has(row, text)).map(|(at, _)| at).collect();
            assert_eq!(having, found, "{text}");
        }
    }
}
