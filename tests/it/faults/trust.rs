//! Who receives a credential: certificates, certificate authorities, proxies and names.

use mintage_core::issuer::Issuer;

use crate::faults::{ASSERTION, JSON, TOKEN, client, exchange};
use crate::own_process::{passes, this_program};
use mintage_testbed::certificates::Certificates;
use mintage_testbed::fault_server::{Fault, FaultServer, http};

#[tokio::test]
async fn certificates_are_trusted_only_with_reason() {
    let certificates = Certificates::generate();
    for (name, acceptor, why) in [
        ("an unknown authority", certificates.good(), "an authority that this system doesn't know"),
        ("self-signed", certificates.self_signed().0, "an authority that this system doesn't know"),
        ("a self-signed authority", certificates.authority_as_server(), "authority"),
    ] {
        let server = FaultServer::start_with(Some(acceptor), |_| Fault::Say(http("200 OK", JSON, TOKEN))).await;
        let error = exchange(&client(), &server.tls_url()).await.expect_err(name);
        assert_eq!(error.code(), "certificate-refused", "{name}: {error:?}");
        assert!(error.to_string().contains(why), "{name}: {error}");
        assert!(server.requests().is_empty(), "{name} was sent something");
    }

    let trusting = Issuer::connect(Some(&certificates.authority_pem())).expect("a good certificate authority");
    for (name, acceptor, why) in [
        ("good", certificates.good(), None),
        ("another host", certificates.for_another_host(), Some("it is for another name: other.example.com")),
        ("expired", certificates.expired(), Some("it expired on 1 January 2021")),
        ("of the future", certificates.of_the_future(), Some("it is valid only from 1 January 3000")),
    ] {
        let server = FaultServer::start_with(Some(acceptor), |_| Fault::Say(http("200 OK", JSON, TOKEN))).await;
        match (exchange(&trusting, &server.tls_url()).await, why) {
            (Ok(answer), None) => assert_eq!(answer.value.access_token.expose(), "tok-1"),
            (Err(error), Some(why)) => {
                assert!(error.to_string().contains(why), "{name}: {error}");
                let dated = error.dated().map(|dated| dated.to_string());
                assert_eq!(dated.is_none(), name == "another host", "{name}: {dated:?}");
                assert!(dated.is_none_or(|dated| dated == error.to_string()), "{name}: its time is separate");
            }
            (other, _) => panic!("{name}: {other:?}"),
        }
    }

    let (acceptor, pem) = certificates.self_signed();
    let server = FaultServer::start_with(Some(acceptor), |_| Fault::Say(http("200 OK", JSON, TOKEN))).await;
    let trusting = Issuer::connect(Some(&pem)).expect("a certificate that signs itself");
    exchange(&trusting, &server.tls_url()).await.expect("a self-signed certificate that was given");
}

#[tokio::test]
async fn a_port_that_speaks_the_other_protocol_is_named() {
    let plain = FaultServer::start(Fault::Say(http("400 Bad Request", "", "this is http"))).await;
    let error = exchange(&client(), &plain.tls_url()).await.expect_err("it is no TLS");
    assert_eq!(error.code(), "tls-failed", "{error:?}");

    let acceptor = Certificates::generate().good();
    let tls = FaultServer::start_with(Some(acceptor), |_| Fault::Say(Vec::new())).await;
    let error = exchange(&client(), &tls.url()).await.expect_err("it is no http");
    assert!(matches!(error.code(), "answer-broken" | "unreachable"), "{error:?}");
}

#[test]
fn only_certificates_pass_as_a_certificate_authority() {
    let certificates = Certificates::generate();
    let garbled = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned();
    let with_key = format!("{}{}", certificates.authority_pem(), certificates.authority_key_pem());
    for pem in [String::new(), "no PEM".into(), garbled, certificates.authority_key_pem(), with_key] {
        let error = Issuer::connect(Some(&pem)).expect_err("it is no certificate authority");
        assert_eq!(error.code(), "ca-invalid", "{pem}");
    }
    let twice = format!("some text\r\n{}{}", certificates.authority_pem(), certificates.authority_pem());
    Issuer::connect(Some(&twice)).expect("a bundle");
}

/// Runs one test of this program in a separate process, with these environment variables.
async fn alone(test: &'static str, variables: &[(&str, &str)]) {
    let mut command = this_program();
    command.envs(variables.iter().copied());
    tokio::task::spawn_blocking(move || passes(&mut command, test)).await.expect("it passes");
}

#[tokio::test(flavor = "multi_thread")]
async fn loopback_is_asked_without_the_proxy_that_the_system_has() {
    let proxy = FaultServer::start(Fault::Say(http("502 Bad Gateway", "", ""))).await;
    let url = proxy.url();
    let variables = [("HTTP_PROXY", &*url), ("http_proxy", &*url), ("ALL_PROXY", &*url), ("NO_PROXY", "")];
    alone("faults::a_good_answer_is_read_and_the_request_is_as_the_standard_says", &variables).await;
    assert!(proxy.was_left_alone().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_hosts_are_asked_through_the_proxy_that_the_system_has() {
    let proxy = FaultServer::start(Fault::Say(http("502 Bad Gateway", "", ""))).await;
    let url = proxy.url();
    alone(
        "faults::trust::child_asks_a_remote_issuer_through_a_proxy",
        &[("HTTPS_PROXY", &url), ("https_proxy", &url), ("NO_PROXY", "")],
    )
    .await;
    let requests = proxy.requests();
    assert!(requests[0].starts_with("CONNECT nonexistent.invalid:443 "), "{requests:?}");
    assert!(!requests.concat().contains(ASSERTION), "the proxy has seen the assertion");
}

#[tokio::test]
#[ignore = "run by the test above it, which sets the proxy"]
async fn child_asks_a_remote_issuer_through_a_proxy() {
    let error = exchange(&client(), "https://nonexistent.invalid/token").await.expect_err("the proxy refuses");
    assert_eq!(error.code(), "unreachable", "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_nobody_knows_is_named() {
    alone("faults::trust::child_asks_a_host_that_nobody_knows", &[("NO_PROXY", "*"), ("no_proxy", "*")]).await;
}

#[tokio::test]
#[ignore = "run by the test above it, which switches a proxy off"]
async fn child_asks_a_host_that_nobody_knows() {
    let error = exchange(&client(), "https://nonexistent.invalid/token").await.expect_err("RFC 6761: it never exists");
    assert_eq!(error.to_string(), "couldn't find the host `nonexistent.invalid`");
}
