//! Masks: wherever a secret may be, a mask is reported, and none is imported.

use mintage_core::key_file;
use mintage_core::secret::Secret;
use serde_json::json;

use crate::bad_key_files::bad_shapes::set;
use crate::bad_key_files::shapes::{
    BOX, CLIENT, FRONTIER_KEY, FRONTIER_SECRET, FRONTIER_TOKEN, GOOGLE, JWK, KEYCLOAK, STACKIT,
};
use crate::bad_key_files::shapes::{ZITADEL_APPLICATION, ZITADEL_SERVICE_ACCOUNT};
use crate::bad_key_files::{PKCS8, parse};

const MASKS: &[&str] = &[
    "**********",
    "••••••••",
    "********************1dG",
    "<hidden>",
    "REDACTED",
    "[redacted]",
    "xxxxxxxxxxxx",
    "<sensitive>",
    "(sensitive value)",
    "***",
    "${CLIENT_SECRET}",
    "{{ secret }}",
    "$CLIENT_SECRET",
    "op://team/bot/secret",
    "ENC[AES256_GCM,data:YWJj,iv:eA==,tag:eQ==,type:str]",
    "$2a$10$abcdefghijklmnopqrstuv",
    "change_me",
    "………",
];

/// Every member with a secret in it, as JSON pointers (RFC 6901).
const SECRETS: &[(&str, &str)] = &[
    (ZITADEL_SERVICE_ACCOUNT, "/key"),
    (ZITADEL_APPLICATION, "/key"),
    (FRONTIER_KEY, "/key/private_key"),
    (FRONTIER_SECRET, "/secret/secret"),
    (FRONTIER_TOKEN, "/token/token"),
    (GOOGLE, "/private_key"),
    (STACKIT, "/credentials/privateKey"),
    (BOX, "/boxAppSettings/clientSecret"),
    (BOX, "/boxAppSettings/appAuth/privateKey"),
    (BOX, "/boxAppSettings/appAuth/passphrase"),
    (KEYCLOAK, "/credentials/secret"),
    (CLIENT, "/client_secret"),
    (JWK, "/d"),
];

fn code(text: &str) -> String {
    parse(text.as_bytes(), None)
        .map_or_else(|error| error.code().to_owned(), |file| format!("read as {:?}", file.shape))
}

#[test]
fn a_mask_is_imported_from_no_place_where_a_secret_is() {
    for (file, place) in SECRETS {
        for mask in MASKS {
            // The letters of base64url are a valid number in a JWK.
            let expected =
                if *place == "/d" && mask.chars().all(char::is_alphanumeric) { continue } else { "secret-masked" };
            assert_eq!(code(&set(file, place, json!(mask))), expected, "{place} {mask}");
        }
    }
}

#[test]
fn a_key_whose_body_is_masked_is_no_damaged_key() {
    let (begin, end) = ("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----");
    let some = &PKCS8[28..200];
    for body in ["**********", "••••••••", "REDACTED", "<redacted>", "...", &format!("{some}***")] {
        let pem = format!("{begin}\n{body}\n{end}\n");
        assert_eq!(code(&set(ZITADEL_SERVICE_ACCOUNT, "/key", json!(pem))), "secret-masked", "{body}");
        assert_eq!(code(&pem), "secret-masked", "{body}");
        assert_eq!(code(&format!("KEY=\"{}\"\n", pem.replace('\n', "\\n"))), "secret-masked", "{body}");
    }
}

#[test]
fn a_mask_that_is_entered_alone_is_no_secret() {
    for mask in MASKS {
        let ascii = mask.is_ascii();
        for is_token in [false, true] {
            let error = key_file::alone(is_token, &Secret::new((*mask).to_owned())).expect_err(mask);
            assert_eq!(error.code(), if ascii { "secret-masked" } else { error.code() }, "{mask}");
        }
    }
}

#[test]
fn who_masked_it_says_where_the_real_one_is() {
    let client = |secret: &str| set(CLIENT, "/client_secret", json!(secret));
    for (text, names) in [
        (set(KEYCLOAK, "/credentials/secret", json!("**********")), "Keycloak's console"),
        (client("(sensitive value)"), "terraform output -raw"),
        (client("***"), "CI"),
        (client("********"), "provider's console"),
        (client("${SECRET}"), "filled in"),
    ] {
        let error = parse(text.as_bytes(), None).map(|file| file.shape).expect_err(names);
        assert!(error.help().contains(names), "{}", error.help());
    }
}
