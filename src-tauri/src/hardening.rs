//! What is done before anything else, so that keys and tokens do not leak by side doors.

use std::process::ExitCode;

/// Hardens the process. `Some` is the exit code of a run that was handed to a cleaner process.
pub(crate) fn harden() -> Option<ExitCode> {
    quiet_panics();
    #[cfg(unix)]
    if rlimit::setrlimit(rlimit::Resource::CORE, 0, 0).is_err() {
        crate::start::say("Core dumps could not be switched off; a crash may leave secrets in a core file.");
    }
    without_automation()
}

/// A panic's payload may hold anything; only its place is printed.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        crate::start::say(&format!("Mintage hit a fault of its own{place}. Please report this line."));
    }));
}

/// `TAURI_WEBVIEW_AUTOMATION` lets any program of this user drive the window, in release builds too.
/// The environment cannot be changed safely in a running process, so the program starts itself again
/// without the variable.
fn without_automation() -> Option<ExitCode> {
    const VARIABLE: &str = "TAURI_WEBVIEW_AUTOMATION";
    if cfg!(feature = "e2e") || std::env::var_os(VARIABLE).is_none() {
        return None;
    }
    let run =
        |program| std::process::Command::new(program).args(std::env::args_os().skip(1)).env_remove(VARIABLE).status();
    Some(match std::env::current_exe().and_then(run) {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}
