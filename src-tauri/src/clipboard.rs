//! The **clipboard**: tokens are copied to it here, concealed from clipboard histories, and cleared after a while if
//! they are still there.
//!
//! Rule: one thread owns it, since on X11 the owner serves the content. A copied or pasted secret is remembered only by
//! its hash, and cleared only while it is there. What was asked for last stays: a token that a slow issuer gives late
//! doesn't replace what was copied meanwhile.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use mintage_core::error::Problem;
use mintage_core::mint::ReviewId;
use mintage_core::secret::Secret;

use crate::main_thread::lock;

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
    #[error("something else was copied meanwhile")]
    Overtaken,
}

/// The error as the page shows it.
impl From<ClipboardError> for Problem {
    fn from(error: ClipboardError) -> Self {
        let (code, help) = match error {
            ClipboardError::Unreachable => {
                ("clipboard-unreachable", "Try again; if it keeps failing, log out and log in again")
            }
            ClipboardError::NoText => ("clipboard-empty", "Copy the key or token first"),
            ClipboardError::Overtaken => ("clipboard-overtaken", "Copy it again if you need it now"),
        };
        Self::of_shell(code, error.to_string(), help)
    }
}

enum Job {
    /// Put a secret on it and clear it later.
    Conceal(Turn, Secret, Duration, Sender<Result<(), ClipboardError>>),
    /// Put harmless text on it.
    Text(Turn, String, Sender<Result<(), ClipboardError>>),
    Read(Sender<Result<Secret, ClipboardError>>),
    /// Clear the text with this hash, if it is still there.
    Clear(u64, Sender<bool>),
    ClearNow(Sender<()>),
}

/// A handle to the clipboard's thread.
#[derive(Default)]
pub(crate) struct Clipboard {
    thread: Mutex<Option<Sender<Job>>>,
    turns: AtomicU64,
    replaced: Arc<OnceLock<OnReplaced>>,
    /// What was last pasted for review.
    pasted: Mutex<Option<(ReviewId, Mark)>>,
}

/// When something was asked to be copied, among all that was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Turn(u64);

/// What a text is recognised by once it has been used: its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark(u64);

impl Mark {
    pub(crate) fn of(text: &Secret) -> Self {
        Self(hash_of(text.expose()))
    }
}

impl Clipboard {
    /// Sets what to do when something else takes the place of a token before it is cleared.
    pub(crate) fn on_replaced(&self, told: impl Fn() + Send + Sync + 'static) {
        // Only the first one counts; the shell sets one.
        let _: Result<(), OnReplaced> = self.replaced.set(Box::new(told));
    }

    /// Takes the turn of something that is asked for now and copied once it is there.
    pub(crate) fn turn(&self) -> Turn {
        Turn(self.turns.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Puts a secret on the clipboard, concealed from histories, to be cleared after `stays`; or leaves there what was
    /// asked for later.
    pub(crate) fn conceal(&self, turn: Turn, text: Secret, stays: Duration) -> Result<(), ClipboardError> {
        self.ask(|reply| Job::Conceal(turn, text, stays, reply))?
    }

    /// Puts harmless text on the clipboard.
    pub(crate) fn text(&self, text: String) -> Result<(), ClipboardError> {
        let turn = self.turn();
        self.ask(|reply| Job::Text(turn, text, reply))?
    }

    /// Reads the clipboard's text, which may be anything, including keys.
    pub(crate) fn read(&self) -> Result<Secret, ClipboardError> {
        self.ask(Job::Read)?
    }

    /// Remembers what a review was pasted from. What is read for anything else isn't ours to clear.
    pub(crate) fn note_pasted(&self, review: ReviewId, mark: Mark) {
        *lock(&self.pasted) = Some((review, mark));
    }

    /// Clears what a review was pasted from, now that its key is stored. Returns whether it was still there.
    pub(crate) fn clear_pasted(&self, review: ReviewId) -> Result<bool, ClipboardError> {
        match self.take_pasted(review) {
            Some(Mark(hash)) => self.ask(|reply| Job::Clear(hash, reply)),
            None => Ok(false),
        }
    }

    fn take_pasted(&self, review: ReviewId) -> Option<Mark> {
        lock(&self.pasted).take_if(|(of, _)| *of == review).map(|(_, mark)| mark)
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
        let mut owner =
            Owner { clipboard: arboard::Clipboard::new().ok(), latest: Turn::default(), ours: None, replaced };
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
    /// The turn of what was last put on it.
    latest: Turn,
    ours: Option<Ours>,
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
            Job::Conceal(turn, text, stays, reply) => drop(reply.send(self.conceal(turn, &text, stays))),
            Job::Text(turn, text, reply) => drop(reply.send(self.text(turn, text))),
            Job::Read(reply) => drop(reply.send(self.read())),
            Job::Clear(hash, reply) => drop(reply.send(self.clear(hash))),
            Job::ClearNow(reply) => {
                self.clear_if_ours();
                let _: Result<(), mpsc::SendError<()>> = reply.send(());
            }
        }
    }

    /// Lets something be copied, unless something that was asked for later already is.
    fn take(&mut self, turn: Turn) -> Result<(), ClipboardError> {
        if turn < self.latest {
            return Err(ClipboardError::Overtaken);
        }
        self.latest = turn;
        Ok(())
    }

    fn reach(&mut self) -> Result<&mut arboard::Clipboard, ClipboardError> {
        if self.clipboard.is_none() {
            self.clipboard = arboard::Clipboard::new().ok();
        }
        self.clipboard.as_mut().ok_or(ClipboardError::Unreachable)
    }

    fn conceal(&mut self, turn: Turn, text: &Secret, stays: Duration) -> Result<(), ClipboardError> {
        self.take(turn)?;
        put_concealed(self.reach()?, text.expose())?;
        self.ours = Some(Ours { hash: hash_of(text.expose()), until: Instant::now() + stays });
        Ok(())
    }

    fn text(&mut self, turn: Turn, text: String) -> Result<(), ClipboardError> {
        self.take(turn)?;
        self.reach()?.set_text(text).map_err(|_| ClipboardError::Unreachable)?;
        self.let_go();
        Ok(())
    }

    fn read(&mut self) -> Result<Secret, ClipboardError> {
        match self.reach()?.get_text() {
            Ok(text) => Ok(Secret::new(text)),
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

    fn clear(&mut self, hash: u64) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_text_is_known_to_its_review_alone() {
        let clipboard = Clipboard::default();
        let [first, second] = [1, 2].map(|last| {
            let id = format!("00000000-0000-4000-8000-00000000000{last}");
            serde_json::from_value::<ReviewId>(id.into()).expect("it is an id")
        });
        let [key, other] = ["a key", "another"].map(|text| Mark::of(&Secret::new(text.to_owned())));
        clipboard.note_pasted(first, key);
        assert_eq!(clipboard.take_pasted(second), None);
        assert_eq!(clipboard.take_pasted(first), Some(key));
        assert_eq!(clipboard.take_pasted(first), None);
        clipboard.note_pasted(first, key);
        clipboard.note_pasted(second, other);
        assert_eq!(clipboard.take_pasted(first), None);
        assert_eq!(clipboard.take_pasted(second), Some(other));
    }

    fn nobodys() -> Owner {
        Owner { clipboard: None, latest: Turn::default(), ours: None, replaced: Arc::default() }
    }

    #[test]
    fn what_was_asked_for_last_stays() {
        let clipboard = Clipboard::default();
        let [slow, quick, next] = [(); 3].map(|()| clipboard.turn());
        let mut owner = nobodys();
        assert!(owner.take(quick).is_ok());
        assert!(matches!(owner.take(slow), Err(ClipboardError::Overtaken)));
        assert!(owner.take(next).is_ok());
    }

    #[cfg(windows)]
    #[test]
    fn a_token_stays_out_of_histories_and_the_cloud() {
        let mut owner = nobodys();
        owner
            .conceal(Turn(1), &Secret::new("a token".to_owned()), Duration::from_secs(60))
            .expect("there is a clipboard");
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
