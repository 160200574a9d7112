//! How the versions of Frontier differ, and what is odd about all of them.

use mintage_testbed::issuer::{Config, DemoIssuer, Frontier, System, Version};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::issuer::frontier::{
    ADMIN, ADMIN_ID, CLIENT_CREDENTIALS, KEY, ORG, SECRET, SECRET_ID, TOKEN_ID, USER, assert_unauthenticated, basic,
    call, config, is_connect, path, payload, self_signed, token, who,
};
use crate::issuer::support::{Answer, JWT_BEARER, client, get, send};

/// Each version with each of its transports.
const SERVED: [(System, Version); 5] = [
    (System::FrontierRest, Version::Shield),
    (System::FrontierRestOrg, Version::V0_40),
    (System::FrontierRestOrg, Version::V0_90),
    (System::FrontierConnect, Version::V0_90),
    (System::FrontierConnect, Version::V0_115),
];

async fn start(system: System, version: Version) -> DemoIssuer {
    let config = Config { algorithm: mintage_testbed::issuer::Algorithm::Es256, ..config(system) };
    DemoIssuer::start(Config { service: system.in_version(version).service(), ..config }).await.unwrap()
}

#[tokio::test]
async fn any_credential_is_exchanged_and_the_grant_type_is_ignored() {
    for (system, version) in SERVED {
        let issuer = start(system, version).await;
        for authorization in
            [basic(SECRET_ID, SECRET), basic(TOKEN_ID, "opaque+/token"), self_signed(&json!({}), &json!({}))]
        {
            for grant_type in [CLIENT_CREDENTIALS, JWT_BEARER, "nonsense", ""] {
                let answer = token(&issuer, &authorization, grant_type).await;
                assert_eq!(answer.status, 200, "{system:?} {version:?} {grant_type}: {answer:?}");
            }
        }
        let exchanged = token(&issuer, &basic(SECRET_ID, SECRET), "").await.access_token();
        let again = token(&issuer, &format!("Bearer {exchanged}"), JWT_BEARER).await;
        assert_unauthenticated(&issuer, &again, "an access token");
        let anonymous = send(client().post(issuer.token_url()).json(&json!({ "grant_type": JWT_BEARER }))).await;
        assert_unauthenticated(&issuer, &anonymous, "no header");
    }
}

#[tokio::test]
async fn a_disabled_organisation_is_a_server_error_on_older_servers_and_forbidden_since() {
    let text = "org is disabled. Please contact your administrator to enable it";
    for ((system, version), (status, code)) in SERVED.into_iter().zip([
        (500, json!(2)),
        (500, json!(2)),
        (500, json!(2)),
        (500, json!("unknown")),
        (403, json!("permission_denied")),
    ]) {
        let issuer = start(system, version).await;
        issuer.change_quirks(|quirks| quirks.organisation_disabled = true);
        let answer = token(&issuer, &basic(SECRET_ID, SECRET), CLIENT_CREDENTIALS).await;
        let body = answer.json();
        assert_eq!((answer.status, &body["code"], &body["message"]), (status, &code, &json!(text)), "{version:?}");
    }
}

#[tokio::test]
async fn the_first_superuser_gets_no_token_on_v0_115_but_can_call_the_api() {
    for ((system, version), status) in SERVED.into_iter().zip([200, 200, 200, 200, 500]) {
        let issuer = start(system, version).await;
        let mut root = issuer.users().into_iter().find(|user| user.user_id == ADMIN).unwrap();
        (root.administrator, root.superuser) = (false, true);
        issuer.add_user(root);
        let answer = token(&issuer, &basic(ADMIN_ID, SECRET), CLIENT_CREDENTIALS).await;
        assert_eq!(answer.status, status, "{version:?}: {answer:?}");
        let listed = json!({ "org_id": ORG, "id": USER });
        let (root, path) = (basic(ADMIN_ID, SECRET), path(system, "keys"));
        let answer = call(&issuer, &root, "ListServiceUserJWKs", "GET", &path, listed).await;
        assert_eq!(answer.status, 200, "{version:?}: {answer:?}");
    }
}

#[tokio::test]
async fn the_scheme_of_a_token_is_read_in_two_ways() {
    for (system, version) in SERVED {
        let issuer = start(system, version).await;
        let jwt = self_signed(&json!({}), &json!({})).replace("Bearer ", "");
        let old = version != Version::V0_115;
        for (header, works) in [
            (format!("Bearer {jwt}"), true),
            (jwt.clone(), old),
            (format!("bearer {jwt}"), !old),
            (format!("Token {jwt}"), false),
        ] {
            let scheme = header.replace(&jwt, "…");
            let answer = who(&issuer, &header).await;
            assert_eq!(answer.status, if works { 200 } else { 401 }, "{scheme} {version:?}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn an_exchanged_token_is_nobody_before_v0_45() {
    for ((system, version), status) in SERVED.into_iter().zip([404, 404, 200, 200, 200]) {
        let issuer = start(system, version).await;
        let exchanged = token(&issuer, &basic(SECRET_ID, SECRET), CLIENT_CREDENTIALS).await.access_token();
        assert_eq!(who(&issuer, &format!("Bearer {exchanged}")).await.status, status, "{version:?}");
    }
}

#[tokio::test]
async fn a_live_token_of_a_deleted_user_is_a_server_error() {
    for (system, version) in SERVED {
        let issuer = start(system, version).await;
        let exchanged = token(&issuer, &basic(SECRET_ID, SECRET), CLIENT_CREDENTIALS).await.access_token();
        assert!(issuer.remove_user(USER));
        let answer = who(&issuer, &format!("Bearer {exchanged}")).await;
        assert_eq!(answer.status, 500, "{version:?}: {answer:?}");
        assert_unauthenticated(&issuer, &who(&issuer, &basic(SECRET_ID, SECRET)).await, "its secret");
    }
}

#[tokio::test]
async fn any_authenticated_caller_can_read_any_key_with_any_organisation() {
    for (system, version) in SERVED {
        let issuer = start(system, version).await;
        let read = async |authorization: &str, key_id: &str| {
            let body = json!({ "org_id": "another", "id": "another", "key_id": key_id });
            let path = path(system, &format!("keys/{key_id}")).replace(ORG, "another").replace(USER, "another");
            call(&issuer, authorization, "GetServiceUserJWK", "GET", &path, body).await
        };
        let answer = read(&basic(TOKEN_ID, "opaque+/token"), KEY).await;
        assert_eq!((answer.status, &answer.json()["keys"][0]["kid"]), (200, &json!(KEY)), "{version:?}");
        let unknown = read(&basic(SECRET_ID, SECRET), "x").await;
        let message = json!("service user credentials not found");
        assert_eq!((unknown.status, &unknown.json()["message"]), (404, &message), "{version:?}");
        assert_unauthenticated(&issuer, &read("Bearer x", KEY).await, "anonymous");
    }
}

#[tokio::test]
async fn secrets_and_tokens_are_listed_together_and_deleting_the_unknown_succeeds() {
    let admin = basic(ADMIN_ID, SECRET);
    for (system, version) in SERVED {
        let issuer = start(system, version).await;
        let target = json!({ "org_id": ORG, "id": USER });
        for (procedure, place) in [("ListServiceUserCredentials", "secrets"), ("ListServiceUserTokens", "tokens")] {
            let listed = call(&issuer, &admin, procedure, "GET", &path(system, place), target.clone()).await.json();
            let ids: Vec<&Value> = listed[place].as_array().unwrap().iter().map(|one| &one["id"]).collect();
            assert_eq!(ids, [SECRET_ID, TOKEN_ID], "{version:?} {place}");
        }
        for (procedure, place) in [
            ("DeleteServiceUserJWK", "keys"),
            ("DeleteServiceUserCredential", "secrets"),
            ("DeleteServiceUserToken", "tokens"),
        ] {
            let body = json!({ "org_id": ORG, "id": USER, "key_id": "x", "secret_id": "x", "token_id": "x" });
            let answer = call(&issuer, &admin, procedure, "DELETE", &path(system, &format!("{place}/x")), body).await;
            assert_eq!((answer.status, answer.json()), (200, json!({})), "{version:?} {place}");
        }
    }
}

#[tokio::test]
async fn another_method_is_501_by_rest() {
    let issuer = start(System::FrontierRestOrg, Version::V0_90).await;
    let expected = json!({ "code": 12, "message": "Method Not Allowed", "details": [] });
    for path in
        ["/v1beta1/auth/token".to_owned(), format!("/v1beta1/organizations/{ORG}/serviceusers/{USER}/keys/{KEY}")]
    {
        let answer = match path.ends_with("token") {
            true => get(&issuer, &path).await,
            false => send(client().post(format!("{}{path}", issuer.url())).json(&json!({}))).await,
        };
        assert_eq!((answer.status, answer.json()), (501, expected.clone()), "{path}");
    }
}

#[tokio::test]
async fn a_content_type_with_a_charset_is_answered_in_camel_case_by_v0_115() {
    for (version, member) in [(Version::V0_90, "access_token"), (Version::V0_115, "accessToken")] {
        let issuer = start(System::FrontierConnect, version).await;
        let ask = async |content_type: &str, url: &str| -> Answer {
            let request = client().post(url).header(AUTHORIZATION, basic(SECRET_ID, SECRET));
            send(request.header(CONTENT_TYPE, content_type).body("{}")).await
        };
        let answer = ask("application/json; charset=utf-8", issuer.token_url()).await.json();
        assert!(answer[member].is_string(), "{version:?}: {answer}");
        assert!(ask("application/json", issuer.token_url()).await.json()["access_token"].is_string());
        assert!(is_connect(&issuer));
    }
}

#[tokio::test]
async fn the_issuer_of_tokens_can_be_set() {
    let issuer = "http://localhost.frontier";
    let frontier = Frontier { token_issuer: issuer.into(), ..System::FrontierConnect.in_version(Version::V0_115) };
    let config = Config { service: frontier.service(), ..config(System::FrontierConnect) };
    let server = DemoIssuer::start(config).await.unwrap();
    let token = token(&server, &basic(SECRET_ID, SECRET), "").await.access_token();
    assert_eq!(payload(&token)["iss"], json!(issuer));
}
