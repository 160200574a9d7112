//! What a server **lists**: the credentials of a service user, as its recipe reads them.

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

use super::acting::{Acting, Job};
use super::server::{id_at, text_at};
use crate::error::Error;
use crate::json::Json;
use crate::mint::Mint;
use crate::provider::{ListRules, OwnRight, Recipe};
use crate::rotation::RotationError;

/// A credential as a server lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::mint) struct ServerItem {
    /// Its id.
    pub(in crate::mint) id: String,
    /// Whether the server lists it by that id; otherwise the id is the one that calls need.
    pub(in crate::mint) is_named: bool,
    /// The id that calls need: usually the same.
    pub(in crate::mint) handle: String,
    /// When it was created, if the server says so.
    pub(in crate::mint) created_at: Option<OffsetDateTime>,
    /// When it expires, to the server's precision; `None` if it doesn't, or the server doesn't say.
    pub(in crate::mint) expires_at: Option<OffsetDateTime>,
    /// Its title, if the server has titles.
    pub(in crate::mint) title: Option<String>,
}

/// Expiry dates from then on mean that a credential doesn't expire.
const NEVER_FROM: i32 = 9000;

impl ServerItem {
    /// Its expiry, unless that means never.
    pub(in crate::mint) fn real_expiry(&self) -> Option<OffsetDateTime> {
        self.expires_at.filter(|at| at.year() < NEVER_FROM)
    }
}

impl Mint {
    /// Lists a service user's credentials at the server. Nothing found, and nothing that the caller may see, look the
    /// same.
    pub(in crate::mint) async fn list_at_server(&self, job: &Job) -> Result<Vec<ServerItem>, Error> {
        let Some(rules) = &job.recipe.list else {
            return Err(RotationError::Unlisted { provider: job.acting.provider.name.clone() }.into());
        };
        let answer = self.ask_recipe(job, &rules.call, &job.acting.values(&[])).await?;
        Ok(items_of(answer.expose(), rules))
    }
}

impl Mint {
    /// The newest version of the API that the server has, and what it lists there. The recipes are those of one kind.
    pub(in crate::mint) async fn newest_version(
        &self,
        acting: Acting,
        recipes: Vec<Recipe>,
    ) -> Result<(Job, Option<Vec<ServerItem>>), Error> {
        let last = recipes.len().saturating_sub(1);
        let unlisted = RotationError::Unlisted { provider: acting.provider.name.clone() };
        for (index, recipe) in recipes.into_iter().enumerate() {
            if acting.is_itself() && recipe.is_automatic() && recipe.actor.itself == OwnRight::Never {
                let provider = acting.provider.name.clone();
                return Err(RotationError::NotItself { provider, role: recipe.actor.role }.into());
            }
            let lists = recipe.list.is_some();
            let Some(asks) = listing_of(&acting, &recipe).filter(|_| lists || last > 0) else {
                return Ok((Job { acting, recipe }, None));
            };
            let asking = Job { acting: acting.clone(), recipe: asks };
            match self.list_at_server(&asking).await {
                Ok(items) => return Ok((Job { acting, recipe }, lists.then_some(items))),
                Err(error) if index < last && acting.says_path_unknown(&error) => {}
                Err(error) => return Err(asking.explained(error)),
            }
        }
        Err(unlisted.into())
    }
}

/// The recipe whose list tells whether the server has this one's API: where it lists nothing, another one of the same
/// API.
fn listing_of(acting: &Acting, recipe: &Recipe) -> Option<Recipe> {
    let others = acting.provider.recipes.iter().filter(|other| other.name == recipe.name);
    std::iter::once(recipe).chain(others).find(|one| one.list.is_some()).cloned()
}

/// The items of a list, the oldest first: servers sort by their own rules. An absent list is an empty one.
pub(in crate::mint) fn items_of(answer: &Json, rules: &ListRules) -> Vec<ServerItem> {
    let list = if rules.items.is_empty() { Some(answer) } else { answer.at(&rules.items) };
    let Some(Json::List(items)) = list else { return Vec::new() };
    let fits = |item: &&Json| rules.only.iter().all(|(place, value)| text_at(item, place) == Some(value));
    let read = |item: &Json| {
        let named = id_at(item, &rules.id);
        let handle = if rules.handle.is_empty() { named.clone() } else { id_at(item, &rules.handle) }?;
        Some(ServerItem {
            is_named: named.is_some(),
            id: named.unwrap_or_else(|| handle.clone()),
            handle,
            created_at: time_at(item, &rules.created),
            expires_at: time_at(item, &rules.expires),
            title: text_at(item, &rules.title).filter(|_| !rules.title.is_empty()).map(str::to_owned),
        })
    };
    let mut items: Vec<ServerItem> = items.iter().filter(fits).filter_map(read).collect();
    items.sort_by(|one, other| (one.created_at, &one.id).cmp(&(other.created_at, &other.id)));
    items
}

fn time_at(item: &Json, pointer: &str) -> Option<OffsetDateTime> {
    let told = OffsetDateTime::parse(text_at(item, pointer).filter(|_| !pointer.is_empty())?, &Rfc3339).ok()?;
    // Not by `moment`: the year 9999 is how servers say never. Its last hours west of Greenwich are no time in UTC, and
    // the first hours of the year 0 east of it can't be written.
    told.checked_to_offset(UtcOffset::UTC).filter(|at| at.year() >= 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_time_is_in_utc_or_there_is_none() {
        let check = |told: &str, expected: Option<&str>| {
            let item = Json::parse(&format!(r#"{{"created":"{told}"}}"#)).expect("it is JSON");
            let expected = expected.map(|text| OffsetDateTime::parse(text, &Rfc3339).expect("it is a time"));
            assert_eq!(time_at(&item, "/created"), expected, "{told}");
        };
        check("2026-11-30T12:00:00+02:00", Some("2026-11-30T10:00:00Z"));
        check("9999-12-31T23:59:58Z", Some("9999-12-31T23:59:58Z"));
        check("9999-12-31T23:59:59-23:00", None);
        check("0000-01-01T00:00:00+23:00", None);
        check("yesterday", None);
    }
}
