//! `mintage`: a token or a helper's answer from the agent. Everything else is the full program's.

use std::process::ExitCode;

use mintage_cli::agent::Agent;
use mintage_cli::{fast_path, hand_over, hardening};

fn main() -> ExitCode {
    hardening::harden();
    let argv: Vec<_> = std::env::args_os().collect();
    let route = fast_path::route(&argv, &|name| std::env::var(name).ok());
    // Where nothing says where the agent is, the full program tells why.
    let went = match route {
        fast_path::Route::Full => None,
        route => Agent::find(true).ok().and_then(|mut agent| fast_path::go(route, &mut agent)),
    };
    ExitCode::from(went.unwrap_or_else(|| hand_over::to_full_program(&argv)))
}
