//! pnpm: `tokenHelper` is an absolute path without arguments, whose output is the whole `Authorization` value.
//!
//! The service user is part of the program's name: a link `mintage-pnpm-ci-bot` or `mintage-pnpm-ci-bot@staging`.

use super::{Input, Reply, Step, not_bound};
use crate::request::Outcome;

pub(super) fn step(input: &Input) -> Step {
    let request = input.request();
    let unbound = not_bound(&request);
    Step::ask(request, move |outcome| match outcome {
        Ok(Outcome::Token(token)) => {
            let mut line = token.header_value();
            line.push('\n');
            Reply::text(&*line)
        }
        Ok(Outcome::NotBound) => Reply::failure(&unbound),
        Err(failure) => Reply::failure(&failure),
    })
}

#[cfg(test)]
mod tests {
    use crate::helpers::Tool;
    use crate::helpers::testing::step;

    #[test]
    fn the_answer_is_the_value_of_the_header() {
        let run = || step(Tool::Pnpm, &["ci-bot"], &[], "");
        assert_eq!(run().given(), "Bearer good\n");
        assert_eq!(run().denied().exit, 6);
    }
}
