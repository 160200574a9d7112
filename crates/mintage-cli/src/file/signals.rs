//! **Signals** that reach this process while its child runs.

use std::io;
use std::process::ExitStatus;

use super::Child;

#[cfg(unix)]
mod system {
    use super::*;
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;
    use tokio::signal::unix::{SignalKind, signal};

    /// The signals that are heard instead of ending this process.
    pub(in super::super) struct Signals {
        hangup: tokio::signal::unix::Signal,
        terminate: tokio::signal::unix::Signal,
        interrupt: tokio::signal::unix::Signal,
        quit: tokio::signal::unix::Signal,
    }

    impl Signals {
        pub(in super::super) fn listen() -> io::Result<Self> {
            Ok(Self {
                hangup: signal(SignalKind::hangup())?,
                terminate: signal(SignalKind::terminate())?,
                interrupt: signal(SignalKind::interrupt())?,
                quit: signal(SignalKind::quit())?,
            })
        }

        /// Waits for a signal that the child doesn't get by itself. The terminal sends interrupt and quit to all of
        /// its group, so these are heard and dropped.
        pub(in super::super) async fn next(&mut self) -> Signal {
            loop {
                tokio::select! {
                    _ = self.hangup.recv() => return Signal::SIGHUP,
                    _ = self.terminate.recv() => return Signal::SIGTERM,
                    _ = self.interrupt.recv() => {}
                    _ = self.quit.recv() => {}
                }
            }
        }
    }

    /// Passes a signal on. A child that has ended in the meantime needs none.
    pub(in super::super) fn forward(child: &Child, signal: Signal) {
        if let Some(id) = child.id().and_then(|id| i32::try_from(id).ok()) {
            _ = kill(Pid::from_raw(id), signal);
        }
    }

    pub(in super::super) fn ended_by(status: ExitStatus) -> Option<i32> {
        std::os::unix::process::ExitStatusExt::signal(&status)
    }
}

#[cfg(not(unix))]
mod system {
    use super::*;

    /// Ctrl-C, which the child gets from its console by itself.
    pub(in super::super) struct Signals;

    impl Signals {
        pub(in super::super) fn listen() -> io::Result<Self> {
            Ok(Self)
        }

        /// Hears Ctrl-C so that it doesn't end this process, and has nothing to pass on.
        pub(in super::super) async fn next(&mut self) {
            while tokio::signal::ctrl_c().await.is_ok() {}
            std::future::pending().await
        }
    }

    pub(in super::super) fn forward(_: &Child, (): ()) {}

    pub(in super::super) fn ended_by(_: ExitStatus) -> Option<i32> {
        None
    }
}

pub(super) use system::{Signals, ended_by, forward};
