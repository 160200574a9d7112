//! Bazel, Buck2 and uv: the credential helper specification (EngFlow/credential-helper-spec).

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Input, Reply, Step, not_bound};
use crate::request::Outcome;
use crate::target::Target;

#[derive(Deserialize)]
struct Asked {
    uri: String,
}

#[derive(Serialize)]
struct Credentials<'a> {
    headers: Headers<'a>,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    expires: Option<OffsetDateTime>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Headers<'a> {
    authorization: [&'a str; 1],
}

pub(super) fn step(input: &Input) -> Step {
    if input.call.operation() != Some("get") {
        return Step::Reply(Reply::misunderstood("the only command of a credential helper is `get`"));
    }
    let target = match serde_json::from_slice::<Asked>(input.stdin) {
        Ok(asked) => Target::parse(&asked.uri),
        Err(error) => return Step::Reply(Reply::misunderstood(format!("the request can't be read: {error}"))),
    };
    let Some(target) = target else { return Step::Reply(Reply::misunderstood("the request's `uri` isn't a URL")) };
    let mut request = input.request();
    request.target = Some(target);
    let unbound = not_bound(&request);
    Step::ask(request, move |outcome| match outcome {
        Ok(Outcome::Token(token)) => Reply::json(&Credentials {
            headers: Headers { authorization: [&token.header_value()] },
            expires: token.expires_at,
        }),
        // The specification wants an error for a URI that the helper doesn't know.
        Ok(Outcome::NotBound) => Reply::failure(&unbound),
        Err(failure) => Reply::failure(&failure),
    })
}

#[cfg(test)]
mod tests {
    use crate::helpers::Tool;
    use crate::helpers::testing::step;

    fn get(stdin: &str) -> super::Step {
        step(Tool::Bazel, &["ci-bot", "get"], &[], stdin)
    }

    #[test]
    fn the_answer_is_a_header_and_its_end() {
        let asked = r#"{"uri":"https://cache.example/blob/1"}"#;
        assert_eq!(
            get(asked).given(),
            "{\"headers\":{\"Authorization\":[\"Bearer good\"]},\"expires\":\"2026-11-29T16:00:00Z\"}\n"
        );
        assert_eq!(get(asked).asks().0.target.unwrap().to_string(), "https://cache.example");
    }

    #[test]
    fn everything_else_is_an_error() {
        let asked = r#"{"uri":"https://other.example"}"#;
        assert_eq!((get(asked).without().exit, get(asked).without().text_of().as_str()), (1, ""));
        assert_eq!(get(asked).denied().exit, 6);
        for stdin in ["", "{}", r#"{"uri":""}"#, r#"{"uri":1}"#] {
            assert_eq!(get(stdin).replies().exit, 1, "{stdin}");
        }
        assert_eq!(step(Tool::Bazel, &["put"], &[], asked).replies().exit, 1);
    }
}
