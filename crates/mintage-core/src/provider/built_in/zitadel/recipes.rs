//! How ZITADEL's keys, secrets and personal access tokens are managed.
//!
//! Source: two running servers, about v2.55 (API v1) and the v4 line of 2025-12 (v1 and v2), asked on 2026-11-29.

use super::super::*;
use crate::credential::CredentialKind;

/// Every call needs ZITADEL's own audience; without it a token is answered as if it were dead.
const SCOPES: [&str; 2] = ["openid", "urn:zitadel:iam:org:project:id:zitadel:aud"];
/// The API that servers of both generations have.
const V1: &str = "ZITADEL’s Management API v1";
const ROLE: &str = "User Manager of its organisation (`ORG_USER_MANAGER`)";

pub(super) fn recipes() -> Vec<Recipe> {
    vec![keys_v2(), keys_v1(), secret_v2(), secret_v1(), tokens_v2(), tokens_v1()]
}

/// Version 1, which servers of both generations have. Source: ZITADEL's definitions of `AddMachineUser`, `ListUsers`,
/// `RemoveUser` and `AddOrgMember`; not measured.
pub(super) fn creation() -> CreationRules {
    let role = |role: &str, explains: &str| Role { role: role.into(), explains: explains.into() };
    CreationRules {
        actor: actor(OwnRight::WithRole),
        call: in_organisation(call(
            Method::Post,
            "{base}/management/v1/users/machine",
            [("userName", "{title}"), ("name", "{title}"), ("accessTokenType", "ACCESS_TOKEN_TYPE_BEARER")],
        )),
        id: "/userId".into(),
        find: ListRules {
            call: in_organisation(call(
                Method::Post,
                "{base}/management/v1/users/_search",
                [
                    ("/queries/0/userNameQuery/userName", "{title}"),
                    ("/queries/0/userNameQuery/method", "TEXT_QUERY_METHOD_EQUALS"),
                ],
            )),
            items: "/result".into(),
            id: "/id".into(),
            title: "/userName".into(),
            ..ListRules::default()
        },
        remove: in_organisation(call(Method::Delete, "{base}/management/v1/users/{userId}", [])),
        organisation: "orgId".into(),
        grant: Some(GrantRules {
            call: in_organisation(call(
                Method::Post,
                "{base}/management/v1/orgs/me/members",
                [("/userId", "{userId}"), ("/roles/0", "{role}")],
            )),
            permission: "org.member.write".into(),
            needs: "owner of its organisation (`ORG_OWNER`)".into(),
            roles: vec![
                role("ORG_USER_MANAGER", "manages users and their keys"),
                role("ORG_OWNER_VIEWER", "reads everything in the organisation"),
                role("ORG_OWNER", "manages everything in the organisation"),
            ],
        }),
        ..CreationRules::default()
    }
}

/// Version 1 works in the caller's organisation, unless a header names another.
fn in_organisation(call: Call) -> Call {
    Call { headers: named([("x-zitadel-orgid", "{orgId}")]), ..call }
}

fn actor(itself: OwnRight) -> ActorRules {
    ActorRules {
        scopes: texts(&SCOPES),
        itself,
        role: ROLE.into(),
        // It needs no role, so it tells the caller's before anything is made.
        permissions: Some(PermissionRules {
            call: call(Method::Post, "{base}/auth/v1/permissions/zitadel/me/_search", [("", "")]),
            list: "/result".into(),
            change: texts(&["user.write"]),
        }),
        ..ActorRules::default()
    }
}

fn call<const N: usize>(method: Method, url: &str, body: [(&str, &str); N]) -> Call {
    Call { method, url: url.into(), body: named(body), ..Call::default() }
}

/// Since the v4 line, a service user may manage its own keys without any role.
fn keys_v2() -> Recipe {
    Recipe {
        name: "ZITADEL’s API v2".into(),
        form: PublicForm::SpkiPemBase64,
        actor: actor(OwnRight::Always),
        expiry: ExpiryRule::Required,
        // Neither the public half nor a title is ever returned.
        mark: Mark::ExpiryMicroseconds,
        add: AddRules {
            call: call(
                Method::Post,
                "{base}/v2/users/{userId}/keys",
                [("expirationDate", "{expiresAt}"), ("publicKey", "{publicKey}")],
            ),
            id: "/keyId".into(),
            secret: "/keyContent".into(),
            ..AddRules::default()
        },
        list: Some(ListRules {
            call: call(
                Method::Post,
                "{base}/v2/users/keys/search",
                [("/filters/0/userIdFilter/id", "{userId}"), ("/pagination/limit", "1000")],
            ),
            items: "/result".into(),
            id: "/id".into(),
            created: "/creationDate".into(),
            expires: "/expirationDate".into(),
            ..ListRules::default()
        }),
        remove: Some(call(Method::Delete, "{base}/v2/users/{userId}/keys/{keyId}", [])),
        ..Recipe::default()
    }
}

fn keys_v1() -> Recipe {
    let of_user = "{base}/management/v1/users/{userId}/keys";
    Recipe {
        name: V1.into(),
        actor: actor(OwnRight::WithRole),
        add: AddRules {
            call: in_organisation(call(
                Method::Post,
                of_user,
                [("type", "KEY_TYPE_JSON"), ("expirationDate", "{expiresAt}"), ("publicKey", "{publicKey}")],
            )),
            id: "/keyId".into(),
            secret: "/keyDetails".into(),
            ..AddRules::default()
        },
        list: Some(ListRules {
            call: in_organisation(call(Method::Post, &format!("{of_user}/_search"), [("/query/limit", "1000")])),
            created: "/details/creationDate".into(),
            ..keys_v2().list.unwrap_or_default()
        }),
        remove: Some(in_organisation(call(Method::Delete, &format!("{of_user}/{{keyId}}"), []))),
        ..keys_v2()
    }
}

/// A user has one secret, and a new one replaces it.
fn secret_v2() -> Recipe {
    Recipe {
        name: "ZITADEL’s API v2".into(),
        kind: CredentialKind::ClientSecret,
        client_id: Some(Lookup {
            call: call(Method::Get, "{base}/v2/users/{userId}", []),
            id: "/user/preferredLoginName".into(),
        }),
        maker: Maker::Server,
        actor: actor(OwnRight::Always),
        add: AddRules {
            call: call(Method::Post, "{base}/v2/users/{userId}/secret", [("", "")]),
            secret: "/clientSecret".into(),
            ..AddRules::default()
        },
        remove: Some(call(Method::Delete, "{base}/v2/users/{userId}/secret", [])),
        overlap: false,
        ..Recipe::default()
    }
}

/// Source: ZITADEL's definitions of `GenerateMachineSecret` and `RemoveMachineSecret`; not measured.
fn secret_v1() -> Recipe {
    let of_user = "{base}/management/v1/users/{userId}";
    Recipe {
        name: V1.into(),
        client_id: Some(Lookup {
            call: in_organisation(call(Method::Get, of_user, [])),
            id: "/user/preferredLoginName".into(),
        }),
        actor: actor(OwnRight::WithRole),
        add: AddRules {
            call: in_organisation(call(Method::Put, &format!("{of_user}/secret"), [("", "")])),
            ..secret_v2().add
        },
        remove: Some(in_organisation(call(Method::Delete, &format!("{of_user}/secret"), []))),
        ..secret_v2()
    }
}

fn tokens_v2() -> Recipe {
    Recipe {
        name: "ZITADEL’s API v2".into(),
        kind: CredentialKind::PersonalToken,
        maker: Maker::Server,
        actor: actor(OwnRight::Always),
        expiry: ExpiryRule::Required,
        mark: Mark::ExpiryMicroseconds,
        add: AddRules {
            call: call(Method::Post, "{base}/v2/users/{userId}/pats", [("expirationDate", "{expiresAt}")]),
            id: "/tokenId".into(),
            secret: "/token".into(),
            ..AddRules::default()
        },
        list: Some(ListRules {
            call: call(
                Method::Post,
                "{base}/v2/users/pats/search",
                [("/filters/0/userIdFilter/id", "{userId}"), ("/pagination/limit", "1000")],
            ),
            ..keys_v2().list.unwrap_or_default()
        }),
        remove: Some(call(Method::Delete, "{base}/v2/users/{userId}/pats/{keyId}", [])),
        ..Recipe::default()
    }
}

/// Source: ZITADEL's definitions of `AddPersonalAccessToken`, `ListPersonalAccessTokens` and
/// `RemovePersonalAccessToken`; not measured.
fn tokens_v1() -> Recipe {
    let of_user = "{base}/management/v1/users/{userId}/pats";
    Recipe {
        name: V1.into(),
        actor: actor(OwnRight::WithRole),
        add: AddRules {
            call: in_organisation(call(Method::Post, of_user, [("expirationDate", "{expiresAt}")])),
            ..tokens_v2().add
        },
        list: Some(ListRules {
            call: in_organisation(call(Method::Post, &format!("{of_user}/_search"), [("/query/limit", "1000")])),
            ..keys_v1().list.unwrap_or_default()
        }),
        remove: Some(in_organisation(call(Method::Delete, &format!("{of_user}/{{keyId}}"), []))),
        ..tokens_v2()
    }
}
