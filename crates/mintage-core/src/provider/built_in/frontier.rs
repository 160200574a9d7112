//! Raystack Frontier, formerly Shield, in its three dialects.
//!
//! What its documentation leaves out: the payload needs `kid` as well, the credential goes in the header and the grant
//! in a JSON body, and no response says how long a token is valid.

use super::*;

mod recipes;
mod refusals;

pub(super) fn shield() -> Provider {
    let rest = rest();
    Provider {
        id: id("shield"),
        name: "Raystack Shield (before v0.40)".into(),
        summary: "Shield, and Frontier before v0.40, whose paths don't include the organisation.".into(),
        parameters: vec![parameter("orgId", "Organisation id", "Needed to create service users", false)],
        creation: Some(creation_at("{base}/v1beta1/serviceusers")),
        provisioning: Some(provisioning_at("{base}/v1beta1/serviceusers/{userId}")),
        recipes: recipes_at("{base}/v1beta1/serviceusers/{userId}"),
        ..rest
    }
}

pub(super) fn rest() -> Provider {
    Provider {
        id: id("frontier-rest"),
        name: "Raystack Frontier (REST)".into(),
        summary: "Frontier v0.40 to v0.90, over REST paths that include the organisation.".into(),
        family: "Raystack Frontier".into(),
        issuer_example: "https://frontier.example.com".into(),
        endpoints: Endpoints {
            token: Some("{base}/v1beta1/auth/token".into()),
            userinfo: Some("{base}/v1beta1/users/self".into()),
            jwks: Some("{base}/.well-known/jwks.json".into()),
            ..Endpoints::default()
        },
        key_files: KeyFiles {
            shapes: vec![Shape::FrontierKey, Shape::FrontierSecret, Shape::FrontierToken],
            ..KeyFiles::default()
        },
        parameters: vec![parameter(
            "orgId",
            "Organisation id",
            "Needed to create service users, and to create and remove keys and secrets; it's part of the organisation's address in the console",
            false,
        )],
        ids: IdNames {
            user_id: "Service user id".into(),
            client_id: "Client id (the secret's or token's id)".into(),
            key_id: "Key id (kid)".into(),
        },
        private_key: Some(KeyGrant {
            carrier: Carrier::Bearer,
            body: Body::Json,
            // Not checked by the servers, which only use `kid`.
            audience: texts(&["{issuer}"]),
            key_id_claim: true,
            // `iat` and `nbf` are checked without any leeway.
            backdate: 45,
            direct: true,
            ..KeyGrant::default()
        }),
        client_secret: Some(SecretGrant { place: SecretPlace::BasicRaw, body: Body::Json, ..SecretGrant::default() }),
        ready_token: Some(Scheme::Basic),
        response: ResponseMap { lifetime: String::new(), scope: String::new(), ..ResponseMap::default() },
        scopes: ScopeRules { place: ScopePlace::None, ..ScopeRules::default() },
        token_issuer: Some("frontier".into()),
        userinfo: UserinfoRules {
            subject: "/serviceuser/id".into(),
            subject_is_user: true,
            direct_on_404: true,
            ..UserinfoRules::default()
        },
        probe: Some(probe("{base}/v1beta1/auth/token", "not authenticated", REST_ELSEWHERE)),
        creation: Some(creation_at("{base}/v1beta1/organizations/{orgId}/serviceusers")),
        provisioning: Some(provisioning_at("{base}/v1beta1/organizations/{orgId}/serviceusers/{userId}")),
        recipes: recipes_at("{base}/v1beta1/organizations/{orgId}/serviceusers/{userId}"),
        glossary: glossary(),
        clock_tolerance: 0,
        refusals: refusals::of_rest(),
        ..Provider::default()
    }
}

pub(super) fn connect() -> Provider {
    const SERVICE: &str = "{base}/raystack.frontier.v1beta1.FrontierService";
    let rest = rest();
    let call = |procedure: &str, body: std::collections::BTreeMap<String, String>| Call {
        method: Method::Post,
        url: format!("{SERVICE}/{procedure}"),
        body,
        ..Call::default()
    };
    let provisioning = Provisioning {
        create_key: call(
            "CreateServiceUserJWK",
            named([("org_id", "{orgId}"), ("id", "{userId}"), ("title", "{title}")]),
        ),
        create_secret: call(
            "CreateServiceUserCredential",
            named([("org_id", "{orgId}"), ("id", "{userId}"), ("title", "{title}")]),
        ),
        public_key: call(
            "GetServiceUserJWK",
            named([("org_id", "{orgId}"), ("id", "{userId}"), ("key_id", "{keyId}")]),
        ),
        delete_key: call(
            "DeleteServiceUserJWK",
            named([("org_id", "{orgId}"), ("id", "{userId}"), ("key_id", "{keyId}")]),
        ),
        delete_secret: call(
            "DeleteServiceUserCredential",
            named([("org_id", "{orgId}"), ("id", "{userId}"), ("secret_id", "{keyId}")]),
        ),
    };
    Provider {
        id: id("frontier-connect"),
        name: "Raystack Frontier (Connect)".into(),
        summary: "Frontier v0.91 or later, over Connect RPC.".into(),
        issuer_example: "https://frontier.example.com:8002".into(),
        endpoints: Endpoints {
            token: Some(format!("{SERVICE}/AuthToken")),
            userinfo: Some(format!("{SERVICE}/GetCurrentUser")),
            jwks: Some(format!("{SERVICE}/GetJWKs")),
            ..Endpoints::default()
        },
        response: ResponseMap {
            token: texts(&["/accessToken", "/access_token"]),
            token_type: "/tokenType".into(),
            token_type_optional: true,
            ..rest.response.clone()
        },
        userinfo: UserinfoRules { method: Method::Post, ..rest.userinfo.clone() },
        probe: Some(probe(&format!("{SERVICE}/GetJWKs"), "unauthenticated", CONNECT_ELSEWHERE)),
        key_set: KeySetRules { method: Method::Post, authenticated: true },
        refusals: refusals::of_connect(),
        recipes: recipes::frontier(
            &provisioning,
            call("ListServiceUserJWKs", named([("org_id", "{orgId}"), ("id", "{userId}")])),
            call("ListServiceUserCredentials", named([("org_id", "{orgId}"), ("id", "{userId}")])),
            recipes::TokenCalls {
                create: call(
                    "CreateServiceUserToken",
                    named([("org_id", "{orgId}"), ("id", "{userId}"), ("title", "{title}")]),
                ),
                list: call("ListServiceUserTokens", named([("org_id", "{orgId}"), ("id", "{userId}")])),
                delete: call(
                    "DeleteServiceUserToken",
                    named([("org_id", "{orgId}"), ("id", "{userId}"), ("token_id", "{keyId}")]),
                ),
            },
        ),
        creation: Some(creation_by(
            call("CreateServiceUser", new_service_user()),
            call("ListOrganizationServiceUsers", named([("id", "{orgId}")])),
            call("DeleteServiceUser", named([("org_id", "{orgId}"), ("id", "{userId}")])),
        )),
        provisioning: Some(provisioning),
        ..rest
    }
}

/// What else may listen where Frontier's REST gateway is expected: status, text, next step. The text of its own 404 is
/// contained in the others', so it comes last.
const REST_ELSEWHERE: &[(u16, &str, &str)] = &[
    (404, "page not found", "Choose Raystack Frontier (Connect), or enter the port of the REST gateway"),
    (415, "", "Choose Raystack Frontier (Connect), or enter the port of the REST gateway"),
    (
        404,
        "not found",
        "Check the issuer's path and port: a REST gateway responds, but it has no token endpoint below that address",
    ),
];

/// What else may listen where Frontier's Connect RPC is expected.
const CONNECT_ELSEWHERE: &[(u16, &str, &str)] = &[
    (404, "page not found", "Check the address and port: there is no Frontier Connect RPC below it"),
    (404, "not found", "Enter the Connect RPC port, usually 8002: this is a REST gateway"),
];

/// Frontier refuses unauthenticated callers with 401 and one text for everything (v0.90 and v0.115, measured).
fn probe(url: &str, refusal: &str, elsewhere: &[(u16, &str, &str)]) -> Probe {
    let answer = |status, says: &str, help: &str| ProbeAnswer { status, says: says.into(), help: help.into() };
    let mut answers = vec![answer(401, refusal, "")];
    answers.extend(elsewhere.iter().map(|(status, says, help)| answer(*status, says, help)));
    Probe { method: Method::Post, url: url.into(), body: Body::Json, answers }
}

/// Source: the server's own clients: the organisation is beside a `body` that has the title, and a title need not be
/// unique. Not measured. Roles come from policies; which of a role's names they take isn't known, so none is given here.
fn creation_by(call: Call, list: Call, remove: Call) -> CreationRules {
    CreationRules {
        actor: ActorRules { itself: OwnRight::WithRole, role: recipes::FRONTIER_ROLE.into(), ..ActorRules::default() },
        call,
        id: "/serviceuser/id".into(),
        find: ListRules {
            call: list,
            items: "/serviceusers".into(),
            id: "/id".into(),
            title: "/title".into(),
            ..ListRules::default()
        },
        remove,
        organisation: "orgId".into(),
        roles_elsewhere: "Give it its roles in Frontier’s console, or with a policy.".into(),
        ..CreationRules::default()
    }
}

fn creation_at(url: &str) -> CreationRules {
    let call = |method: Method, url: &str, body| Call { method, url: url.into(), body, ..Call::default() };
    creation_by(
        call(Method::Post, url, new_service_user()),
        call(Method::Get, "{base}/v1beta1/organizations/{orgId}/serviceusers", named([])),
        call(Method::Delete, &format!("{url}/{{userId}}"), named([])),
    )
}

fn new_service_user() -> std::collections::BTreeMap<String, String> {
    named([("/org_id", "{orgId}"), ("/body/title", "{title}")])
}

fn recipes_at(service_user: &str) -> Vec<Recipe> {
    let list = |path: &str| Call { url: format!("{service_user}{path}"), ..Call::default() };
    let of_tokens = recipes::TokenCalls {
        create: Call { method: Method::Post, body: named([("title", "{title}")]), ..list("/tokens") },
        list: list("/tokens"),
        delete: Call { method: Method::Delete, ..list("/tokens/{keyId}") },
    };
    recipes::frontier(&provisioning_at(service_user), list("/keys"), list("/secrets"), of_tokens)
}

fn provisioning_at(service_user: &str) -> Provisioning {
    let call = |method: Method, path: &str, body| Call {
        method,
        url: format!("{service_user}{path}"),
        body,
        ..Call::default()
    };
    Provisioning {
        create_key: call(Method::Post, "/keys", named([("title", "{title}")])),
        create_secret: call(Method::Post, "/secrets", named([("title", "{title}")])),
        public_key: call(Method::Get, "/keys/{keyId}", named([])),
        delete_key: call(Method::Delete, "/keys/{keyId}", named([])),
        delete_secret: call(Method::Delete, "/secrets/{keyId}", named([])),
    }
}

fn glossary() -> Vec<ClaimMeaning> {
    vec![
        claim("org_ids", "organisations of the service user"),
        claim("orgs", "organisations of the service user (before v0.8)"),
        claim("project_id", "project the token is bound to"),
        claim("gen", "who created the token: `system` is the server"),
        claim("sub_type", "kind of subject"),
        claim("auth_via", "how the subject authenticated"),
        claim("kid", "key that signed the token"),
    ]
}
