//! pip and uv: the command line of Python's `keyring`.
//!
//! pip runs `keyring get URL USER` after a 401 if the index's URL has a user name; uv does the same, or runs
//! `keyring get URL --mode creds` and reads a name and a password. Servers that take a token as a password ignore the
//! name, so it can say whose token it is where the host's environment has several service users. Whatever isn't ours goes to the next `keyring`
//! on `PATH`, so that a real one isn't hidden.

use zeroize::Zeroizing;

use super::{Input, Reply, Step};
use crate::request::Outcome;
use crate::target::Target;

pub(super) fn step(input: &Input) -> Step {
    let (service, user) = match input.call.operands.as_slice() {
        [get, service] if get == "get" => (service, None),
        [get, service, user] if get == "get" => (service, Some(user.clone())),
        _ => return Step::Reply(pass_on()),
    };
    let with_name = match input.call.mode.as_deref() {
        None | Some("password") => false,
        Some("creds") => true,
        Some(_) => return Step::Reply(pass_on()),
    };
    let Some(target) = Target::parse(service) else { return Step::Reply(pass_on()) };
    let mut request = input.request();
    request.target = Some(target);
    request.username = user.clone();
    let username = user.unwrap_or_else(|| input.call.username().to_owned());
    Step::ask(request, move |outcome| match outcome {
        Ok(Outcome::Token(token)) => {
            let password = secrecy::ExposeSecret::expose_secret(&token.access_token);
            let name = token.user_name(&username);
            Reply::text(&*Zeroizing::new(if with_name {
                format!("{name}\n{password}\n")
            } else {
                format!("{password}\n")
            }))
        }
        Ok(Outcome::NotBound) => pass_on(),
        Err(failure) => Reply::failure(&failure),
    })
}

/// The next `keyring` answers; without one, nothing and exit code 1 mean that there is no password.
fn pass_on() -> Reply {
    Reply { exit: 1, next_program: true, ..Reply::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helpers::Tool;
    use crate::helpers::testing::step;

    fn run(args: &[&str]) -> Step {
        step(Tool::Keyring, args, &[], "")
    }

    #[test]
    fn a_password_alone_or_with_its_name() {
        assert_eq!(run(&["get", "https://pypi.example/simple/", "ci-bot"]).given(), "good\n");
        assert_eq!(run(&["get", "pypi.example:8080", "ci-bot"]).given(), "good\n");
        assert_eq!(run(&["get", "https://pypi.example/simple/", "--mode", "creds"]).given(), "oauth2\ngood\n");
        assert_eq!(run(&["--mode", "creds", "get", "pypi.example"]).given(), "oauth2\ngood\n");
        assert_eq!(run(&["get", "pypi.example", "bob", "--mode", "creds"]).given(), "bob\ngood\n");
    }

    #[test]
    fn what_is_not_ours_goes_to_the_next_keyring() {
        for step in [
            run(&["set", "x", "y"]),
            run(&["del", "x", "y"]),
            run(&["get"]),
            run(&["get", "a service", "bob"]),
            run(&[]),
        ] {
            let reply = step.replies();
            assert_eq!((reply.text_of().as_str(), reply.exit, reply.next_program), ("", 1, true));
        }
        assert!(run(&["get", "pypi.org", "bob"]).without().next_program);
        let denied = run(&["get", "pypi.example", "bob"]).denied();
        assert_eq!((denied.text_of().as_str(), denied.exit, denied.next_program), ("", 6, false));
    }
}
