//! What users paste, and what is found in it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;

/// A JWT whose signature is as long as an ES256 one.
fn jwt(subject: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let payload = format!(r#"{{"iss":"https://auth.example.com","sub":"{subject}","exp":1795444622}}"#);
    format!("{}.{}.{}", part(r#"{"alg":"ES256","kid":"k1"}"#), part(&payload), "Ab-_".repeat(21) + "Ag")
}

fn outcome(pasted: &str) -> String {
    match extract(pasted) {
        Ok(token) => token.expose().to_owned(),
        Err(error) => error.code().to_owned(),
    }
}

fn check(pasted: &str, expected: &str) {
    let found = outcome(pasted);
    let start: String = pasted.chars().take(2000).collect();
    assert!(found == expected, "{found:.2000} is not {expected:.2000} in {start}");
}

#[test]
fn a_token_is_found_however_it_is_wrapped() {
    let t = jwt("1");
    for pasted in [
        t.clone(),
        format!("  {t}\r\n"),
        format!("\"{t}\","),
        format!("`{t}`"),
        format!("Bearer {t}"),
        format!("bearer\t{t}"),
        format!("Authorization: Bearer {t}"),
        format!("authorization:bearer {t}"),
        format!("GET / HTTP/1.1\nHost: a.example\nAuthorization: Bearer {t}\nAccept: */*\n\nbody"),
        format!("curl -H \"Authorization: Bearer {t}\" https://api.example.com/v1"),
        format!("curl --request GET \\\n  --header 'Authorization: Bearer {t}' \\\n  --url https://api.example.com"),
        format!(r#"sh -c "curl -H \"Authorization: Bearer {t}\" https://api.example.com""#),
        format!("curl --oauth2-bearer {t} https://api.example.com"),
        format!(r#"Invoke-RestMethod -Headers @{{ Authorization = "Bearer {t}" }} https://api.example.com"#),
        format!(r#"{{"access_token":"{t}","token_type":"Bearer","expires_in":43199,"id_token":"{}"}}"#, jwt("2")),
        format!("HTTP/1.1 200 OK\ncontent-type: application/json\n\n{{ \"access_token\": \"{t}\" }}\n"),
        format!(r#"{{"id_token":"{t}","expires_in":1}}"#),
        format!(r#"{{"access_token":null,"id_token":"{t}"}}"#),
        format!(r#"{{"accessToken":"{t}"}}"#),
        format!(r#"{{"data":{{"access_token":"{t}"}}}}"#),
        format!(r#"{{"message":"{{\"access_token\":\"{t}\"}}"}}"#),
        format!("export ACCESS_TOKEN={t}"),
        format!("export ACCESS_TOKEN='{t}'"),
        format!("$env:ACCESS_TOKEN = \"{t}\""),
        format!("BASE_URL=https://api.example.com\nACCESS_TOKEN=\"{t}\"\n"),
        format!("https://app.example.com/#access_token={t}&token_type=Bearer"),
        format!("the token is {t}, valid for an hour"),
        format!("{t}\n{t}\n"),
    ] {
        check(&pasted, &t);
    }
}

#[test]
fn a_torn_jwt_is_put_together() {
    let t = jwt("1");
    let wrap = |width: usize, between: &str| {
        let pieces: Vec<&str> = t.as_bytes().chunks(width).map(|p| std::str::from_utf8(p).expect("ASCII")).collect();
        pieces.join(between)
    };
    for width in [10, 16, 43, 64, 76, 80] {
        for between in ["\n", "\r\n", " ", "\n    ", "\\\n", "\" +\n  \"", "\"\n\"", "\u{200B}", "\u{AD}\n"] {
            let torn = wrap(width, between);
            check(&torn, &t);
            check(&format!("Authorization: Bearer {torn}"), &t);
            check(&format!("{torn}\nis what I got"), &t);
            check(&format!("curl -H 'Authorization: Bearer {torn}' localhost"), &t);
            check(&format!("{{\"access_token\": \"{}\"}}", wrap(width, "\n")), &t);
        }
    }
}

#[test]
fn typographic_quotes_and_invisible_characters_are_no_part_of_a_token() {
    let t = jwt("1");
    check(&format!("curl -H “Authorization: Bearer {t}” https://a.example"), &t);
    check(&format!("‘{t}’"), &t);
    check(&format!("{{“access_token”: “{t}”}}"), &t);
    check(&format!("\u{FEFF}{t}\u{200B}"), &t);
    check(&format!("Bearer\u{A0}{t}"), &t);
    check(&format!("\u{202E}{t}\u{0}"), &t);
}

#[test]
fn opaque_and_encrypted_tokens_are_found_too() {
    let opaque = "Zx91-kQ_ab~cd.ef+gh/ij==";
    for pasted in [
        opaque.to_owned(),
        format!("Bearer {opaque}"),
        format!("curl -H 'Authorization: Bearer {opaque}' https://a.example"),
        format!("Authorization: Bearer {opaque}\nAccept: */*"),
        format!("curl --oauth2-bearer '{opaque}' https://a.example"),
        format!(r#"{{"token_type":"Bearer","access_token":"{opaque}"}}"#),
        r#"{"access_token":"Zx91-kQ_ab~cd.ef+gh\/ij=="}"#.to_owned(),
        format!("export TOKEN={opaque}"),
        format!("export T='{opaque}'"),
        format!("access_token: {opaque}"),
        format!("https://a.example/cb?x=1#access_token={opaque}&expires_in=3"),
    ] {
        check(&pasted, opaque);
    }
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"dir","enc":"A128GCM"}"#);
    let jwe = format!("{header}..AAAAAAAAAAAAAAAA.{}.{}", "c2Vj".repeat(30), "A".repeat(22));
    check(&jwe, &jwe);
    let torn = format!("Bearer {}\n{}\nThanks", &jwe[..64], &jwe[64..]);
    check(&torn, &jwe);
    // Some servers write their opaque tokens as a single word of base64 JSON.
    check(
        "Bearer eyJrIjoiT0tTcG1pUlY2RnVKZTFVaDFsNFZXdE9ZWmNrMkZYbk",
        "eyJrIjoiT0tTcG1pUlY2RnVKZTFVaDFsNFZXdE9ZWmNrMkZYbk",
    );
}

#[test]
fn a_token_that_is_never_whole_takes_no_foreign_words_with_it() {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let cut = format!("{}.{}.c2ln", part(r#"{"alg":"RS256"}"#), part(r#"{"sub":"1"}"#));
    check(&format!("Authorization: Bearer {cut}\nAccept: */*"), &cut);
    check(&format!("curl -H 'Authorization: Bearer {cut}' localhost"), &cut);
    check(&format!("{cut} is my token"), &cut);
    check(&format!("{}\n{}", &cut[..25], &cut[25..]), &cut);
    check(&cut.replace('.', ".\n"), &cut);
}

#[test]
fn nothing_and_several_are_told_apart() {
    let (a, b) = (jwt("1"), jwt("2"));
    let none = "token-not-found";
    for pasted in [
        "",
        "   \n",
        "hello",
        "there is no token here",
        "use a bearer token",
        "https://auth.example.com/oauth/v2/token",
        "Authorization: Bearer $ACCESS_TOKEN",
        "Authorization: Bearer <token>",
        "curl -H 'Authorization: Bearer '\"$TOKEN\" https://a.example",
        "Authorization: Basic Zm9vOmJhcg==",
        r#"{"error":"invalid_grant","error_description":"no"}"#,
        r#"{"access_token":"","token_type":"Bearer"}"#,
        r#"{"refresh_token":"abcdefghijkl"}"#,
        "TOKEN_URL=https://auth.example.com",
        "token_type=Bearer1234",
        "{",
        "}{",
        "é…",
    ] {
        check(pasted, none);
    }
    let several = "token-ambiguous";
    check(&format!("{a}\n{b}"), several);
    check(&format!("{a} {b}"), several);
    check(&format!("Bearer {a}\nBearer opaque-token-1"), several);
    check(&format!(r#"{{"access_token":"{a}"}}{{"access_token":"{b}"}}"#), several);
    check("Bearer opaque-token-1\nBearer opaque-token-2", several);
    check("A_TOKEN=opaque-token-1\nB_TOKEN=opaque-token-2", several);
}

#[test]
fn what_is_too_large_is_said_to_be() {
    check(&"a".repeat(MAX_TOKEN), &"a".repeat(MAX_TOKEN));
    check(&"a".repeat(MAX_TOKEN + 1), "token-too-large");
    check(&" ".repeat(MAX_PASTE + 1), "token-too-large");
}

#[test]
fn a_paste_of_nothing_but_beginnings_is_given_up_soon() {
    check(&"eyJ ".repeat(MAX_PASTE / 4), "token-not-found");
    // The longest signature that RS256 can have is accepted, and no longer one.
    let torn = format!("eyJhbGciOiJSUzI1NiJ9.e30.{}", "a ".repeat(50_000));
    check(&torn, &format!("eyJhbGciOiJSUzI1NiJ9.e30.{}", "a".repeat(1366)));
}

#[test]
fn no_cut_of_a_paste_panics() {
    let pasted = format!("curl -H “Authorization: Bearer {}” \\\n -d '{{\"access_token\":\"é\\u00e9\"}}'", jwt("1"));
    for (at, _) in pasted.char_indices() {
        let _ = extract(&pasted[at..]);
        let _ = extract(&pasted[..at]);
    }
}

#[test]
fn hostile_pastes_are_searched_on_a_small_stack() {
    crate::hostile::on_a_small_stack(|| {
        let pieces = [
            "eyJ",
            "eyJ.",
            "eyJ \n",
            "Bearer ",
            "bearer: ",
            "\"access_token\":\"",
            "token=",
            "{\"a\":",
            "\\\"",
            "\u{200b}",
        ];
        for piece in pieces {
            for size in [8_000, 260_000] {
                assert!(extract(&piece.repeat(size / piece.len())).is_err() || !piece.contains('\u{200b}'), "{piece}");
            }
        }
        for json in crate::hostile::json_with_member("access_token") {
            let found = extract(&json).map_or(0, |token| token.expose().len());
            assert!(found <= json.len(), "nothing is made up");
        }
    });
}
