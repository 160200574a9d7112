//! The agent's **place**: its folder, checked, and its lock, held.

use std::io;

use mintage_agent_protocol::{Address, client::ClientError};

use super::lock::Lock;

/// The place of the one agent.
#[derive(Debug)]
pub(super) struct Place {
    address: Address,
    _lock: Lock,
}

/// Why a process can't be the agent.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another process is the agent.
    #[error("another agent is running")]
    Running,
    /// Another process is the agent and doesn't answer.
    #[error("another agent is running and doesn't answer")]
    NotAnswering(#[source] ClientError),
    /// Its folder isn't safe.
    #[cfg(unix)]
    #[error(transparent)]
    Unsafe(#[from] mintage_agent_protocol::trust::TrustError),
    /// The operating system refused.
    #[error("the agent can't listen")]
    Failed(#[source] io::Error),
}

impl StartError {
    /// A stable kebab-case word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Running => "agent-running",
            Self::NotAnswering(error) => error.code(),
            #[cfg(unix)]
            Self::Unsafe(_) => "agent-unsafe",
            Self::Failed(_) => "agent-failed",
        }
    }

    /// The next step, as one imperative sentence without its final period.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Running => "Use that one, or run `mintage agent stop` first",
            Self::NotAnswering(error) => error.help(),
            #[cfg(unix)]
            Self::Unsafe(error) => error.help(),
            Self::Failed(_) => "Check that the folder is yours and that the disk isn't full",
        }
    }
}

impl Place {
    /// Takes the place, unless another process is the agent.
    pub(super) fn take(address: &Address) -> Result<Self, StartError> {
        prepare(address)?;
        match Lock::take(&address.lock()).map_err(StartError::Failed)? {
            Some(lock) => Ok(Self { address: address.clone(), _lock: lock }),
            None => Err(StartError::Running),
        }
    }

    /// Takes the place once the current agent has ended.
    pub(super) fn wait_for(address: &Address) -> Result<Self, StartError> {
        prepare(address)?;
        let lock = Lock::wait(&address.lock()).map_err(StartError::Failed)?;
        Ok(Self { address: address.clone(), _lock: lock })
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }
}

/// Creates the folder, closed to others, if it's missing, and checks it.
fn prepare(address: &Address) -> Result<(), StartError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    if !address.folder().exists() {
        builder.create(address.folder()).map_err(StartError::Failed)?;
        // Best effort: some file systems have no access lists, and the pipe has its own.
        #[cfg(windows)]
        let _: io::Result<()> = mintage_windows::access::close(address.folder());
    }
    #[cfg(unix)]
    mintage_agent_protocol::trust::check_folder(address.folder())?;
    Ok(())
}
