//! cargo: the credential provider protocol, one line of JSON each way.
//!
//! cargo starts the program with `--cargo-plugin` alone; what its configuration says after the program's name
//! arrives inside the request. `login` isn't supported, because nothing is stored.

use serde::{Deserialize, Serialize};

use super::call::Call;
use super::{Input, Reply, Step, Tool};
use crate::failure::Failure;
use crate::request::Outcome;
use crate::target::Target;

/// What's said before cargo says anything.
pub(super) const GREETING: &str = "{\"v\":[1]}\n";

#[derive(Deserialize)]
struct Asked {
    v: u32,
    registry: Registry,
    kind: String,
    #[serde(default)]
    args: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Registry {
    index_url: String,
}

#[derive(Serialize)]
enum Answer<'a> {
    Ok(Given<'a>),
    Err(Problem),
}

#[derive(Serialize)]
struct Given<'a> {
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation_independent: Option<bool>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Problem {
    UrlNotSupported,
    OperationNotSupported,
    Other {
        message: String,
        #[serde(rename = "caused-by")]
        caused_by: Vec<String>,
    },
}

pub(super) fn step(input: &Input) -> Step {
    let asked: Asked = match serde_json::from_slice(input.stdin) {
        Ok(asked) => asked,
        Err(error) => return Step::Reply(Reply::misunderstood(format!("cargo's request can't be read: {error}"))),
    };
    if asked.v != 1 {
        return Step::Reply(Reply::misunderstood(format!(
            "cargo speaks version {} of its protocol, expected 1",
            asked.v
        )));
    }
    match asked.kind.as_str() {
        "get" => get(input, &asked).unwrap_or_else(|problem| Step::Reply(Reply::json(&Answer::Err(problem)))),
        "logout" => {
            let done =
                Given { kind: "logout", token: None, cache: None, expiration: None, operation_independent: None };
            Step::Reply(Reply::json(&Answer::Ok(done)))
        }
        _ => Step::Reply(Reply::json(&Answer::Err(Problem::OperationNotSupported))),
    }
}

fn get(input: &Input, asked: &Asked) -> Result<Step, Problem> {
    let args = match asked.args.as_slice() {
        [helper, cargo, rest @ ..] if helper == "helper" && cargo == "cargo" => rest,
        all => all,
    };
    let call = if args.is_empty() {
        input.call.clone()
    } else {
        Call::parse(Tool::Cargo, args).map_err(|failure| other(&failure))?
    };
    let url = asked.registry.index_url.strip_prefix("sparse+").unwrap_or(&asked.registry.index_url);
    let mut request = call.request(input.variable);
    request.target = Some(Target::parse(url).ok_or(Problem::UrlNotSupported)?);
    Ok(Step::ask(request, |outcome| match outcome {
        Ok(Outcome::Token(token)) => Reply::json(&Answer::Ok(Given {
            kind: "get",
            token: Some(&token.header_value()),
            cache: Some(if token.expires_at.is_some() { "expires" } else { "session" }),
            expiration: token.expires_at.map(time::OffsetDateTime::unix_timestamp),
            operation_independent: Some(true),
        })),
        Ok(Outcome::NotBound) => Reply::json(&Answer::Err(Problem::UrlNotSupported)),
        Err(failure) => Reply::json(&Answer::Err(other(&failure))),
    }))
}

fn other(failure: &Failure) -> Problem {
    let caused_by =
        failure.causes.iter().cloned().chain(failure.help.as_ref().map(|help| format!("help: {help}"))).collect();
    Problem::Other { message: format!("{} ({})", failure.message, failure.code), caused_by }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helpers::testing::step;

    fn ask(kind: &str, args: &str) -> Step {
        let line = format!(
            r#"{{"v":1,"registry":{{"index-url":"sparse+https://cargo.example/index/","name":"corp","headers":["WWW-Authenticate: Bearer"]}},"kind":"{kind}","operation":"read","args":{args}}}"#
        );
        step(Tool::Cargo, &["--cargo-plugin"], &[], &line)
    }

    #[test]
    fn cargo_gets_the_whole_header_and_when_it_ends() {
        let wanted = concat!(
            r#"{"Ok":{"kind":"get","token":"Bearer good","cache":"expires","expiration":1795968000,"#,
            r#""operation_independent":true}}"#,
            "\n"
        );
        assert_eq!(ask("get", r#"["helper","cargo","ci-bot","-e","staging"]"#).given(), wanted);
        let (request, _) = ask("get", r#"["ci-bot","-e","staging"]"#).asks();
        assert_eq!(
            (request.name.user.as_deref(), request.name.environment.as_deref()),
            (Some("ci-bot"), Some("staging"))
        );
        assert_eq!(request.target.unwrap().to_string(), "https://cargo.example");
    }

    #[test]
    fn what_is_not_given_has_a_kind_that_cargo_knows() {
        assert_eq!(ask("get", "[]").without().text_of(), "{\"Err\":{\"kind\":\"url-not-supported\"}}\n");
        assert_eq!(
            ask("get", "[]").denied().text_of(),
            concat!(
                r#"{"Err":{"kind":"other","message":"the request was denied (request-denied)","#,
                r#""caused-by":["help: ask again and approve it"]}}"#,
                "\n"
            )
        );
        assert_eq!(ask("login", "[]").replies().text_of(), "{\"Err\":{\"kind\":\"operation-not-supported\"}}\n");
        assert_eq!(ask("logout", "[]").replies().text_of(), "{\"Ok\":{\"kind\":\"logout\"}}\n");
        assert!(ask("get", r#"["a","b"]"#).replies().text_of().contains("one word too many"));
    }

    #[test]
    fn another_protocol_is_refused() {
        assert_eq!(step(Tool::Cargo, &[], &[], "{}").replies().exit, 1);
        let line = r#"{"v":2,"registry":{"index-url":"https://x"},"kind":"get"}"#;
        assert_eq!(step(Tool::Cargo, &[], &[], line).replies().exit, 1);
    }
}
