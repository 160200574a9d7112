//! What the **agent** needs of the app, whichever shell serves it.
//!
//! Rule: the agent's crate knows nothing of the core. Here the mint becomes its [`MintSource`], names become service
//! users ([`resolve`]), and a target is checked against the hosts of an environment. [`lock_when_due`] locks it.

use mintage_agent_protocol::Problem;
use mintage_core::error::Problem as CoreProblem;

mod auto_lock;
mod record;
pub mod resolve;
mod source;

pub use auto_lock::lock_when_due;
pub use source::{Clipboard, MintSource};

/// The core's problem as the agent answers it.
pub fn wire(problem: impl Into<CoreProblem>) -> Problem {
    let problem = problem.into();
    let causes = problem.causes.into_iter().map(|cause| cause.sentence);
    let causes = problem.details.into_iter().chain(causes).collect();
    Problem { code: problem.code, message: problem.message, help: problem.help, causes }
}
