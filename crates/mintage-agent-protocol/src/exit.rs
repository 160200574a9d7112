//! The **exit** codes of `mintage`.

/// Everything the `mintage` command exits with by itself. `exec` and `file` end with their child's code, and a
/// helper with its protocol's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// It worked.
    Success = 0,
    /// Any other failure.
    Failed = 1,
    /// The arguments don't make sense, or a token would have gone to a terminal.
    Usage = 2,
    /// No such name, or several that match.
    NoSuchName = 3,
    /// The server refused.
    Refused = 4,
    /// The keychain is locked or missing.
    Keychain = 5,
    /// Nobody approved, or somebody declined.
    NotApproved = 6,
    /// Production wasn't confirmed.
    NotConfirmed = 7,
    /// The network, or a server that doesn't answer.
    Network = 8,
    /// A person is needed and `--no-input` was given.
    NeedsInput = 9,
    /// `exec` found the program but may not run it, as shells say it.
    NotExecutable = 126,
    /// `exec` didn't find the program, as shells say it.
    NotFound = 127,
}

impl Exit {
    /// Each with what it means, in order, for the help text and the manual.
    pub const MEANINGS: [(Self, &'static str); 12] = [
        (Self::Success, "success"),
        (Self::Failed, "any other failure"),
        (Self::Usage, "wrong arguments, or a token would have been shown on a terminal"),
        (Self::NoSuchName, "no such service user or environment, or several match"),
        (Self::Refused, "the server refused"),
        (Self::Keychain, "the keychain is locked or missing"),
        (Self::NotApproved, "the request was denied, or nobody answered it"),
        (Self::NotConfirmed, "a production environment wasn't confirmed"),
        (Self::Network, "the network or the server can't be reached"),
        (Self::NeedsInput, "a person is needed, and --no-input was given"),
        (Self::NotExecutable, "exec: the program can't be run"),
        (Self::NotFound, "exec: the program wasn't found"),
    ];

    /// The exit code for a problem's code, which may be the agent's or the core's.
    pub fn of(code: &str) -> Self {
        match code {
            "usage" => Self::Usage,
            "user-not-found"
            | "user-ambiguous"
            | "environment-not-found"
            | "environment-differs"
            | "profile-unknown"
            | "grant-gone"
            | "question-gone"
            | "choice-unknown"
            | "gone" => Self::NoSuchName,
            "refused" | "refused-again" | "would-be-refused" => Self::Refused,
            "key-missing" => Self::Keychain,
            "approval-denied" | "approval-timed-out" | "agent-locked" | "too-many-questions" => Self::NotApproved,
            "production-unconfirmed" => Self::NotConfirmed,
            "host-unknown"
            | "unreachable"
            | "server-silent"
            | "server-busy"
            | "tls-failed"
            | "certificate-refused"
            | "answer-broken" => Self::Network,
            "needs-person" => Self::NeedsInput,
            _ if code.starts_with("keychain-") => Self::Keychain,
            _ => Self::Failed,
        }
    }

    /// The number that a process ends with.
    pub fn code(self) -> u8 {
        self as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_failure_has_an_exit_code_of_its_own() {
        let cases = [
            ("usage", 2),
            ("user-ambiguous", 3),
            ("grant-gone", 3),
            ("profile-unknown", 3),
            ("refused", 4),
            ("keychain-locked", 5),
            ("keychain-item-missing", 5),
            ("approval-denied", 6),
            ("approval-timed-out", 6),
            ("production-unconfirmed", 7),
            ("unreachable", 8),
            ("needs-person", 9),
            ("internal-error", 1),
            ("", 1),
        ];
        for (code, exit) in cases {
            assert_eq!(Exit::of(code).code(), exit, "{code}");
        }
        assert_eq!(Exit::Success.code(), 0);
    }
}
