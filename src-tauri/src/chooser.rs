//! The system's file **chooser**. Cancelling it isn't an error: nothing is chosen.

use std::path::PathBuf;

use tauri::AppHandle;
use tauri_plugin_dialog::{DialogExt as _, FilePath};
use tokio::sync::oneshot;

/// What key files are called, mostly; anything else can be chosen, too.
const KEY_FILES: &[&str] = &["json", "pem", "key", "p8", "pk8", "der", "jwk", "env", "yaml", "yml", "txt", "toml"];

/// The files that the user chose, key files first.
pub(crate) async fn key_files(handle: &AppHandle, title: &str) -> Vec<PathBuf> {
    let (send, chosen) = oneshot::channel();
    let dialog =
        handle.dialog().file().set_title(title).add_filter("Key files", KEY_FILES).add_filter("All files", &["*"]);
    dialog.pick_files(move |files| drop(send.send(files)));
    let files = chosen.await.ok().flatten().unwrap_or_default();
    files.into_iter().filter_map(path_of).collect()
}

/// One key file.
pub(crate) async fn key_file(handle: &AppHandle, title: &str) -> Option<PathBuf> {
    let (send, chosen) = oneshot::channel();
    let dialog =
        handle.dialog().file().set_title(title).add_filter("Key files", KEY_FILES).add_filter("All files", &["*"]);
    dialog.pick_file(move |file| drop(send.send(file)));
    path_of(chosen.await.ok().flatten()?)
}

/// One file of a kind.
pub(crate) async fn file(handle: &AppHandle, title: &str, kind: &str, extensions: &[&str]) -> Option<PathBuf> {
    let (send, chosen) = oneshot::channel();
    let dialog = handle.dialog().file().set_title(title).add_filter(kind, extensions);
    dialog.pick_file(move |file| drop(send.send(file)));
    path_of(chosen.await.ok().flatten()?)
}

/// Where to save a file, for which a name is proposed.
pub(crate) async fn place(handle: &AppHandle, title: &str, name: &str) -> Option<PathBuf> {
    let (send, chosen) = oneshot::channel();
    let mut dialog = handle.dialog().file().set_title(title).set_file_name(name);
    if let Some((_, extension)) = name.rsplit_once('.') {
        dialog = dialog.add_filter(extension.to_uppercase(), &[extension]);
    }
    dialog.save_file(move |file| drop(send.send(file)));
    path_of(chosen.await.ok().flatten()?)
}

fn path_of(file: FilePath) -> Option<PathBuf> {
    file.into_path().ok()
}
