use super::*;

#[test]
fn a_generated_id_tells_when_it_was_made() {
    let now = datetime!(2026-01-01 0:00 UTC);
    let day = |id: &str| issued_at_of_id(id, now).map(|at| at.date().to_string());
    let check = |id: &str, expected: Option<&str>| assert_eq!(day(id).as_deref(), expected, "{id}");
    check("100509901696068329", Some("2021-03-22"));
    check("352000000000000000", Some("2025-12-21"));
    check("123456789", None);
    check("18446744073709551615", None);
    check("99999999999999999999", None);
    check("360000000000000000", None);
    check("0100509901696068329", None);
    check("+100509901696068329", None);
    check("100509901696068329 ", None);
    check("deploy-bot", None);
    check("", None);
}

#[test]
fn words_out_of_a_file_are_shown_only_where_short_and_plain() {
    let check = |word: &str, expected: &str| assert_eq!(shown(word), expected);
    check("machine", "machine");
    check("my-type_2: x", "my-type_2: x");
    check("MIIEpAIBAAKCAQEAw3l5s8PX1", "…");
    check("a/b+", "…");
    check("\u{1b}[31m", "…");
}

#[test]
fn a_secret_is_as_long_typed_as_in_a_file() {
    for (length, taken) in [(MAX_SECRET, true), (MAX_SECRET + 1, false)] {
        let secret = "s".repeat(length);
        let document = format!(r#"{{"client_id":"orders","client_secret":"{secret}"}}"#);
        assert_eq!(alone(false, &Secret::new(secret)).is_ok(), taken, "{length}");
        assert_eq!(parse(document.as_bytes(), None, &[]).is_ok(), taken, "{length}");
    }
}

#[test]
fn keys_of_every_kind_are_read_and_hostile_files_refused_on_a_small_stack() {
    macro_rules! fixture {
        ($name:literal) => {
            include_str!(concat!("../../../../tests/fixtures/keys/throwaway-", $name))
        };
    }
    crate::hostile::on_a_small_stack(|| {
        let passphrase = Secret::new("throwaway".into());
        for key in [
            fixture!("rsa-4096.pkcs8.pem"),
            fixture!("rsa-2048-a.pkcs1.pem"),
            fixture!("rsa-2048-a.encrypted-aes256.pem"),
            fixture!("ec-p384.sec1.pem"),
            fixture!("ec-p256.jwk.json"),
            fixture!("ed25519.encrypted.pem"),
        ] {
            assert!(parse(key.as_bytes(), Some(&passphrase), crate::provider::built_in()).is_ok(), "{key}");
        }
        let pieces = [
            "-----BEGIN ",
            "-----BEGIN PRIVATE KEY-----\n",
            "-----",
            "-----END A-----",
            "{-----BEGIN ",
            "\\n",
            "MII",
            "eyJ.",
        ];
        let texts = pieces.iter().map(|piece| piece.repeat(200_000 / piece.len()));
        let blocks = "-----BEGIN A-----\nAAAA\n-----END A-----\n".repeat(4_000);
        for text in texts.chain([blocks]).chain(crate::hostile::json_with_member("private_key")) {
            assert!(parse(text.as_bytes(), None, crate::provider::built_in()).is_err());
            let _: Result<KeyFileRule, KeyFileError> = sketch(text.as_bytes());
        }
    });
}

/// Each of these used to take time quadratic in its size.
#[test]
fn the_largest_files_are_read_in_a_time_that_grows_with_their_size() {
    let most = usize::try_from(MAX_BYTES).expect("a small number") - 16;
    let times = |text: &str| text.repeat(most / text.len());
    let members = |value: &str| (0..most / 20).map(|at| format!("\"m{at}\":{value}")).collect::<Vec<_>>().join(",");
    for text in [
        format!("{{'{}", times("\\'")),
        format!("{{'a{}", times("'\\")),
        format!("A=1\n{}", times("{\"a\":\n")),
        format!("A=1\n{}", times("{\"a\":[\n")),
        format!("{{{}}}", members("1")),
        format!("{{{}}}", members("{\"a\":1}")),
        (0..most / 20).map(|at| format!("A{at}_CLIENT_ID=x\n")).collect(),
    ] {
        let start = std::time::Instant::now();
        assert!(parse(text.as_bytes(), None, crate::provider::built_in()).is_err());
        // A debug build on a busy machine needs a second or two; quadratic behaviour would need minutes.
        assert!(start.elapsed().as_secs() < 30, "{}", &text[..40]);
    }
}
