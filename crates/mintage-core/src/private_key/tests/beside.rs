//! What accompanies a key and is inside it: its public half, attributes, and what doesn't belong there.

use super::*;
use crate::der::{BIT_STRING, Der};

/// A PKCS#8 document with these parts: version, the content of its algorithm, the key, and what follows it.
fn pkcs8(version: u8, algorithm: &[u8], key: &[u8], after: &[u8]) -> Vec<u8> {
    let mut inside = Vec::new();
    push_element(&mut inside, INTEGER, &[&[version]]);
    push_element(&mut inside, SEQUENCE, &[algorithm]);
    push_element(&mut inside, der::OCTET_STRING, &[key]);
    inside.extend_from_slice(after);
    sequence(&[&inside])
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(SEQUENCE, parts)
}

fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut whole = Vec::new();
    push_element(&mut whole, tag, parts);
    whole
}

/// The content of a fixture's OCTET STRING, and its public half as PKCS#8 includes it.
fn parts(pem: &str) -> (jose::KeyType, Vec<u8>, Vec<u8>) {
    let whole = bytes(pem);
    let mut body = Der::new(&whole).enter(SEQUENCE).expect("fixture");
    body.take(INTEGER).and_then(|_| body.take(SEQUENCE)).expect("fixture");
    let inside = body.take(der::OCTET_STRING).expect("fixture").to_vec();
    let public = key(pem).public;
    (public.key_type(), inside, public.encoded())
}

#[test]
fn what_stands_behind_a_pkcs8_key_is_its_public_half_or_refused() {
    let usage: &[u8] = &[0x30, 0x0b, 0x06, 0x03, 0x55, 0x1d, 0x0f, 0x31, 0x04, 0x03, 0x02, 0x00, 0x80];
    let unknown: &[u8] = &[0x30, 0x0b, 0x06, 0x03, 0x55, 0x1d, 0x10, 0x31, 0x04, 0x03, 0x02, 0x00, 0x80];
    for (pem, other) in [(PKCS8, RSA_4096), (P256, P384), (P384, P256), (ED25519, P256)] {
        let (key_type, inside, public) = parts(pem);
        let thumbprint = key(pem).facts().thumbprint.clone();
        let read = |name: &str, after: &[u8], taken: bool| {
            let found = PrivateKey::from_der(SecretBytes::new(pkcs8(1, key_type.identifier(), &inside, after)));
            let found = found.map(|key| key.facts().thumbprint.clone()).map_err(|error| error.code());
            let expected = if taken { Ok(thumbprint.clone()) } else { Err("key-broken") };
            assert_eq!(found, expected, "{key_type:?}: {name}");
        };
        let bits = |public: &[u8]| element(der::CONTEXT_1_PRIMITIVE, &[&[0], public]);
        let mut changed = public.clone();
        *changed.last_mut().expect("bytes") ^= 1;
        read("nothing", &[], true);
        read("its public half", &bits(&public), true);
        read(
            "its public half under an explicit tag",
            &element(der::CONTEXT_1, &[&element(BIT_STRING, &[&[0], &public])]),
            true,
        );
        read("attributes, none", &[der::CONTEXT_0, 0], true);
        read("attributes, as Windows writes them", &element(der::CONTEXT_0, &[usage]), true);
        read(
            "attributes and its public half",
            &[&element(der::CONTEXT_0, &[usage]), &bits(&public)[..]].concat(),
            true,
        );
        read("a changed public half", &bits(&changed), false);
        read("another key's public half", &bits(&parts(other).2), false);
        read("an empty public half", &bits(&[]), false);
        read("no bits at all", &element(der::CONTEXT_1_PRIMITIVE, &[]), false);
        read("a public half of unused bits", &element(der::CONTEXT_1_PRIMITIVE, &[&[1], &public]), false);
        read("its public half twice", &[bits(&public), bits(&public)].concat(), false);
        read("attributes after its public half", &[bits(&public), vec![der::CONTEXT_0, 0]].concat(), false);
        read("an unknown attribute", &element(der::CONTEXT_0, &[unknown]), false);
        read(
            "an attribute of two values",
            &element(der::CONTEXT_0, &[&[&[0x30, 0x0d][..], &usage[2..], &[5, 0]].concat()]),
            false,
        );
        read("attributes that are a key", &element(der::CONTEXT_0, &[&bytes(other)]), false);
        read("another key", &element(der::OCTET_STRING, &[&parts(other).1]), false);
        read("another whole key", &bytes(other), false);
        read("its own key again", &element(der::OCTET_STRING, &[&inside]), false);
        read("NULL", &[0x05, 0x00], false);
        read("junk", b"junk", false);
        read("a zero", &[0], false);
        let within = |key: &[u8]| code(pkcs8(0, key_type.identifier(), key, &[]));
        assert_eq!(within(&[&inside[..], &[0]].concat()), "key-broken", "{key_type:?}");
        assert_eq!(within(&[&inside[..], &bytes(other)].concat()), "key-broken", "{key_type:?}");
        let algorithm = [key_type.identifier(), &[0x05, 0x00]].concat();
        assert_eq!(code(pkcs8(0, &algorithm, &inside, &[])), "key-broken", "{key_type:?}");
        assert_eq!(code([bytes(pem), bytes(other)].concat()), "key-broken", "{key_type:?}");
    }
}

#[test]
fn a_flawed_key_is_refused_in_every_form_and_also_where_it_was_stored_before() {
    for (name, jwk) in [
        ("ROCA", include_str!("../../../../../tests/fixtures/keys/judged/rsa-roca.jwk.json")),
        ("2^32 + 1", include_str!("../../../../../tests/fixtures/keys/judged/rsa-exponent-4294967297.jwk.json")),
        ("1", include_str!("../../../../../tests/fixtures/keys/judged/rsa-exponent-1.jwk.json")),
        ("751", include_str!("../../../../../tests/fixtures/keys/judged/rsa-small-factor.jwk.json")),
    ] {
        let jwk: serde_json::Value = serde_json::from_str(jwk).expect("JSON");
        let numbers =
            ["n", "e", "d", "p", "q", "dp", "dq", "qi"].map(|name| decoded(jwk[name].as_str().expect("text")));
        let pkcs1 = canonical::pkcs1(&numbers.each_ref().map(Vec::as_slice));
        assert_eq!(code(pkcs1.expose().to_vec()), "key-unsound", "{name}");
        let stored = canonical::rsa(pkcs1.expose());
        assert_eq!(code(stored.expose().to_vec()), "key-unsound", "{name}");
        assert_eq!(PrivateKey::from_keychain(stored).expect_err(name).code(), "key-unsound", "{name}");
    }
}

#[test]
fn what_stands_inside_an_ec_key_is_compared_too() {
    let (key_type, inside, public) = parts(P256);
    let (other, identifier) = (parts(P384).2, |oid: &[u8]| element(der::CONTEXT_0, &[oid]));
    let p256 = &key_type.identifier()[9..];
    let p384 = &parts(P384).0.identifier()[9..];
    let head = &inside[2..2 + 3 + 34];
    let point = |parts: &[&[u8]]| element(der::CONTEXT_1, &[&element(BIT_STRING, parts)]);
    let read = |name: &str, after: &[&[u8]], taken: bool| {
        let inside = sequence(&[head, &after.concat()]);
        let found = PrivateKey::from_der(SecretBytes::new(pkcs8(0, key_type.identifier(), &inside, &[])));
        let found = found.map(|key| key.public.encoded()).map_err(|error| error.code());
        assert_eq!(found, if taken { Ok(public.clone()) } else { Err("key-broken") }, "{name}");
    };
    let own = point(&[&[0], &public]);
    let mut compressed = public[..33].to_vec();
    compressed[0] = 2 + (public[64] & 1);
    read("nothing", &[], true);
    read("its point", &[&own], true);
    read("its compressed point", &[&point(&[&[0], &compressed])], true);
    read("its curve and its point", &[&identifier(p256), &own], true);
    compressed[0] ^= 1;
    read("the opposite compressed point", &[&point(&[&[0], &compressed])], false);
    read("another curve", &[&identifier(p384), &own], false);
    read("two curves", &[&identifier(&[p256, p384].concat()), &own], false);
    read("another curve's point", &[&point(&[&[0], &other])], false);
    read("two points", &[&own, &own], false);
    read("two points in one", &[&element(der::CONTEXT_1, &[&own[2..], &own[2..]])], false);
    read("its point before its curve", &[&own, &identifier(p256)], false);
    read("something else", &[&own, &[0x05, 0x00]], false);
}
