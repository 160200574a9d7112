//! The **clipboard**: tokens go on it from here, concealed from clipboard histories, and come off it
//! again after a while if they are still there.
//!
//! Rule: one thread owns it, since on X11 the owner serves the content. A secret that was copied is
//! known afterwards by its hash only.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use mintage_core::secret::Secret;

/// The clipboard did not do what was asked.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(crate) enum ClipboardError {
    #[error("the clipboard cannot be reached")]
    Unreachable,
    #[error("the clipboard holds no text")]
    NoText,
}

enum Job {
    /// Put a secret on it and clear it later.
    Conceal(Secret, Duration, Sender<Result<(), ClipboardError>>),
    /// Put harmless text on it.
    Text(String, Sender<Result<(), ClipboardError>>),
    Read(Sender<Result<Secret, ClipboardError>>),
    ClearNow(Sender<()>),
}

/// A handle to the clipboard's thread.
#[derive(Default)]
pub(crate) struct Clipboard {
    thread: Mutex<Option<Sender<Job>>>,
}

impl Clipboard {
    /// Puts a secret on the clipboard, concealed from histories, to be cleared after `stays`.
    pub(crate) fn conceal(&self, text: Secret, stays: Duration) -> Result<(), ClipboardError> {
        self.ask(|reply| Job::Conceal(text, stays, reply))?
    }

    /// Puts harmless text on the clipboard.
    pub(crate) fn text(&self, text: String) -> Result<(), ClipboardError> {
        self.ask(|reply| Job::Text(text, reply))?
    }

    /// Reads the clipboard's text, which may be anything, keys included.
    pub(crate) fn read(&self) -> Result<Secret, ClipboardError> {
        self.ask(Job::Read)?
    }

    /// Clears what is still ours; called when the app ends.
    pub(crate) fn clear_at_exit(&self) {
        let never_used = self.thread.lock().unwrap_or_else(PoisonError::into_inner).is_none();
        if !never_used {
            // An unreachable clipboard at exit has nothing of ours that could still be cleared.
            let _: Result<(), ClipboardError> = self.ask(Job::ClearNow);
        }
    }

    fn ask<T>(&self, job: impl FnOnce(Sender<T>) -> Job) -> Result<T, ClipboardError> {
        let (reply, answer) = mpsc::channel();
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = thread.get_or_insert_with(start_thread);
        if let Err(mpsc::SendError(job)) = sender.send(job(reply)) {
            // The thread ended (the display was gone for a while): one more, with this job.
            let fresh = start_thread();
            let sent = fresh.send(job);
            *thread = Some(fresh);
            sent.map_err(|_| ClipboardError::Unreachable)?;
        }
        drop(thread);
        // A clipboard owner that does not answer must not hang the command that asked.
        answer.recv_timeout(Duration::from_secs(5)).map_err(|_| ClipboardError::Unreachable)
    }
}

fn start_thread() -> Sender<Job> {
    let (sender, jobs) = mpsc::channel::<Job>();
    std::thread::spawn(move || {
        let mut owner = Owner { clipboard: arboard::Clipboard::new().ok(), ours: None };
        loop {
            let job = match owner.time_left() {
                Some(left) => jobs.recv_timeout(left),
                None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match job {
                Ok(job) => owner.run(job),
                Err(RecvTimeoutError::Timeout) => owner.clear_if_ours(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    });
    sender
}

/// The clipboard and what of ours is on it. Lives on its own thread.
struct Owner {
    clipboard: Option<arboard::Clipboard>,
    ours: Option<Ours>,
}

/// A secret of ours on the clipboard, known by its hash.
struct Ours {
    hash: u64,
    until: Instant,
}

impl Owner {
    fn time_left(&self) -> Option<Duration> {
        self.ours.as_ref().map(|ours| ours.until.saturating_duration_since(Instant::now()))
    }

    // A reply that nobody waits for any more is no failure, so send results are dropped.
    fn run(&mut self, job: Job) {
        match job {
            Job::Conceal(text, stays, reply) => drop(reply.send(self.conceal(&text, stays))),
            Job::Text(text, reply) => drop(reply.send(self.text(text))),
            Job::Read(reply) => drop(reply.send(self.read())),
            Job::ClearNow(reply) => {
                self.clear_if_ours();
                let _: Result<(), mpsc::SendError<()>> = reply.send(());
            }
        }
    }

    fn reach(&mut self) -> Result<&mut arboard::Clipboard, ClipboardError> {
        if self.clipboard.is_none() {
            self.clipboard = arboard::Clipboard::new().ok();
        }
        self.clipboard.as_mut().ok_or(ClipboardError::Unreachable)
    }

    fn conceal(&mut self, text: &Secret, stays: Duration) -> Result<(), ClipboardError> {
        put_concealed(self.reach()?, text.expose())?;
        self.ours = Some(Ours { hash: hash_of(text.expose()), until: Instant::now() + stays });
        Ok(())
    }

    fn text(&mut self, text: String) -> Result<(), ClipboardError> {
        self.reach()?.set_text(text).map_err(|_| ClipboardError::Unreachable)?;
        self.ours = None;
        Ok(())
    }

    fn read(&mut self) -> Result<Secret, ClipboardError> {
        match self.reach()?.get_text() {
            Ok(text) => Ok(Secret::new(text)),
            Err(arboard::Error::ContentNotAvailable) => Err(ClipboardError::NoText),
            Err(_) => Err(ClipboardError::Unreachable),
        }
    }

    /// Clears the clipboard, and on Linux the primary selection, where they still hold our secret.
    fn clear_if_ours(&mut self) {
        let Some(ours) = self.ours.take() else { return };
        let Ok(clipboard) = self.reach() else { return };
        if clipboard.get_text().is_ok_and(|text| hash_of(&text) == ours.hash) {
            // What cannot be cleared now cannot be cleared by trying again: its owner is gone.
            let _: Result<(), arboard::Error> = clipboard.clear();
        }
        clear_primary(clipboard, ours.hash);
    }
}

#[cfg(target_os = "linux")]
fn put_concealed(clipboard: &mut arboard::Clipboard, text: &str) -> Result<(), ClipboardError> {
    use arboard::SetExtLinux as _;
    clipboard.set().exclude_from_history().text(text).map_err(|_| ClipboardError::Unreachable)
}

#[cfg(target_os = "macos")]
fn put_concealed(clipboard: &mut arboard::Clipboard, text: &str) -> Result<(), ClipboardError> {
    use arboard::SetExtApple as _;
    clipboard.set().exclude_from_history().text(text).map_err(|_| ClipboardError::Unreachable)
}

#[cfg(windows)]
fn put_concealed(clipboard: &mut arboard::Clipboard, text: &str) -> Result<(), ClipboardError> {
    use arboard::SetExtWindows as _;
    let set = clipboard.set().exclude_from_monitoring().exclude_from_history().exclude_from_cloud();
    set.text(text).map_err(|_| ClipboardError::Unreachable)
}

#[cfg(target_os = "linux")]
fn clear_primary(clipboard: &mut arboard::Clipboard, hash: u64) {
    use arboard::{ClearExtLinux as _, GetExtLinux as _, LinuxClipboardKind};
    let primary = LinuxClipboardKind::Primary;
    if clipboard.get().clipboard(primary).text().is_ok_and(|text| hash_of(&text) == hash) {
        let _: Result<(), arboard::Error> = clipboard.clear_with().clipboard(primary);
    }
}

#[cfg(not(target_os = "linux"))]
fn clear_primary(_: &mut arboard::Clipboard, _: u64) {}

fn hash_of(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
