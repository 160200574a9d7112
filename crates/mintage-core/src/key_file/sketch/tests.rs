use super::*;
use crate::json::SecretJson;

const PEM: &str = include_str!("../../../../../tests/fixtures/keys/throwaway-rsa-2048-a.pkcs8.pem");
const JWK: &str = include_str!("../../../../../tests/fixtures/keys/rfc7515-appendix-a2.jwk.json");

fn drafted(json: &str) -> KeyFileRule {
    of(SecretJson::parse(json).unwrap().expose()).unwrap()
}

fn text(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

#[test]
fn finds_the_key_and_what_goes_with_it_wherever_they_stand() {
    let base64: String = PEM.lines().filter(|line| !line.starts_with('-')).collect();
    let json = format!(
        r#"{{"kind":"acme-robot","tenant":"orders","robot":{{"key":{},"user_id":17,"keyId":"k-1","name":"deploy-bot"}},
            "auth":{{"token-url":"https://acme.example/token","issuer":"https://acme.example"}},"expiresAt":"2027-01-01T00:00:00Z"}}"#,
        text(&base64)
    );
    let rule = drafted(&json);
    assert_eq!((rule.private_key.as_str(), rule.key_encoding), ("/robot/key", KeyEncoding::Base64));
    assert_eq!([rule.user_id.as_str(), &rule.key_id, &rule.client_id], ["/robot/user_id", "/robot/keyId", ""]);
    assert_eq!([rule.issuer.as_str(), &rule.token_endpoint], ["/auth/issuer", "/auth/token-url"]);
    assert_eq!([rule.expires_at.as_str(), &rule.suggested_name], ["/expiresAt", "/robot/name"]);
    let matches: Vec<(&str, &str)> = rule.matches.iter().map(|(place, word)| (place.as_str(), word.as_str())).collect();
    assert_eq!(matches, [("/kind", "acme-robot"), ("/robot/key", "")]);
}

#[test]
fn looks_into_lists_as_far_as_their_first_item() {
    let rule = drafted(&format!(r#"{{"keys":[{{"kid":"k-1","pkcs8":{}}},{{"kid":"k-2"}}]}}"#, text(PEM)));
    assert_eq!([rule.private_key.as_str(), &rule.key_id], ["/keys/0/pkcs8", "/keys/0/kid"]);
}

#[test]
fn tells_how_a_key_is_written() {
    for (value, encoding) in
        [(text(PEM), KeyEncoding::Pem), (JWK.to_owned(), KeyEncoding::Jwk), (text(JWK), KeyEncoding::Jwk)]
    {
        let rule = drafted(&format!(r#"{{"a":{{"private":{value}}}}}"#));
        assert_eq!((rule.private_key.as_str(), rule.key_encoding), ("/a/private", encoding));
        assert_eq!(rule.key_id, "", "a piece of the key is no place");
    }
}

#[test]
fn falls_back_on_a_secret_then_on_a_token() {
    let rule = drafted(r#"{"app":{"appId":"orders","appSecret":"s3cret"},"token":"t0ken"}"#);
    assert_eq!([rule.client_secret.as_str(), &rule.ready_token, &rule.client_id], ["/app/appSecret", "", "/app/appId"]);
    let rule = drafted(r#"{"apiKey":"t0ken","account_id":"17"}"#);
    assert_eq!([rule.ready_token.as_str(), &rule.user_id], ["/apiKey", "/account_id"]);
    assert_eq!(drafted(r#"{"a":1}"#), KeyFileRule { name: "Key file".into(), ..KeyFileRule::default() });
}

#[test]
fn takes_no_place_that_could_not_be_read() {
    let long = "x".repeat(300);
    let rule = drafted(&format!(
        r#"{{"secret":"s","userId":"a b","sub":"{long}","issuer":"http://acme.example","expires":"soon","kid":null}}"#
    ));
    assert_eq!([&rule.user_id, &rule.issuer, &rule.expires_at, &rule.key_id], ["", "", "", ""]);
}

#[test]
fn holds_no_value_but_a_plain_word_of_its_kind() {
    let rule = drafted(
        r#"{"type":"a very long sentence that is no kind","format":"v2","secret":"s3cret","user":{"type":"x"}}"#,
    );
    let matches: Vec<(&str, &str)> = rule.matches.iter().map(|(place, word)| (place.as_str(), word.as_str())).collect();
    assert_eq!(matches, [("/format", "v2"), ("/secret", "")]);
    assert!(!format!("{rule:?}").contains("s3cret"));
}
