//! pnpm, whose helper has no arguments.

use crate::bench::{Bench, run};
use crate::server::Server;

#[test]
fn pnpm_asks_its_registry_with_the_right_token() {
    let server = Server::wanting("good", "Bearer", |_, _| None);
    let bench = Bench::new(&[], &["good"]);
    let registry = format!("http://{}/", server.host());
    let set_up = ["setup", "pnpm", "ci-bot", "-e", "staging", "--host", &registry, "--write"];
    let set_up = bench.run("mintage", &set_up).unwrap();
    assert_eq!(set_up.code, Some(0), "{set_up:?}");
    bench.write("home/package.json", "{\"name\":\"x\",\"version\":\"1.0.0\"}");
    let mut command = bench.command("pnpm");
    command.args(["add", "demo", "--registry", &registry]);
    let Some(ran) = run("pnpm", &mut command) else { return };
    assert!(server.authorizations().iter().any(|sent| sent == "Bearer good"), "{ran:?} {:?}", server.paths());
    assert_eq!(bench.requests()[0], "pnpm ci-bot ");
}
