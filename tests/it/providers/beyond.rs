//! Beyond the first token: what a provider's profile says about keys imported again, about clients that introspect and
//! revoke, and about assertions for direct use.

use mintage_core::catalog::Catalog;
use mintage_core::diagnosis::NextStep;
use mintage_core::mint::{Ask, ImportRequest, Learned};
use mintage_core::provider::file::{self, Format};
use mintage_core::provider::{Provider, ProviderId};
use mintage_testbed::issuer::System;

use crate::providers::account::{Account, enrol, enrol_in};
use crate::providers::files::{self, File, Ids};
use mintage_testbed::setup::{NOON, Setup};

fn written(file: File) -> String {
    let none = Ids { user_id: "", client_id: "", key_id: "", token_url: "", issuer: "", secret: "" };
    file(&none)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_was_missing_comes_with_the_next_import_of_the_key() {
    let enrolled = enrol(&Account::with_key("entra", System::Entra, files::PEM)).await;
    enrolled.know_certificate();
    let mint = &enrolled.setup.mint;
    let refused = mint.token(enrolled.id, Ask::default()).await.map(|_| ()).expect_err("no certificate");
    let causes: Vec<String> = refused.problem().causes.into_iter().map(|cause| cause.code).collect();
    assert_eq!(causes.first().map(String::as_str), Some("certificate-missing"), "{causes:?}");

    let detail = mint.service_user(enrolled.id).await.expect("it is there");
    let mut request = ImportRequest {
        user_id: Some(detail.service_user.user_id),
        ..ImportRequest::of(enrolled.setup.review(&written(files::CERTIFICATE)).await.id, detail.environment.id)
    };
    let outcome = mint.import(&request).await.expect("the key is known");
    assert_eq!((outcome.unchanged, outcome.learned.as_slice()), (false, &[Learned::Certificate][..]));
    mint.token(enrolled.id, Ask::default()).await.expect("the certificate mends it");

    request.review = enrolled.setup.review(&written(files::PEM)).await.id;
    let outcome = mint.import(&request).await.expect("the key is known");
    assert!(outcome.unchanged && outcome.learned.is_empty(), "what a file does not tell is kept");
    mint.token(enrolled.id, Ask { fresh: true, ..Ask::default() }).await.expect("the certificate is still there");
}

#[tokio::test]
async fn a_key_id_that_was_not_known_comes_with_the_next_import_of_the_key_and_stays() {
    let enrolled = enrol(&Account::with_key("keycloak", System::Keycloak, files::PEM).without_key_id()).await;
    let mint = &enrolled.setup.mint;
    let detail = mint.service_user(enrolled.id).await.expect("it is there");
    assert_eq!(detail.credentials[0].key_id, None);
    for (typed, learned) in [(Some("key-1"), &[Learned::KeyId][..]), (None, &[])] {
        let request = ImportRequest {
            user_id: Some(detail.service_user.user_id.clone()),
            key_id: typed.map(str::to_owned),
            ..ImportRequest::of(enrolled.setup.review(&written(files::PEM)).await.id, detail.environment.id)
        };
        let outcome = mint.import(&request).await.expect("the key is known");
        assert_eq!((outcome.unchanged, outcome.learned.as_slice()), (learned.is_empty(), learned));
        let known = mint.service_user(enrolled.id).await.expect("it is there").credentials[0].key_id.clone();
        assert_eq!(known.as_deref(), Some("key-1"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_mints_introspects_and_revokes_with_the_audience_of_its_profile() {
    let key = Account::with_key;
    for account in [
        key("okta", System::Okta, files::JWK).asking("okta.users.read"),
        key("keycloak", System::Keycloak, files::PEM),
        key("generic-client", System::Generic, files::P256),
    ] {
        let enrolled = enrol(&account).await;
        let (mint, name) = (&enrolled.setup.mint, account.name());
        let own = mint.service_user(enrolled.id).await.expect("it is there").credentials[0].id;
        mint.token(enrolled.id, Ask::default())
            .await
            .unwrap_or_else(|error| panic!("{name}: {}", error.problem().report));
        let told = mint.introspect(enrolled.id, own).await;
        let told = told.unwrap_or_else(|error| panic!("{name}: {}", error.problem().report));
        assert!(told.active, "{name}: {}", told.json);
        let revoked = mint.revoke(enrolled.id, own).await;
        let revoked = revoked.unwrap_or_else(|error| panic!("{name}: {}", error.problem().report));
        assert_eq!(revoked.ended, Some(true), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assertion_for_googles_apis_has_a_subject_and_a_scope_and_no_audience() {
    let enrolled = enrol(&Account::with_key("google", System::Google, files::GOOGLE).at_hand()).await;
    enrolled.change_environment(|draft| draft.audience = vec!["https://another.test".to_owned()]).await;
    let (_, signed) = enrolled.setup.mint.sign(enrolled.credential().await).await.expect("it is signed");
    let payload: serde_json::Value = serde_json::from_str(&signed.assertion.payload).expect("it is JSON");
    assert!(signed.direct);
    assert_eq!((&payload["iss"], &payload["sub"]), (&"robot@acme.test".into(), &"robot@acme.test".into()));
    assert_eq!(payload["scope"], "https://www.googleapis.com/auth/cloud-platform");
    assert!(payload.get("aud").is_none(), "{payload}");
}

#[tokio::test]
async fn a_key_file_that_nobody_described_drafts_a_profile_and_is_read_by_it() {
    let setup = Setup::new().await;
    let ids = Ids { user_id: "r-2", client_id: "", key_id: "k-2", token_url: "", issuer: "", secret: "" };
    let unknown = setup.review(&(files::ACME)(&ids)).await;
    let problem = unknown.problem.expect("nobody knows it");
    assert_eq!((problem.code.as_str(), problem.next), ("json-unknown", NextStep::DescribeFile));
    let drafted = setup.mint.describe(unknown.id).await.expect("it is under review");
    let text = file::write(&drafted, Format::Toml);
    assert!(text.contains("/acme_robot/keys/0/pkcs8"), "{text}");
    setup.mint.save_provider(&setup.mint.read_provider(&text).expect("it is sound"), None).await.expect("it is new");

    let known = setup.mint.read_again(unknown.id).await.expect("it is under review");
    let facts = known.facts.expect("it is known now");
    assert_eq!((known.id, facts.makers.as_slice()), (unknown.id, &[drafted.id][..]));
    assert_eq!((facts.key.is_some(), facts.key_id.as_deref()), (true, Some("k-2")));
    setup.mint.describe(unknown.id).await.expect_err("its bytes are let go");
}

#[tokio::test]
async fn a_vendors_own_key_file_is_described_in_a_profile_and_becomes_a_token() {
    let setup = Setup::new().await;
    let unknown = setup.review(&written(files::ACME)).await;
    assert_eq!(unknown.problem.expect("nobody knows it").code, "json-unknown");
    let profile = setup.mint.read_provider(
        r#"
        id = "acme"
        name = "ACME"
        discovers = true
        [privateKey]
        [[keyFiles.rules]]
        name = "ACME robot key"
        matches = { "/acmeRobot" = "" }
        privateKey = "/acmeRobot/keys/0/pkcs8"
        keyEncoding = "base64"
        userId = "/acmeRobot/name"
        keyId = "/acmeRobot/keys/0/kid"
        "#,
    );
    setup.mint.save_provider(&profile.expect("it is sound"), None).await.expect("it is new");

    let enrolled = enrol_in(setup, &Account::with_key("acme", System::Generic, files::ACME)).await;
    let mint = &enrolled.setup.mint;
    let detail = mint.service_user(enrolled.id).await.expect("it is there");
    assert_eq!((detail.service_user.user_id.as_str(), detail.credentials[0].key_id.is_some()), ("acme-client", true));
    mint.token(enrolled.id, Ask::default()).await.expect("the server takes what the file tells");

    let file = Ids { user_id: "r-2", client_id: "", key_id: "k-2", token_url: "", issuer: "", secret: "" };
    let facts = enrolled.setup.review(&(files::ACME)(&file)).await.facts.expect("it is known now");
    assert_eq!(facts.described.as_deref(), Some("ACME robot key"));
    assert_eq!(facts.makers, [ProviderId("acme".into())]);
    assert_eq!((facts.user_id.as_deref(), facts.key_id.as_deref()), (Some("r-2"), Some("k-2")));
}

#[tokio::test]
async fn a_stored_profile_that_cannot_be_used_hides_no_other_and_can_be_mended_or_removed() {
    let setup = Setup::new().await;
    let mint = &setup.mint;
    let copied = mint.copy_provider(&ProviderId("okta".into())).await.expect("it is built in");
    mint.save_provider(&copied, None).await.expect("a copy is sound");
    let catalog = Catalog::open(&setup.folder.path().join("data")).await.expect("it opens twice");
    let bad = ProviderId("bad".into());
    let unsound = Provider { id: bad.clone(), name: "Bad".into(), ..Provider::default() };
    assert!(catalog.add_provider(&unsound, NOON).await.expect("the catalogue does not look into it"));

    let all = mint.providers().await.expect("the others are listed");
    assert!(all.contains(&copied) && !all.contains(&unsound));
    let own = mint.own_providers().await.expect("they are listed");
    assert_eq!(own.usable, [copied.id]);
    let unusable: Vec<_> = own.unusable.iter().map(|one| (&one.id, one.problem.code.as_str())).collect();
    assert_eq!(unusable, [(&bad, "profile-impossible")]);
    assert_eq!(mint.provider(&bad).await.expect_err("it cannot be used").code(), "profile-unusable");

    let text = mint.export_provider(&bad, Format::Toml).await.expect("its text can be corrected");
    assert!(text.contains("\"name\": \"Bad\""), "{text}");
    let mut mended = mint.provider(&ProviderId("okta".into())).await.expect("it is built in");
    mended.id = bad.clone();
    assert_eq!(mint.save_provider(&mended, None).await.expect_err("it is there").code(), "profile-id-taken");
    mint.save_provider(&mended, Some(&text)).await.expect("it is replaced");
    assert_eq!(mint.provider(&bad).await.expect("it can be used"), mended);

    let sound = catalog.provider(&bad).await.expect("it is read").expect("it is there");
    catalog.replace_provider(&unsound, &sound).await.expect("as before");
    mint.forget_provider(&bad).await.expect("it is removed");
    assert!(mint.own_providers().await.expect("they are listed").unusable.is_empty());
}
