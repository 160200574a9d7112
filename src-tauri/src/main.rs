//! The `mintage-desktop` program. Everything it does is in the library beside it.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    mintage_desktop::run()
}
