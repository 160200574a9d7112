//! pip and uv, which run a program called `keyring`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::bench::{Bench, run};
use crate::server::{Response, Server};

fn index(path: &str, _: u16) -> Option<Response> {
    let body = b"<!DOCTYPE html><html><body></body></html>".to_vec();
    path.starts_with("/simple/demo").then_some(Response { kind: "text/html", body })
}

fn basic(user: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:good")))
}

#[test]
fn pip_asks_an_index_that_names_a_user() {
    let server = Server::wanting("good", "Basic realm=\"test\"", index);
    let bench = Bench::new(&[&server.host()], &["good"]);
    bench.link("keyring");
    let url = format!("http://someone@{}/simple/", server.host());
    let mut command = bench.command("python3");
    command.args(["-m", "pip", "download", "--no-deps", "--no-cache-dir", "--disable-pip-version-check", "--no-input"]);
    command.args(["--keyring-provider", "subprocess", "--index-url", &url, "demo"]).env("PIP_CONFIG_FILE", "/dev/null");
    let Some(ran) = run("python3", &mut command) else { return };
    if ran.err.contains("No module named pip") {
        return crate::bench::skipped("pip");
    }
    assert!(server.authorizations().contains(&basic("someone")), "{ran:?} {:?}", server.authorizations());
    assert_eq!(bench.requests()[0], format!("keyring - http://{}", server.host()));
}

#[test]
fn uv_asks_an_index_with_and_without_a_user() {
    let server = Server::wanting("good", "Basic realm=\"test\"", index);
    let bench = Bench::new(&[&server.host()], &["good"]);
    bench.link("keyring");
    let project = format!(
        "[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = \">=3.8\"\ndependencies = [\"demo\"]\n[[tool.uv.index]]\nname = \"corp\"\nurl = \"http://{}/simple/\"\nauthenticate = \"always\"\ndefault = true\n",
        server.host()
    );
    bench.write("home/pyproject.toml", &project);
    let mut command = bench.command("uv");
    command.args(["lock", "--no-cache", "--keyring-provider", "subprocess"]);
    let Some(ran) = run("uv", &mut command) else { return };
    assert!(server.authorizations().contains(&basic("oauth2")), "{ran:?} {:?}", server.authorizations());
}

#[test]
fn another_index_is_left_to_the_next_keyring() {
    let bench = Bench::new(&["pypi.example"], &["good"]);
    bench.link("keyring");
    let real = bench.write("other/keyring", "#!/bin/sh\necho \"real $*\"\n");
    std::fs::set_permissions(&real, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let mut command = bench.command("keyring");
    let path = format!("{}:{}:/usr/bin:/bin", bench.path("bin").display(), bench.path("other").display());
    command.env("PATH", path).args(["get", "https://other.example/", "bob"]);
    let ran = run("keyring", &mut command).unwrap();
    assert_eq!((ran.out.as_str(), ran.code), ("real get https://other.example/ bob\n", Some(0)), "{ran:?}");
    command.env("PATH", bench.path("bin"));
    let alone = run("keyring", &mut command).unwrap();
    assert_eq!((alone.out.as_str(), alone.code), ("", Some(1)), "{alone:?}");
}
