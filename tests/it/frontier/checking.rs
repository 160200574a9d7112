//! What checking an environment requests before it says anything, and how it quotes a server's objections.

use std::net::TcpListener;

use mintage_core::environment::{EnvironmentDraft, Tier};
use mintage_core::mint::{Asked, EnvironmentCheck};
use mintage_testbed::issuer::{DemoIssuer, RateLimit, System};

use mintage_testbed::fault_server::{Fault, FaultServer, http};
use mintage_testbed::setup::{NOON, Setup, draft};

async fn check(setup: &Setup, draft: &EnvironmentDraft) -> EnvironmentCheck {
    setup.mint.check(draft).await.expect("the issuer is sound")
}

async fn start(system: System) -> DemoIssuer {
    let config = system.config(std::sync::Arc::new(|| NOON)).recording();
    DemoIssuer::start(config).await.expect("a port on loopback is free")
}

/// `name status fits` of every request.
fn asked(check: &EnvironmentCheck) -> Vec<String> {
    let line = |asked: &Asked| {
        let status = asked.status.map_or_else(|| "-".to_owned(), |status| status.to_string());
        format!("{} {status} {}", asked.name, asked.fits)
    };
    check.asked.iter().map(line).collect()
}

fn codes(check: &EnvironmentCheck) -> Vec<&str> {
    check.problems.iter().map(|problem| problem.code.as_str()).collect()
}

fn quoted(check: &EnvironmentCheck) -> String {
    check.problems.iter().filter_map(|problem| Some(problem.server_response.as_ref()?.body.clone())).collect()
}

/// A server that says this to everything.
async fn saying(status: &str, headers: &str, body: &str) -> FaultServer {
    FaultServer::start(Fault::Say(http(status, headers, body))).await
}

#[tokio::test]
async fn frontier_is_known_by_how_it_refuses_a_stranger() {
    const STRANGER: &str = "a request without a credential 401 true";
    for (provider, system, expected, keys) in [
        ("frontier-connect", System::FrontierConnect, &[STRANGER][..], None),
        ("frontier-rest", System::FrontierRestOrg, &["key set 200 true", STRANGER], Some(1)),
        ("shield", System::FrontierRest, &["key set 200 true", STRANGER], Some(1)),
    ] {
        let (setup, issuer) = (Setup::new().await, start(system).await);
        let found = check(&setup, &draft(issuer.issuer(), provider, Tier::Development)).await;
        assert_eq!(
            (asked(&found), codes(&found), found.keys),
            (expected.iter().map(ToString::to_string).collect(), vec![], keys),
            "{provider}"
        );
        // Its response includes the time, which nothing else did.
        assert_eq!(found.skew_seconds, Some(0.0), "{provider}");
        let asked = issuer.requests();
        assert!(asked.iter().all(|request| request.header("authorization").is_none()), "{provider}: it is a stranger");
    }
}

#[tokio::test]
async fn another_dialect_or_another_server_is_not_taken_for_frontier() {
    let setup = Setup::new().await;
    let rest = start(System::FrontierRestOrg).await;
    let connect = start(System::FrontierConnect).await;
    // Its API is a gateway of the same kind.
    let zitadel = start(System::Zitadel).await;
    let go = saying("404 Not Found", "Content-Type: text/plain\r\n", "404 page not found\n").await;
    for (provider, issuer, help) in [
        ("frontier-connect", rest.issuer(), "Enter the Connect RPC port, usually 8002"),
        ("frontier-connect", zitadel.issuer(), "Enter the Connect RPC port"),
        ("frontier-connect", &go.url(), "Check the address and port: there is no Frontier Connect RPC"),
        (
            "frontier-rest",
            connect.issuer(),
            "Choose Raystack Frontier (Connect), or enter the port of the REST gateway",
        ),
        ("frontier-rest", &format!("{}/below", rest.issuer()), "Check the issuer's path and port"),
    ] {
        let found = check(&setup, &draft(issuer, provider, Tier::Development)).await;
        assert!(
            !codes(&found).is_empty() && found.asked.iter().all(|asked| !asked.fits),
            "{provider} at {issuer}: {found:?}"
        );
        let problem = found.problems.last().expect("it is told");
        assert_eq!(problem.code, "other-server", "{provider} at {issuer}");
        assert!(problem.help.starts_with(help), "{provider} at {issuer}: {}", problem.help);
        let said = problem.server_response.as_ref().expect("the server is quoted");
        assert!(problem.report.contains(&format!("server said: {} {}", said.status, said.body)), "{}", problem.report);
    }
}

#[tokio::test]
async fn a_closed_port_is_no_answer_whatever_the_profile() {
    let setup = Setup::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let closed = format!("http://{}", listener.local_addr().expect("it has an address"));
    drop(listener);
    for provider in mintage_core::provider::built_in() {
        let id = &provider.id.0;
        let mut draft = draft(&closed, id, Tier::Development);
        draft.parameters = provider.parameters.iter().map(|each| (each.name.clone(), "1".to_owned())).collect();
        // Tests don't contact the vendors' own endpoints.
        let at = |path: &str| Some(format!("{closed}/{path}"));
        (draft.endpoints.token, draft.endpoints.jwks) = (at("token"), at("keys"));
        let found = check(&setup, &draft).await;
        assert_eq!(codes(&found).first(), Some(&"unreachable"), "{id}: {found:?}");
        assert!(!found.asked.is_empty() && found.asked.iter().all(|asked| !asked.fits), "{id}: {found:?}");
    }
}

#[tokio::test]
async fn a_server_without_discovery_is_known_by_how_its_token_endpoint_refuses_nothing() {
    for (status, body, fits) in [
        ("400 Bad Request", r#"{"error":"invalid_request"}"#, true),
        ("401 Unauthorized", r#"{"error":"invalid_client"}"#, true),
        ("401 Unauthorized", r#"{"message":"A JSON web token could not be decoded"}"#, true),
        ("403 Forbidden", "{\"error\":\"unauthorized_client\"}", true),
        ("500 Internal Server Error", r#"{"error":"server_error"}"#, false),
        ("500 Internal Server Error", r#"{"message":"upstream"}"#, false),
        ("404 Not Found", r#"{"message":"Not Found"}"#, false),
        ("405 Method Not Allowed", "", false),
        ("400 Bad Request", "<html><h1>Bad Request</h1></html>", false),
        ("200 OK", "<html>Welcome</html>", false),
        ("502 Bad Gateway", "upstream is down", false),
    ] {
        let (setup, server) = (Setup::new().await, saying(status, "", body).await);
        let found = check(&setup, &draft(&server.url(), "docusign", Tier::Development)).await;
        assert_eq!(asked(&found), [format!("token endpoint {} {fits}", &status[..3])], "{status} {body}");
        assert_eq!(codes(&found).is_empty(), fits, "{status} {body}");
        assert_eq!(quoted(&found), if fits { "" } else { body }, "{status}");
        assert!(found.endpoints.iter().any(|each| each.name == "userinfo endpoint" && !each.asked), "it was not asked");
        assert!(server.requests().iter().all(|request| !request.to_lowercase().contains("authorization:")));
    }
}

#[tokio::test]
async fn what_a_server_says_against_being_asked_is_quoted_as_its_own_words() {
    const INSTANCE: &str = "unable to set instance using origin https://auth.acme.test (ExternalDomain is auth.acme.example): ID=QUERY-1kIjX";
    const QUOTA: &str = "Your ZITADEL instance is blocked.";
    for (status, headers, body, code, expected) in [
        ("404 Not Found", "Content-Type: text/plain\r\n", INSTANCE, "no-discovery", INSTANCE),
        ("429 Too Many Requests", "Set-Cookie: zitadel.quota.exhausted=true; Path=/\r\n", QUOTA, "server-busy", QUOTA),
        ("503 Service Unavailable", "", "we are back at noon", "server-busy", "we are back at noon"),
        ("500 Internal Server Error", "", r#"{"error":"server_error"}"#, "no-discovery", r#"{"error":"server_error"}"#),
        // A page is for a browser.
        ("200 OK", "", "<html>Sign in</html>", "not-an-oauth-endpoint", ""),
    ] {
        for provider in ["zitadel", "generic"] {
            let (setup, server) = (Setup::new().await, saying(status, headers, body).await);
            let found = check(&setup, &draft(&server.url(), provider, Tier::Development)).await;
            assert_eq!((codes(&found), quoted(&found)), (vec![code], expected.to_owned()), "{provider} {status}");
            assert!(found.asked.iter().all(|asked| !asked.fits), "{provider} {status}: {found:?}");
            let quota = found.problems[0].causes.iter().any(|cause| cause.code == "quota-exhausted");
            assert_eq!(quota, provider == "zitadel" && body == QUOTA, "{provider} {status}: {found:?}");
        }
    }
}

#[tokio::test]
async fn what_was_not_asked_is_not_called_fine() {
    let (setup, issuer) = (Setup::new().await, start(System::Zitadel).await);
    let mut settings = draft(issuer.issuer(), "zitadel", Tier::Development);
    let found = check(&setup, &settings).await;
    assert_eq!(asked(&found), ["discovery document 200 true", "key set 200 true", "token endpoint 400 true"]);
    let open = |found: &EnvironmentCheck| -> Vec<String> {
        found.endpoints.iter().filter(|each| !each.asked).map(|each| each.name.clone()).collect()
    };
    assert_eq!(open(&found), ["userinfo endpoint", "introspection endpoint", "revocation endpoint"]);

    // What the user entered instead of discovery is requested.
    settings.endpoints.token = Some(format!("{}/oauth/v2/tokken", issuer.issuer()));
    let found = check(&setup, &settings).await;
    assert_eq!(asked(&found).last().map(String::as_str), Some("token endpoint 404 false"));
    assert_eq!(codes(&found), ["other-server"]);
    settings.endpoints.token = Some(issuer.token_url().to_owned());
    let found = check(&setup, &settings).await;
    assert_eq!((codes(&found), asked(&found).last().map(String::as_str)), (vec![], Some("token endpoint 400 true")));

    // Nothing is requested from an unconfirmed host, so nothing is said about it.
    let elsewhere = start(System::FrontierConnect).await;
    let url = format!("{}/raystack.frontier.v1beta1.FrontierService/GetJWKs", elsewhere.issuer());
    let mut profile = setup
        .mint
        .copy_provider(&mintage_core::provider::ProviderId("frontier-connect".into()))
        .await
        .expect("built in");
    profile.probe.as_mut().expect("it has one").url = url;
    setup.mint.save_provider(&profile, None).await.expect("it is sound");
    let found = check(&setup, &draft(issuer.issuer(), &profile.id.0, Tier::Development)).await;
    assert_eq!((asked(&found), found.unconfirmed_hosts.len(), elsewhere.requests().len()), (vec![], 1, 0));
}

#[tokio::test]
async fn a_quota_that_is_used_up_is_seen_though_discovery_still_answers() {
    let (setup, issuer) = (Setup::new().await, start(System::Zitadel).await);
    issuer.change_quirks(|quirks| quirks.rate_limit = Some(RateLimit { after: 0, retry_after: None }));
    let found = check(&setup, &draft(issuer.issuer(), "zitadel", Tier::Development)).await;
    assert_eq!(asked(&found), ["discovery document 200 true", "key set 200 true", "token endpoint 429 false"]);
    let problem = &found.problems[0];
    assert!(problem.help.starts_with("Wait a while"), "{}", problem.help);
    assert_eq!(problem.server_response.as_ref().map(|said| said.status), Some(429));
}

#[tokio::test]
async fn every_system_passes_the_check_of_its_own_profile() {
    // But Salesforce, whose keys no emulator serves.
    for (provider, system) in [
        ("zitadel", System::Zitadel),
        ("google", System::Google),
        ("okta", System::Okta),
        ("auth0", System::Auth0),
        ("keycloak", System::Keycloak),
        ("entra", System::Entra),
        ("docusign", System::DocuSign),
        ("box", System::Box),
        ("github-app", System::GitHubApp),
        ("stackit", System::Stackit),
        ("generic", System::Generic),
    ] {
        let (setup, issuer) = (Setup::new().await, start(system).await);
        let mut settings = draft(issuer.issuer(), provider, Tier::Development);
        let profile = mintage_core::provider::built_in().iter().find(|each| each.id.0 == provider).expect("built in");
        settings.parameters = profile.parameters.iter().map(|each| (each.name.clone(), "42".to_owned())).collect();
        // The profiles of fixed servers name the real ones.
        settings.endpoints.token = Some(issuer.token_url().replace("{installationId}", "42"));
        let found = check(&setup, &settings).await;
        let told = |found: &EnvironmentCheck| found.problems.iter().map(|each| each.report.clone()).collect::<String>();
        assert!(found.problems.is_empty(), "{provider}: {:?} {}", asked(&found), told(&found));
        assert!(found.asked.iter().any(|asked| asked.fits && asked.name == "token endpoint"), "{provider}");
    }
}
