//! The `mintage-desktop` program. Everything it does is in the library next to it.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    mintage_desktop::run()
}
