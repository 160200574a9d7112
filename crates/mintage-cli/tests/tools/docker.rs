//! docker's client, which asks a registry itself and needs no daemon for that.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::bench::{Bench, run};
use crate::server::{Response, Server};

fn registry(path: &str, _: u16) -> Option<Response> {
    let manifest = "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.docker.distribution.manifest.list.v2+json\",\"manifests\":[]}";
    let (kind, body) = match path {
        "/v2/" => ("application/json", "{}"),
        "/v2/demo/manifests/1" => ("application/vnd.docker.distribution.manifest.list.v2+json", manifest),
        _ => return None,
    };
    Some(Response { kind, body: body.as_bytes().to_vec() })
}

#[test]
fn docker_asks_its_registry_with_the_token_as_a_password() {
    let server = Server::with_tls("good", "Basic realm=\"test\"", registry);
    let bench = Bench::new(&[&server.host()], &["good"]);
    let set_up = bench.run("mintage", &["setup", "docker", "ci-bot", "--host", &server.host(), "--write"]).unwrap();
    assert_eq!(set_up.code, Some(0), "{set_up:?}");
    let image = format!("{}/demo:1", server.host());
    let mut command = bench.command("docker");
    command.args(["manifest", "inspect", "--insecure", &image]).env_remove("DOCKER_CONFIG");
    let path = format!("{}:{}", bench.path("home/.local/bin").display(), std::env::var("PATH").unwrap());
    command.env("PATH", path);
    let Some(ran) = run("docker", &mut command) else { return };
    let expected = format!("Basic {}", STANDARD.encode("oauth2:good"));
    assert!(server.authorizations().contains(&expected), "{ran:?} {:?}", server.paths());
    assert_eq!(bench.requests()[0], format!("docker ci-bot https://{}", server.host()));
}
