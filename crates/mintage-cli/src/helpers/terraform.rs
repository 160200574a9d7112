//! Terraform and OpenTofu: the credentials helper protocol, for module registries and remote backends.

use serde::Serialize;

use super::{Input, Reply, Step};
use crate::failure::{Exit, Failure};
use crate::request::Outcome;
use crate::target::Target;

#[derive(Serialize)]
struct Credentials<'a> {
    token: &'a str,
}

pub(super) fn step(input: &Input) -> Step {
    let [operation, host] = input.call.operands.as_slice() else {
        return Step::Reply(Reply::misunderstood("terraform gives an operation and a host"));
    };
    match operation.as_str() {
        "get" => get(input, host),
        _ => Step::Reply(Reply::failure(
            &Failure::new(Exit::Failed, "helper-keeps-nothing", "mintage keeps no tokens of terraform's")
                .with_help("Leave out `terraform login` and `logout`: mintage gives a token whenever terraform asks"),
        )),
    }
}

fn get(input: &Input, host: &str) -> Step {
    let Some(target) = Target::parse(host) else { return Step::Reply(Reply::text("{}\n")) };
    let mut request = input.request();
    request.target = Some(target);
    Step::ask(request, |outcome| match outcome {
        Ok(Outcome::Token(token)) => Reply::json(&Credentials { token: &token.credentials() }),
        Ok(Outcome::NotBound) => Reply::text("{}\n"),
        Err(failure) => Reply::failure(&failure),
    })
}

#[cfg(test)]
mod tests {
    use crate::helpers::Tool;
    use crate::helpers::testing::step;

    #[test]
    fn terraform_gets_a_token_for_its_host_or_an_empty_object() {
        let get = || step(Tool::Terraform, &["ci-bot", "get", "app.example:8443"], &[], "");
        assert_eq!(get().given(), "{\"token\":\"good\"}\n");
        assert_eq!(get().asks().0.target.unwrap().to_string(), "https://app.example:8443");
        assert_eq!((get().without().text_of().as_str(), get().without().exit), ("{}\n", 0));
        let denied = get().denied();
        assert_eq!((denied.text_of().as_str(), denied.exit), ("", 6));
    }

    #[test]
    fn tokens_of_others_are_not_kept() {
        for operation in ["store", "forget"] {
            let reply = step(Tool::Terraform, &[operation, "app.example"], &[], "{\"token\":\"x\"}").replies();
            assert_eq!((reply.text_of().as_str(), reply.exit), ("", 1));
            assert!(reply.stderr.starts_with("error[helper-keeps-nothing]: "));
        }
        assert_eq!(step(Tool::Terraform, &["get"], &[], "").replies().exit, 1);
    }
}
