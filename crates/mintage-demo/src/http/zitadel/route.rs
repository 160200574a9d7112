//! A **route** is what a request addresses: a verb, a user, an item, and the variant of the API.

use axum::http::Method;

use super::error::ApiError;
use crate::http::path;

/// The prefix of every procedure's path.
pub(super) const SERVICE: &str = "/zitadel.user.v2.UserService/";

/// The variants of the API. The last two differ only in their errors and in where the ids are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    /// `/management/v1` and `/auth/v1`: every call needs a role, and works in one organisation.
    V1,
    /// `/v2`: a service user may manage its own credentials.
    V2,
    /// Version 2 by Connect.
    Connect,
}

impl Face {
    pub(super) fn of(path: &str) -> Self {
        match path {
            _ if path.starts_with(SERVICE) => Self::Connect,
            _ if path.starts_with("/v2/") => Self::V2,
            _ => Self::V1,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    AddKey,
    GetKey,
    RemoveKey,
    SearchKeys,
    AddSecret,
    RemoveSecret,
    AddToken,
    RemoveToken,
    SearchTokens,
    AddUser,
    RemoveUser,
    AddMember,
    SearchUsers,
    GetUser,
    Myself,
    Permissions,
}

pub(super) struct Route {
    pub(super) face: Face,
    pub(super) verb: Verb,
    /// Empty with Connect, whose message names it.
    pub(super) user_id: String,
    /// A key or a token; empty with Connect too.
    pub(super) item_id: String,
}

/// Finds the route of a request.
pub(super) fn find(method: &Method, path: &str) -> Result<Route, ApiError> {
    let segments = path::segments(path);
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let verbs = verbs(&segments);
    let found = verbs.iter().find(|(wanted, _)| *wanted == method.as_str());
    let (_, verb) = found.ok_or(if verbs.is_empty() { ApiError::NO_SUCH_PATH } else { ApiError::NO_SUCH_METHOD })?;
    let (user_id, item_id) = match segments[..] {
        ["management", "v1", "users", user, _, item] => (user, item),
        ["management", "v1", "users", user] | ["management", "v1", "users", user, _] => (user, ""),
        ["v2", "users", user, _, item] => (user, item),
        ["v2", "users", user] | ["v2", "users", user, _] => (user, ""),
        _ => ("", ""),
    };
    Ok(Route { face: Face::of(path), verb: *verb, user_id: user_id.to_owned(), item_id: item_id.to_owned() })
}

/// The methods of a path.
fn verbs(segments: &[&str]) -> &'static [(&'static str, Verb)] {
    match segments {
        ["auth", "v1", "users", "me"] => &[("GET", Verb::Myself)],
        ["auth", "v1", "permissions", "zitadel", "me", "_search"] => &[("POST", Verb::Permissions)],
        ["management", "v1", "users", "_search"] | ["v2", "users"] => &[("POST", Verb::SearchUsers)],
        ["management", "v1", "users", "machine"] => &[("POST", Verb::AddUser)],
        ["management", "v1", "users", _] => &[("GET", Verb::GetUser), ("DELETE", Verb::RemoveUser)],
        ["management", "v1", "orgs", "me", "members"] => &[("POST", Verb::AddMember)],
        ["management", "v1", "users", _, "keys"] => &[("POST", Verb::AddKey)],
        ["management", "v1", "users", _, "keys", "_search"] => &[("POST", Verb::SearchKeys)],
        ["management", "v1", "users", _, "keys", _] => &[("GET", Verb::GetKey), ("DELETE", Verb::RemoveKey)],
        // As ZITADEL defines them; not measured.
        ["management", "v1", "users", _, "secret"] => &[("PUT", Verb::AddSecret), ("DELETE", Verb::RemoveSecret)],
        ["management", "v1", "users", _, "pats"] => &[("POST", Verb::AddToken)],
        ["management", "v1", "users", _, "pats", "_search"] => &[("POST", Verb::SearchTokens)],
        ["management", "v1", "users", _, "pats", _] => &[("DELETE", Verb::RemoveToken)],
        ["v2", "users", "keys", "search"] => &[("POST", Verb::SearchKeys)],
        ["v2", "users", "pats", "search"] => &[("POST", Verb::SearchTokens)],
        ["v2", "users", _] => &[("GET", Verb::GetUser)],
        ["v2", "users", _, "keys"] => &[("POST", Verb::AddKey)],
        ["v2", "users", _, "keys", _] => &[("DELETE", Verb::RemoveKey)],
        ["v2", "users", _, "secret"] => &[("POST", Verb::AddSecret), ("DELETE", Verb::RemoveSecret)],
        ["v2", "users", _, "pats"] => &[("POST", Verb::AddToken)],
        ["v2", "users", _, "pats", _] => &[("DELETE", Verb::RemoveToken)],
        ["zitadel.user.v2.UserService", procedure] => procedures(procedure),
        _ => &[],
    }
}

fn procedures(name: &str) -> &'static [(&'static str, Verb)] {
    match name {
        "AddKey" => &[("POST", Verb::AddKey)],
        "RemoveKey" => &[("POST", Verb::RemoveKey)],
        "ListKeys" => &[("POST", Verb::SearchKeys)],
        "AddSecret" => &[("POST", Verb::AddSecret)],
        "RemoveSecret" => &[("POST", Verb::RemoveSecret)],
        "AddPersonalAccessToken" => &[("POST", Verb::AddToken)],
        "RemovePersonalAccessToken" => &[("POST", Verb::RemoveToken)],
        "ListPersonalAccessTokens" => &[("POST", Verb::SearchTokens)],
        "ListUsers" => &[("POST", Verb::SearchUsers)],
        "GetUserByID" => &[("POST", Verb::GetUser)],
        _ => &[],
    }
}
