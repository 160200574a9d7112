//! Damage at every position: nothing panics, and nothing modified is ever valid.

use mintage_core::claims;
use mintage_core::token::{TokenForm, extract};
use mintage_core::verify::{KeySet, Verdict, key_id_of, verify};

use super::forge::{FORGE, decode, encode};
use super::{PAYLOAD, RSA_HEADER, expectation, keys};

/// A small linear congruential generator (Knuth's MMIX constants): the same damage on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<'a>(&mut self, choices: &'a [&'a str]) -> &'a str {
        choices[self.roll(choices.len())]
    }
}

/// Characters that may appear where they don't belong.
const DEBRIS: &[&str] = &[
    "", "A", "Q", "_", "-", "z", "9", ".", "..", "=", "+", "/", " ", "\n", "\"", "{", "}", "\0", "é", "\u{202E}", "eyJ",
];

fn must_not_be_valid(token: &str, keys: &KeySet) {
    let found = verify(token, keys, &expectation());
    assert_ne!(found.verdict, Verdict::Valid, "{token}");
    assert_eq!(found.checks.len(), 6);
    let _ = (TokenForm::of(token), key_id_of(token), claims::decode(token, &[]), extract(token));
}

fn tokens() -> [String; 3] {
    [
        FORGE.sign("RS256", RSA_HEADER, PAYLOAD),
        FORGE.sign("ES256", r#"{"alg":"ES256","kid":"p256"}"#, PAYLOAD),
        FORGE.sign("EdDSA", r#"{"alg":"EdDSA","kid":"ed"}"#, PAYLOAD),
    ]
}

#[test]
fn a_token_cut_or_changed_in_any_place_is_never_valid() {
    let keys = keys();
    let mut dice = Dice(1);
    for token in tokens() {
        assert_eq!(verify(&token, &keys, &expectation()).verdict, Verdict::Valid);
        for at in 0..token.len() {
            must_not_be_valid(&token[..at], &keys);
            must_not_be_valid(&token[at + 1..], &keys);
            let debris = dice.pick(DEBRIS);
            for changed in [
                format!("{}{debris}{}", &token[..at], &token[at + 1..]),
                format!("{}{debris}{}", &token[..at], &token[at..]),
            ] {
                if changed != token {
                    must_not_be_valid(&changed, &keys);
                }
            }
        }
    }
}

#[test]
fn a_token_with_one_bit_flipped_before_encoding_is_never_valid() {
    let keys = keys();
    let mut dice = Dice(2);
    for token in tokens() {
        let parts: Vec<Vec<u8>> = token.split('.').map(decode).collect();
        for _ in 0..700 {
            let mut parts = parts.clone();
            let part = dice.roll(3);
            let at = dice.roll(parts[part].len());
            parts[part][at] ^= 1 << dice.roll(8);
            let changed: Vec<String> = parts.iter().map(encode).collect();
            must_not_be_valid(&changed.join("."), &keys);
        }
    }
}

#[test]
fn a_damaged_key_set_is_read_or_refused_but_never_believed_about_a_forgery() {
    let set = FORGE.key_set();
    let mut dice = Dice(3);
    let tokens = tokens();
    let forged = FORGE.sign("RS512", RSA_HEADER, PAYLOAD);
    let (mut read, mut refused) = (0, 0);
    for step in 0..1500 {
        let mut bytes = set.clone().into_bytes();
        let at = dice.roll(bytes.len());
        match step % 4 {
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 1 << dice.roll(8),
            2 => drop(bytes.splice(at..at + 1, dice.pick(DEBRIS).bytes())),
            _ => drop(bytes.splice(at..bytes.len().min(at + dice.roll(40)), dice.pick(DEBRIS).bytes())),
        }
        match KeySet::parse(&bytes) {
            Ok(keys) => {
                read += 1;
                let _ = verify(&tokens[step % 3], &keys, &expectation());
                assert_ne!(verify(&forged, &keys, &expectation()).verdict, Verdict::Valid);
            }
            Err(_) => refused += 1,
        }
    }
    assert!(read > 250 && refused > 250, "{read} {refused}");
}
