//! The exact requests of a rotation and of a creation, with the headers that matter.

use mintage_core::credential::CredentialKind;
use mintage_core::mint::{CreationRequest, RotationRequest};
use mintage_testbed::issuer::{Era, Membership, SeenRequest};

use super::Enrolled;

/// What differs from run to run, and what is shown instead.
const SHOWN: [(&str, &str); 2] = [("publicKey", "BASE64 OF PEM"), ("expirationDate", "2027-11-22T12:00:00.…Z")];

/// The API calls, with ids of this run replaced.
fn calls(enrolled: &Enrolled, ids: &[&str]) -> String {
    let named = |text: &str| ids.iter().fold(text.to_owned(), |text, id| text.replace(id, "NEW"));
    let is_call = |request: &&SeenRequest| {
        !["/oauth", "/oidc", "/.well-known"].iter().any(|start| request.path.starts_with(start))
    };
    let mut lines = String::new();
    for request in enrolled.issuer.requests().iter().filter(is_call) {
        let mut body = request.body.clone();
        if let Ok(mut json) = serde_json::from_str::<serde_json::Value>(&body) {
            for (name, shown) in SHOWN {
                if let Some(value) = json.get_mut(name) {
                    let text = value.as_str().expect("it is text");
                    assert!(name != "expirationDate" || text.starts_with("2027-11-22T12:00:00."), "{text}");
                    *value = shown.into();
                }
            }
            body = json.to_string();
        }
        lines.push_str(&format!("{} {} {}\n", request.method, named(&request.path), named(&body)));
        lines.push_str(&format!("    {}\n", headers(request)));
    }
    lines
}

/// The headers that a recipe decides about.
fn headers(request: &SeenRequest) -> String {
    let header = |name: &str| request.header(name).map(|value| format!("{name}: {value}"));
    let authorization = request.authorization.as_ref().map(|scheme| format!("authorization: {scheme} …"));
    let all = [authorization, header("content-type"), header("accept"), header("x-zitadel-orgid")];
    all.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// By the service user itself at version 2; at version 1 by an administrator, in an organisation that is named.
async fn at(era: Era) -> (Enrolled, RotationRequest) {
    let enrolled = Enrolled::at(era).await;
    if era == Era::V4 {
        let request = enrolled.request();
        return (enrolled, request);
    }
    let mut draft = enrolled.environment.draft();
    let organisation = enrolled.issuer.users()[0].organisation_id().to_owned();
    draft.parameters.insert("orgId".into(), organisation);
    enrolled.setup.save_environment(enrolled.environment.id, draft).await.expect("the draft is sound");
    let admin = enrolled.administrator(&[Membership::OrgOwner]).await;
    let request = RotationRequest { by: Some(admin), ..enrolled.request() };
    (enrolled, request)
}

/// Replaces a key; or adds a credential, and replaces that. Returns the requests.
async fn rotated(era: Era, adds: Option<CredentialKind>) -> String {
    let (enrolled, request) = at(era).await;
    let mut ids = Vec::new();
    let mut request = RotationRequest { adds, confirmed: true, ..request };
    loop {
        let id = enrolled.start(&request).await;
        let done = enrolled.go_on(id).await.unwrap_or_else(|error| panic!("{era:?}: {}", error.problem().report));
        assert!(done.rotation.succeeded(), "{era:?}: {done:?}");
        ids.extend(done.rotation.new_key_id.filter(|id| !id.is_empty()));
        match request.adds.take() {
            Some(_) => request.credential = done.rotation.new,
            None => break,
        }
    }
    calls(&enrolled, &ids.iter().map(String::as_str).collect::<Vec<_>>())
}

#[tokio::test]
async fn the_requests_are_those_that_real_servers_answered() {
    let own = rotated(Era::V4, None).await;
    let by_admin = rotated(Era::V2_55, None).await;
    insta::assert_snapshot!(format!("ITSELF, V2\n{own}\nBY AN ADMINISTRATOR, V1\n{by_admin}"));
}

#[tokio::test]
async fn the_requests_for_secrets_and_tokens_are_those_of_each_version() {
    let mut text = String::new();
    for kind in [CredentialKind::ClientSecret, CredentialKind::PersonalToken] {
        for era in [Era::V4, Era::V2_55] {
            text.push_str(&format!("{} AT {era:?}\n{}\n", kind.name().to_uppercase(), rotated(era, Some(kind)).await));
        }
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn the_requests_of_a_creation_name_its_organisation() {
    let (enrolled, request) = at(Era::V2_55).await;
    let creation = CreationRequest {
        role: Some("ORG_USER_MANAGER".into()),
        ..CreationRequest::of(request.by.expect("an administrator acts"), "new-bot")
    };
    enrolled.setup.mint.create_service_user(&creation).await.expect("it may");
    let created = enrolled.issuer.users().into_iter().find(|user| user.name == "new-bot").expect("it is there");
    insta::assert_snapshot!(calls(&enrolled, &[&created.user_id]));
}
