//! Service users as the agent lists them.

use mintage_agent_protocol::UserRow;
use mintage_agent_protocol::text::rfc3339;
use mintage_core::environment::{Environment, Tier};
use mintage_core::error::Error;
use mintage_core::mint::{EnvironmentOverview, Mint, ServiceUserRow, TokenState};
use mintage_core::provider::Provider;

/// Lists service users, or those with a text in their name, environment or id.
///
/// # Errors
/// What the catalogue reports.
pub async fn list(mint: &Mint, text: Option<&str>) -> Result<Vec<UserRow>, Error> {
    let (environments, providers) = (mint.environments().await?, mint.providers().await?);
    Ok(users(&mint.service_users(None).await?, &environments, &providers, text))
}

fn users(
    users: &[ServiceUserRow],
    environments: &[EnvironmentOverview],
    providers: &[Provider],
    text: Option<&str>,
) -> Vec<UserRow> {
    let rows = users.iter().filter_map(|user| {
        let of = user.listed.service_user.environment;
        let overview = environments.iter().find(|overview| overview.environment.id == of)?;
        Some(row(user, &overview.environment, providers))
    });
    let text = text.unwrap_or_default().to_lowercase();
    let has_it =
        |row: &UserRow| [&row.name, &row.environment, &row.id].iter().any(|field| field.to_lowercase().contains(&text));
    rows.filter(has_it).collect()
}

fn row(row: &ServiceUserRow, environment: &Environment, providers: &[Provider]) -> UserRow {
    let (listed, settings) = (&row.listed, &environment.settings);
    let provider = providers.iter().find(|provider| provider.id == settings.provider);
    let state = match &row.token {
        _ if listed.key_missing => "key-missing",
        _ if listed.service_user.default_credential.is_none() => "no-key",
        // An application's key authenticates introspection and mints nothing.
        _ if listed.credential_kind.is_some_and(|kind| !kind.mints()) => "introspects",
        TokenState::Valid { .. } => "token",
        TokenState::None | TokenState::Expired => "ready",
    };
    UserRow {
        id: listed.service_user.id.0.to_string(),
        name: listed.service_user.settings.name.clone(),
        environment: settings.name.clone(),
        production: settings.tier == Tier::Production,
        provider: provider.map_or_else(|| settings.provider.0.clone(), |provider| provider.name.clone()),
        key_expires_at: listed.key_expires_at.map(rfc3339),
        last_minted: listed.service_user.last_used_at.map(rfc3339),
        state: state.to_owned(),
    }
}
