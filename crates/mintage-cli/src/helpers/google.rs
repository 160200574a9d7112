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
        Ok(Outcome::Token(token)) if !is_jwt(secrecy::ExposeSecret::expose_secret(&token.access_token)) => {
            let message = "the issuer's access token isn't a JWT, and Google takes no other: choose JWT as this service user's access token type at the issuer";
            refuse(&Failure::new(Exit::Failed, "token-type", message))
        }
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

/// Whether a token has the three parts of a signed JWT (RFC 7515 §7.1), the first of which is a JSON object.
fn is_jwt(token: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    token.starts_with("ey") && token.split('.').count() == 3 && token.split('.').all(is_part)
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

    const SIGNED: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln";

    fn answer(kind: &str, token: &str) -> String {
        (run(kind).asks().1)(Ok(Outcome::Token(Box::new(crate::testing::token(token))))).text_of()
    }

    #[test]
    fn the_token_is_of_the_wanted_type() {
        for kind in [JWT, ID_TOKEN] {
            assert_eq!(
                answer(kind, SIGNED),
                format!(
                    "{{\"version\":1,\"success\":true,\"token_type\":\"{kind}\",\"id_token\":\"{SIGNED}\",\"expiration_time\":1795968000}}\n"
                )
            );
        }
        assert!(answer("", SIGNED).contains(JWT));
    }

    #[test]
    fn a_token_that_is_no_jwt_isn_t_called_one() {
        for opaque in ["good", "ey.a", "ey.a.", "ey.a.b.c", "ey.a.b~", "xx.a.b"] {
            let told = answer(JWT, opaque);
            assert!(told.starts_with("{\"version\":1,\"success\":false,\"code\":\"token-type\","), "{told}");
            assert!(!told.contains(opaque), "{told}");
        }
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
