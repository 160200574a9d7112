//! The core's problems, as the command line tells them.

use mintage_app::agent::wire;
use mintage_cli::agent;
use mintage_cli::failure::Failure;
use mintage_core::error::Problem as CoreProblem;

/// The problem as the command line tells it.
pub(crate) fn failure(problem: impl Into<CoreProblem>) -> Failure {
    agent::failed(wire(problem))
}
