//! A key whose pair the user created: the ids come in one file, the private key in another, in either order.

use std::path::Path;

use mintage_core::environment::Tier;
use mintage_core::error::Error;
use mintage_core::mint::{Ask, ImportRequest, PlanRequest, Review};
use serde_json::Value;

use mintage_testbed::setup::{Setup, draft};

const STACKIT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/files/stackit-key.json"));
const KEY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/throwaway-rsa-2048-a.pkcs8.pem"));
const OTHER: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/throwaway-rsa-2048-b.pkcs1.pem"));
const SEALED: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/throwaway-rsa-2048-a.encrypted-aes256.pem"));

/// The file that the portal issues if the user uploaded the public key.
fn half() -> String {
    let mut file: Value = serde_json::from_str(STACKIT).expect("fixture");
    file["credentials"].as_object_mut().expect("an object").remove("privateKey").expect("it is there");
    file.to_string()
}

fn code(review: &Review) -> Option<&str> {
    review.problem.as_ref().map(|problem| problem.code.as_str())
}

/// Asserts that a review is complete, and replaces another one.
fn check_whole(review: &Review, takes_up: &Review) {
    assert_eq!(code(review), None);
    assert_eq!(review.takes_up, Some(takes_up.id));
    let facts = review.facts.as_ref().expect("it can be imported");
    assert_eq!(facts.user_id.as_deref(), Some("0c8a2b9e-51e4-4f3b-8d0e-2a7d9c1f4e66"));
    assert_eq!(facts.client_id.as_deref(), Some("nightly-import-x7k2m9q@sa.stackit.cloud"));
    assert_eq!(facts.key_id.as_deref(), Some("6f0dcd1b-6ac5-4b0e-9d2c-3f1f8a4e7b55"));
    assert!(facts.key.is_some() && facts.expires_at.is_some());
}

#[tokio::test]
async fn whichever_half_comes_second_takes_up_the_first() {
    for (first, second, problem) in
        [(half(), KEY.to_owned(), Some("private-key-elsewhere")), (KEY.to_owned(), half(), None)]
    {
        let setup = Setup::new().await;
        let first = setup.review(&first).await;
        assert_eq!(code(&first), problem);
        let other = setup.review(OTHER).await;
        assert_eq!(other.takes_up, None, "another key is nobody's half");
        let second = setup.review(&second).await;
        check_whole(&second, &first);

        let environment = draft("https://service-account.api.stackit.cloud", "stackit", Tier::Development);
        let environment = setup.mint.add_environment(environment, false).await.expect("it is added");
        let outcome =
            setup.mint.import(&ImportRequest::of(second.id, environment.id)).await.expect("nothing is missing");
        let detail = setup.mint.service_user(outcome.service_user).await.expect("it is there");
        let audience = "https://stackit-service-account-prod.apps.01.cf.eu01.stackit.cloud";
        assert_eq!(detail.credentials[0].audience.as_deref(), Some(audience));
        let gone = setup.mint.import(&ImportRequest::of(first.id, environment.id)).await.expect_err("it is taken up");
        assert!(matches!(gone, Error::ReviewGone), "{gone}");
    }
}

#[tokio::test]
async fn halves_that_are_dropped_together_are_one_review() {
    let setup = Setup::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("a.json", &half());
    write("b.pem", KEY);
    write("c.pem", OTHER);
    let reviews = setup.mint.review_files(&[Path::new(folder.path()).to_owned()]).await.expect("they are read");
    let whole: Vec<_> = reviews.iter().filter(|review| review.takes_up.is_some()).collect();
    assert_eq!((reviews.len(), whole.len()), (2, 1), "one of both halves, and the key that is nobody's");
    assert!(reviews.iter().all(|review| review.problem.is_none()));
}

#[tokio::test]
async fn an_encrypted_half_is_joined_once_it_is_open() {
    let setup = Setup::new().await;
    let ids = setup.review(&half()).await;
    let sealed = setup.review(SEALED).await;
    assert_eq!(code(&sealed), Some("passphrase-needed"));
    let opened =
        setup.mint.unseal(sealed.id, &mintage_core::secret::Secret::new("throwaway".into())).await.expect("open");
    check_whole(&opened, &ids);
}

#[tokio::test]
async fn a_file_for_another_endpoint_says_so_before_it_is_imported() {
    let setup = Setup::new().await;
    let mut file: Value = serde_json::from_str(STACKIT).expect("fixture");
    file["credentials"]["tokenEndpoint"] = "https://accounts.stackit.cloud/oauth/v2/token".into();
    let review = setup.review(&file.to_string()).await;
    let old = draft("https://service-account.api.stackit.cloud", "stackit", Tier::Development);
    let mut new = old.clone();
    new.name = "Accounts".into();
    new.endpoints.token = Some("https://accounts.stackit.cloud/oauth/v2/token".into());
    let old = setup.mint.add_environment(old, false).await.expect("it is added");
    let new = setup.mint.add_environment(new, false).await.expect("it is added");
    let misfits = async |environment| {
        let request = PlanRequest::of(Some(environment), [review.id]);
        setup.mint.import_plan(&request).await.expect("it is planned").items.remove(0).misfits
    };
    let found = misfits(old.id).await;
    let codes: Vec<_> = found.iter().map(|notice| notice.code.as_str()).collect();
    assert_eq!(codes, ["endpoint-of-another-server"]);
    assert!(found[0].message.contains("accounts.stackit.cloud"), "{}", found[0].message);
    assert!(misfits(new.id).await.is_empty());

    let outcome = setup.mint.import(&ImportRequest::of(review.id, old.id)).await.expect("it may be right anyway");
    let detail = setup.mint.service_user(outcome.service_user).await.expect("it is there");
    let told = detail.credentials[0].token_endpoint.as_deref();
    assert_eq!(told, Some("https://accounts.stackit.cloud/oauth/v2/token"));
}

#[tokio::test]
async fn an_assertion_without_an_audience_is_not_sent() {
    let setup = Setup::new().await;
    let environment = draft("https://service-account.api.stackit.cloud", "stackit", Tier::Development);
    let environment = setup.mint.add_environment(environment, false).await.expect("it is added");
    let review = setup.review(KEY).await;
    let typed = |id: &str| Some(id.to_owned());
    let request = ImportRequest {
        user_id: typed("sub"),
        client_id: typed("iss"),
        key_id: typed("kid"),
        ..ImportRequest::of(review.id, environment.id)
    };
    let outcome = setup.mint.import(&request).await.expect("the ids are typed");
    let stopped = setup.mint.token(outcome.service_user, Ask::default()).await.expect_err("it is stopped");
    let Error::Preflight { causes } = stopped else { panic!("{stopped}") };
    assert_eq!(causes[0].code, "audience-empty");
}
