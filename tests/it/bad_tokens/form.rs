//! Tokens with an invalid form: parts, encoding, documents, size.

use mintage_core::claims;
use mintage_core::token::extract;

use super::forge::{FORGE, encode};
use super::{PAYLOAD, RSA_HEADER, and, check, good, keys, outcome_with};

#[test]
fn tokens_of_a_wrong_form_are_told_apart() {
    let good = good();
    let [head, body, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!("{good}") };
    let signed = |head: &str, body: &str| FORGE.sign_parts("RS256", head, body);
    let row = |token: &str, verdict: &str, code: &str| {
        check(token, verdict);
        let found = claims::decode(token, &[]).map_or_else(|error| error.code(), |_| "readable");
        assert_eq!(found, code, "{token:.400}");
    };
    let (broken, opaque) = ("token-malformed", "token-opaque");
    row(&good, "valid", "readable");
    row("", "cannot verify: the token is opaque", opaque);
    row("..", "cannot verify: the token is opaque", opaque);
    row("Zx91-kQ_abcdef", "cannot verify: the token is opaque", opaque);
    row("SG.abcdef.ghijkl", "cannot verify: the token is opaque", opaque);
    let jwe = format!("{}..AAAA.AAAA.AAAA", encode(r#"{"alg":"dir","enc":"A128GCM"}"#));
    row(&jwe, "cannot verify: the token is encrypted for its issuer", "token-encrypted");
    row(head, "malformed: it has 1 parts; a signed token has 3", broken);
    row(&format!("{head}.{body}"), "malformed: it is cut off after its second part; a signed token has three", broken);
    row(&format!("{good}."), "malformed: it has 4 parts; a signed token has 3", broken);
    row(&format!("{good}.a"), "malformed: it has 4 parts; a signed token has 3", broken);
    row(
        &format!("{good}.a.b"),
        "malformed: it has five parts, but its header doesn't name an encryption algorithm",
        broken,
    );
    row(&format!("{good}.a.b.c"), "malformed: it has 6 parts; a signed token has 3", broken);
    row(&format!(".{body}.{signature}"), "malformed: the header is empty", broken);
    row(&format!("{head}..{signature}"), "malformed: the payload is empty", broken);
    row(&format!("{head}.{body}."), "malformed: the signature is empty", "readable");
    row(&signed(&format!("{head}="), body), "malformed: the header is padded with `=`", broken);
    row(&signed(head, &format!("{body}==")), "malformed: the payload is padded with `=`", broken);
    row(&format!("{good}=="), "malformed: the signature is padded with `=`", broken);
    row(&signed(head, &format!("{body}\n")), "malformed: the payload contains whitespace", broken);
    row(&good.replace('.', ".\n"), "malformed: the payload contains whitespace", broken);
    row(&format!(" {good}"), "malformed: the header contains whitespace", broken);
    row(&format!("{good}\n"), "malformed: the signature contains whitespace", broken);
    let plain = |part: &str| part.replace('-', "+").replace('_', "/");
    let alphabet = signed(head, &plain(&encode(r#"{"iss":"???>>>~~~ÿÿÿ"}"#)));
    row(&alphabet, "malformed: the payload uses the plain base64 alphabet instead of base64url", broken);
    let loose = format!("{head}.{body}.{}", encode([7; 256]).strip_suffix("w").unwrap().to_owned() + "x");
    row(&loose, "malformed: the signature isn't canonical base64url: unused bits are set", broken);
    let impossible = "malformed: the signature has an impossible length for base64url, so something is missing";
    row(&format!("{head}.{body}.AAAAA"), impossible, broken);
    row(&format!("{head}.{body}.é"), "malformed: the signature contains a character that isn't base64url", broken);
    row(&signed(&encode("[1]"), body), "malformed: the header isn't a JSON object", broken);
    row(&signed(&encode("\"RS256\""), body), "malformed: the header isn't a JSON object", broken);
    row(&signed(head, &encode("[]")), "malformed: the payload isn't a JSON object", broken);
    row(&signed(head, &encode("\"text\"")), "malformed: the payload isn't a JSON object", broken);
    row(&signed(head, &encode([0x7B, 0x22, 0xFF, 0x22, 0x7D])), "malformed: the payload isn't valid UTF-8", broken);
    let bad_utf8 = encode([br#"{"alg":"RS256","x":""#.as_slice(), &[0xC3], b"\"}"].concat());
    row(&signed(&bad_utf8, body), "malformed: the header isn't valid UTF-8", broken);
    row(&signed(&encode(r#"{"typ":"JWT"}"#), body), "malformed: its header doesn't name an algorithm (`alg`)", broken);
    row(
        &signed(&encode(r#"{"ALG":"RS256"}"#), body),
        "malformed: its header doesn't name an algorithm (`alg`)",
        broken,
    );
    let enc = "malformed: its header is for an encrypted token, which has five parts";
    row(&signed(&encode(r#"{"alg":"RS256","kid":"rsa","enc":"A128GCM"}"#), body), enc, broken);
}

#[test]
fn documents_that_two_readers_could_read_differently_are_malformed() {
    let unreadable = |token: &str, part: &str, why: &str| {
        let found = outcome_with(token, &keys());
        assert!(found.starts_with(&format!("malformed: the {part} isn't valid JSON: {why}")), "{found}");
        assert_eq!(claims::decode(token, &[]).unwrap_err().code(), "token-malformed");
    };
    let payload = |payload: &str| FORGE.sign("RS256", RSA_HEADER, payload);
    unreadable(&and(r#""alg":"none""#), "header", "a member appears more than once");
    unreadable(&and(r#""k\u0069d":"p256""#), "header", "a member appears more than once");
    unreadable(&payload(&PAYLOAD.replace("\"sub\"", "\"iss\"")), "payload", "a member appears more than once");
    unreadable(&payload(r#"{"act":{"sub":"1","sub":"2"}}"#), "payload", "a member appears more than once");
    unreadable(&payload(&PAYLOAD.replace('}', ",}")), "payload", "");
    unreadable(&payload(&PAYLOAD[..PAYLOAD.len() - 1]), "payload", "it is cut off");
    unreadable(&payload(&format!("{PAYLOAD} x")), "payload", "it has a syntax error at line 1, column ");
    unreadable(&payload(&format!("{PAYLOAD}{PAYLOAD}")), "payload", "it has a syntax error at line 1, column ");
    unreadable(&payload(&PAYLOAD.replace("1005", "\\ud800")), "payload", "a string in it has an invalid escape");
    unreadable(&payload(&PAYLOAD.replace("1795448222", "NaN")), "payload", "");
    unreadable(
        &payload(&format!("{{\"a\":{}1{}}}", "[".repeat(100), "]".repeat(100))),
        "payload",
        "it is nested too deeply",
    );
    unreadable(&format!("{}.{}.AAAA", encode(RSA_HEADER), encode(format!("\u{FEFF}{PAYLOAD}"))), "payload", "");
}

#[test]
fn tokens_beyond_the_limits_are_not_looked_into() {
    let too_large = "malformed: it is larger than 64 kB, or its header is larger than 16 kB";
    let payload = |size: usize| PAYLOAD.replace("1005", &"x".repeat(size));
    let sized = |token_size: usize| {
        // Three bytes of payload are four characters; the signature takes 342 of them.
        let token = (0..)
            .map(|n| FORGE.sign("ES256", r#"{"alg":"ES256","kid":"p256"}"#, payload(token_size * 3 / 4 - 300 + n)));
        token.take(400).find(|token| token.len() >= token_size).unwrap()
    };
    let largest = sized(64 * 1024 - 1);
    assert!(largest.len() <= 64 * 1024);
    check(&largest, "valid");
    let token = sized(64 * 1024 + 1);
    check(&token, too_large);
    assert_eq!(claims::decode(&token, &[]).unwrap_err().code(), "token-too-large");
    assert_eq!(extract(&token).unwrap_err().code(), "token-too-large");
    let header = |size: usize| and(&format!(r#""x":"{}""#, "x".repeat(size)));
    check(&header(12_000), "valid");
    check(&header(12_300), too_large);
    check(&"a".repeat(10_000_000), too_large);
}
