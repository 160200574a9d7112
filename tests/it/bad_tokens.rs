//! Bad tokens, and the expected result for each. Every bug that is found adds a row.
//!
//! Where the claims or the keys are the point, the token is properly signed: it would be valid if the rule in question
//! were missing.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use mintage_core::token::TokenForm;
use mintage_core::verify::{Expectation, KeySet, Verdict, key_id_of, verify};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

mod claims;
mod forge;
mod form;
mod judged;
mod mutations;

use forge::{FORGE, decode, encode};

const NOW: OffsetDateTime = datetime!(2026-11-23 14:37:02 UTC);
const ISSUER: &str = "https://auth.example.com";

/// A payload that passes every check, `{}` standing for more members.
const PAYLOAD: &str = r#"{"iss":"https://auth.example.com","sub":"1005","aud":["api","other"],"exp":1795448222,"nbf":1795444602,"iat":1795444602}"#;
const RSA_HEADER: &str = r#"{"alg":"RS256","kid":"rsa"}"#;

fn expectation() -> Expectation {
    Expectation { issuer: ISSUER.into(), audience: Some("api".into()), now: NOW, leeway: Duration::seconds(30) }
}

fn keys() -> KeySet {
    KeySet::parse(FORGE.key_set().as_bytes()).unwrap()
}

/// The verdict in words, with its reason or the names of the claims that fail.
fn outcome_with(token: &str, keys: &KeySet) -> String {
    let found = verify(token, keys, &expectation());
    let names: Vec<&str> = found.checks.iter().map(|check| check.name.as_str()).collect();
    assert_eq!(names, ["signature", "iss", "aud", "exp", "nbf", "iat"]);
    let failing = found.checks.iter().filter(|check| check.holds == Some(false));
    let failing: Vec<&str> = failing.map(|check| check.name.as_str()).collect();
    match found.verdict {
        Verdict::Valid => "valid".into(),
        Verdict::SignatureInvalid => "signature invalid".into(),
        Verdict::FailsUnverified { why } => format!("claims fail: {}; cannot verify: {why}", failing.join(", ")),
        Verdict::CannotVerify { why } => format!("cannot verify: {why}"),
        Verdict::Malformed { why } => format!("malformed: {why}"),
        Verdict::ClaimsFail => format!("claims fail: {}", failing.join(", ")),
    }
}

fn check(token: &str, expected: &str) {
    let start: String = token.chars().take(400).collect();
    assert_eq!(outcome_with(token, &keys()), expected, "{start}");
}

/// A valid token of the RSA key.
fn good() -> String {
    FORGE.sign("RS256", RSA_HEADER, PAYLOAD)
}

/// A token with this header, signed with the RSA key.
fn with_header(header: &str) -> String {
    FORGE.sign("RS256", header, PAYLOAD)
}

/// The RSA header with more members.
fn and(members: &str) -> String {
    with_header(&format!(r#"{{"alg":"RS256","kid":"rsa",{members}}}"#))
}

#[test]
fn good_tokens_of_every_algorithm_are_valid() {
    for (algorithm, key) in [
        ("RS256", "rsa"),
        ("RS384", "rsa"),
        ("RS512", "rsa"),
        ("PS256", "rsa"),
        ("PS384", "rsa"),
        ("PS512", "rsa"),
        ("ES256", "p256"),
        ("ES384", "p384"),
        ("ES512", "p521"),
        ("EdDSA", "ed"),
    ] {
        let token = FORGE.sign(algorithm, format!(r#"{{"alg":"{algorithm}","kid":"{key}"}}"#), PAYLOAD);
        let found = verify(&token, &keys(), &expectation());
        assert_eq!(found.verdict, Verdict::Valid, "{algorithm}");
        assert_eq!((found.algorithm.as_deref(), found.key_id.as_deref()), (Some(algorithm), Some(key)));
        assert!(found.notices.is_empty() && found.checks.iter().all(|check| check.holds == Some(true)));
        assert_eq!((TokenForm::of(&token), key_id_of(&token).as_deref()), (TokenForm::Jwt, Some(key)));
    }
    check(&FORGE.sign("EdDSA", r#"{"alg":"Ed25519","kid":"ed"}"#, PAYLOAD), "valid");
    check(&with_header(r#"{"alg":"RS256","kid":"rs256-only"}"#), "valid");
    check(&with_header(r#"{"alg":"RS256","kid":"twice-but-one-is-small"}"#), "valid");
}

#[test]
fn algorithms_that_are_not_accepted_verify_nothing() {
    let body = encode(PAYLOAD);
    let unsigned = |alg: &str| format!("{}.{body}.", encode(format!(r#"{{"alg":"{alg}","kid":"rsa"}}"#)));
    check(&unsigned("none"), "cannot verify: the token isn't signed (`alg` is `none`)");
    check(&with_header(r#"{"alg":"none"}"#), "cannot verify: the token isn't signed (`alg` is `none`)");
    check(&unsigned("None"), "malformed: the signature is empty");
    check(&with_header(r#"{"alg":"None"}"#), "cannot verify: Mintage doesn't accept the algorithm `None`");
    check(&with_header(r#"{"alg":"nonE"}"#), "cannot verify: Mintage doesn't accept the algorithm `nonE`");
    let shared = "cannot verify: `HS256` signs with a shared secret, which an issuer can't publish";
    check(&FORGE.sign("HS256", r#"{"alg":"HS256","kid":"rsa"}"#, PAYLOAD), shared);
    check(&FORGE.sign("HS256", r#"{"alg":"HS256","kid":"shared"}"#, PAYLOAD), shared);
    check(&FORGE.sign("HS256", r#"{"alg":"HS256"}"#, PAYLOAD), shared);
    check(&with_header(r#"{"alg":"RS1","kid":"rsa"}"#), "cannot verify: Mintage doesn't accept the algorithm `RS1`");
    check(
        &with_header(r#"{"alg":"rs256","kid":"rsa"}"#),
        "cannot verify: Mintage doesn't accept the algorithm `rs256`",
    );
    check(
        &with_header(r#"{"alg":"RS256 ","kid":"rsa"}"#),
        "cannot verify: Mintage doesn't accept the algorithm `RS256 `",
    );
    check(&with_header(r#"{"alg":"","kid":"rsa"}"#), "cannot verify: Mintage doesn't accept the algorithm ``");
    check(
        &with_header(r#"{"alg":"ES256K","kid":"p256"}"#),
        "cannot verify: Mintage doesn't accept the algorithm `ES256K`",
    );
    check(&with_header(r#"{"alg":["RS256"],"kid":"rsa"}"#), "malformed: the header's `alg` isn't a string");
    check(&with_header(r#"{"alg":null,"kid":"rsa"}"#), "malformed: the header's `alg` isn't a string");
}

#[test]
fn demands_of_the_header_are_refused_or_pointed_out() {
    let crit = "malformed: the header requires extensions (`crit`) that Mintage doesn't support";
    let b64 = "malformed: the header says the payload isn't encoded (`b64`)";
    check(&and(r#""crit":["exp"],"exp":1"#), crit);
    check(&and(r#""crit":["b64"],"b64":false"#), crit);
    check(&and(r#""crit":[]"#), crit);
    check(&and(r#""crit":"exp""#), crit);
    check(&and(r#""b64":false"#), b64);
    check(&and(r#""b64":"true""#), b64);
    check(&and(r#""b64":true"#), "valid");
    let pointed_out = |members: &str, notice: &str| {
        let found = verify(&and(members), &keys(), &expectation());
        assert_eq!((found.verdict, found.notices), (Verdict::Valid, vec![notice.to_owned()]), "{members}");
    };
    pointed_out(r#""jku":"https://evil.example/keys""#, "the header has its own `jku`, which was ignored");
    pointed_out(r#""x5u":"https://evil.example/cert""#, "the header has its own `x5u`, which was ignored");
    pointed_out(r#""x5c":["MII"]"#, "the header has its own `x5c`, which was ignored");
    pointed_out(&format!(r#""jwk":{}"#, FORGE.rsa_jwk("")), "the header has its own `jwk`, which was ignored");
    pointed_out(r#""typ":"logout+jwt""#, "the header's `typ` is `logout+jwt`");
    pointed_out(r#""typ":7"#, "the header's `typ` isn't a string");
    pointed_out(r#""cty":"JWT""#, "the header's `cty` is `JWT`");
    for usual in ["JWT", "jwt", "at+jwt", "application/at+jwt"] {
        assert!(verify(&and(&format!(r#""typ":"{usual}""#)), &keys(), &expectation()).notices.is_empty());
    }
}

#[test]
fn a_key_of_the_token_itself_is_never_used() {
    let header = format!(r#"{{"alg":"RS256","kid":"mine","jwk":{}}}"#, FORGE.rsa_jwk(r#","kid":"mine""#));
    let unknown = "cannot verify: the issuer publishes no key with the id `mine`";
    assert_eq!(outcome_with(&with_header(&header), &KeySet::default()), unknown);
    check(&with_header(&header), unknown);
}

#[test]
fn keys_that_do_not_agree_verify_nothing() {
    let kid = |kid: &str| with_header(&format!(r#"{{"alg":"RS256","kid":{kid}}}"#));
    let row = |id: &str, why: &str| check(&kid(&format!("\"{id}\"")), &format!("cannot verify: {why}"));
    row("unknown", "the issuer publishes no key with the id `unknown`");
    row("RSA", "the issuer publishes no key with the id `RSA`");
    row("rsa ", "the issuer publishes no key with the id `rsa `");
    row("", "the issuer publishes no key with the id ``");
    row("twice", "the issuer publishes several keys with the id `twice`");
    row("enc", "the key `enc` is meant for encryption (`use` is `enc`)");
    row("sign-only", "the key `sign-only` isn't meant to verify signatures (`key_ops` lacks `verify`)");
    row("oaep", "the key `oaep` is for `RSA-OAEP`, which isn't a supported signature algorithm");
    row("small", "the key `small` is RSA with 1024 bits; at least 2048 are needed");
    row("roca", "the key `roca` was created by a flawed generator and can be broken (ROCA, CVE-2017-15361)");
    row("shared", "the key `shared` is a shared secret, which must never be published");
    row("future", "the key `future` has the unknown type `AKP`");
    row("p256", "the key `p256` isn't for `RS256`");
    row("ed", "the key `ed` isn't for `RS256`");
    check(&kid("1"), "malformed: the header's `kid` isn't a string");
    check(&kid("null"), "malformed: the header's `kid` isn't a string");
    check(&kid("[\"rsa\"]"), "malformed: the header's `kid` isn't a string");
    let disagrees = |algorithm: &str, key: &str| {
        let token = FORGE.sign(algorithm, format!(r#"{{"alg":"{algorithm}","kid":"{key}"}}"#), PAYLOAD);
        check(&token, &format!("cannot verify: the key `{key}` isn't for `{algorithm}`"));
    };
    disagrees("PS256", "rs256-only");
    disagrees("RS512", "rs256-only");
    disagrees("ES256", "rsa");
    disagrees("ES256", "p384");
    disagrees("ES384", "p256");
    disagrees("EdDSA", "p256");
}

#[test]
fn a_token_without_a_key_id_needs_exactly_one_key_that_fits() {
    let token = with_header(r#"{"alg":"RS256"}"#);
    check(&token, "cannot verify: the header doesn't name a key, and the issuer publishes several for `RS256`");
    let set = |keys: &[String]| KeySet::parse(format!(r#"{{"keys":[{}]}}"#, keys.join(",")).as_bytes()).unwrap();
    let none = "cannot verify: the header doesn't name a key, and the issuer publishes none for `RS256`";
    assert_eq!(outcome_with(&token, &KeySet::default()), none);
    assert_eq!(outcome_with(&token, &set(&[FORGE.rsa_jwk(r#","alg":"RS512""#)])), none);
    assert_eq!(outcome_with(&token, &set(&[FORGE.rsa_jwk(r#","use":"enc""#)])), none);
    let one = set(&[FORGE.rsa_jwk(r#","kid":"a""#), FORGE.rsa_jwk(r#","kid":"b","alg":"PS256""#)]);
    let found = verify(&token, &one, &expectation());
    assert_eq!((found.verdict, found.key_id.as_deref()), (Verdict::Valid, Some("a")));
    assert_eq!(found.notices, ["the header doesn't name a key; `a` is the only one that fits"]);
    let token = FORGE.sign("ES384", r#"{"alg":"ES384"}"#, PAYLOAD);
    check(&token, "valid");
}

#[test]
fn signatures_that_do_not_fit_are_invalid() {
    let invalid = "signature invalid";
    let good = good();
    let (input, signature) = good.rsplit_once('.').unwrap();
    let bytes = decode(signature);
    check(&format!("{input}.{}", encode(&bytes[..255])), invalid);
    check(&format!("{input}.{}", encode(&bytes[1..])), invalid);
    check(&format!("{input}.{}", encode([&[0], bytes.as_slice()].concat())), invalid);
    check(&format!("{input}.{}", encode([bytes.as_slice(), &[0]].concat())), invalid);
    check(&format!("{input}.AAAA"), invalid);
    check(&format!("{input}.{}", encode([0; 256])), invalid);
    check(&format!("{input}.{}", encode([0xFF; 256])), invalid);
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    check(&format!("{input}.{flipped}{}", &signature[1..]), invalid);
    let other = FORGE.sign("RS256", RSA_HEADER, PAYLOAD.replace("1005", "1006"));
    check(&format!("{input}.{}", other.rsplit_once('.').unwrap().1), invalid);
    let wrong = |signed_as: &str, says: &str, key: &str| {
        check(&FORGE.sign(signed_as, format!(r#"{{"alg":"{says}","kid":"{key}"}}"#), PAYLOAD), invalid);
    };
    wrong("PS256", "RS256", "rsa");
    wrong("RS256", "PS256", "rsa");
    wrong("RS384", "RS256", "rsa");
    wrong("RS256", "RS512", "rsa");
    wrong("ES256 as DER", "ES256", "p256");
    wrong("ES384", "ES256", "p256");
    wrong("EdDSA", "ES256", "p256");
    wrong("ES256", "EdDSA", "ed");
    wrong("HS256", "RS256", "rsa");
    for (algorithm, key, size) in
        [("ES256", "p256", 64), ("ES384", "p384", 96), ("ES512", "p521", 132), ("EdDSA", "ed", 64)]
    {
        let input = format!("{}.{}", encode(format!(r#"{{"alg":"{algorithm}","kid":"{key}"}}"#)), encode(PAYLOAD));
        // Signatures of only zeros were once accepted elsewhere (CVE-2022-21449).
        check(&format!("{input}.{}", encode(vec![0; size])), invalid);
        check(&format!("{input}.{}", encode(vec![0; size + 1])), invalid);
    }
}
