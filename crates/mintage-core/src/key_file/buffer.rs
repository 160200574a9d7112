//! A **buffer** for text that may contain a key: it is wiped on drop, and whenever it grows.

use zeroize::Zeroizing;

pub(super) struct Buffer(Zeroizing<String>);

impl Buffer {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self(Zeroizing::new(String::with_capacity(capacity)))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn push(&mut self, c: char) {
        self.push_str(c.encode_utf8(&mut [0; 4]));
    }

    pub(super) fn push_str(&mut self, text: &str) {
        let needed = self.0.len() + text.len();
        if needed > self.0.capacity() {
            // `String` would reallocate and leave its old content behind.
            let mut larger = Zeroizing::new(String::with_capacity(needed * 2));
            larger.push_str(&self.0);
            self.0 = larger;
        }
        self.0.push_str(text);
    }

    /// Adds the text as a JSON string (RFC 8259 §7).
    pub(super) fn push_quoted(&mut self, text: &str) {
        self.push('"');
        text.chars().for_each(|c| self.push_escaped(c));
        self.push('"');
    }

    /// Adds a character, escaped for a JSON string.
    pub(super) fn push_escaped(&mut self, c: char) {
        match c {
            '"' => self.push_str("\\\""),
            '\\' => self.push_str("\\\\"),
            '\n' => self.push_str("\\n"),
            '\r' => self.push_str("\\r"),
            '\t' => self.push_str("\\t"),
            c if c < ' ' => self.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => self.push(c),
        }
    }
}
