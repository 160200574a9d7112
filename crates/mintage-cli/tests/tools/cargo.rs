//! cargo, with a registry that wants to know who asks.

use crate::bench::{Bench, Ran};
use crate::server::{Response, Server};

fn registry(path: &str, port: u16) -> Option<Response> {
    let body = match path {
        "/index/config.json" => {
            format!(
                "{{\"dl\":\"http://127.0.0.1:{port}/dl\",\"api\":\"http://127.0.0.1:{port}\",\"auth-required\":true}}"
            )
        }
        "/api/v1/crates/demo/owners" => "{\"users\":[{\"id\":1,\"login\":\"bob\",\"name\":\"Bob\"}]}".to_owned(),
        _ => return None,
    };
    Some(Response { kind: "application/json", body: body.into_bytes() })
}

fn owners(bench: &Bench, server: &Server) -> Option<Ran> {
    let config = format!(
        "[registries.corp]\nindex = \"sparse+http://{}/index/\"\ncredential-provider = [\"mintage\", \"ci-bot\", \"-e\", \"staging\"]\n",
        server.host()
    );
    let home = bench.write("home/.cargo/config.toml", &config).parent().unwrap().to_owned();
    let mut command = bench.command(env!("CARGO"));
    command.args(["owner", "--list", "demo", "--registry", "corp"]).env("CARGO_HOME", home);
    crate::bench::run("cargo", &mut command)
}

#[test]
fn cargo_asks_its_registry_with_the_right_token() {
    let server = Server::wanting("good", "Cargo login_url=\"https://x.example/\"", registry);
    // A registry's token is the whole header, with its scheme.
    let bench = Bench::new(&[&server.host()], &["good"]);
    let Some(ran) = owners(&bench, &server) else { return };
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "bob (Bob)\n"), "{ran:?}");
    assert!(server.authorizations().iter().all(|sent| sent == "Bearer good"));
    assert_eq!(bench.requests()[0], format!("cargo ci-bot http://{}", server.host()));
}

#[test]
fn another_registry_gets_nothing_and_a_denial_is_reported() {
    let server = Server::wanting("good", "Cargo login_url=\"https://x.example/\"", registry);
    let elsewhere = Bench::new(&["cargo.example"], &["good"]);
    let Some(ran) = owners(&elsewhere, &server) else { return };
    assert!(ran.code != Some(0) && ran.err.contains("no credential providers could handle the request"), "{ran:?}");
    let denying = Bench::new(&[&server.host()], &[]);
    let ran = owners(&denying, &server).unwrap();
    assert!(ran.err.contains("the request was denied (request-denied)"), "{ran:?}");
    assert_eq!(server.authorizations(), Vec::<String>::new());
}
