//! Causes in the **request**: where it went, what it asked for, how it was encoded.

use super::client::kind_of;
use super::{cause, quoted_list};
use crate::diagnosis::{Case, Cause, NextStep};
use crate::provider::{Parameter, RequestKind, ScopePlace};

/// No scopes are requested, although there is a place for them.
pub(in crate::diagnosis) fn scope_empty(case: &Case<'_>) -> Option<Cause> {
    let empty = case.scopes.iter().all(|scope| scope.trim().is_empty());
    let placed = case.provider.scopes.place != ScopePlace::None;
    if case.request != RequestKind::Token || !empty || !placed {
        return None;
    }
    let sentence = format!("No scope was requested, and {} requires at least one", case.server_name());
    let rules = &case.provider.scopes;
    let offered = rules.presets.first().filter(|_| rules.required).map(|preset| &preset.scope);
    // A scope with a placeholder isn't an example that can be copied.
    let example = rules.defaults.first().or(offered).filter(|scope| !scope.contains('{'));
    let help = match example {
        Some(scope) => format!("Add a scope, for example `{scope}`"),
        None => "Add the scope that the API requires".to_owned(),
    };
    Some(cause("scope-empty", sentence, help, NextStep::EditScopes))
}

/// The same as a guess: only if the server doesn't explain itself.
pub(in crate::diagnosis) fn scope_empty_unexplained(case: &Case<'_>) -> Option<Cause> {
    let explained = case.said.is_some_and(|said| said.description.is_some());
    scope_empty(case).filter(|_| !explained)
}

/// The server says that no scope was requested, although one was.
pub(in crate::diagnosis) fn scope_not_found(case: &Case<'_>) -> Option<Cause> {
    let sentence = "The server found no scope in the request, although one was sent";
    let help = "Check the scopes, and that the profile puts them where this server expects them";
    (case.provider.scopes.place != ScopePlace::None).then(|| cause("scope-empty", sentence, help, NextStep::EditScopes))
}

pub(in crate::diagnosis) fn scope_refused(case: &Case<'_>) -> Option<Cause> {
    let sentence = match case.scopes {
        [] => "The server doesn't grant what was requested".to_owned(),
        scopes => format!("The server doesn't grant {}", quoted_list(scopes)),
    };
    Some(cause("scope-refused", sentence, "Remove the scopes it doesn't know", NextStep::EditScopes))
}

pub(in crate::diagnosis) fn grant_unsupported(case: &Case<'_>) -> Option<Cause> {
    let sentence = format!("The server doesn't support the grant `{}`", case.grant_type());
    let help = "Choose the right provider for this server, and check the token endpoint";
    Some(cause("grant-unsupported", sentence, help, NextStep::EditEnvironment))
}

pub(in crate::diagnosis) fn grant_not_allowed(case: &Case<'_>) -> Option<Cause> {
    let sentence = format!("The server doesn't allow this client to get tokens with its {}", kind_of(case));
    let help = "Ask an administrator to allow this grant for the client";
    Some(cause("grant-not-allowed", sentence, help, NextStep::None))
}

pub(in crate::diagnosis) fn refused(case: &Case<'_>) -> Option<Cause> {
    let sentence = "The server doesn't accept this kind of request";
    let help = format!("Choose the right provider for this server, and check the {}", endpoint(case));
    Some(cause("request-refused", sentence, help, NextStep::EditEnvironment))
}

pub(in crate::diagnosis) fn altered(case: &Case<'_>) -> Option<Cause> {
    let sentence = "The request arrived without its form data: something on the way changed it";
    let help = format!("Check the proxy, and that the {} is the server's own", endpoint(case));
    Some(cause("request-altered", sentence, help, NextStep::EditEnvironment))
}

pub(in crate::diagnosis) fn wrong_host(case: &Case<'_>) -> Option<Cause> {
    let host = case.said.map_or(case.host, |said| &said.host);
    let sentence = format!("A server responds at `{host}`, but it has no instance with this name");
    let help = "Enter the issuer as the console shows it, with host and port";
    Some(cause("wrong-host", sentence, help, NextStep::EditEnvironment))
}

pub(in crate::diagnosis) fn endpoint_wrong(case: &Case<'_>) -> Option<Cause> {
    let host = case.said.map_or(case.host, |said| &said.host);
    let sentence = format!("There's no {} at this address of `{host}`", endpoint(case));
    Some(cause("endpoint-wrong", sentence, "Check the environment's endpoints", NextStep::EditEnvironment))
}

pub(in crate::diagnosis) fn endpoint_wrong_if_404(case: &Case<'_>) -> Option<Cause> {
    endpoint_wrong(case).filter(|_| case.said.is_some_and(|said| said.status == 404))
}

pub(in crate::diagnosis) fn path_unknown(case: &Case<'_>) -> Option<Cause> {
    let host = case.said.map_or(case.host, |said| &said.host);
    let sentence =
        format!("`{host}` has no such path: the server is another version, or its base address is different");
    let help = match case.provider.refusals.version_help.as_str() {
        "" => "Choose the right provider for this server, and check its address and port",
        help => help,
    };
    Some(cause("other-dialect", sentence, help, NextStep::EditEnvironment))
}

pub(in crate::diagnosis) fn target_unknown(case: &Case<'_>) -> Option<Cause> {
    let sentence = match parameters(case) {
        Some(named) => format!("The server finds nothing for this client under {named}"),
        None => "The server doesn't know the API or resource that the token is requested for".to_owned(),
    };
    let help = "Compare the identifier in the environment or the profile with the one in the console";
    Some(cause("target-unknown", sentence, help, NextStep::EditEnvironment))
}

pub(in crate::diagnosis) fn target_suspended(case: &Case<'_>) -> Option<Cause> {
    let named = parameters(case).unwrap_or_else(|| "the resource the token is requested for".to_owned());
    let help = "Ask an administrator to lift the suspension in the console";
    Some(cause("target-suspended", format!("The server has suspended {named}"), help, NextStep::None))
}

/// What the token is for, according to the environment's parameters: `` `42`, the environment's Installation id``.
fn parameters(case: &Case<'_>) -> Option<String> {
    let value = |name: &String| case.parameters.get(name).filter(|value| !value.is_empty());
    let shown =
        |parameter: &Parameter| Some(format!("`{}`, the environment's {}", value(&parameter.name)?, parameter.label));
    let all: Vec<String> = case.provider.parameters.iter().filter_map(shown).collect();
    (!all.is_empty()).then(|| all.join(", or "))
}

/// What the request went to, in a sentence.
fn endpoint(case: &Case<'_>) -> &'static str {
    match case.request {
        RequestKind::Token => "token endpoint",
        RequestKind::Introspection => "introspection endpoint",
        RequestKind::Revocation => "revocation endpoint",
        RequestKind::Userinfo => "userinfo endpoint",
        RequestKind::Api | RequestKind::KeyComparison => "API",
        RequestKind::KeySet => "key set",
        RequestKind::Discovery => "discovery document",
    }
}
