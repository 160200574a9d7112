//! Headers as a JSON object, which MCP clients read from a `headersHelper` and scripts with jq.

use serde::Serialize;

use super::{Input, Reply, Step, not_bound};
use crate::request::Outcome;
use crate::target::Target;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Headers<'a> {
    authorization: &'a str,
}

pub(super) fn step(input: &Input) -> Step {
    let mut request = input.request();
    // Claude Code says which server it connects to; `--url` says it for others.
    if let Some(url) = (input.variable)("CLAUDE_CODE_MCP_SERVER_URL").filter(|url| !url.is_empty()) {
        match Target::parse(&url) {
            Some(target) => request.target = Some(target),
            None => return Step::Reply(Reply::misunderstood("CLAUDE_CODE_MCP_SERVER_URL isn't a URL")),
        }
    }
    // MCP clients ask when they connect, and again after a 401.
    request.repeat_is_refusal = true;
    let unbound = not_bound(&request);
    Step::ask(request, move |outcome| match outcome {
        Ok(Outcome::Token(token)) => Reply::json(&Headers { authorization: &token.header_value() }),
        Ok(Outcome::NotBound) => Reply::failure(&unbound),
        Err(failure) => Reply::failure(&failure),
    })
}

#[cfg(test)]
mod tests {
    use crate::helpers::Tool;
    use crate::helpers::testing::step;

    #[test]
    fn the_answer_is_one_header() {
        let run = |url| {
            step(Tool::Headers, &["ci-bot", "--url", "https://a.example"], &[("CLAUDE_CODE_MCP_SERVER_URL", url)], "")
        };
        assert_eq!(run("").given(), "{\"Authorization\":\"Bearer good\"}\n");
        assert_eq!(run("").asks().0.target.unwrap().to_string(), "https://a.example");
        assert_eq!(run("https://mcp.example/sse").asks().0.target.unwrap().to_string(), "https://mcp.example");
        assert_eq!(run("://").replies().exit, 1);
        assert_eq!((run("").without().exit, run("").denied().exit), (1, 6));
    }
}
