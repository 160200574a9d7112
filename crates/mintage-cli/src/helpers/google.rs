//! Google's executable-sourced credentials for workload identity federation.
//!
//! The client merges standard error into standard output, so nothing is ever written there, and failures are
//! answers as well. `output_file` isn't written: a token on disk would outlive its use.

use serde::Serialize;

use super::{Input, Reply, Step};
use crate::failure::{Exit, Failure};
use crate::request::Outcome;

const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";

#[derive(Serialize)]
struct Given<'a> {
    version: u8,
    success: bool,
    token_type: &'a str,
    id_token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_time: Option<i64>,
}

#[derive(Serialize)]
struct Refused<'a> {
    version: u8,
    success: bool,
    code: &'a str,
    message: &'a str,
}

pub(super) fn step(input: &Input) -> Step {
    let kind = match (input.variable)("GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE").as_deref() {
        None | Some("" | JWT) => JWT,
        Some(ID_TOKEN) => ID_TOKEN,
        Some(other) => {
            let message = format!("the configuration wants `{other}`, and mintage gives `{JWT}`");
            return Step::Reply(refuse(&Failure::new(Exit::Failed, "token-type", message)));
        }
    };
    let mut request = input.request();
    request.no_input |= (input.variable)("GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE").as_deref() == Some("0");
    Step::ask(request, move |outcome| match outcome {
        Ok(Outcome::Token(token)) => Reply::json(&Given {
            version: 1,
            success: true,
            token_type: kind,
            id_token: &token.credentials(),
            expiration_time: token.expires_at.map(time::OffsetDateTime::unix_timestamp),
        }),
        Ok(Outcome::NotBound) => {
            refuse(&Failure::new(Exit::Failed, "host-not-bound", "the URL isn't one of the environment's hosts"))
        }
        Err(failure) => refuse(&failure),
    })
}

pub(super) fn refuse(failure: &Failure) -> Reply {
    Reply::json(&Refused { version: 1, success: false, code: &failure.code, message: &failure.message })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helpers::Tool;
    use crate::helpers::testing::step;

    fn run(kind: &str) -> Step {
        let variables = [("GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE", kind), ("GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE", "0")];
        step(Tool::Google, &["ci-bot"], &variables, "")
    }

    #[test]
    fn the_token_is_of_the_wanted_type() {
        for kind in [JWT, ID_TOKEN] {
            assert_eq!(
                run(kind).given(),
                format!(
                    "{{\"version\":1,\"success\":true,\"token_type\":\"{kind}\",\"id_token\":\"good\",\"expiration_time\":1795968000}}\n"
                )
            );
        }
        assert!(run("").given().contains(JWT));
    }

    #[test]
    fn failures_are_answers_and_standard_error_stays_empty() {
        let saml = run("urn:ietf:params:oauth:token-type:saml2").replies();
        assert!(saml.text_of().starts_with("{\"version\":1,\"success\":false,\"code\":\"token-type\","));
        let denied = run(JWT).denied();
        assert_eq!(
            denied.text_of(),
            "{\"version\":1,\"success\":false,\"code\":\"request-denied\",\"message\":\"the request was denied\"}\n"
        );
        assert_eq!((denied.exit, denied.stderr.as_str(), saml.exit, saml.stderr.as_str()), (0, "", 0, ""));
    }
}
