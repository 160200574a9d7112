//! The **empty window**: Tauri with a one-sentence page, built like Mintage, with nothing else.
//!
//! It has the same window size as Mintage, since a larger one takes more memory to paint.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

fn main() {
    tauri::Builder::default().run(tauri::generate_context!()).expect("there is a display to open a window on");
}
