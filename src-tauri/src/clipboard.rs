//! The **clipboard**: tokens are copied to it here, concealed from clipboard histories, and cleared after a while if
//! they are still there.
//!
//! Rule: one thread owns it, since on X11 the owner serves the content. A copied or pasted secret is remembered only by
//! its hash.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use mintage_core::error::Problem;
use mintage_core::secret::Secret;

/// How often the clipboard is checked for something else while a token of ours is on it.
const WATCH: Duration = Duration::from_secs(1);

/// Called when something else has taken the place of a token of ours.
type OnReplaced = Box<dyn Fn() + Send + Sync>;

/// A clipboard operation failed.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(crate) enum ClipboardError {
    #[error("couldn't access the clipboard")]
    Unreachable,
    #[error("there is no text on the clipboard")]
    NoText,
}

/// The error as the page shows it.
impl From<ClipboardError> for Problem {
    fn from(error: ClipboardError) -> Self {
        let (code, help) = match error {
            ClipboardError::Unreachable => {
                ("clipboard-unreachable", "Try again; if it keeps failing, log out and log in again")
            }
            ClipboardError::NoText => ("clipboard-empty", "Copy the key or token first"),
        };
        Self::of_shell(code, error.to_string(), help)
    }
}

enum Job {
    /// Put a secret on it and clear it later.
    Conceal(Secret, Duration, Sender<Result<(), ClipboardError>>),
    /// Put harmless text on it.
    Text(String, Sender<Result<(), ClipboardError>>),
    Read(Sender<Result<Secret, ClipboardError>>),
    /// Clear what was last read, if it is still there.
    ClearPasted(Sender<bool>),
    ClearNow(Sender<()>),
}

/// A handle to the clipboard's thread.
#[derive(Default)]
pub(crate) struct Clipboard {
    thread: Mutex<Option<Sender<Job>>>,
    replaced: Arc<OnceLock<OnReplaced>>,
}

impl Clipboard {
    /// Sets what to do when something else takes the place of a token before it is cleared.
    pub(crate) fn on_replaced(&self, told: impl Fn() + Send + Sync + 'static) {
        // Only the first one counts; the shell sets one.
        let _: Result<(), OnReplaced> = self.replaced.set(Box::new(told));
    }

    /// Puts a secret on the clipboard, concealed from histories, to be cleared after `stays`.
    pub(crate) fn conceal(&self, text: Secret, stays: Duration) -> Result<(), ClipboardError> {
        self.ask(|reply| Job::Conceal(text, stays, reply))?
    }

    /// Puts harmless text on the clipboard.
    pub(crate) fn text(&self, text: String) -> Result<(), ClipboardError> {
        self.ask(|reply| Job::Text(text, reply))?
    }

    /// Reads the clipboard's text, which may be anything, including keys.
    pub(crate) fn read(&self) -> Result<Secret, ClipboardError> {
        self.ask(Job::Read)?
    }

    /// Clears what was last read, if it is still there: a pasted key that is stored now. Returns whether it was.
    pub(crate) fn clear_pasted(&self) -> Result<bool, ClipboardError> {
        self.ask(Job::ClearPasted)
    }

    /// Clears what is still ours: when the app exits, and when it is locked.
    pub(crate) fn clear_ours(&self) {
        let never_used = self.thread.lock().unwrap_or_else(PoisonError::into_inner).is_none();
        if !never_used {
            // If the clipboard is unreachable, there is nothing of ours left to clear.
            let _: Result<(), ClipboardError> = self.ask(Job::ClearNow);
        }
    }

    fn ask<T>(&self, job: impl FnOnce(Sender<T>) -> Job) -> Result<T, ClipboardError> {
        let (reply, answer) = mpsc::channel();
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = thread.get_or_insert_with(|| start_thread(&self.replaced));
        if let Err(mpsc::SendError(job)) = sender.send(job(reply)) {
            // The thread ended (the display was gone for a while): start a new one with this job.
            let fresh = start_thread(&self.replaced);
            let sent = fresh.send(job);
            *thread = Some(fresh);
            sent.map_err(|_| ClipboardError::Unreachable)?;
        }
        drop(thread);
        // An unresponsive clipboard owner must hang neither the command that asked nor those that wait for its thread.
        let answered = tokio::task::block_in_place(|| answer.recv_timeout(Duration::from_secs(5)));
        answered.map_err(|_| ClipboardError::Unreachable)
    }
}

fn start_thread(replaced: &Arc<OnceLock<OnReplaced>>) -> Sender<Job> {
    let (sender, jobs) = mpsc::channel::<Job>();
    let replaced = Arc::clone(replaced);
    std::thread::spawn(move || {
        let mut owner = Owner { clipboard: arboard::Clipboard::new().ok(), ours: None, pasted: None, replaced };
        loop {
            let job = match owner.time_left() {
                Some(left) => jobs.recv_timeout(left.min(WATCH)),
                None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match job {
                Ok(job) => owner.run(job),
                Err(RecvTimeoutError::Timeout) => owner.watch(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    });
    sender
}

/// The clipboard and our content on it. Lives on its own thread.
struct Owner {
    clipboard: Option<arboard::Clipboard>,
    ours: Option<Ours>,
    /// The hash of what was last read.
    pasted: Option<u64>,
    replaced: Arc<OnceLock<OnReplaced>>,
}

/// Our secret on the clipboard, known by its hash.
struct Ours {
    hash: u64,
    until: Instant,
}

impl Owner {
    fn time_left(&self) -> Option<Duration> {
        self.ours.as_ref().map(|ours| ours.until.saturating_duration_since(Instant::now()))
    }

    // A reply that nobody is waiting for any more isn't a failure, so send results are dropped.
    fn run(&mut self, job: Job) {
        match job {
            Job::Conceal(text, stays, reply) => drop(reply.send(self.conceal(&text, stays))),
            Job::Text(text, reply) => drop(reply.send(self.text(text))),
            Job::Read(reply) => drop(reply.send(self.read())),
            Job::ClearPasted(reply) => drop(reply.send(self.clear_pasted())),
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
        self.let_go();
        Ok(())
    }

    fn read(&mut self) -> Result<Secret, ClipboardError> {
        match self.reach()?.get_text() {
            Ok(text) => {
                self.pasted = Some(hash_of(&text));
                Ok(Secret::new(text))
            }
            Err(arboard::Error::ContentNotAvailable) => Err(ClipboardError::NoText),
            Err(_) => Err(ClipboardError::Unreachable),
        }
    }

    /// Clears our token when its time is over; until then, notices when something else is there instead.
    fn watch(&mut self) {
        if self.time_left().is_some_and(|left| left.is_zero()) {
            return self.clear_if_ours();
        }
        let Some(hash) = self.ours.as_ref().map(|ours| ours.hash) else { return };
        let found = self.reach().ok().map(|clipboard| clipboard.get_text());
        // A clipboard that can't be read now may still hold it.
        let other = match found {
            Some(Ok(text)) => hash_of(&text) != hash,
            Some(Err(arboard::Error::ContentNotAvailable)) => true,
            _ => false,
        };
        if other {
            self.let_go();
        }
    }

    /// Forgets our token, which is no longer on the clipboard.
    fn let_go(&mut self) {
        if self.ours.take().is_some()
            && let Some(told) = self.replaced.get()
        {
            told();
        }
    }

    fn clear_pasted(&mut self) -> bool {
        let Some(hash) = self.pasted.take() else { return false };
        let Ok(clipboard) = self.reach() else { return false };
        clipboard.get_text().is_ok_and(|text| hash_of(&text) == hash) && clipboard.clear().is_ok()
    }

    /// Clears the clipboard, and on Linux the primary selection, if they still contain our secret.
    fn clear_if_ours(&mut self) {
        let Some(ours) = self.ours.take() else { return };
        let Ok(clipboard) = self.reach() else { return };
        if clipboard.get_text().is_ok_and(|text| hash_of(&text) == ours.hash) {
            // What can't be cleared now can't be cleared by retrying: its owner is gone.
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

/// Without arboard, which clears the clipboard first and so lets Universal Clipboard carry it to other devices.
#[cfg(target_os = "macos")]
fn put_concealed(_: &mut arboard::Clipboard, text: &str) -> Result<(), ClipboardError> {
    use objc2_app_kit::{NSPasteboard, NSPasteboardContentsOptions};
    use objc2_foundation::NSString;

    objc2::rc::autoreleasepool(|_| {
        let board = NSPasteboard::generalPasteboard();
        board.prepareForNewContentsWithOptions(NSPasteboardContentsOptions::CurrentHostOnly);
        let put = |text: &str, kind| board.setString_forType(&NSString::from_str(text), &NSString::from_str(kind));
        // The first is the value of `NSPasteboardTypeString`, the second what nspasteboard.org has managers look for.
        let done = put(text, "public.utf8-plain-text") && put("", "org.nspasteboard.ConcealedType");
        done.then_some(()).ok_or(ClipboardError::Unreachable)
    })
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

#[cfg(all(test, windows))]
mod tests {
    use super::*;

    #[test]
    fn a_token_stays_out_of_histories_and_the_cloud() {
        let mut owner = Owner { clipboard: None, ours: None, pasted: None, replaced: Arc::default() };
        owner.conceal(&Secret::new("a token".to_owned()), Duration::from_secs(60)).expect("there is a clipboard");
        for format in [
            "ExcludeClipboardContentFromMonitorProcessing",
            "CanIncludeInClipboardHistory",
            "CanUploadToCloudClipboard",
        ] {
            let number = clipboard_win::register_format(format).expect(format);
            assert!(clipboard_win::is_format_avail(number.get()), "{format}");
        }
        assert_eq!(owner.read().expect("it is there").expose(), "a token");
        owner.clear_if_ours();
        assert!(matches!(owner.read(), Err(ClipboardError::NoText)));
    }
}
