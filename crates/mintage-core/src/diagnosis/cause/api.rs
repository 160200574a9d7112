//! Causes in what the caller is **allowed to do** through the server's API.

use super::cause;
use crate::diagnosis::{Case, Cause, NextStep};

pub(in crate::diagnosis) fn no_permission(_: &Case<'_>) -> Option<Cause> {
    let sentence = "The service user that made the request isn't allowed to do this";
    let help = "Choose a service user that is allowed to, for example an administrator, or ask for permission";
    Some(cause("no-permission", sentence, help, NextStep::None))
}
