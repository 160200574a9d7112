//! A file's kind follows from everything in it, never from one member that several kinds have.

use serde_json::{Value, json};

use crate::bad_key_files::shapes::{CLIENT, told};
use crate::bad_key_files::{PKCS8, key, parse};

fn keycloak_client() -> Value {
    json!({
        "id": "0d3b6a1e-7a51-4c0b-8a5e-2f9f0f1d2c3b",
        "clientId": "night-bot",
        "name": "Night bot",
        "enabled": true,
        "clientAuthenticatorType": "client-secret",
        "secret": "nV9w3Z0pQxJ4cT7uLk2Rb8yE5sHfA1dG",
        "serviceAccountsEnabled": true,
        "publicClient": false,
        "protocol": "openid-connect",
    })
}

fn with(mut file: Value, members: Value) -> String {
    let Value::Object(members) = members else { panic!("members") };
    members.into_iter().for_each(|(name, value)| file[name] = value);
    file.to_string()
}

/// What a file says, or the code of its error.
fn outcome(text: &str) -> String {
    match parse(text.as_bytes(), None) {
        Ok(file) => {
            let makers = file.makers.iter().map(|id| id.0.as_str()).collect::<Vec<_>>().join(" ");
            format!("{}\nof {makers}", told(&file)).replace('\n', " | ")
        }
        Err(error) => error.code().to_owned(),
    }
}

#[test]
fn a_keycloak_client_goes_by_its_client_id_and_is_nobody_elses() {
    let secret = "secret nV9w3Z0pQxJ4cT7uLk2Rb8yE5sHfA1dG";
    let whole = format!("keycloak-client | name Night bot | client night-bot | {secret} | of keycloak");
    assert_eq!(outcome(&keycloak_client().to_string()), whole);
    assert_eq!(outcome(&json!([keycloak_client()]).to_string()), whole);
    for (members, expected) in [
        (json!({ "secret": "**********" }), "secret-masked"),
        (json!({ "clientAuthenticatorType": "client-jwt" }), "is-keycloak-settings"),
        (json!({ "clientAuthenticatorType": "client-x509" }), "is-mtls-client"),
        (json!({ "clientId": "\u{feff}" }), "id-invalid"),
    ] {
        assert_eq!(outcome(&with(keycloak_client(), members.clone())), expected, "{members}");
    }
    let alone = r#"{"type":"secret","value":"nV9w3Z0pQxJ4cT7uLk2Rb8yE5sHfA1dG"}"#;
    assert_eq!(outcome(alone), format!("keycloak-client | {secret} | of keycloak"), "the answer with the secret alone");
    let public = json!({ "clientId": "shop", "publicClient": true, "serviceAccountsEnabled": false });
    assert_eq!(outcome(&public.to_string()), "is-keycloak-settings");
    assert_eq!(outcome(&json!([public, keycloak_client()]).to_string()), whole, "the one with a secret");
}

#[test]
fn an_id_with_a_secret_is_frontiers_only_where_it_says_so() {
    let frontier = "of frontier-connect frontier-rest shield";
    for (file, expected) in [
        (
            r#"{"id":"a","title":"t","secret":"s3cret","created_at":"x"}"#,
            format!("frontier-secret | name t | client a | secret s3cret | {frontier}"),
        ),
        (
            r#"{"id":"a","secret":"s3cret","createdAt":"x"}"#,
            format!("frontier-secret | client a | secret s3cret | {frontier}"),
        ),
        (r#"{"id":"a","secret":"s3cret"}"#, "client-secret | client a | secret s3cret | of ".to_owned()),
        (r#"{"hooks":[{"id":"a","secret":"s3cret"}],"name":"x","url":"https://acme.test"}"#, "json-unknown".to_owned()),
        (r#"{"id":"a","title":"t","secret":"s3cret","webhook":"https://acme.test"}"#, "json-unknown".to_owned()),
        (r#"{"id":"a","title":"t","secret":"s3cret","clientId":"b"}"#, "json-unknown".to_owned()),
    ] {
        assert_eq!(outcome(file), expected, "{file}");
    }
}

#[test]
fn a_type_that_nobody_knows_is_read_as_nothing_else() {
    for kind in ["m2m", "oauth_client", "external", "service_account_v2", "Serviceaccount", ""] {
        let mut file: Value = serde_json::from_str(CLIENT).expect("fixture");
        file["type"] = json!(kind);
        assert_eq!(outcome(&file.to_string()), "type-unknown", "{kind}");
        let inside = json!({ "type": kind, "credentials": serde_json::from_str::<Value>(CLIENT).expect("fixture") });
        assert_eq!(outcome(&inside.to_string()), "type-unknown", "{kind}");
    }
    for (kind, code) in [
        ("authorized_user", "is-google-user"),
        ("external_account_authorized_user", "is-google-user"),
        ("external_account_authorized_user_login_config", "is-google-login-config"),
        ("external_account", "is-google-federation"),
        ("external_account_of_tomorrow", "is-google-federation"),
        ("impersonated_service_account", "is-google-impersonation"),
        ("gdch_service_account", "is-google-credentials"),
    ] {
        let file = json!({ "type": kind, "client_id": "c", "client_secret": "not-so-secret", "refresh_token": "r" });
        assert_eq!(outcome(&file.to_string()), code, "{kind}");
    }
}

#[test]
fn a_client_that_proves_itself_by_a_certificate_is_said_to() {
    let pem = json!({ "clientid": "a", "certificate": key!("rsa-2048-a.certificate.pem"), "key": PKCS8 });
    for members in [
        json!({ "credential-type": "x509" }),
        json!({ "credential_type": "X509" }),
        json!({ "certurl": "https://tea.cert.acme.test" }),
        json!({ "token_endpoint_auth_method": "tls_client_auth" }),
        json!({ "token_endpoint_auth_method": "self_signed_tls_client_auth" }),
        json!({ "auth_method": "mTLS" }),
    ] {
        assert_eq!(outcome(&with(pem.clone(), members.clone())), "is-mtls-client", "{members}");
        let binding = json!({ "xsuaa": [{ "credentials": serde_json::from_str::<Value>(&with(pem.clone(), members.clone())).expect("JSON") }] });
        assert_eq!(outcome(&binding.to_string()), "is-mtls-client", "{members}");
    }
    let with_secret = with(pem, json!({ "clientsecret": "s3cret", "certurl": "https://a.test" }));
    assert_eq!(outcome(&with_secret), "json-unknown", "which of the two is meant is for its user to say");
}

#[test]
fn azures_service_principal_names_its_tenant() {
    let secret = "secret abC8Q~inventedSecret";
    let expected = |name: &str, host: &str| {
        format!(
            "Service principal (Azure CLI) |{name} client 0000-aaaa | issuer https://{host}/4e35db53/v2.0 | {secret} | of entra"
        )
    };
    let printed =
        r#"{"appId":"0000-aaaa","displayName":"night-bot","password":"abC8Q~inventedSecret","tenant":"4e35db53"}"#;
    assert_eq!(outcome(printed), expected(" name night-bot |", "login.microsoftonline.com"));
    let action = |cloud: &str| {
        json!({ "clientId": "0000-aaaa", "clientSecret": "abC8Q~inventedSecret", "subscriptionId": "1", "tenantId": "4e35db53", "activeDirectoryEndpointUrl": cloud }).to_string()
    };
    for host in ["login.microsoftonline.com", "login.chinacloudapi.cn"] {
        assert_eq!(outcome(&action(&format!("https://{host}"))), expected("", host));
    }
    let variables = "AZURE_CLIENT_ID=0000-aaaa\nAZURE_TENANT_ID=4e35db53\nAZURE_CLIENT_SECRET=abC8Q~inventedSecret\n";
    assert_eq!(outcome(variables), expected("", "login.microsoftonline.com"));
}

#[test]
fn what_python_prints_is_read_and_what_is_wrong_with_json_is_named() {
    let python = format!(
        "{{'type': 'serviceaccount', 'keyId': '1', 'userId': '2', 'key': '{}', 'note': None}}",
        PKCS8.replace('\n', "\\n")
    );
    assert_eq!(
        outcome(&python),
        "zitadel-service-account | user 2 | kid 1 | the key | of zitadel-cloud zitadel zitadel-2021"
    );
    for (text, names) in [
        ("{\"client_id\": \"a\", // note\n\"client_secret\": \"b\"}", "comments"),
        ("{\"client_id\": \"a\", \"client_secret\": \"b\",}", "comma"),
        ("{\"client_id\": 'a', \"client_secret\": \"b\"}", "double quotes"),
        ("{“client_id”: \"a\", \"client_secret\": \"b\"}", "typographic"),
    ] {
        let error = parse(text.as_bytes(), None).map(|file| file.shape).expect_err(names);
        assert_eq!(error.code(), "json-invalid");
        assert!(error.to_string().contains(names), "{error}");
    }
}
