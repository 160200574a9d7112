//! Frontier in its three dialects: tokens, who the caller is, credentials and who may manage them.

use std::sync::Arc;

use mintage_testbed::issuer::{
    Algorithm, Config, DemoIssuer, Organisation, RegisteredKey, RegisteredSecret, RegisteredToken, System, User,
    UserState,
};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::issuer::emulator::{changed, sign, unique};
use crate::issuer::support::{self, Answer, JWT_BEARER, NOW, client, get, pair, send, stranger};

pub(crate) const USER: &str = "0c1f1f5e-4f0e-4d3c-9a3e-5a4b0a0d7a11";
pub(crate) const ADMIN: &str = "2b9a3c7d-1111-4a4a-8b8b-0d0d0d0d0d0d";
pub(crate) const KEY: &str = "f7d3a6de-1c3b-4a6d-9c55-0c9a5a6b7c8d";
pub(crate) const SECRET_ID: &str = "6a0f5c3e-2222-4444-8888-aaaaaaaaaaaa";
pub(crate) const ADMIN_ID: &str = "9e9e9e9e-3333-4444-8888-bbbbbbbbbbbb";
pub(crate) const TOKEN_ID: &str = "1d1d1d1d-4444-4444-8888-cccccccccccc";
/// In Frontier's format: what form-encoding would corrupt.
pub(crate) const SECRET: &str = "a+b/c+d/0123456789";
pub(crate) const ORG: &str = "acme-id";
pub(crate) const CLIENT_CREDENTIALS: &str = "client_credentials";

const SYSTEMS: [System; 3] = [System::FrontierRest, System::FrontierRestOrg, System::FrontierConnect];

fn organisation() -> Option<Organisation> {
    Some(Organisation { id: ORG.into(), name: "acme".into(), domain: "acme.example".into() })
}

async fn start(system: System) -> DemoIssuer {
    DemoIssuer::start(Config { algorithm: Algorithm::Es256, ..config(system) }).await.unwrap()
}

pub(crate) fn config(system: System) -> Config {
    let mut user = User::new(USER, "Deployer", "deployer");
    user.keys.push(RegisteredKey { key_id: KEY.into(), ..support::key(KEY) });
    user.secrets.push(RegisteredSecret::new(SECRET_ID, SECRET));
    user.tokens.push(RegisteredToken::new(TOKEN_ID, "opaque+/token"));
    user.organisation = organisation();
    let mut admin = User::new(ADMIN, "Admin", "admin");
    admin.secrets.push(RegisteredSecret::new(ADMIN_ID, SECRET));
    admin.administrator = true;
    admin.organisation = organisation();
    system.config(Arc::new(|| NOW)).with_user(user).with_user(admin).recording()
}

pub(crate) fn is_connect(issuer: &DemoIssuer) -> bool {
    issuer.token_url().ends_with("/raystack.frontier.v1beta1.FrontierService/AuthToken")
}

pub(crate) fn basic(id: &str, secret: &str) -> String {
    use base64::Engine;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{id}:{secret}")))
}

pub(crate) fn self_signed(header: &Value, claims: &Value) -> String {
    let now = NOW.unix_timestamp();
    let good = json!({
        "iss": "//shield-go-sdk", "sub": USER, "kid": KEY, "jti": unique(), "iat": now - 30, "exp": now + 300,
    });
    let token = sign(pair(), &changed(json!({ "alg": "RS256", "kid": KEY }), header), &changed(good, claims));
    format!("Bearer {token}")
}

pub(crate) async fn token(issuer: &DemoIssuer, authorization: &str, grant_type: &str) -> Answer {
    let request = client().post(issuer.token_url()).header(AUTHORIZATION, authorization);
    send(request.json(&json!({ "grant_type": grant_type }))).await
}

/// Calls a Connect procedure, or the REST resource that does the same.
pub(crate) async fn call(
    issuer: &DemoIssuer,
    authorization: &str,
    rpc: &str,
    method: &str,
    path: &str,
    body: Value,
) -> Answer {
    let (method, url) = match is_connect(issuer) {
        true => ("POST", format!("{}/raystack.frontier.v1beta1.FrontierService/{rpc}", issuer.url())),
        false => (method, format!("{}/v1beta1/{path}", issuer.url())),
    };
    let request = client().request(method.parse().unwrap(), url).header(AUTHORIZATION, authorization);
    send(request.json(&body)).await
}

pub(crate) async fn who(issuer: &DemoIssuer, authorization: &str) -> Answer {
    call(issuer, authorization, "GetCurrentUser", "GET", "users/self", json!({})).await
}

/// Under the path that the system has for a service user.
pub(crate) fn path(system: System, rest: &str) -> String {
    match system {
        System::FrontierRest => format!("serviceusers/{USER}/{rest}"),
        _ => format!("organizations/{ORG}/serviceusers/{USER}/{rest}"),
    }
}

pub(crate) fn assert_unauthenticated(issuer: &DemoIssuer, answer: &Answer, case: &str) {
    let expected = match is_connect(issuer) {
        true => json!({ "code": "unauthenticated", "message": "not authenticated" }),
        false => json!({ "code": 16, "message": "not authenticated", "details": [] }),
    };
    assert_eq!((answer.status, answer.json()), (401, expected), "{case}");
}

#[tokio::test]
async fn a_secret_as_it_is_and_a_self_signed_jwt_get_a_token_without_a_lifetime_beside_it() {
    for system in SYSTEMS {
        let issuer = start(system).await;
        for (authorization, grant_type, via) in [
            (basic(SECRET_ID, SECRET), CLIENT_CREDENTIALS, "client_credentials"),
            (self_signed(&json!({}), &json!({})), JWT_BEARER, "jwt_grant"),
        ] {
            let answer = token(&issuer, &authorization, grant_type).await;
            let token = answer.access_token();
            assert_eq!(answer.json(), json!({ "access_token": token, "token_type": "Bearer" }), "{system:?}");
            let claims = payload(&token);
            let now = NOW.unix_timestamp();
            let kid = jsonwebtoken::decode_header(&token).unwrap().kid;
            let expected = json!({
                "iss": "frontier", "sub": USER, "iat": now, "nbf": now, "exp": now + 3600, "jti": claims["jti"],
                "kid": kid, "gen": "system", "org_ids": ORG, "sub_type": "app/serviceuser", "auth_via": via,
            });
            assert_eq!(claims, expected, "{system:?}");
        }
    }
}

pub(crate) fn payload(token: &str) -> Value {
    use base64::Engine;
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn the_project_of_the_header_stands_in_the_token() {
    let issuer = start(System::FrontierRestOrg).await;
    let request = client().post(issuer.token_url()).header(AUTHORIZATION, basic(SECRET_ID, SECRET));
    let answer = send(request.header("X-Project", "p1").json(&json!({ "grant_type": CLIENT_CREDENTIALS }))).await;
    assert_eq!(payload(&answer.access_token())["project_id"], json!("p1"));
}

#[tokio::test]
async fn whatever_is_wrong_with_a_credential_has_one_answer() {
    let now = NOW.unix_timestamp();
    let jwt = |header: Value, claims: Value| (self_signed(&header, &claims), JWT_BEARER);
    let none = json!({});
    for system in SYSTEMS {
        let issuer = start(system).await;
        let forged = sign(
            stranger(),
            &json!({ "alg": "RS256", "kid": KEY }),
            &json!({ "kid": KEY, "jti": unique(), "exp": now + 60 }),
        );
        for (case, (authorization, grant_type)) in [
            ("a wrong secret", (basic(SECRET_ID, "x"), CLIENT_CREDENTIALS)),
            ("an unknown secret", (basic("x", SECRET), CLIENT_CREDENTIALS)),
            ("a form-encoded secret", (basic(SECRET_ID, "a%2Bb%2Fc%2Bd%2F0123456789"), CLIENT_CREDENTIALS)),
            ("an opaque token as Bearer", ("Bearer opaque+/token".to_owned(), JWT_BEARER)),
            ("a wrong opaque token", (basic(TOKEN_ID, "x"), CLIENT_CREDENTIALS)),
            ("no kid in the header", jwt(json!({ "kid": null }), none.clone())),
            ("no kid in the payload", jwt(none.clone(), json!({ "kid": null }))),
            ("another kid in the payload", jwt(none.clone(), json!({ "kid": "x" }))),
            ("no jti", jwt(none.clone(), json!({ "jti": null }))),
            ("no exp", jwt(none.clone(), json!({ "exp": null }))),
            ("a past exp", jwt(none.clone(), json!({ "exp": now }))),
            ("iat a second ahead", jwt(none.clone(), json!({ "iat": now + 1 }))),
            ("nbf a second ahead", jwt(none.clone(), json!({ "nbf": now + 1 }))),
            ("the server's own claim", jwt(none.clone(), json!({ "gen": "system" }))),
            ("another algorithm", jwt(json!({ "alg": "RS512" }), none.clone())),
            ("a forged signature", (format!("Bearer {forged}"), JWT_BEARER)),
            ("nonsense", ("Bearer x".to_owned(), JWT_BEARER)),
        ] {
            let answer = token(&issuer, &authorization, grant_type).await;
            assert_unauthenticated(&issuer, &answer, &format!("{case} at {system:?}"));
        }
        for (case, claims) in [
            ("neither iat nor nbf", json!({ "iat": null })),
            ("neither iss nor sub", json!({ "iss": null, "sub": null })),
            ("twelve hours", json!({ "exp": now + 43_200 })),
        ] {
            let answer = token(&issuer, &self_signed(&none, &claims), JWT_BEARER).await;
            assert_eq!(answer.status, 200, "{case} at {system:?}: {answer:?}");
        }
        issuer.set_user_state(USER, UserState::Inactive);
        let answer = token(&issuer, &basic(SECRET_ID, SECRET), CLIENT_CREDENTIALS).await;
        assert_unauthenticated(&issuer, &answer, "a disabled user");
    }
}

#[tokio::test]
async fn a_form_is_no_body() {
    for system in SYSTEMS {
        let issuer = start(system).await;
        let request = client().post(issuer.token_url()).header(AUTHORIZATION, basic(SECRET_ID, SECRET));
        let answer = send(request.form(&[("grant_type", CLIENT_CREDENTIALS)])).await;
        if is_connect(&issuer) {
            assert_eq!((answer.status, answer.text.as_str()), (415, ""));
            assert_eq!(answer.headers["accept-post"], "application/json");
        } else {
            let message = "invalid character 'g' looking for beginning of value";
            let expected = json!({ "code": 3, "message": message, "details": [] });
            assert_eq!((answer.status, answer.json()), (400, expected), "{system:?}");
        }
    }
    let issuer = start(System::FrontierConnect).await;
    for (body, message) in [
        ("", "unmarshal message: zero-length payload is not a valid JSON object"),
        ("x", "unmarshal message: not a proto message"),
    ] {
        let request = client().post(issuer.token_url()).header(AUTHORIZATION, basic(SECRET_ID, SECRET));
        let answer = send(request.header(CONTENT_TYPE, "application/json").body(body)).await;
        assert_eq!((answer.status, answer.json()), (400, json!({ "code": "invalid_argument", "message": message })));
    }
}

#[tokio::test]
async fn each_server_knows_its_own_paths_only() {
    let connect = start(System::FrontierConnect).await;
    let answer = get(&connect, "/v1beta1/auth/jwks").await;
    assert_eq!((answer.status, answer.text.as_str()), (404, "404 page not found\n"));
    let procedure = "/raystack.frontier.v1beta1.FrontierService/AuthToken";
    assert_eq!(get(&connect, procedure).await.status, 405);

    let missing = json!({ "code": 5, "message": "Not Found", "details": [] });
    for (system, other) in [
        (System::FrontierRest, format!("/v1beta1/organizations/{ORG}/serviceusers/{USER}/keys")),
        (System::FrontierRestOrg, format!("/v1beta1/serviceusers/{USER}/keys")),
        (System::FrontierRest, procedure.to_owned()),
        (System::FrontierRestOrg, procedure.to_owned()),
    ] {
        let answer = get(&start(system).await, &other).await;
        assert_eq!((answer.status, answer.json()), (404, missing.clone()), "{system:?} {other}");
    }
}

#[tokio::test]
async fn the_key_set_is_public_by_rest_with_empty_members_and_guarded_by_connect() {
    for system in [System::FrontierRest, System::FrontierRestOrg] {
        let issuer = DemoIssuer::start(config(system)).await.unwrap();
        for path in ["/.well-known/jwks.json", "/v1beta1/auth/jwks"] {
            let key = get(&issuer, path).await.json()["keys"][0].clone();
            assert_eq!([&key["x"], &key["y"], &key["crv"]], [&json!(""); 3], "{system:?} {path}");
            assert_eq!(key["kty"], json!("RSA"));
        }
    }
    let issuer = DemoIssuer::start(config(System::FrontierConnect)).await.unwrap();
    let ask = async |authorization: &str| call(&issuer, authorization, "GetJWKs", "", "", json!({})).await;
    assert_unauthenticated(&issuer, &ask("Bearer x").await, "GetJWKs");
    let keys = ask(&basic(SECRET_ID, SECRET)).await.json();
    assert_eq!((&keys["keys"][0]["kty"], keys["keys"][0].get("x")), (&json!("RSA"), None));
}

#[tokio::test]
async fn everybody_learns_who_they_are_but_by_an_exchanged_token_in_the_old_days() {
    for system in SYSTEMS {
        let issuer = start(system).await;
        let exchanged = token(&issuer, &basic(SECRET_ID, SECRET), CLIENT_CREDENTIALS).await.access_token();
        let exchanged = format!("Bearer {exchanged}");
        let direct = [basic(SECRET_ID, SECRET), basic(TOKEN_ID, "opaque+/token"), self_signed(&json!({}), &json!({}))];
        let known = (system != System::FrontierRest).then_some(&exchanged);
        for authorization in direct.iter().chain(known) {
            let answer = who(&issuer, authorization).await;
            assert_eq!(answer.status, 200, "{system:?}: {answer:?}");
            let body = answer.json();
            assert_eq!((&body["serviceuser"]["id"], &body["serviceuser"]["org_id"]), (&json!(USER), &json!(ORG)));
            assert_eq!(body.get("user"), if is_connect(&issuer) { None } else { Some(&Value::Null) }, "{system:?}");
        }
        assert_unauthenticated(&issuer, &who(&issuer, "Bearer opaque+/token").await, "an opaque token as Bearer");
        issuer.change_quirks(|quirks| quirks.exchanged_token_is_nobody = true);
        assert_eq!(who(&issuer, &exchanged).await.status, 404, "{system:?}");
        for authorization in &direct {
            assert_eq!(who(&issuer, authorization).await.status, 200, "{system:?}");
        }
    }
}

#[tokio::test]
async fn an_administrator_makes_lists_and_deletes_keys_and_each_works_at_once() {
    let admin = basic(ADMIN_ID, SECRET);
    for system in SYSTEMS {
        let issuer = start(system).await;
        let target = json!({ "org_id": ORG, "id": USER, "title": "rotation" });
        let made =
            call(&issuer, &admin, "CreateServiceUserJWK", "POST", &path(system, "keys"), target.clone()).await.json();
        let key = &made["key"];
        assert_eq!((&key["type"], &key["principal_id"]), (&json!("sv_rsa"), &json!(USER)), "{system:?}");
        let kid = key["kid"].as_str().unwrap();
        let jwt = signed_with(key["private_key"].as_str().unwrap(), kid);
        assert_eq!(token(&issuer, &format!("Bearer {jwt}"), JWT_BEARER).await.status, 200, "{system:?}");

        let listed = call(&issuer, &admin, "ListServiceUserJWKs", "GET", &path(system, "keys"), target.clone()).await;
        let listed = listed.json();
        let ids: Vec<&str> = listed["keys"].as_array().unwrap().iter().filter_map(|key| key["id"].as_str()).collect();
        assert_eq!(ids, [KEY, kid], "{system:?}");
        assert_eq!(listed["keys"][1]["title"], json!("rotation"));

        let one = json!({ "org_id": ORG, "id": USER, "key_id": kid });
        let path = path(system, &format!("keys/{kid}"));
        let public = call(&issuer, &admin, "GetServiceUserJWK", "GET", &path, one.clone()).await.json();
        assert_eq!((&public["keys"][0]["kid"], &public["keys"][0]["e"]), (&json!(kid), &json!("AQAB")), "{system:?}");
        assert!(public["keys"][0].get("d").is_none());

        let deleted = call(&issuer, &admin, "DeleteServiceUserJWK", "DELETE", &path, one.clone()).await;
        assert_eq!((deleted.status, deleted.json()), (200, json!({})), "{system:?}");
        let again = call(&issuer, &admin, "DeleteServiceUserJWK", "DELETE", &path, one).await;
        assert_eq!((again.status, again.json()), (200, json!({})), "{system:?}: the unknown counts as deleted");
        let jwt = signed_with(key["private_key"].as_str().unwrap(), kid);
        assert_unauthenticated(&issuer, &token(&issuer, &format!("Bearer {jwt}"), JWT_BEARER).await, "deleted");
    }
}

fn signed_with(private_pem: &str, kid: &str) -> String {
    let pem = pem::parse(private_pem).unwrap();
    assert_eq!(pem.tag(), "PRIVATE KEY");
    let pair = support::Pair::from_pkcs8(pem.contents());
    let claims = json!({ "kid": kid, "jti": unique(), "exp": NOW.unix_timestamp() + 300 });
    sign(&pair, &json!({ "alg": "RS256", "kid": kid }), &claims)
}

#[tokio::test]
async fn an_administrator_makes_secrets_and_tokens_which_are_told_once() {
    let admin = basic(ADMIN_ID, SECRET);
    for system in SYSTEMS {
        let issuer = start(system).await;
        let target = json!({ "orgId": ORG, "id": USER, "title": "ci" });
        for (noun, kind, place, grant) in
            [("Credential", "secret", "secrets", Some(CLIENT_CREDENTIALS)), ("Token", "token", "tokens", None)]
        {
            let create = format!("CreateServiceUser{noun}");
            let made = call(&issuer, &admin, &create, "POST", &path(system, place), target.clone()).await.json();
            let made = &made[kind];
            let (id, value) = (made["id"].as_str().unwrap(), made[kind].as_str().unwrap());
            assert_eq!(made["title"], json!("ci"), "{system:?}");
            assert_eq!(made["created_at"], json!("2026-03-01T12:00:00Z"), "{system:?}");
            assert_eq!(who(&issuer, &basic(id, value)).await.status, 200, "{system:?}");
            if let Some(grant) = grant {
                assert_eq!(token(&issuer, &basic(id, value), grant).await.status, 200, "{system:?}");
            }
            let list = format!("ListServiceUser{noun}s");
            let listed = call(&issuer, &admin, &list, "GET", &path(system, place), target.clone()).await;
            assert!(listed.text.contains(id) && !listed.text.contains(value), "{system:?}: {listed:?}");
            let delete = format!("DeleteServiceUser{noun}");
            let one = json!({ "id": USER, "secret_id": id, "token_id": id });
            let path = path(system, &format!("{place}/{id}"));
            assert_eq!(call(&issuer, &admin, &delete, "DELETE", &path, one).await.status, 200, "{system:?}");
            assert_eq!(who(&issuer, &basic(id, value)).await.status, 401, "{system:?}");
        }
    }
}

#[tokio::test]
async fn a_service_user_cannot_manage_even_its_own_credentials() {
    for system in SYSTEMS {
        let issuer = start(system).await;
        for authorization in [basic(SECRET_ID, SECRET), self_signed(&json!({}), &json!({}))] {
            let target = json!({ "org_id": ORG, "id": USER });
            let answer =
                call(&issuer, &authorization, "CreateServiceUserJWK", "POST", &path(system, "keys"), target).await;
            let expected = match is_connect(&issuer) {
                true => json!({ "code": "permission_denied", "message": "not authorized" }),
                false => json!({ "code": 7, "message": "not authorized", "details": [] }),
            };
            assert_eq!((answer.status, answer.json()), (403, expected), "{system:?}");
        }
    }
}

#[tokio::test]
async fn the_organisation_of_the_path_is_not_looked_at() {
    let issuer = start(System::FrontierRestOrg).await;
    let admin = basic(ADMIN_ID, SECRET);
    let path = format!("organizations/other/serviceusers/{USER}/keys");
    assert_eq!(call(&issuer, &admin, "", "GET", &path, json!({})).await.status, 200);
}
