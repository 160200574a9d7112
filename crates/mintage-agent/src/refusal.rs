//! A **refusal** means that the server rejected a token, so its holder needs another one.
//!
//! Rule: some callers report the refused token's handle. Those that can't, such as kubectl, ask again: if the same
//! process asks for the same token before it expires, the server must have refused it. A wrong guess costs one mint, and
//! so does a server that refuses everything, because a token is replaced at most once in 30 seconds.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

use time::OffsetDateTime;

use crate::clock::Now;
use crate::process::{Process, ProcessId};
use crate::source::Target;

/// How long after a replacement the next one is possible.
pub const PAUSE: Duration = Duration::from_secs(30);

/// How many tokens are remembered.
const MAX_TOKENS: usize = 1000;

/// How many callers of one token are remembered.
const MAX_CALLERS: usize = 1000;

/// The process that asks and the program it runs. The program counts because Google's kubectl replaces itself by exec,
/// and each of the two asks once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Caller {
    id: ProcessId,
    program: Option<PathBuf>,
}

impl From<&Process> for Caller {
    fn from(process: &Process) -> Self {
        Self { id: process.id, program: process.program.clone() }
    }
}

/// What a refusal leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Forget the token and mint another one.
    Replace,
    /// It was replaced already or never handed out.
    Old,
    /// It replaced a refused one less than 30 seconds ago, so another one won't help.
    TooSoon,
}

/// The tokens that were handed out last, and to whom.
#[derive(Debug, Default)]
pub struct Refusals {
    tokens: Vec<Known>,
}

#[derive(Debug)]
struct Known {
    target: Target,
    handle: String,
    ends: Option<OffsetDateTime>,
    /// Who has the token of this handle.
    callers: HashSet<Caller>,
    replaced: Option<Now>,
}

impl Refusals {
    /// A caller reports this handle as refused.
    pub fn named(&mut self, handle: &str, now: Now) -> Refused {
        let Some(known) = self.tokens.iter_mut().find(|known| known.handle == handle) else { return Refused::Old };
        if !known.may_replace(now) {
            return Refused::TooSoon;
        }
        known.replaced = Some(now);
        Refused::Replace
    }

    /// A caller asks for a token. Returns the handle of the token that it already has, if that must have been refused.
    pub fn asked_again(&mut self, caller: &Caller, target: &Target, now: Now) -> Option<String> {
        let known = self.tokens.iter_mut().find(|known| known.target.is_same_token(target))?;
        let alive = known.ends.is_none_or(|ends| now.wall < ends);
        if !known.callers.contains(caller) || !alive || !known.may_replace(now) {
            return None;
        }
        known.replaced = Some(now);
        Some(known.handle.clone())
    }

    /// Notes a hand-out. `caller` is `None` if asking again means nothing.
    pub fn handed_out(&mut self, caller: Option<Caller>, target: &Target, handle: &str, ends: Option<OffsetDateTime>) {
        let index = self.tokens.iter().position(|known| known.target.is_same_token(target));
        let mut known = index.map(|index| self.tokens.remove(index)).unwrap_or_else(|| Known::new(target));
        if known.handle != handle {
            known.callers.clear();
            handle.clone_into(&mut known.handle);
        }
        known.ends = ends;
        if known.callers.len() >= MAX_CALLERS {
            known.callers.clear();
        }
        known.callers.extend(caller);
        self.tokens.push(known);
        if self.tokens.len() > MAX_TOKENS {
            self.tokens.remove(0);
        }
    }
}

impl Known {
    fn new(target: &Target) -> Self {
        Self { target: target.clone(), handle: String::new(), ends: None, callers: HashSet::new(), replaced: None }
    }

    fn may_replace(&self, now: Now) -> bool {
        self.replaced.is_none_or(|then| now.is_past(then, PAUSE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::at;
    use crate::grants::tests::target;
    use crate::process::tests::process;

    fn caller(pid: u32, program: &str) -> Caller {
        Caller::from(&process(pid, program, 0))
    }

    /// kubectl, process 7, has the token `h1`, which ends in an hour.
    fn handed_out() -> Refusals {
        let mut refusals = Refusals::default();
        refusals.handed_out(Some(caller(7, "kubectl")), &target(), "h1", Some(at(3600, 0).wall));
        refusals
    }

    #[test]
    fn the_same_process_asking_again_within_the_tokens_life_was_refused() {
        assert_eq!(handed_out().asked_again(&caller(7, "kubectl"), &target(), at(60, 60)).as_deref(), Some("h1"));
    }

    #[test]
    fn whoever_asks_for_another_reason_was_not_refused() {
        let other_token = Target { user: "other".into(), ..target() };
        let check = |caller, target: &Target, seconds| handed_out().asked_again(&caller, target, at(seconds, 0));
        assert_eq!(check(caller(8, "kubectl"), &target(), 60), None, "another process");
        assert_eq!(check(caller(7, "kubectl.1.32"), &target(), 60), None, "another program in the same process");
        assert_eq!(check(caller(7, "kubectl"), &other_token, 60), None, "another token");
        assert_eq!(check(caller(7, "kubectl"), &target(), 3600), None, "the token has ended");
    }

    #[test]
    fn there_is_one_extra_mint_in_thirty_seconds_whoever_asks() {
        let mut refusals = handed_out();
        let kubectl = caller(7, "kubectl");
        assert!(refusals.asked_again(&kubectl, &target(), at(60, 60)).is_some());
        refusals.handed_out(Some(kubectl.clone()), &target(), "h2", None);
        assert_eq!(refusals.asked_again(&kubectl, &target(), at(89, 89)), None);
        assert_eq!(refusals.named("h2", at(89, 89)), Refused::TooSoon);
        assert_eq!(refusals.asked_again(&kubectl, &target(), at(90, 90)).as_deref(), Some("h2"));
    }

    #[test]
    fn a_token_that_was_replaced_already_is_not_refused_again() {
        let mut refusals = handed_out();
        refusals.handed_out(Some(caller(8, "kubectl")), &target(), "h1", None);
        assert_eq!(refusals.named("h1", at(60, 60)), Refused::Replace);
        refusals.handed_out(Some(caller(7, "kubectl")), &target(), "h2", None);
        assert_eq!(refusals.named("h1", at(61, 61)), Refused::Old);
        assert_eq!(refusals.asked_again(&caller(8, "kubectl"), &target(), at(100, 100)), None);
        assert_eq!(refusals.named("unknown", at(61, 61)), Refused::Old);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut refusals = Refusals::default();
        for number in 0..MAX_TOKENS + 10 {
            let target = Target { user: number.to_string(), ..target() };
            refusals.handed_out(None, &target, &format!("h{number}"), None);
        }
        for pid in 0..u32::try_from(MAX_CALLERS).unwrap() + 10 {
            refusals.handed_out(Some(caller(pid, "git")), &target(), "h", None);
        }
        assert_eq!(refusals.tokens.len(), MAX_TOKENS);
        assert!(refusals.tokens.last().unwrap().callers.len() <= MAX_CALLERS);
    }
}
