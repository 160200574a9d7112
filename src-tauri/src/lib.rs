//! The desktop shell of Mintage: a window around [`mintage_core::mint::Mint`].
//!
//! Rule: wiring only. What a command means is in the core; here it is given its arguments, its clock,
//! the clipboard and the window. `commands` has one function per job, `ipc` the page's side of them;
//! `desktop` gathers what surrounds the window: `tray`, `bus`, `notification`, `shortcut`, `autostart`.

use std::process::ExitCode;

use mintage_core::error::Problem;
use tauri::{Manager, RunEvent};

mod app;
mod autostart;
mod bus;
mod clipboard;
mod commands;
mod demo;
mod desktop;
mod expiry;
mod hardening;
mod ipc;
mod label;
mod notification;
mod shortcut;
mod start;
mod stopping;
mod system;
mod tray;
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
    let in_tray = start.in_tray;
    let built = autostart::with_plugin(tauri::Builder::default())
        .plugin(tauri_plugin_single_instance::init(window::second_start))
        .plugin(tauri_plugin_window_state::Builder::default().with_state_flags(window::remembered()).build())
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(ipc.invoke_handler())
        .manage(app::App::new(start))
        .setup(move |tauri_app| {
            ipc.mount_events(tauri_app);
            window::open(tauri_app, !in_tray)?;
            let handle = tauri_app.handle().clone();
            tauri::async_runtime::spawn(async move {
                if in_tray {
                    desktop::show_unless_in_tray(&handle).await;
                } else {
                    // What keeps the catalogue shut is explained by the page, which begins again with it.
                    let _: Result<(), Problem> = desktop::begin(&handle).await;
                }
            });
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
