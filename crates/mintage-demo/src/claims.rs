//! The **claims** about a user that scopes unlock, the same for JWT access tokens, userinfo and introspection.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::scope::Scopes;
use crate::user::User;

/// Adds members to a JSON object.
pub fn extend(object: &mut Value, members: Map<String, Value>) {
    if let Value::Object(object) = object {
        object.extend(members);
    }
}

/// Who the user is, for `profile` (OpenID Connect Core §5.4).
pub fn profile(user: &User, changed_at: OffsetDateTime, scopes: &Scopes) -> Map<String, Value> {
    let mut claims = Map::new();
    if scopes.has("profile") {
        claims.insert("name".to_owned(), json!(user.name));
        claims.insert("preferred_username".to_owned(), json!(user.login_name));
        claims.insert("updated_at".to_owned(), json!(changed_at.unix_timestamp()));
    }
    claims
}

/// ZITADEL's reserved claims: roles, metadata, the organisation.
pub fn reserved(user: &User, scopes: &Scopes, audience: &[String]) -> Map<String, Value> {
    let mut claims = roles(user, scopes, audience);
    if scopes.wants_metadata() && !user.metadata.is_empty() {
        let encoded: Map<String, Value> =
            user.metadata.iter().map(|(key, value)| (key.clone(), json!(URL_SAFE_NO_PAD.encode(value)))).collect();
        claims.insert("urn:zitadel:iam:user:metadata".to_owned(), Value::Object(encoded));
    }
    if let Some(organisation) = user.organisation.as_ref().filter(|_| scopes.wants_resource_owner()) {
        for (part, value) in
            [("id", &organisation.id), ("name", &organisation.name), ("primary_domain", &organisation.domain)]
        {
            claims.insert(format!("urn:zitadel:iam:user:resourceowner:{part}"), json!(value));
        }
    }
    claims
}

/// Roles as `{role: {orgId: domain}}`, of the projects in the audience only: once under each project's own
/// claim, and those of the first project also under the short claim.
fn roles(user: &User, scopes: &Scopes, audience: &[String]) -> Map<String, Value> {
    let mut claims = Map::new();
    for project in audience {
        let mut of_project = Map::new();
        for grant in user.roles.iter().filter(|one| one.project_id == *project && scopes.wants_role(&one.role)) {
            let organisations = of_project.entry(grant.role.clone()).or_insert_with(|| json!({}));
            organisations[&grant.org_id] = json!(grant.domain);
        }
        if of_project.is_empty() {
            continue;
        }
        let of_project = Value::Object(of_project);
        claims.entry("urn:zitadel:iam:org:project:roles").or_insert_with(|| of_project.clone());
        claims.insert(format!("urn:zitadel:iam:org:project:{project}:roles"), of_project);
    }
    claims
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user::{Organisation, Role};

    fn user() -> User {
        let role = |project_id: &str, role: &str, org_id: &str| Role {
            project_id: project_id.into(),
            role: role.into(),
            org_id: org_id.into(),
            domain: format!("{org_id}.example"),
        };
        let mut user = User::new("7", "Deployer", "deployer");
        user.roles = vec![role("42", "reader", "a"), role("42", "reader", "b"), role("42", "writer", "a")];
        user.roles.push(role("43", "owner", "a"));
        user.metadata.insert("team".into(), "blau?".into());
        user.organisation = Some(Organisation { id: "a".into(), name: "A".into(), domain: "a.example".into() });
        user
    }

    fn check(scopes: &str, expected: Value) {
        let scopes = Scopes::read(scopes).unwrap();
        assert_eq!(Value::Object(reserved(&user(), &scopes, &scopes.projects())), expected, "{scopes:?}");
    }

    #[test]
    fn roles_need_the_roles_scope_and_the_projects_audience() {
        check("urn:zitadel:iam:org:projects:roles", json!({}));
        check("urn:zitadel:iam:org:project:id:42:aud", json!({}));
        let all = json!({"reader": {"a": "a.example", "b": "b.example"}, "writer": {"a": "a.example"}});
        check(
            "urn:zitadel:iam:org:projects:roles urn:zitadel:iam:org:project:id:42:aud",
            json!({"urn:zitadel:iam:org:project:roles": all, "urn:zitadel:iam:org:project:42:roles": all}),
        );
        let one = json!({"writer": {"a": "a.example"}});
        check(
            "urn:zitadel:iam:org:project:role:writer urn:zitadel:iam:org:project:id:42:aud",
            json!({"urn:zitadel:iam:org:project:roles": one, "urn:zitadel:iam:org:project:42:roles": one}),
        );
    }

    #[test]
    fn metadata_and_the_organisation_come_with_their_scopes() {
        check("urn:zitadel:iam:user:metadata", json!({"urn:zitadel:iam:user:metadata": {"team": "YmxhdT8"}}));
        check(
            "urn:zitadel:iam:user:resourceowner",
            json!({
                "urn:zitadel:iam:user:resourceowner:id": "a",
                "urn:zitadel:iam:user:resourceowner:name": "A",
                "urn:zitadel:iam:user:resourceowner:primary_domain": "a.example",
            }),
        );
    }
}
