//! **Planted** secrets: the search must find them, or finding nothing means nothing.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::marks::{Mark, Marks, der, secret_part};
use mintage_testbed::setup::fixture_key;

#[test]
fn a_planted_key_is_found_in_every_form() {
    let (der, pem) = (der(), fixture_key());
    let mut marks = Marks::default();
    marks.add("the private key", &secret_part(&der));
    let hex: String = der.iter().map(|byte| format!("{byte:02x}")).collect();
    let behind = |bytes: usize| [&vec![b'x'; bytes][..], &der].concat();
    let wide: Vec<u8> = der.iter().flat_map(|&byte| [byte, 0]).collect();
    for (what, planted, form) in [
        ("DER", der.clone(), "as it is"),
        ("a piece of DER", der[500..516].to_vec(), "as it is"),
        ("DER as UTF-16", wide, "UTF-16"),
        ("hex", hex.clone().into_bytes(), "hex"),
        ("HEX", hex.to_uppercase().into_bytes(), "HEX"),
        ("a list", format!("{der:?}").into_bytes(), "list"),
        ("a list over lines", format!("{der:?}").replace(", ", ",").into_bytes(), "compact list"),
        ("PEM", pem.clone().into_bytes(), "base64"),
        ("PEM in JSON", serde_json::to_vec(&pem).expect("text is JSON"), "base64"),
        ("PEM with CRLF", pem.replace('\n', "\r\n").into_bytes(), "base64"),
        ("one line of PEM", pem.lines().nth(12).expect("it is long").as_bytes().to_vec(), "base64"),
        ("base64", STANDARD.encode(&der).into_bytes(), "base64"),
        ("base64 behind a byte", STANDARD_NO_PAD.encode(behind(1)).into_bytes(), "base64"),
        ("base64 behind two bytes", STANDARD_NO_PAD.encode(behind(2)).into_bytes(), "base64"),
    ] {
        let somewhere = [&b"before"[..], &planted, b"after"].concat();
        assert_eq!(marks.find(&somewhere), Some(Mark { of: "the private key", form }), "{what}");
    }
    // The first window that reads otherwise in the other alphabet may come after many that read the same.
    let url_safe = marks.find(URL_SAFE_NO_PAD.encode(&der).as_bytes());
    assert!(url_safe.is_some_and(|mark| mark.form.starts_with("base64")));
}

#[test]
fn a_planted_token_is_found_and_what_is_public_is_not() {
    let mut marks = Marks::default();
    marks.add("a token", b"canary.0123456789abcdef.token");
    for planted in ["canary.0123456789abcdef.token", "Bearer canary.0123456789abcdef.token\n", "y.0123456789abcd"] {
        assert_eq!(marks.find(planted.as_bytes()), Some(Mark { of: "a token", form: "as it is" }), "{planted}");
    }
    let in_base64 = STANDARD.encode("Authorization: Bearer canary.0123456789abcdef.token");
    assert_eq!(marks.find(in_base64.as_bytes()), Some(Mark { of: "a token", form: "base64" }));
    assert_eq!(marks.find(b"y.0123456789abc"), None, "a shorter piece says too little");

    marks.add("the private key", &secret_part(&der()));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/throwaway-rsa-2048-a.public.pem");
    let public = std::fs::read(path).expect("the fixture is in the repository");
    assert_eq!(marks.find(&public), None);
}
