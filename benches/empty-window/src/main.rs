//! The **empty window**: Tauri with a page of one sentence, built like Mintage and nothing else.
//!
//! It shares the window's size with Mintage, since a larger one takes more memory to paint.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

fn main() {
    tauri::Builder::default().run(tauri::generate_context!()).expect("there is a display to open a window on");
}
