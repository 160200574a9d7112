//! The desktop shell of Mintage: a window around [`mintage_core::mint::Mint`].
//!
//! Rule: wiring only. What a command means is in the core; here it is given its arguments, its clock,
//! the clipboard and the window. `commands` has one function per job, `ipc` the page's side of them.

use std::process::ExitCode;

use tauri::{Manager, RunEvent};

mod app;
mod clipboard;
mod commands;
mod demo;
mod hardening;
mod ipc;
mod start;
mod window;

/// Runs the program until its window is closed.
pub fn run() -> ExitCode {
    if let Some(code) = hardening::harden() {
        return code;
    }
    let start = start::Start::from_args(std::env::args_os().skip(1), std::env::current_dir().ok().as_deref());
    if let Err(sentence) = start::display_is_there() {
        start::say(&sentence);
        return ExitCode::FAILURE;
    }
    let ipc = ipc::builder();
    let context = tauri::generate_context!();
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(window::second_start))
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(ipc.invoke_handler())
        .manage(app::App::new(start))
        .setup(move |tauri_app| {
            ipc.mount_events(tauri_app);
            window::open(tauri_app)?;
            Ok(())
        })
        .on_window_event(window::on_event)
        .build(context);
    match built {
        Ok(tauri_app) => {
            tauri_app.run(|handle, event| {
                if let RunEvent::Exit = event {
                    handle.state::<app::App>().clipboard.clear_at_exit();
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            start::say(&format!("The window could not be opened: {error}"));
            ExitCode::FAILURE
        }
    }
}
