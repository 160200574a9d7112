//! The desktop shell of Mintage: a window around [`mintage_core::mint::Mint`].
//!
//! Rule: wiring only. What a command means is in the core, and what every shell needs in `mintage-app`; here it
//! is given the clipboard and the window. `commands` has one function per job, `ipc` the page's side of them;
//! `page` is what the page learns without asking, `arrivals` what comes in through the window; `desktop` sets up
//! what surrounds it: `tray`, `notification`, `shortcut`, `autostart`. `agent` answers programs that ask for tokens.

use std::process::ExitCode;
use std::sync::Mutex;

use mintage_app::App;
use mintage_core::error::Problem;
use tauri::{AppHandle, Manager, RunEvent};

mod agent;
mod answer;
mod arrivals;
mod autostart;
mod bus;
mod chooser;
mod clipboard;
mod commands;
mod copying;
mod desktop;
mod ending;
mod expiry;
mod exported;
mod hardening;
mod ipc;
mod main_thread;
#[cfg(target_os = "macos")]
mod menu_bar;
mod notification;
mod page;
mod rotating;
mod shortcut;
mod start;
mod system;
mod tray;
mod window;

use agent::HostedAgent;
use clipboard::Clipboard;
use desktop::Desktop;
use ending::Ending;
use exported::Exported;
use page::Page;
use rotating::Rotating;
use shortcut::Keys;
use tray::Tray;

/// Runs the program until its window is closed.
pub fn run() -> ExitCode {
    if let Some(code) = hardening::harden() {
        return code;
    }
    let start = start::Start::from_args(std::env::args_os().skip(1), std::env::current_dir().ok().as_deref());
    if let Err(sentence) = start::display_is_there() {
        start::say_before_start(&sentence);
        return ExitCode::FAILURE;
    }
    let context = tauri::generate_context!();
    let in_tray = start.in_tray;
    let built = parts()
        .invoke_handler(ipc::invoke_handler())
        .manage(Mutex::new(start))
        .setup(move |tauri_app| {
            ipc::events().mount_events(tauri_app);
            set_up(tauri_app, in_tray);
            Ok(())
        })
        .on_window_event(arrivals::on_event)
        .build(context);
    match built {
        Ok(tauri_app) => {
            tauri_app.run(on_run_event);
            ExitCode::SUCCESS
        }
        Err(error) => {
            start::say_before_start(&start::not_opened(&error, None));
            ExitCode::FAILURE
        }
    }
}

/// The plugins, and the state of each part.
fn parts() -> tauri::Builder<tauri::Wry> {
    tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(arrivals::second_start))
        .plugin(tauri_plugin_window_state::Builder::default().with_state_flags(window::remembered()).build())
        .plugin(tauri_plugin_dialog::init())
        .manage(App::default())
        .manage(Clipboard::default())
        .manage(bus::new())
        .manage(Page::default())
        .manage(Rotating::default())
        .manage(Tray::default())
        .manage(Keys::default())
        .manage(Desktop::default())
        .manage(Exported::default())
        .manage(Ending::default())
}

/// Opens the window, and begins what runs beside it.
fn set_up(tauri_app: &tauri::App, in_tray: bool) {
    tauri_app.manage(HostedAgent::new(tauri_app.handle()));
    agent::begin(tauri_app.handle());
    page::tell_when_replaced(tauri_app.handle());
    let handle = tauri_app.handle().clone();
    #[cfg(target_os = "macos")]
    menu_bar::set_up(&handle);
    if let Err(error) = window::open(tauri_app, !in_tray) {
        let folder = handle.path().app_local_data_dir().ok();
        start::end_with(&handle, start::not_opened(&error, folder.as_deref()));
        return;
    }
    tauri::async_runtime::spawn(async move {
        if in_tray {
            desktop::show_unless_in_tray(&handle).await;
        } else {
            // If the catalogue can't be opened, the page explains why and tries again.
            let _: Result<(), Problem> = desktop::begin(&handle).await;
        }
    });
}

fn on_run_event(handle: &AppHandle, event: RunEvent) {
    match event {
        RunEvent::ExitRequested { .. } => handle.state::<Ending>().begin(),
        RunEvent::Exit => {
            tauri::async_runtime::block_on(agent::end(handle));
            // Copies that were under way are on it by now.
            handle.state::<Clipboard>().clear_ours();
            tauri::async_runtime::block_on(handle.state::<App>().finish());
            handle.state::<Ending>().start_again();
        }
        // The icon in the Dock was clicked: the way back to a window that was closed to the tray.
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::show(handle),
        _ => {}
    }
}
