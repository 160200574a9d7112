//! **Checking** recipes: what can't work is an error before a key is made for it.

use super::address::address;
use super::impossible;
use crate::provider::{CreationRules, ExpiryRule, Maker, Mark, Provider, ProviderError, Recipe};

pub(super) fn check(provider: &Provider) -> Result<(), ProviderError> {
    if let Some(rules) = &provider.creation {
        creating(provider, rules)?;
    }
    provider.recipes.iter().try_for_each(|recipe| {
        addresses(provider, recipe)?;
        adding(recipe)?;
        pointers(recipe)
    })
}

/// One whose creation's answer was lost must be found, so that none is created twice.
fn creating(provider: &Provider, rules: &CreationRules) -> Result<(), ProviderError> {
    rules.calls().try_for_each(|(member, call)| address(provider, member, &call.url))?;
    if rules.find.id.is_empty() || rules.find.title.is_empty() {
        return Err(impossible("creation.find", "say where an item has its `id` and its `title`"));
    }
    if !rules.organisation.is_empty() && !provider.parameters.iter().any(|one| one.name == rules.organisation) {
        return Err(impossible("creation.organisation", "name one of the `parameters`"));
    }
    Ok(())
}

fn addresses(provider: &Provider, recipe: &Recipe) -> Result<(), ProviderError> {
    if recipe.name.trim().is_empty() {
        return Err(ProviderError::Missing { member: "recipes.name" });
    }
    if !recipe.api.is_empty() {
        address(provider, "recipes.api", &recipe.api)?;
    }
    recipe.calls().into_iter().try_for_each(|(member, call)| address(provider, member, &call.url))
}

/// Who makes a credential, and how it is recognised.
fn adding(recipe: &Recipe) -> Result<(), ProviderError> {
    match recipe.maker {
        Maker::Console | Maker::Download if recipe.console.is_empty() => {
            return Err(impossible("recipes.console", "say what a person does there"));
        }
        Maker::Mintage | Maker::Server if recipe.add.call.url.is_empty() => {
            return Err(impossible("recipes.add.call", "its `url` is required unless `maker` is console or download"));
        }
        Maker::Server if recipe.add.secret.is_empty() => {
            return Err(impossible("recipes.add.secret", "say where the answer has what the server made"));
        }
        _ => {}
    }
    let marked_by_expiry = matches!(recipe.mark, Mark::ExpiryMicroseconds | Mark::ExpirySeconds);
    if marked_by_expiry && recipe.expiry == ExpiryRule::None && !recipe.form.is_certificate() {
        return Err(impossible("recipes.mark", "a credential without an expiry date can't be recognised by it"));
    }
    if recipe.mark != Mark::None && recipe.list.is_none() {
        return Err(impossible("recipes.mark", "it requires `list`"));
    }
    Ok(())
}

/// RFC 6901 §3: a pointer begins with a slash.
fn pointers(recipe: &Recipe) -> Result<(), ProviderError> {
    let list = recipe.list.iter().flat_map(|list| {
        [&list.items, &list.id, &list.handle, &list.created, &list.expires, &list.title]
            .into_iter()
            .chain(list.only.keys())
    });
    let permissions = recipe.actor.permissions.iter().map(|rules| &rules.list);
    let mut pointers = [&recipe.add.id, &recipe.add.secret].into_iter().chain(list).chain(permissions);
    match pointers.find(|pointer| !pointer.is_empty() && !pointer.starts_with('/')) {
        Some(_) => Err(impossible("recipes", "use a JSON Pointer into the response, beginning with a slash")),
        None => Ok(()),
    }
}
