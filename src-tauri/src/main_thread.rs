//! The **main thread**, where windows, menus and keys live, and the locks that are shared with it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tauri::AppHandle;

/// Runs something on the main thread and waits for it; `None` where the app is ending.
pub(crate) async fn on_main_thread<T: Send + 'static>(
    handle: &AppHandle,
    work: impl FnOnce(&AppHandle) -> T + Send + 'static,
) -> Option<T> {
    let (send, done) = tokio::sync::oneshot::channel();
    let inside = handle.clone();
    handle.run_on_main_thread(move || drop(send.send(work(&inside)))).ok()?;
    done.await.ok()
}

/// Locks a mutex whose data stays sound even if a holder panicked: every change is one assignment.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
