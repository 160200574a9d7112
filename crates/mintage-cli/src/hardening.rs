//! **Hardening**: what is done before anything else, so that a crash of a program that holds a token or a key doesn't
//! leave its memory on a disk or its data in a log.
//!
//! Rule: it ends with the process. A program that is started with a token gets the limit that this one was given.

use std::io::Write;

/// Hardens the process.
pub fn harden() {
    quiet_panics();
    forbid_core_dumps();
}

/// A panic's payload may contain anything; only its location is printed.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        let line = format!("Mintage hit an internal error{place}. Please report this line.\n");
        _ = std::io::stderr().write_all(line.as_bytes());
    }));
}

#[cfg(unix)]
pub(crate) use core_dumps::allowed;
#[cfg(unix)]
use core_dumps::forbid as forbid_core_dumps;

#[cfg(unix)]
mod core_dumps {
    use std::sync::OnceLock;

    use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};

    /// One byte is too little for a dump. Linux honours it even if dumps are piped to a program, which it doesn't do
    /// for zero (`fs/coredump.c`).
    const TOO_LITTLE: rlim_t = 1;

    /// The soft limit that this process was given.
    static GIVEN: OnceLock<rlim_t> = OnceLock::new();

    /// Lowers the soft limit. If that fails, the program goes on: somebody waits for a token.
    pub(super) fn forbid() {
        if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_CORE) {
            _ = GIVEN.set(soft);
            _ = setrlimit(Resource::RLIMIT_CORE, TOO_LITTLE.min(hard), hard);
        }
    }

    /// Starts or becomes another program, under the limit that this process was given.
    pub(crate) fn allowed<T>(start: impl FnOnce() -> T) -> T {
        let (Some(given), Ok((soft, hard))) = (GIVEN.get(), getrlimit(Resource::RLIMIT_CORE)) else { return start() };
        _ = setrlimit(Resource::RLIMIT_CORE, *given, hard);
        let started = start();
        _ = setrlimit(Resource::RLIMIT_CORE, soft, hard);
        started
    }
}

/// Excludes Mintage's programs from Windows' crash reports. If that fails, the program goes on: somebody waits for a
/// token.
#[cfg(windows)]
fn forbid_core_dumps() {
    _ = mintage_windows::crash_reports::turn_off();
}

/// Starts another program.
#[cfg(windows)]
pub(crate) fn allowed<T>(start: impl FnOnce() -> T) -> T {
    start()
}
