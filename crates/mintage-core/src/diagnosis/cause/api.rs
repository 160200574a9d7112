//! Causes that lie in what the caller **may do** at the server's API.

use super::cause;
use crate::diagnosis::{Case, Cause, NextStep};

pub(in crate::diagnosis) fn no_permission(_: &Case<'_>) -> Option<Cause> {
    let sentence = "The service user that asked isn't allowed to do this";
    let help = "Choose a service user that may, for example an administrator's, or ask for the right";
    Some(cause("no-permission", sentence, help, NextStep::None))
}
