//! Each check refuses in each dialect, and values at the allowed limit pass.

use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RSA_PSS_SHA256};
use mintage_testbed::issuer::{DemoIssuer, Dialect, RegisteredKey, User};
use serde_json::{Value, json};
use time::Duration;

use crate::issuer::support::{self, Answer, DIALECTS, KEY, NOW, USER, pair, sign, stranger};

/// The users and keys of the cases below.
async fn start() -> DemoIssuer {
    let mut config = support::config();
    let own = &mut config.users[0].keys;
    own.push(RegisteredKey { expires_at: Some(NOW), ..support::key("ended") });
    own.push(RegisteredKey { expires_at: Some(NOW + Duration::SECOND), ..support::key("ending") });
    own.push(RegisteredKey { public_pem: support::elliptic_public_pem(), ..support::key("elliptic") });
    own.push(RegisteredKey { public_pem: pair().pkcs1_public_pem(), ..support::key("pkcs1") });
    let mut other = User::new("other", "Other", "other");
    other.keys.push(support::key("of-other"));
    config.users.push(other);
    DemoIssuer::start(config).await.unwrap()
}

/// A valid assertion's claims with some replaced; `null` removes one.
fn with(issuer: &DemoIssuer, changes: Value) -> Value {
    let mut claims = support::claims(issuer.issuer());
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

fn with_header(issuer: &DemoIssuer, header: Value) -> String {
    pair().sign(&RSA_PKCS1_SHA256, &header, &support::claims(issuer.issuer()))
}

/// Sends it in every dialect. `text` is D0's cause, `timed` what D1 says instead.
async fn refused(issuer: &DemoIssuer, case: &str, assertion: &str, text: &str, timed: &str) {
    for dialect in DIALECTS {
        support::set_dialect(issuer, dialect);
        let answer = support::exchange(issuer, assertion, "openid").await;
        let expected = match dialect {
            Dialect::D0 => (400, "text/plain; charset=utf-8", "server_error", text),
            Dialect::D1 => (400, "application/json", "server_error", timed),
            Dialect::D2 => (400, "application/json", "invalid_request", "assertion invalid"),
            Dialect::D3 => (500, "application/json", "server_error", "Errors.Internal"),
            Dialect::D4 => (400, "application/json", "invalid_grant", "invalid assertion"),
        };
        assert_refusal(&answer, expected, &format!("{case} in {dialect:?}"));
    }
}

fn assert_refusal(answer: &Answer, expected: (u16, &str, &str, &str), case: &str) {
    let (status, content_type, error, description) = expected;
    assert_eq!((answer.status, answer.content_type.as_str()), (status, content_type), "{case}: {answer:?}");
    assert_eq!(answer.json(), json!({ "error": error, "error_description": description }), "{case}");
}

async fn taken(issuer: &DemoIssuer, case: &str, assertion: &str) {
    for dialect in DIALECTS {
        support::set_dialect(issuer, dialect);
        let answer = support::exchange(issuer, assertion, "openid").await;
        assert_eq!(answer.status, 200, "{case} in {dialect:?}: {answer:?}");
    }
}

#[tokio::test]
async fn what_is_no_assertion_is_refused() {
    let issuer = start().await;
    let text = |what: &str| format!("assertion is malformed: {what}");
    let good = sign(&support::claims(issuer.issuer()));
    let (input, _) = good.rsplit_once('.').unwrap();
    let cases = [
        ("one word", "nonsense".to_owned(), "not three parts"),
        ("two parts", input.to_owned(), "not three parts"),
        ("four parts", format!("{good}.e30"), "not three parts"),
        (
            "a header that is no JSON",
            format!("eA.{}", good.split_once('.').unwrap().1),
            "the header is not a JSON object",
        ),
        ("padding", format!("{good}=="), "the signature is no base64url"),
        ("a payload that is a list", sign(&json!([1])), "the payload is not a JSON object"),
    ];
    for (case, assertion, what) in cases {
        refused(&issuer, case, &assertion, &text(what), &text(what)).await;
    }
}

#[tokio::test]
async fn the_audience_must_hold_the_issuer_byte_for_byte() {
    let issuer = start().await;
    let name = issuer.issuer().to_owned();
    let host = name.strip_prefix("http://").unwrap();
    let wrong = [
        json!(null),
        json!([]),
        json!(host),
        json!(format!("{name}/")),
        json!(name.to_uppercase()),
        json!(format!("{name}/oauth/v2/token")),
        json!(["https://issuer.example", host]),
    ];
    for audience in wrong {
        let assertion = sign(&with(&issuer, json!({ "aud": audience })));
        let text = format!("audience is not valid: it must contain \"{name}\"");
        refused(&issuer, &format!("aud {audience}"), &assertion, &text, &text).await;
    }
    let text = "assertion is malformed: `aud` is neither a string nor an array of strings";
    for audience in [json!(7), json!({}), json!([name, 7])] {
        let assertion = sign(&with(&issuer, json!({ "aud": audience })));
        refused(&issuer, &format!("aud {audience}"), &assertion, text, text).await;
    }
    for audience in [json!(name), json!([name]), json!(["auth.example", name])] {
        taken(&issuer, &format!("aud {audience}"), &sign(&with(&issuer, json!({ "aud": audience })))).await;
    }
}

#[tokio::test]
async fn the_end_must_lie_more_than_a_second_ahead() {
    let issuer = start().await;
    let now = NOW.unix_timestamp();
    let cases = [
        (json!(now + 1), "exp 2026-03-01T12:00:01Z"),
        (json!(now - 300), "exp 2026-03-01T11:55:00Z"),
        (json!(null), "exp missing"),
    ];
    for (end, told) in cases {
        let timed = format!("token has expired: {told}, server time 2026-03-01T12:00:00Z");
        let assertion = sign(&with(&issuer, json!({ "exp": end })));
        refused(&issuer, &format!("exp {end}"), &assertion, "token has expired", &timed).await;
    }
    for end in [now + 2, now + 100 * 365 * 86_400] {
        taken(&issuer, &format!("exp {end}"), &sign(&with(&issuer, json!({ "exp": end })))).await;
    }
}

#[tokio::test]
async fn the_beginning_must_lie_in_the_last_hour() {
    let issuer = start().await;
    let now = NOW.unix_timestamp();
    let future = "issuedAt of token is in the future";
    let old = "issuedAt of token is too old";
    let cases = [
        (json!(now + 2), future, "iat 2026-03-01T12:00:02Z"),
        (json!(null), future, "iat missing"),
        (json!(now - 3601), old, "iat 2026-03-01T10:59:59Z"),
    ];
    for (start, text, told) in cases {
        let timed = format!("{text}: {told}, server time 2026-03-01T12:00:00Z");
        refused(&issuer, &format!("iat {start}"), &sign(&with(&issuer, json!({ "iat": start }))), text, &timed).await;
    }
    for start in [now - 3600, now, now + 1] {
        taken(&issuer, &format!("iat {start}"), &sign(&with(&issuer, json!({ "iat": start })))).await;
    }
}

#[tokio::test]
async fn times_must_be_whole_numbers() {
    let issuer = start().await;
    let now = NOW.unix_timestamp();
    let text = "assertion is malformed: a time is not a whole number";
    for changes in [
        json!({ "exp": (now + 300).to_string() }),
        json!({ "exp": (now + 300) as f64 + 0.5 }),
        json!({ "iat": now.to_string() }),
        json!({ "iat": now as f64 - 0.5 }),
    ] {
        refused(&issuer, &changes.to_string(), &sign(&with(&issuer, changes.clone())), text, text).await;
    }
}

#[tokio::test]
async fn issuer_and_subject_must_be_the_same_known_user() {
    let issuer = start().await;
    let text = "issuer and subject must be identical";
    for changes in [json!({ "iss": "other" }), json!({ "sub": "other" }), json!({ "iss": null }), json!({ "sub": 7 })] {
        refused(&issuer, &changes.to_string(), &sign(&with(&issuer, changes.clone())), text, text).await;
    }
    let unknown = sign(&with(&issuer, json!({ "iss": "nobody", "sub": "nobody" })));
    refused(&issuer, "nobody", &unknown, "invalid kid", support::KEY_NOT_FOUND).await;
}

#[tokio::test]
async fn the_key_must_be_known_its_owners_and_in_force() {
    let issuer = start().await;
    for header in [
        json!({ "alg": "RS256" }),
        json!({ "alg": "RS256", "kid": "unknown" }),
        json!({ "alg": "RS256", "kid": "of-other" }),
        json!({ "alg": "RS256", "kid": "ended" }),
    ] {
        let assertion = with_header(&issuer, header.clone());
        refused(&issuer, &header.to_string(), &assertion, "invalid kid", support::KEY_NOT_FOUND).await;
    }
    taken(&issuer, "ending", &with_header(&issuer, json!({ "alg": "RS256", "kid": "ending" }))).await;

    let good = sign(&support::claims(issuer.issuer()));
    assert!(issuer.remove_key(USER, KEY));
    refused(&issuer, "removed", &good, "invalid kid", support::KEY_NOT_FOUND).await;
    assert!(issuer.add_key(USER, support::key(KEY)));
    taken(&issuer, "added", &good).await;
}

#[tokio::test]
async fn the_signature_must_verify_with_rs256_or_ps256() {
    let issuer = start().await;
    let claims = support::claims(issuer.issuer());
    let header = |algorithm: &str| json!({ "alg": algorithm, "kid": KEY });
    let good = sign(&claims);
    let (input, signature) = good.rsplit_once('.').unwrap();
    let other = sign(&with(&issuer, json!({ "jti": "other" })));
    let with_key = |key_id: &str| with_header(&issuer, json!({ "alg": "RS256", "kid": key_id }));
    let cases = [
        ("another key", stranger().sign(&RSA_PKCS1_SHA256, &header("RS256"), &claims)),
        ("another payload", format!("{}.{signature}", other.rsplit_once('.').unwrap().0)),
        ("no signature", format!("{input}.")),
        ("none", format!("{}.", pair().sign(&RSA_PKCS1_SHA256, &header("none"), &claims).rsplit_once('.').unwrap().0)),
        ("HS256", pair().sign(&RSA_PKCS1_SHA256, &header("HS256"), &claims)),
        ("RS512", pair().sign(&RSA_PKCS1_SHA512, &header("RS512"), &claims)),
        ("PSS as RS256", pair().sign(&RSA_PSS_SHA256, &header("RS256"), &claims)),
        ("crit", with_header(&issuer, json!({ "alg": "RS256", "kid": KEY, "crit": ["b64"], "b64": true }))),
        ("an elliptic key", with_key("elliptic")),
        ("a PKCS#1 public key", with_key("pkcs1")),
    ];
    for (case, assertion) in cases {
        refused(&issuer, case, &assertion, "invalid signature", "invalid signature").await;
    }
    taken(&issuer, "RS256", &good).await;
    taken(&issuer, "PS256", &pair().sign(&RSA_PSS_SHA256, &header("PS256"), &claims)).await;
    taken(&issuer, "RS256 again: no replay is detected", &good).await;
}

#[tokio::test]
async fn the_first_flaw_in_the_servers_order_is_the_one_told() {
    let issuer = start().await;
    let past = NOW.unix_timestamp() - 7200;
    let expired = "token has expired: exp 2026-03-01T10:00:00Z, server time 2026-03-01T12:00:00Z";
    let old = "issuedAt of token is too old: iat 2026-03-01T10:00:00Z, server time 2026-03-01T12:00:00Z";
    let audience = format!("audience is not valid: it must contain \"{}\"", issuer.issuer());
    support::set_dialect(&issuer, Dialect::D1);
    for (changes, expected) in [
        (json!({ "sub": "x", "iat": past, "exp": past, "aud": "x" }), audience.as_str()),
        (json!({ "sub": "x", "iat": past, "exp": past }), expired),
        (json!({ "sub": "x", "iat": past }), old),
        (json!({ "sub": "x" }), "issuer and subject must be identical"),
    ] {
        let assertion =
            stranger().sign(&RSA_PKCS1_SHA256, &json!({ "alg": "RS256", "kid": "x" }), &with(&issuer, changes));
        let answer = support::exchange(&issuer, &assertion, "openid").await;
        assert_eq!(answer.json()["error_description"], expected);
    }
}

#[tokio::test]
async fn a_parent_tells_the_true_cause_where_asked_for() {
    let issuer = start().await;
    let mut quirks = issuer.quirks();
    quirks.tells_parent = true;
    issuer.set_quirks(quirks);
    let answer =
        support::exchange(&issuer, &with_header(&issuer, json!({ "alg": "RS256", "kid": "x" })), "openid").await;
    let parent = "invalid signature (cannot decode, empty data)";
    assert_eq!(
        answer.json(),
        json!({ "error": "invalid_grant", "error_description": "invalid assertion", "parent": parent })
    );
}

#[tokio::test]
async fn the_servers_clock_decides_and_its_date_says_so() {
    let mut config = support::config();
    config.quirks.clock_offset = Duration::minutes(-2);
    let issuer = DemoIssuer::start(config).await.unwrap();
    let answer = support::mint(&issuer, "openid").await;
    assert_eq!((answer.status, answer.date.as_str()), (400, "Sun, 01 Mar 2026 11:58:00 GMT"));

    let server_now = NOW.unix_timestamp() - 120;
    let assertion = sign(&with(&issuer, json!({ "iat": server_now - 10, "exp": server_now + 300 })));
    let answer = support::exchange(&issuer, &assertion, "openid").await;
    assert_eq!(answer.status, 200, "{answer:?}");

    let mut quirks = issuer.quirks();
    quirks.clock_offset = Duration::minutes(10);
    issuer.set_quirks(quirks);
    let answer = support::exchange(&issuer, &assertion, "openid").await;
    assert_eq!((answer.status, answer.date.as_str()), (400, "Sun, 01 Mar 2026 12:10:00 GMT"));
}
