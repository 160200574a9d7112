//! A **scope** is what a client requests; unknown ones are silently dropped, as ZITADEL does.

const PLAIN: [&str; 9] = [
    "openid",
    "profile",
    "email",
    "phone",
    "offline_access",
    ROLES_OF_ALL_PROJECTS,
    METADATA,
    RESOURCE_OWNER,
    "urn:zitadel:iam:user:groups",
];
const PREFIXES: [&str; 4] =
    [ROLE_PREFIX, "urn:zitadel:iam:org:roles:id:", "urn:zitadel:iam:org:id:", "urn:zitadel:iam:org:domain:primary:"];
const ROLES_OF_ALL_PROJECTS: &str = "urn:zitadel:iam:org:projects:roles";
const METADATA: &str = "urn:zitadel:iam:user:metadata";
const RESOURCE_OWNER: &str = "urn:zitadel:iam:user:resourceowner";
const ROLE_PREFIX: &str = "urn:zitadel:iam:org:project:role:";

/// The id that `urn:zitadel:iam:org:project:id:zitadel:aud` stands for: the issuer's own project.
pub const OWN_PROJECT: &str = "100000000000000001";

/// The known scopes of a request, in order, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// Reads a space-separated list (RFC 6749 §3.3). `None` if it is empty.
    pub fn read(requested: &str) -> Option<Self> {
        let mut known: Vec<String> = Vec::new();
        let mut named_any = false;
        for scope in requested.split(' ').filter(|scope| !scope.is_empty()) {
            named_any = true;
            if is_known(scope) && !known.iter().any(|one| one == scope) {
                known.push(scope.to_owned());
            }
        }
        named_any.then_some(Self(known))
    }

    /// Reads a list in which all are known, as at systems other than ZITADEL.
    pub fn all(requested: &str) -> Self {
        let mut scopes: Vec<String> = Vec::new();
        for scope in requested.split(' ').filter(|scope| !scope.is_empty()) {
            if !scopes.iter().any(|one| one == scope) {
                scopes.push(scope.to_owned());
            }
        }
        Self(scopes)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// What is left without some.
    pub fn without(mut self, dropped: &[String]) -> Self {
        self.0.retain(|scope| !dropped.contains(scope));
        self
    }

    pub fn has(&self, scope: &str) -> bool {
        self.0.iter().any(|one| one == scope)
    }

    pub fn wants_metadata(&self) -> bool {
        self.has(METADATA)
    }

    pub fn wants_resource_owner(&self) -> bool {
        self.has(RESOURCE_OWNER)
    }

    /// Whether a role of an audience project was requested, by its key or with all others.
    pub fn wants_role(&self, role: &str) -> bool {
        self.has(ROLES_OF_ALL_PROJECTS) || self.0.iter().any(|one| one.strip_prefix(ROLE_PREFIX) == Some(role))
    }

    /// The projects that the token is meant for, each once.
    pub fn projects(&self) -> Vec<String> {
        let mut projects: Vec<String> = Vec::new();
        for id in self.0.iter().filter_map(|scope| audience_project(scope)) {
            let id = if id == "zitadel" { OWN_PROJECT } else { id };
            if !projects.iter().any(|one| one == id) {
                projects.push(id.to_owned());
            }
        }
        projects
    }

    pub fn joined(&self) -> String {
        self.0.join(" ")
    }
}

fn is_known(scope: &str) -> bool {
    PLAIN.contains(&scope)
        || audience_project(scope).is_some()
        || PREFIXES.iter().any(|prefix| scope.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty()))
}

fn audience_project(scope: &str) -> Option<&str> {
    let id = scope.strip_prefix("urn:zitadel:iam:org:project:id:")?.strip_suffix(":aud")?;
    (!id.is_empty() && !id.contains(':')).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_scopes_are_dropped_and_an_empty_list_is_none() {
        let check = |requested: &str, expected: Option<&str>| {
            assert_eq!(Scopes::read(requested).map(|scopes| scopes.joined()).as_deref(), expected, "{requested:?}");
        };
        check("", None);
        check("   ", None);
        check("openid", Some("openid"));
        check("openid  profile openid", Some("openid profile"));
        check("nonsense", Some(""));
        check("openid nonsense urn:zitadel:iam:org:project:id::aud", Some("openid"));
        check("urn:zitadel:iam:org:project:role:", Some(""));
        check("urn:zitadel:iam:org:project:role:reader", Some("urn:zitadel:iam:org:project:role:reader"));
    }

    #[test]
    fn audience_scopes_name_projects() {
        let check = |requested: &str, expected: &[&str]| {
            assert_eq!(Scopes::read(requested).unwrap().projects(), expected, "{requested:?}");
        };
        check("openid", &[]);
        check("urn:zitadel:iam:org:project:id:42:aud openid urn:zitadel:iam:org:project:id:7:aud", &["42", "7"]);
        check("urn:zitadel:iam:org:project:id:42:aud urn:zitadel:iam:org:project:id:42:aud", &["42"]);
        check("urn:zitadel:iam:org:project:id:zitadel:aud", &[OWN_PROJECT]);
    }
}
