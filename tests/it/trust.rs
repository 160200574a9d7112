//! Who receives credentials: the host that the user named and confirmed ones, whatever a profile says; and what happens
//! to one that a server created when it can't be stored.

use std::sync::Arc;

use crate::providers::account::{Account, Enrolled, ORG_ID, enrol, enrol_in};
use crate::providers::files;
use mintage_core::credential::CredentialKind;
use mintage_core::environment::{EnvironmentDraft, Tier};
use mintage_core::mint::{Ask, ProvisionRequest};
use mintage_core::provider::{Provider, ProviderId};
use mintage_testbed::failing_store::FailingStore;
use mintage_testbed::issuer::{DemoIssuer, System, TokenForm};
use mintage_testbed::setup::{Setup, draft};

/// Has the enrolled's environment follow a profile that came from elsewhere.
async fn follow(enrolled: &Enrolled, original: &str, change: impl FnOnce(&mut Provider)) {
    let mint = &enrolled.setup.mint;
    let mut provider = mint.copy_provider(&ProviderId(original.into())).await.expect("it is built in");
    change(&mut provider);
    mint.save_provider(&provider, None).await.expect("it is sound");
    let (id, mut settings) = environment(enrolled).await;
    settings.provider = provider.id;
    enrolled.setup.save_environment(id, settings).await.expect("it is sound");
}

async fn environment(enrolled: &Enrolled) -> (mintage_core::ids::EnvironmentId, EnvironmentDraft) {
    let found = enrolled.setup.mint.service_user(enrolled.id).await.expect("it is there").environment;
    (found.id, found.draft())
}

fn heard(issuer: &DemoIssuer) -> usize {
    issuer.requests().len()
}

fn frontier() -> Account {
    Account::with_key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID)
}

fn request(enrolled: &Enrolled, kind: CredentialKind) -> ProvisionRequest {
    ProvisionRequest { service_user: enrolled.id, by: enrolled.id, kind, title: String::new() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_from_elsewhere_sends_nothing_to_a_host_that_nobody_confirmed() {
    for account in [
        Account::with_key("zitadel", System::Zitadel, files::ZITADEL),
        Account::with_secret("generic-client", System::Generic),
    ] {
        let name = account.name();
        let enrolled = enrol(&account).await;
        let elsewhere = enrolled.setup.issuer().await;
        let mint = &enrolled.setup.mint;
        let original = environment(&enrolled).await.1.provider.0;
        let url = format!("{}/oauth/v2/token", elsewhere.url());
        follow(&enrolled, &original, |provider| (provider.discovers, provider.endpoints.token) = (false, Some(url)))
            .await;
        let refused = mint.token(enrolled.id, Ask::default()).await.map(|_| ()).expect_err(&name);
        assert_eq!(refused.code(), "host-unconfirmed", "{name}: {refused}");
        assert_eq!(heard(&elsewhere), 0, "{name}");

        // The check reports the host, and the user may know better.
        let (id, mut settings) = environment(&enrolled).await;
        let host = elsewhere.url().trim_start_matches("http://").to_owned();
        let check = mint.check(&settings).await.expect("it is checked");
        assert_eq!(check.unconfirmed_hosts, [host.as_str()], "{name}");
        settings.confirmed_hosts.push(host);
        enrolled.setup.save_environment(id, settings).await.expect("it is sound");
        let asked = mint.token(enrolled.id, Ask::default()).await.map(|_| ()).expect_err(&name);
        assert_ne!(asked.code(), "host-unconfirmed", "{name}: {asked}");
        assert!(heard(&elsewhere) > 0, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrators_token_goes_to_no_api_that_nobody_confirmed() {
    let enrolled = enrol(&frontier()).await;
    enrolled.make_administrator();
    let elsewhere = enrolled.setup.issuer().await;
    let url = format!("{}/v1beta1/serviceusers/{{userId}}/keys", elsewhere.url());
    follow(&enrolled, "frontier-rest", |provider| {
        provider.provisioning.as_mut().expect("it has an API").create_key.url = url;
    })
    .await;
    let refused = enrolled.setup.mint.provision(&request(&enrolled, CredentialKind::PrivateKey)).await;
    assert_eq!(refused.map(|_| ()).expect_err("nobody confirmed it").code(), "host-unconfirmed");
    assert_eq!(heard(&elsewhere), 0);
    let check = enrolled.setup.mint.check(&environment(&enrolled).await.1).await.expect("it is checked");
    assert_eq!(check.unconfirmed_hosts, [elsewhere.url().trim_start_matches("http://")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_is_shown_to_the_server_of_its_own_environment_alone() {
    let enrolled = enrol(&frontier()).await;
    enrolled.make_administrator();
    let mint = &enrolled.setup.mint;
    let other = enrolled.setup.issuer().await;
    let other_environment =
        mint.add_environment(draft(other.issuer(), "zitadel", Tier::Development), false).await.expect("sound");
    let stranger = enrolled.setup.enrol(&other_environment, &other, TokenForm::Jwt).await;
    let refused =
        mint.provision(&ProvisionRequest { by: stranger, ..request(&enrolled, CredentialKind::PrivateKey) }).await;
    assert_eq!(refused.map(|_| ()).expect_err("it is for another server").code(), "other-environment");

    mint.token(stranger, Ask::default()).await.expect("a token is minted");
    let heard_before = heard(&other);
    let own = mint.service_user(enrolled.id).await.expect("it is there").credentials[0].id;
    for refused in [
        mint.introspect(stranger, own).await.map(|_| ()),
        mint.introspect_with_audience(stranger, own, "1").await.map(|_| ()),
        mint.revoke(stranger, own).await.map(|_| ()),
    ] {
        assert_eq!(refused.expect_err("it is for another server").code(), "other-environment");
    }
    assert_eq!(heard(&other), heard_before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_page_in_front_of_the_api_removes_nothing_here() {
    let enrolled = enrol(&frontier()).await;
    enrolled.make_administrator();
    let mint = &enrolled.setup.mint;
    let made = mint.provision(&request(&enrolled, CredentialKind::PrivateKey)).await.expect("it is made").credential;
    enrolled.issuer.change_quirks(|quirks| quirks.html_instead = true);
    let refused = mint.unprovision(made, enrolled.id, None).await.expect_err("a page is no answer");
    assert_eq!(refused.code(), "not-an-oauth-endpoint", "{refused}");
    assert!(mint.service_user(enrolled.id).await.expect("it is there").credentials.iter().any(|kept| kept.id == made));
    enrolled.issuer.change_quirks(|quirks| quirks.html_instead = false);
    mint.unprovision(made, enrolled.id, None).await.expect("it is removed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_kept_is_removed_at_the_server_again() {
    for kind in [CredentialKind::PrivateKey, CredentialKind::ClientSecret] {
        let store = Arc::new(FailingStore::default());
        let enrolled = enrol_in(Setup::with_store(Arc::clone(&store) as _).await, &frontier()).await;
        enrolled.make_administrator();
        let had = |enrolled: &Enrolled| {
            let user = enrolled.issuer.users().remove(0);
            (user.keys.len(), user.secrets.len())
        };
        let before = had(&enrolled);
        enrolled.setup.mint.token(enrolled.id, Ask::default()).await.expect("a token is minted");
        store.fail_after(0);
        let lost =
            enrolled.setup.mint.provision(&request(&enrolled, kind)).await.map(|_| ()).expect_err("it is not kept");
        assert_eq!(lost.code(), "made-not-stored", "{kind:?}: {lost}");
        assert!(lost.to_string().contains("removed from the server again"), "{kind:?}: {lost}");
        assert_eq!(had(&enrolled), before, "{kind:?}");
    }
}

#[tokio::test]
async fn an_endpoint_on_another_host_is_not_used_before_it_is_confirmed() {
    let setup = Setup::new().await;
    let issuer = setup.issuer().await;
    // Discovery of the first server puts the token endpoint on the second, like the 2021 service.
    let front = discovery_only(issuer.issuer()).await;
    let environment = setup.environment(&front, "generic", Tier::Development).await;
    let id = setup.enrol(&environment, &issuer, TokenForm::Opaque).await;
    let host = issuer.issuer().trim_start_matches("http://").to_owned();
    let check = setup.mint.check(&environment.draft()).await.expect("it is checked");
    assert_eq!(check.unconfirmed_hosts, std::slice::from_ref(&host));
    let error =
        setup.mint.token(id, Ask { fresh: true, ..Ask::default() }).await.expect_err("the host is not confirmed");
    assert_eq!(
        error.to_string(),
        format!("the token endpoint is on `{host}`, which you haven't confirmed for this environment")
    );
    assert!(issuer.requests().is_empty(), "nothing was sent to it");

    let mut settings = environment.draft();
    settings.confirmed_hosts = vec![host];
    settings.audience = vec![issuer.issuer().to_owned()];
    setup.save_environment(environment.id, settings).await.expect("it is saved");
    setup.mint.token(id, Ask { fresh: true, ..Ask::default() }).await.expect("a confirmed host is used");
}

/// A server that publishes only a discovery document, whose token endpoint is on another server.
async fn discovery_only(elsewhere: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let issuer = format!("http://{}", listener.local_addr().expect("it is bound"));
    let body = format!(
        r#"{{"issuer":"{issuer}","token_endpoint":"{elsewhere}/oauth/v2/token","jwks_uri":"{elsewhere}/oauth/v2/keys"}}"#
    );
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    issuer
}
