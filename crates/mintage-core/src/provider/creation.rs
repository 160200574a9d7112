//! How a **service user is created** through a server's API, as data: the calls that create it, find it again, remove it
//! and give it a role.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::call::Call;
use super::recipe::{ActorRules, ListRules};

/// How a service user is created through a server's API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct CreationRules {
    /// What the acting service user needs.
    pub actor: ActorRules,
    /// The call: `{title}` is the new user's name.
    pub call: Call,
    /// Where the answer has its id (RFC 6901).
    pub id: String,
    /// Lists service users, at least the one whose name is `{title}`: whoever comes after a lost answer finds it there by
    /// its `title`.
    pub find: ListRules,
    /// Removes the service user `{userId}`.
    pub remove: Call,
    /// The parameter of an environment that names the organisation of its calls; each service user may be created in
    /// another one. Empty if the organisation can't be chosen.
    pub organisation: String,
    /// How it gets an administrator role; absent if the API can't, or it isn't known how.
    pub grant: Option<GrantRules>,
    /// Where its roles are given instead, as a whole sentence; empty if `grant` gives them.
    pub roles_elsewhere: String,
}

/// How a service user gets an administrator role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct GrantRules {
    /// The call: `{role}` is the role. 409 means that the service user has it (RFC 9110 §15.5.10).
    pub call: Call,
    /// The permission that it needs, among those that [`ActorRules::permissions`] lists.
    pub permission: String,
    /// The role that has this permission, in the provider's words.
    pub needs: String,
    /// The roles that are offered, each with what it allows, in a few words.
    pub roles: Vec<Role>,
}

/// A role at a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Role {
    /// Its name in calls.
    pub role: String,
    /// What it allows, in a few words.
    pub explains: String,
}

impl CreationRules {
    /// Its calls, each with its member.
    pub(crate) fn calls(&self) -> impl Iterator<Item = (&'static str, &Call)> {
        let calls =
            [("creation.call", &self.call), ("creation.find.call", &self.find.call), ("creation.remove", &self.remove)];
        calls.into_iter().chain(self.grant.iter().map(|grant| ("creation.grant.call", &grant.call)))
    }
}
