//! kubectl, with kubeconfig written by `mintage setup`.

use crate::bench::{Bench, Ran, run};
use crate::server::{Response, Server};

pub(crate) fn version(path: &str, _: u16) -> Option<Response> {
    (path == "/version").then(|| Response { kind: "application/json", body: b"{\"gitVersion\":\"v1.32.0\"}".to_vec() })
}

pub(crate) fn bench(server: &Server, hosts: &[&str], tokens: &[&str]) -> Bench {
    let bench = Bench::new(hosts, tokens);
    let config = format!(
        "apiVersion: v1\nkind: Config\nclusters:\n- name: test\n  cluster:\n    server: https://{}\n    insecure-skip-tls-verify: true\n    extensions:\n    - name: client.authentication.k8s.io/exec\n      extension:\n        mintage: {{environment: staging}}\n",
        server.host()
    );
    bench.write("home/.kube/config", &config);
    bench
}

/// Writes the configuration, with the program whose tokens are the bench's.
pub(crate) fn set_up(bench: &Bench) -> Option<Ran> {
    let mut command = bench.command(&crate::bench::program().to_string_lossy());
    run("mintage", command.args(["setup", "kubectl", "ci-bot", "--host", "test", "--write"]))
}

pub(crate) fn ask(bench: &Bench) -> Ran {
    bench.run("kubectl", &["--context", "mintage-test", "get", "--raw", "/version"]).unwrap()
}

fn get(bench: &Bench) -> Option<Ran> {
    set_up(bench).filter(|ran| ran.code == Some(0)).map(|_| ask(bench))
}

#[test]
fn kubectl_reaches_a_cluster_with_the_right_token() {
    let server = Server::with_tls("good", "Bearer", version);
    let bench = bench(&server, &[&server.host()], &["good"]);
    let Some(ran) = get(&bench) else { return crate::bench::skipped("kubectl") };
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "{\"gitVersion\":\"v1.32.0\"}"), "{ran:?}");
    assert!(server.authorizations().iter().all(|sent| sent == "Bearer good"), "{:?}", server.authorizations());
    let target = format!("kubectl ci-bot https://{}", server.host());
    assert!(bench.requests().iter().all(|request| *request == target), "{:?}", bench.requests());
}

#[test]
fn another_cluster_gets_nothing_and_says_why() {
    let server = Server::with_tls("good", "Bearer", version);
    let bench = bench(&server, &["k8s.example"], &["good"]);
    let Some(ran) = get(&bench) else { return crate::bench::skipped("kubectl") };
    assert!(ran.code != Some(0) && ran.err.contains("error[host-not-bound]"), "{ran:?}");
    assert_eq!(server.authorizations(), Vec::<String>::new());
}
