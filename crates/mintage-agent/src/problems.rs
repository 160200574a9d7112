//! The agent's own **problems**, their words in one place.

use mintage_agent_protocol::{LineError, Problem, REQUEST_LIMIT, VERSION};

/// Whether a person can answer at a terminal: elsewhere no system says for certain which process connected.
const AT_TERMINAL: bool = cfg!(target_os = "linux");

pub(crate) fn denied() -> Problem {
    Problem::new("approval-denied", "the request was denied", "Ask again and approve it if you meant to allow it")
}

pub(crate) fn denied_lately() -> Problem {
    Problem::new(
        "approval-denied",
        "a request of this program was denied a moment ago",
        "Wait half a minute, then ask again and approve it if you meant to allow it",
    )
}

pub(crate) fn timed_out() -> Problem {
    Problem::new(
        "approval-timed-out",
        "nobody approved the request in time",
        if AT_TERMINAL {
            "Ask again, and approve it in Mintage's window or with `mintage approve`"
        } else {
            "Ask again, and approve it in Mintage's window"
        },
    )
}

pub(crate) fn locked() -> Problem {
    Problem::new(
        "agent-locked",
        "Mintage is locked",
        if AT_TERMINAL {
            "Unlock it in its window or with `mintage unlock`, then ask again"
        } else {
            "Unlock it in its window, then ask again"
        },
    )
}

pub(crate) fn ending() -> Problem {
    Problem::new("agent-ended", "the agent shut down before it could answer", "Try again")
}

pub(crate) fn needs_person() -> Problem {
    Problem::new(
        "needs-person",
        "a person has to approve this, and `--no-input` forbids asking",
        "Run the command once without `--no-input` and approve the program that asks",
    )
}

pub(crate) fn too_many_questions() -> Problem {
    Problem::new(
        "too-many-questions",
        "too many requests are waiting for approval",
        if AT_TERMINAL {
            "Answer them in Mintage's window or with `mintage approve`"
        } else {
            "Answer them in Mintage's window"
        },
    )
}

pub(crate) fn no_such_question(id: &str) -> Problem {
    Problem::new(
        "question-gone",
        format!("no request `{id}` is waiting for approval"),
        "Run `mintage approve` to list the open requests; each waits for two minutes",
    )
}

pub(crate) fn no_such_choice() -> Problem {
    Problem::new("choice-unknown", "the request has no such choice", "Choose one of those it lists")
}

pub(crate) fn no_such_grant(id: &str) -> Problem {
    Problem::new("grant-gone", format!("there is no grant `{id}`"), "Run `mintage agent grants` to list the grants")
}

/// `program` is the one that both were started from.
pub(crate) fn approver_is_asker(program: Option<&str>) -> Problem {
    let help = match program {
        Some(program) => format!("Run `mintage approve` in a terminal that `{program}` didn't start"),
        None => "Run `mintage approve` in a different terminal".to_owned(),
    };
    Problem::new("approver-is-asker", "a program can't approve its own request", help)
}

/// `known` says whether the system tells which process answers. If not, no terminal makes a difference.
pub(crate) fn approver_unknown(known: bool) -> Problem {
    let help = if known {
        "Approve it in Mintage's window, or run `mintage approve` in a terminal"
    } else {
        "Open the Mintage app, run the program again, and approve it in the app's window"
    };
    Problem::new("approver-unknown", "Mintage can't tell whether a person approves this", help)
}

/// `known` as for [`approver_unknown`].
pub(crate) fn unlocker_unknown(known: bool) -> Problem {
    let help = if known {
        "Unlock it in its window, or run `mintage unlock` in a terminal"
    } else {
        "Open the Mintage app and unlock it in the app's window"
    };
    Problem::new("unlocker-unknown", "Mintage can't tell whether a person unlocks it", help)
}

pub(crate) fn refused_lately() -> Problem {
    Problem::new(
        "refused-again",
        "the server also refused the token that replaced the last one",
        "Check the service user's permissions; another token won't help",
    )
}

pub(crate) fn stays() -> Problem {
    Problem::new("agent-stays", "the desktop app is the agent and keeps running", "Quit the app to stop it")
}

pub(crate) fn no_clipboard() -> Problem {
    Problem::new(
        "clipboard-needs-desktop",
        "only the desktop app copies tokens, because it also clears the clipboard",
        "Start Mintage and try again, or run the program that needs the token with `mintage exec`",
    )
}

pub(crate) fn no_such_form(name: &str) -> Problem {
    Problem::new("form-unknown", format!("there is no form `{name}`"), "Use one that `mintage copy --help` lists")
}

pub(crate) fn too_large() -> Problem {
    Problem::new(
        "request-too-large",
        format!("the request is longer than {REQUEST_LIMIT} bytes"),
        "Ask for fewer scopes, or shorten the reason",
    )
}

pub(crate) fn too_slow() -> Problem {
    Problem::new("request-too-slow", "the request didn't arrive in time", "Send the whole line at once")
}

pub(crate) fn busy() -> Problem {
    Problem::new("agent-busy", "too many programs are asking at once", "Try again in a moment")
}

pub(crate) fn unreadable(error: &LineError) -> Problem {
    match error {
        LineError::OtherVersion { version } => Problem::new(
            "agent-other-version",
            format!("the request uses version {version} of the protocol, and the agent version {VERSION}"),
            "Quit Mintage and start it again, so that both have the same version",
        ),
        _ => {
            Problem::new("request-unreadable", "the request can't be read", "Update the program that asks, or Mintage")
        }
    }
}
