//! docker: the credential helper protocol of docker-credential-helpers.
//!
//! Failures are text on standard output, and clients compare some of them word by word. There is no expiry; docker
//! asks before each use. Nothing is ever stored, and `erase` is a logout, not a refusal.

use serde::Serialize;

use super::{Input, Reply, Step};
use crate::request::Outcome;
use crate::target::Target;

const NOT_FOUND: &str = "credentials not found in native keychain\n";
const NO_URL: &str = "no credentials server URL\n";
const KEEPS_NOTHING: &str = "mintage keeps no passwords: bind this registry to an environment instead of logging in\n";

/// What a registry's credentials look like (credentials/credentials.go).
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Credentials<'a> {
    #[serde(rename = "ServerURL")]
    server_url: &'a str,
    username: &'a str,
    secret: &'a str,
}

pub(super) fn step(input: &Input) -> Step {
    match input.call.operation() {
        Some("get") => get(input),
        Some("erase") => Step::Reply(Reply::default()),
        Some("list") => Step::Reply(Reply::text("{}\n")),
        Some("version") => {
            Step::Reply(Reply::text(concat!("docker-credential-mintage (mintage) v", env!("CARGO_PKG_VERSION"), "\n")))
        }
        Some("store") => Step::Reply(Reply::text(KEEPS_NOTHING).with_exit(1)),
        _ => Step::Reply(Reply::text("Usage: docker-credential-mintage <store|get|erase|list|version>\n").with_exit(1)),
    }
}

fn get(input: &Input) -> Step {
    let server = String::from_utf8_lossy(input.stdin).trim().to_owned();
    if server.is_empty() {
        return Step::Reply(Reply::text(NO_URL).with_exit(1));
    }
    let Some(target) = Target::parse(&server) else { return Step::Reply(Reply::text(NOT_FOUND).with_exit(1)) };
    let mut request = input.request();
    request.target = Some(target);
    let username = input.call.username().to_owned();
    Step::ask(request, move |outcome| match outcome {
        // The user name `<token>` would make docker exchange the secret as an identity token.
        Ok(Outcome::Token(token)) => Reply::json(&Credentials {
            server_url: &server,
            username: token.user_name(&username),
            secret: secrecy::ExposeSecret::expose_secret(&token.access_token),
        }),
        Ok(Outcome::NotBound) => Reply::text(NOT_FOUND).with_exit(1),
        Err(failure) => Reply::text(failure.to_text()).with_exit(1),
    })
}

#[cfg(test)]
mod tests {
    use crate::helpers::Tool;
    use crate::helpers::testing::step;

    fn get(stdin: &str) -> super::Step {
        step(Tool::Docker, &["get"], &[], stdin)
    }

    #[test]
    fn the_secret_is_the_token() {
        assert_eq!(
            get("registry.example:5000\n").given(),
            "{\"ServerURL\":\"registry.example:5000\",\"Username\":\"oauth2\",\"Secret\":\"good\"}\n"
        );
        let (request, _) = get("https://index.docker.io/v1/").asks();
        assert_eq!(request.target.unwrap().to_string(), "https://index.docker.io");
    }

    #[test]
    fn failures_are_the_texts_that_clients_compare() {
        let said = |reply: super::Reply| (reply.text_of(), reply.stderr, reply.exit);
        let not_found = ("credentials not found in native keychain\n".to_owned(), String::new(), 1);
        assert_eq!(said(get("registry.example").without()), not_found);
        assert_eq!(said(get("ht tp://x y").replies()), not_found);
        assert_eq!(said(get("\n").replies()), ("no credentials server URL\n".to_owned(), String::new(), 1));
        let denied = said(get("registry.example").denied());
        assert!(denied.0.starts_with("error[request-denied]: ") && denied.2 == 1);
    }

    #[test]
    fn nothing_is_stored_and_logging_out_is_fine() {
        let run = |operation| step(Tool::Docker, &[operation], &[], "registry.example").replies();
        assert_eq!((run("store").exit, run("erase").exit, run("list").text_of().as_str()), (1, 0, "{}\n"));
        assert!(run("version").text_of().starts_with("docker-credential-mintage (mintage) v"));
        assert_eq!(run("wat").exit, 1);
    }
}
