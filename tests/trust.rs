//! Whom credentials are shown to: the host that the user named and those that were confirmed, whatever a
//! profile says; and what becomes of one that a server made when it cannot be kept.

#[path = "support/world.rs"]
#[expect(dead_code, reason = "each test program uses a part of what they share")]
mod world;

#[path = "providers/actor.rs"]
#[expect(dead_code, reason = "each test program uses a part of what they share")]
mod actor;
#[path = "providers/files.rs"]
#[expect(dead_code, reason = "each test program uses a part of what they share")]
mod files;
#[path = "support/sulking_store.rs"]
mod sulking_store;

use std::sync::Arc;

use actor::{Actor, ORG_ID, Stage, act, act_in};
use mintage_core::credential::CredentialKind;
use mintage_core::environment::{EnvironmentDraft, Tier};
use mintage_core::mint::{Ask, ProvisionRequest};
use mintage_core::provider::{Provider, ProviderId};
use mintage_demo_issuer::{DemoIssuer, System, TokenForm};
use sulking_store::SulkingStore;
use world::{World, draft};

/// Has the stage's environment follow a profile that came from elsewhere.
async fn follow(stage: &Stage, original: &str, change: impl FnOnce(&mut Provider)) {
    let mint = &stage.world.mint;
    let mut provider = mint.copy_provider(&ProviderId(original.into())).await.expect("it is built in");
    change(&mut provider);
    mint.save_provider(&provider, false).await.expect("it is sound");
    let (id, mut settings) = environment(stage).await;
    settings.provider = provider.id;
    mint.edit_environment(id, settings).await.expect("it is sound");
}

async fn environment(stage: &Stage) -> (mintage_core::environment::EnvironmentId, EnvironmentDraft) {
    let found = stage.world.mint.service_user(stage.id).await.expect("it is there").environment;
    (found.id, found.settings)
}

fn heard(issuer: &DemoIssuer) -> usize {
    issuer.requests().len()
}

fn frontier() -> Actor {
    Actor::with_key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID)
}

fn request(stage: &Stage, kind: CredentialKind) -> ProvisionRequest {
    ProvisionRequest { service_user: stage.id, by: stage.id, kind, title: String::new() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_from_elsewhere_sends_nothing_to_a_host_that_nobody_confirmed() {
    for actor in [
        Actor::with_key("zitadel", System::Zitadel, files::ZITADEL),
        Actor::with_secret("generic-client", System::Generic),
    ] {
        let name = actor.name();
        let stage = act(&actor).await;
        let elsewhere = stage.world.issuer().await;
        let mint = &stage.world.mint;
        let original = environment(&stage).await.1.provider.0;
        let url = format!("{}/oauth/v2/token", elsewhere.url());
        follow(&stage, &original, |provider| (provider.discovers, provider.endpoints.token) = (false, url)).await;
        let refused = mint.token(stage.id, Ask::default()).await.map(|_| ()).expect_err(&name);
        assert_eq!(refused.code(), "host-unconfirmed", "{name}: {refused}");
        assert_eq!(heard(&elsewhere), 0, "{name}");

        // The check tells the host, and the user may know better.
        let (id, mut settings) = environment(&stage).await;
        let host = elsewhere.url().trim_start_matches("http://").to_owned();
        let check = mint.check(&settings).await.expect("it is checked");
        assert_eq!(check.unconfirmed_hosts, [host.as_str()], "{name}");
        settings.confirmed_hosts.push(host);
        mint.edit_environment(id, settings).await.expect("it is sound");
        let asked = mint.token(stage.id, Ask::default()).await.map(|_| ()).expect_err(&name);
        assert_ne!(asked.code(), "host-unconfirmed", "{name}: {asked}");
        assert!(heard(&elsewhere) > 0, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrators_token_goes_to_no_api_that_nobody_confirmed() {
    let stage = act(&frontier()).await;
    stage.make_administrator();
    let elsewhere = stage.world.issuer().await;
    let url = format!("{}/v1beta1/serviceusers/{{userId}}/keys", elsewhere.url());
    follow(&stage, "frontier-rest", |provider| {
        provider.provisioning.as_mut().expect("it has an API").create_key.url = url;
    })
    .await;
    let refused = stage.world.mint.provision(&request(&stage, CredentialKind::PrivateKey)).await;
    assert_eq!(refused.map(|_| ()).expect_err("nobody confirmed it").code(), "host-unconfirmed");
    assert_eq!(heard(&elsewhere), 0);
    let check = stage.world.mint.check(&environment(&stage).await.1).await.expect("it is checked");
    assert_eq!(check.unconfirmed_hosts, [elsewhere.url().trim_start_matches("http://")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_is_shown_to_the_server_of_its_own_environment_alone() {
    let stage = act(&frontier()).await;
    stage.make_administrator();
    let mint = &stage.world.mint;
    let other = stage.world.issuer().await;
    let other_environment =
        mint.add_environment(draft(other.issuer(), "zitadel", Tier::Development), false).await.expect("sound");
    let stranger = stage.world.enrol(&other_environment, &other, TokenForm::Jwt).await;
    let refused =
        mint.provision(&ProvisionRequest { by: stranger, ..request(&stage, CredentialKind::PrivateKey) }).await;
    assert_eq!(refused.map(|_| ()).expect_err("it is for another server").code(), "other-environment");

    mint.token(stranger, Ask::default()).await.expect("a token is minted");
    let heard_before = heard(&other);
    let own = mint.service_user(stage.id).await.expect("it is there").credentials[0].id;
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
    let stage = act(&frontier()).await;
    stage.make_administrator();
    let mint = &stage.world.mint;
    let made = mint.provision(&request(&stage, CredentialKind::PrivateKey)).await.expect("it is made").credential;
    stage.issuer.change_quirks(|quirks| quirks.html_instead = true);
    let refused = mint.unprovision(made, stage.id).await.expect_err("a page is no answer");
    assert_eq!(refused.code(), "not-an-oauth-endpoint", "{refused}");
    assert!(mint.service_user(stage.id).await.expect("it is there").credentials.iter().any(|kept| kept.id == made));
    stage.issuer.change_quirks(|quirks| quirks.html_instead = false);
    mint.unprovision(made, stage.id).await.expect("it is removed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_kept_is_removed_at_the_server_again() {
    for kind in [CredentialKind::PrivateKey, CredentialKind::ClientSecret] {
        let store = Arc::new(SulkingStore::default());
        let stage = act_in(World::over(Arc::clone(&store) as _).await, &frontier()).await;
        stage.make_administrator();
        let had = |stage: &Stage| {
            let user = stage.issuer.users().remove(0);
            (user.keys.len(), user.secrets.len())
        };
        let before = had(&stage);
        stage.world.mint.token(stage.id, Ask::default()).await.expect("a token is minted");
        store.sulk_after(0);
        let lost = stage.world.mint.provision(&request(&stage, kind)).await.map(|_| ()).expect_err("it is not kept");
        assert_eq!(lost.code(), "made-not-stored", "{kind:?}: {lost}");
        assert!(lost.to_string().contains("removed there again"), "{kind:?}: {lost}");
        assert_eq!(had(&stage), before, "{kind:?}");
    }
}

#[tokio::test]
async fn an_endpoint_on_another_host_is_not_used_before_it_is_confirmed() {
    let world = World::new().await;
    let issuer = world.issuer().await;
    // Discovery of the first server places the token endpoint on the second, as the 2021 service did.
    let front = discovery_only(issuer.issuer()).await;
    let environment = world.environment(&front, "generic", Tier::Development).await;
    let id = world.enrol(&environment, &issuer, TokenForm::Opaque).await;
    let host = issuer.issuer().trim_start_matches("http://").to_owned();
    let check = world.mint.check(&environment.settings).await.expect("it is checked");
    assert_eq!(check.unconfirmed_hosts, std::slice::from_ref(&host));
    let error =
        world.mint.token(id, Ask { fresh: true, ..Ask::default() }).await.expect_err("the host is not confirmed");
    assert_eq!(
        error.to_string(),
        format!("the token endpoint is on `{host}`, which is not confirmed for this environment")
    );
    assert!(issuer.requests().is_empty(), "nothing was sent to it");

    let mut settings = environment.settings.clone();
    settings.confirmed_hosts = vec![host];
    settings.audience = vec![issuer.issuer().to_owned()];
    world.mint.edit_environment(environment.id, settings).await.expect("it is saved");
    world.mint.token(id, Ask { fresh: true, ..Ask::default() }).await.expect("a confirmed host is used");
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
