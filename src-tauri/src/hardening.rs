//! What is done before anything else, so that keys and tokens don't leak through side channels.

use std::process::{Command, ExitCode};

/// Hardens the process. `Some` is the exit code of a run that was handed to a cleaner process.
pub(crate) fn harden() -> Option<ExitCode> {
    quiet_panics();
    #[cfg(unix)]
    if rlimit::setrlimit(rlimit::Resource::CORE, TOO_LITTLE, TOO_LITTLE).is_err() {
        crate::start::say("Couldn't turn off core dumps; a crash may leave secrets in a core file.");
    }
    #[cfg(windows)]
    if mintage_windows::crash_reports::turn_off().is_err() {
        crate::start::say("Couldn't turn off crash reports; one may contain secrets.");
    }
    without_automation()
}

/// One byte is too little for a dump. Linux honours it even if dumps are piped to a program, which it doesn't do for
/// zero (`fs/coredump.c`).
#[cfg(unix)]
const TOO_LITTLE: u64 = 1;

/// A panic's payload may contain anything; only its location is printed.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        crate::start::say(&format!("Mintage hit an internal error{place}. Please report this line."));
    }));
}

/// Variables by which any program of this user could drive, debug or replace the web view, even in release builds:
/// Tauri's automation, WebKitGTK's remote inspector, and what WebView2 reads before it asks its host.
const DOORS: [&str; 11] = [
    "TAURI_WEBVIEW_AUTOMATION",
    "WEBKIT_INSPECTOR_SERVER",
    "WEBKIT_INSPECTOR_HTTP_SERVER",
    "WEBVIEW2_ADDITIONAL_BROWSER_ARGUMENTS",
    "WEBVIEW2_BROWSER_EXECUTABLE_FOLDER",
    "WEBVIEW2_CHANNEL_SEARCH_KIND",
    "WEBVIEW2_PIPE_FOR_SCRIPT_DEBUGGER",
    "WEBVIEW2_RELEASE_CHANNELS",
    "WEBVIEW2_RELEASE_CHANNEL_PREFERENCE",
    "WEBVIEW2_USER_DATA_FOLDER",
    "WEBVIEW2_WAIT_FOR_SCRIPT_DEBUGGER",
];

/// The environment can't be changed safely in a running process, so the program restarts itself without the dangerous
/// variables.
fn without_automation() -> Option<ExitCode> {
    if cfg!(feature = "e2e") || !is_driven(|variable| std::env::var_os(variable).is_some()) {
        return None;
    }
    let run = |program| undriven(&mut Command::new(program)).args(std::env::args_os().skip(1)).status();
    Some(match std::env::current_exe().and_then(run) {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

fn is_driven(is_set: impl Fn(&str) -> bool) -> bool {
    DOORS.into_iter().any(is_set)
}

fn undriven(command: &mut Command) -> &mut Command {
    DOORS.into_iter().fold(command, Command::env_remove)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_variable_is_enough_to_start_again_without_any() {
        assert!(!is_driven(|variable| variable == "WEBKIT_DISABLE_DMABUF_RENDERER"));
        for door in DOORS {
            assert!(is_driven(|variable| variable == door), "{door}");
        }
        let mut command = Command::new("mintage-desktop");
        command.envs(DOORS.map(|door| (door, "open"))).env("HOME", "/home/me");
        let kept = |command: &mut Command| command.get_envs().filter(|(_, value)| value.is_some()).count();
        assert_eq!(kept(&mut command), DOORS.len() + 1);
        assert_eq!(kept(undriven(&mut command)), 1);
    }
}
