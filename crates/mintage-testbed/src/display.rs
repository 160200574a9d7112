//! A virtual X **display**, and the keychain's password prompt on it.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::process::{end, first_line, missing, start};
use crate::wait::{comes_true, until};

/// The keyring's prompt, for xdotool.
const PROMPT: [&str; 4] = ["search", "--onlyvisible", "--class", "gcr-prompter"];

/// A virtual X display; it ends when it is dropped.
pub struct Display {
    process: Child,
    name: String,
}

impl Display {
    /// Starts a display with a free number.
    pub fn start() -> Self {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = start(&mut command, "xvfb");
        let number = first_line(&mut process);
        assert!(!number.is_empty(), "the X server ended at once");
        Self { process, name: format!(":{number}") }
    }

    /// Its name, for the variable `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Types a password at the keyring's prompt until it closes.
    pub fn type_at_prompt(&self, password: &str) {
        self.at_prompt(&[&["key", "ctrl+a"], &["type", password], &["key", "Return"]]);
    }

    /// Dismisses the keyring's prompt.
    pub fn dismiss_prompt(&self) {
        self.at_prompt(&[&["key", "Escape"]]);
    }

    /// The prompt ignores keys while it opens, and without a window manager it doesn't get the focus by itself.
    fn at_prompt(&self, steps: &[&[&str]]) {
        until("the prompt opens", || self.xdotool(&PROMPT));
        until("the prompt closes", || {
            self.focus(&PROMPT);
            for step in steps {
                self.xdotool(step);
            }
            self.is_gone(&PROMPT)
        });
    }

    /// Gives the focus to the windows that a search finds. It doesn't wait for it: xdotool would for 15 seconds, if the
    /// window has closed since.
    pub(crate) fn focus(&self, search: &[&str]) {
        self.xdotool(&[search, &["windowfocus", "%@"]].concat());
    }

    /// Whether a window closes within a moment. A single look may miss one that exists while another closes.
    pub(crate) fn is_gone(&self, search: &[&str]) -> bool {
        comes_true(Duration::from_millis(300), || (0..3).all(|_| !self.xdotool(search)))
    }

    /// Whether xdotool succeeded, or found what it looked for.
    pub(crate) fn xdotool(&self, words: &[&str]) -> bool {
        let mut command = Command::new("xdotool");
        command.env("DISPLAY", &self.name).args(words).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().unwrap_or_else(|error| missing("xdotool", "xdotool", &error)).success()
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}
