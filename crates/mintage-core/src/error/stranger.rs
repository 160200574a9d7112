//! What can come of being a **stranger** to a server: it shows nothing, or it turns out to be another one.

use super::{Error, Refusal};
use crate::diagnosis::NextStep;

/// A server, asked by somebody whom it does not know.
#[derive(Debug, thiserror::Error)]
pub enum StrangerError {
    /// It shows its keys only to those it knows, and nothing here could prove to be one of them.
    #[error("`{host}` shows its keys only to callers it knows, and {}", unproved(*refused))]
    KeysClosed {
        /// Host and port.
        host: String,
        /// How many proofs it refused.
        refused: u32,
        /// What the server said last, or what kept a proof from being made; `None` where there was nothing to try.
        #[source]
        source: Option<Box<Error>>,
    },
    /// It does not answer a stranger as servers of this provider do.
    #[error("`{host}` doesn't answer like a server of {provider} ({status})")]
    OtherServer {
        /// Host and port.
        host: String,
        /// The provider's name.
        provider: String,
        /// HTTP status.
        status: u16,
        /// The next step, where the profile knows whose answer it is.
        help: Option<String>,
    },
}

impl StrangerError {
    /// A stable kebab-case word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::KeysClosed { .. } => "keys-closed",
            Self::OtherServer { .. } => "other-server",
        }
    }

    /// The next step.
    pub fn help(&self) -> String {
        match self {
            Self::KeysClosed { refused: 0, source: Some(source), .. } => source.help(),
            Self::KeysClosed { refused: 0, .. } => {
                "Import a key or secret for this environment, then verify again".into()
            }
            Self::KeysClosed { .. } => "Mint a token in this environment to see what the server refuses".into(),
            Self::OtherServer { help: Some(help), .. } => help.clone(),
            Self::OtherServer { help: None, .. } => {
                "Check the address, its port and path, and that the provider is the right one".into()
            }
        }
    }

    /// What a button beside it could do.
    pub(super) fn next(&self) -> NextStep {
        match self {
            Self::KeysClosed { refused: 0, source: Some(source), .. } => source.next(),
            Self::KeysClosed { refused: 0, .. } => NextStep::ImportKey,
            Self::KeysClosed { .. } => NextStep::None,
            Self::OtherServer { .. } => NextStep::EditEnvironment,
        }
    }

    /// What the server said when it refused, where it did.
    pub(super) fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::KeysClosed { source, .. } => source.as_deref()?.said(),
            Self::OtherServer { .. } => None,
        }
    }
}

/// Why nothing proved who asks.
fn unproved(refused: u32) -> String {
    match refused {
        0 => "no credential of this environment could be used to ask".to_owned(),
        1 => "it refused the credential that was tried".to_owned(),
        2 => "it refused both credentials that were tried".to_owned(),
        more => format!("it refused all {more} credentials that were tried"),
    }
}
