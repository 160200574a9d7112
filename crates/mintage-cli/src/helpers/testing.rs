//! What the protocols' tests share.

use super::*;

/// Runs one step with a helper's arguments, environment and input, as the tool would.
pub(super) fn step(tool: Tool, args: &[&str], variables: &[(&str, &str)], stdin: &str) -> Step {
    let args: Vec<String> = args.iter().map(ToString::to_string).collect();
    let call = Call::parse(tool, &args).expect("the test's arguments are right");
    let variable = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_string());
    tool.step(&Input { call: &call, variable: &variable, stdin: stdin.as_bytes() })
}

impl Step {
    pub(super) fn asks(self) -> (TokenRequest, Answer) {
        match self {
            Self::Ask(request, answer) => (*request, answer),
            Self::Reply(reply) => panic!("replied {reply:?}"),
            Self::Refused(refused, _) => panic!("passed on {refused:?}"),
        }
    }

    pub(super) fn replies(self) -> Reply {
        match self {
            Self::Reply(reply) => reply,
            _ => panic!("asked for a token"),
        }
    }

    /// What the tool reads when it gets the token `good`.
    pub(super) fn given(self) -> String {
        let (_, answer) = self.asks();
        let reply = answer(Ok(Outcome::Token(Box::new(crate::testing::token("good")))));
        assert_eq!((reply.exit, reply.stderr.as_str()), (0, ""));
        reply.text_of()
    }

    /// What happens when the host isn't bound, and when somebody declines.
    pub(super) fn without(self) -> Reply {
        (self.asks().1)(Ok(Outcome::NotBound))
    }

    pub(super) fn denied(self) -> Reply {
        (self.asks().1)(Err(crate::testing::denied()))
    }
}

impl Reply {
    pub(super) fn text_of(&self) -> String {
        String::from_utf8(self.stdout.to_vec()).expect("the protocols are UTF-8")
    }
}
