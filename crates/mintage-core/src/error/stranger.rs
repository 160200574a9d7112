//! What can go wrong for an **unauthenticated** caller: the server shows nothing, or it turns out to be another one.

use super::Error;
use crate::diagnosis::NextStep;
use crate::error_table::error_table;
use crate::issuer::Refusal;

error_table! {
    /// The outcome of an unauthenticated request.
    #[derive(Debug, thiserror::Error)]
    pub enum StrangerError {
        /// It shows its keys only to authenticated callers, and no credential here could authenticate.
        #[error("`{host}` shows its keys only to authenticated callers, and {}", unproved(*refused))]
        [
            code = "keys-closed",
            help(refused, source) = match (refused, source) {
                (0, Some(source)) => source.help(),
                (0, None) => "Import a key or secret for this environment, then verify again".to_owned(),
                _ => "Mint a token in this environment to see what the server refuses".to_owned(),
            }
        ]
        KeysClosed {
            /// Host and port.
            host: String,
            /// How many credentials it refused.
            refused: u32,
            /// What the server said last, or why no credential could be used; `None` if there was nothing to try.
            #[source]
            source: Option<Box<Error>>,
        },
        /// It doesn't respond to unauthenticated callers like servers of this provider do.
        #[error("`{host}` doesn't answer like a server of {provider} ({status})")]
        [
            code = "other-server",
            help(help) = help.clone().unwrap_or_else(|| "Check the address with its port and path, and that you chose the right provider".to_owned())
        ]
        OtherServer {
            /// Host and port.
            host: String,
            /// The provider's name.
            provider: String,
            /// HTTP status.
            status: u16,
            /// The next step, if the profile recognises the response.
            help: Option<String>,
        },
    }
}

impl StrangerError {
    /// What a button next to it could do.
    pub(super) fn next(&self) -> NextStep {
        match self {
            Self::KeysClosed { refused: 0, source: Some(source), .. } => source.next(),
            Self::KeysClosed { refused: 0, .. } => NextStep::ImportKey,
            Self::KeysClosed { .. } => NextStep::None,
            Self::OtherServer { .. } => NextStep::EditEnvironment,
        }
    }

    /// What the server said when it refused, if it did.
    pub(super) fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::KeysClosed { source, .. } => source.as_deref()?.said(),
            Self::OtherServer { .. } => None,
        }
    }
}

/// Why no credential could authenticate.
fn unproved(refused: u32) -> String {
    match refused {
        0 => "no credential of this environment could be used".to_owned(),
        1 => "it refused the credential that Mintage tried".to_owned(),
        2 => "it refused both credentials that Mintage tried".to_owned(),
        more => format!("it refused all {more} credentials that Mintage tried"),
    }
}
