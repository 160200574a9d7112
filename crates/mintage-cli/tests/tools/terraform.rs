//! terraform, with a module from a private registry.

use crate::bench::{Bench, run};
use crate::server::{Response, Server};

fn registry(path: &str, _: u16) -> Option<Response> {
    let body = b"{\"modules\":[{\"versions\":[]}]}".to_vec();
    (path == "/team/demo/test/versions").then_some(Response { kind: "application/json", body })
}

#[test]
fn terraform_asks_its_registry_with_the_right_token() {
    let server = Server::wanting("good", "Bearer", registry);
    let bench = Bench::new(&["modules.example"], &["good"]);
    // The host block stands for what the registry would say of itself over HTTPS.
    let config = format!(
        "disable_checkpoint = true\nhost \"modules.example\" {{\n  services = {{ \"modules.v1\" = \"http://{}/\" }}\n}}\n",
        server.host()
    );
    bench.write("home/.terraformrc", &config);
    bench.write("home/main.tf", "module \"demo\" {\n  source = \"modules.example/team/demo/test\"\n}\n");
    let set_up =
        run("mintage", bench.command("mintage").args(["setup", "terraform", "ci-bot", "-e", "staging", "--write"]))
            .unwrap();
    assert_eq!(set_up.code, Some(0), "{set_up:?}");
    let mut command = bench.command("terraform");
    command.args(["init", "-no-color", "-backend=false"]).env("TF_CLI_CONFIG_FILE", bench.path("home/.terraformrc"));
    let Some(ran) = run("terraform", &mut command) else { return };
    assert_eq!(server.authorizations(), ["Bearer good"], "{ran:?} {:?}", bench.requests());
    assert_eq!(bench.requests(), ["terraform ci-bot https://modules.example"]);
}
