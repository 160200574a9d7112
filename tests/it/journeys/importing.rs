//! Importing key files: what the user has to enter, what is already known, what happens to the original.

use mintage_core::credential::Source;
use mintage_core::environment::Tier;
use mintage_core::mint::{ImportRequest, Learned};
use mintage_testbed::issuer::TokenForm;

use mintage_testbed::setup::{KEY_ID, Setup, USER_ID, draft, enrolled, fixture_key, key_file};
#[tokio::test]
async fn the_same_file_twice_changes_nothing_and_says_so() {
    let (setup, _issuer, environment, id) = enrolled(Tier::Development, TokenForm::Opaque).await;

    let review = setup.review(&key_file(USER_ID, KEY_ID, "")).await;
    let imported_in = review.facts.expect("it is a key file").imported_in;
    assert_eq!(imported_in, std::slice::from_ref(&environment.settings.name));
    let other = setup.review(&key_file("100507859606888499", "100509901696068399", "")).await;
    let facts = other.facts.expect("it is a key file");
    let known = (facts.imported_in, facts.known_otherwise_in);
    assert_eq!(known, (Vec::new(), vec![environment.settings.name.clone()]), "the same key under other ids");
    let request = ImportRequest { name: "another name".into(), ..ImportRequest::of(review.id, environment.id) };
    let outcome = setup.mint.import(&request).await.expect("it is no error");
    assert!(outcome.unchanged && !outcome.new_service_user);
    assert_eq!(outcome.service_user, id);
    let detail = setup.mint.service_user(id).await.expect("it is there");
    assert_eq!((detail.credentials.len(), detail.service_user.settings.name.as_str()), (1, "deploy-bot"));
}

#[tokio::test]
async fn three_values_instead_of_a_file_need_their_ids() {
    let setup = Setup::new().await;
    let issuer = setup.issuer().await;
    let environment = setup.environment(issuer.issuer(), "paonia", Tier::Development).await;
    setup.enrol(&environment, &issuer, TokenForm::Opaque).await;
    let again = setup.environment(&issuer.issuer().replace("127.0.0.1", "localhost"), "zitadel", Tier::Staging).await;

    let review = setup.review(&fixture_key()).await;
    let mut request = ImportRequest {
        user_id: Some(" ".into()),
        key_id: Some(KEY_ID.into()),
        ..ImportRequest::of(review.id, again.id)
    };
    let missing = setup.mint.import(&request).await.expect_err("the user id is missing");
    assert_eq!(missing.code(), "import-incomplete");
    request.user_id = Some(format!(" {USER_ID} "));
    let outcome = setup.mint.import(&request).await.expect("nothing had to be chosen again");
    let detail = setup.mint.service_user(outcome.service_user).await.expect("it is there");
    assert_eq!(detail.service_user.user_id, USER_ID);
    assert_eq!(detail.service_user.settings.name, USER_ID);
}

/// A link, where everyone may make one; on Windows the file itself.
fn link_to(path: &std::path::Path) -> std::path::PathBuf {
    #[cfg(unix)]
    let link = {
        let link = path.with_file_name("link.json");
        std::os::unix::fs::symlink(path, &link).expect("a link can be made");
        link
    };
    #[cfg(not(unix))]
    let link = path.to_owned();
    link
}

#[tokio::test]
async fn the_original_file_is_deleted_only_when_asked_stored_and_unchanged() {
    let setup = Setup::new().await;
    let issuer = setup.issuer().await;
    let environment = setup.environment(issuer.issuer(), "zitadel", Tier::Development).await;
    let path = setup.write("deploy-bot.json", &key_file(USER_ID, KEY_ID, ""));
    let link = link_to(&path);
    let review = setup.mint.review_files(std::slice::from_ref(&link)).await.expect("it is read").remove(0);
    assert_eq!(setup.mint.delete_original(review.id).await.expect_err("not stored").code(), "original-not-stored");
    let request = ImportRequest::of(review.id, environment.id);
    setup.mint.import(&request).await.expect("it is imported");
    assert!(path.exists());
    let original = std::fs::read(&path).expect("it is there");
    std::fs::write(&path, "something else").expect("it is writable");
    assert_eq!(setup.mint.delete_original(review.id).await.expect_err("changed").code(), "original-changed");
    std::fs::write(&path, original).expect("it is writable");
    setup.mint.delete_original(review.id).await.expect("it is deleted");
    assert!(!path.exists() && !link.is_symlink());
    setup.mint.discard_reviews(&[review.id]);
    assert_eq!(setup.mint.delete_original(review.id).await.expect_err("it is forgotten").code(), "review-gone");
}

#[tokio::test]
async fn the_original_can_be_deleted_later_while_the_keychain_has_the_key() {
    let setup = Setup::new().await;
    let issuer = setup.issuer().await;
    let environment = setup.environment(issuer.issuer(), "zitadel", Tier::Development).await;
    let path = setup.write("deploy-bot.json", &key_file(USER_ID, KEY_ID, ""));
    let review = setup.mint.review_files(std::slice::from_ref(&path)).await.expect("it is read").remove(0);
    let imported = setup.mint.import(&ImportRequest::of(review.id, environment.id)).await.expect("it is imported");
    let (credential, owner) = (imported.credential, imported.service_user);
    setup.mint.discard_reviews(&[review.id]);
    assert_eq!(setup.mint.original(credential).expect("it is there").name, "deploy-bot.json");
    let delete = |chosen: Option<&std::path::Path>| {
        setup.mint.delete_original_of(credential, chosen.map(std::path::Path::to_path_buf))
    };

    let other = setup.write("other.json", "{\"not\": \"it\"}");
    assert_eq!(delete(Some(&other)).await.expect_err("it is another file").code(), "original-other");
    let read = std::fs::read(&path).expect("it is there");
    std::fs::write(&path, "something else").expect("it is writable");
    assert_eq!(delete(None).await.expect_err("it has changed").code(), "original-changed");
    std::fs::write(&path, &read).expect("it is writable");
    setup.mint.keychain().delete(credential).await.expect("it is deleted");
    assert_eq!(delete(None).await.expect_err("the file is the last copy").code(), "key-missing");
    assert!(path.exists() && other.exists());

    let review = setup.mint.review_files(std::slice::from_ref(&path)).await.expect("it is read").remove(0);
    setup.mint.import(&ImportRequest::of(review.id, environment.id)).await.expect("it is imported again");
    let copy = setup.write("copy.json", &key_file(USER_ID, KEY_ID, ""));
    delete(Some(&copy)).await.expect("it has the same key");
    let source = async || setup.mint.service_user(owner).await.expect("it is there").credentials.remove(0).source;
    let name = "deploy-bot.json".to_owned();
    assert_eq!(source().await, Source::File { name: name.clone() });
    delete(None).await.expect("it is what was read");
    assert!(!copy.exists() && setup.mint.original(credential).is_none());
    assert_eq!(source().await, Source::DeletedFile { name });
}

#[tokio::test]
async fn a_key_known_under_other_ids_is_not_called_unchanged() {
    let (setup, _issuer, environment, id) = enrolled(Tier::Development, TokenForm::Opaque).await;
    let review = setup.review(&key_file(USER_ID, "100509901696068330", "")).await;
    let mut request = ImportRequest::of(review.id, environment.id);
    let error = setup.mint.import(&request).await.expect_err("the key has another id there");
    assert_eq!(error.code(), "key-known-otherwise");

    // The item was removed behind our back: importing the same file puts it back.
    let credential = setup.mint.service_user(id).await.expect("it is there").credentials[0].id;
    setup.mint.keychain().delete(credential).await.expect("it is removed");
    request.review = setup.review(&key_file(USER_ID, KEY_ID, "")).await.id;
    setup.mint.import(&request).await.expect("it is imported again");
    setup.mint.keychain().get(credential).await.expect("the key is back");
}

#[tokio::test]
async fn no_real_key_goes_into_the_demo() {
    let setup = Setup::new().await;
    let issuer = setup.issuer().await;
    let draft = draft(issuer.issuer(), "zitadel", Tier::Development);
    let demo = setup.mint.add_environment(draft, true).await.expect("the demo is added");
    let review = setup.review(&key_file(USER_ID, KEY_ID, "")).await;
    let request = ImportRequest::of(review.id, demo.id);
    assert_eq!(setup.mint.import(&request).await.expect_err("it is refused").code(), "demo-environment");
}

#[tokio::test]
async fn a_key_that_its_jwk_binds_signs_with_that_algorithm_or_is_not_imported() {
    let setup = Setup::new().await;
    let issuer = setup.issuer().await;
    let file = include_str!("../../fixtures/keys/throwaway-rsa-2048-a.jwk.json");
    let bound = file.replacen('{', r#"{"alg":"PS256","#, 1);
    let again = issuer.issuer().replace("127.0.0.1", "localhost");
    let takes_rs256 = setup.environment(&again, "zitadel", Tier::Development).await;
    let takes_any = setup.environment(issuer.issuer(), "generic", Tier::Development).await;

    let review = setup.review(&bound).await;
    let ids = |environment| ImportRequest {
        user_id: Some(USER_ID.into()),
        client_id: Some(USER_ID.into()),
        key_id: Some(KEY_ID.into()),
        ..ImportRequest::of(review.id, environment)
    };
    let refused = setup.mint.import(&ids(takes_rs256.id)).await.expect_err("RS256 is all that it takes");
    assert_eq!(refused.code(), "algorithm-bound");

    // What a PEM leaves open, the JWK of the same key provides later.
    let open = setup.review(&fixture_key()).await;
    let first = ImportRequest { review: open.id, ..ids(takes_any.id) };
    let credential = setup.mint.import(&first).await.expect("it is imported").credential;
    let header = async || setup.mint.sign(credential).await.expect("it signs").1.assertion.header;
    assert!(header().await.contains("RS256"));
    let outcome = setup.mint.import(&ids(takes_any.id)).await.expect("it is the same key");
    assert_eq!((outcome.credential, outcome.learned), (credential, vec![Learned::Algorithm]));
    assert!(header().await.contains("PS256"));
    let open = setup.review(&fixture_key()).await;
    let once_more = ImportRequest { review: open.id, ..ids(takes_any.id) };
    assert!(setup.mint.import(&once_more).await.expect("it is the same key").unchanged);
    assert!(header().await.contains("PS256"));
}
