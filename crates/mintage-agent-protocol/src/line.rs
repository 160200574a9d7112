//! A **line** is a JSON object followed by a newline. Lines are read within limits; what they hold is in `request` and
//! `answer`.

use std::io::{self, Read};

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::VERSION;
use crate::token::TokenError;

/// Why a line can't be read.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// It isn't JSON, or not of this protocol.
    #[error("the line can't be read")]
    Unreadable(#[source] serde_json::Error),
    /// It uses another version of the protocol.
    #[error("the line uses version {version} of the protocol, and this program version {VERSION}")]
    OtherVersion {
        /// That version.
        version: u32,
    },
    /// Its token isn't valid.
    #[error(transparent)]
    Token(#[from] TokenError),
}

#[derive(Deserialize)]
struct Version {
    v: u32,
}

/// Reads the version first, to tell a line of another version from a broken one.
pub(crate) fn check_version(bytes: &[u8]) -> Result<(), LineError> {
    match serde_json::from_slice::<Version>(bytes).map_err(LineError::Unreadable)?.v {
        VERSION => Ok(()),
        version => Err(LineError::OtherVersion { version }),
    }
}

/// Reads lines of limited length into a buffer that is wiped when it is dropped or replaced.
#[derive(Debug)]
pub struct LineReader<R> {
    from: R,
    limit: usize,
    buffer: Zeroizing<Vec<u8>>,
    filled: usize,
    /// Where the line returned last ends. It is discarded when the next one is read.
    lent: usize,
}

impl<R: Read> LineReader<R> {
    /// Reads lines of at most `limit` bytes from `from`.
    pub fn new(from: R, limit: usize) -> Self {
        Self { from, limit, buffer: Zeroizing::new(vec![0; limit.min(8 * 1024)]), filled: 0, lent: 0 }
    }

    /// The next line without its newline, or `None` at the end.
    ///
    /// # Errors
    /// Reading failed, the line is longer than the limit (`InvalidData`), or it has no end (`UnexpectedEof`).
    pub fn next_line(&mut self) -> io::Result<Option<&[u8]>> {
        self.buffer.copy_within(self.lent..self.filled, 0);
        self.filled -= self.lent;
        self.lent = 0;
        let mut searched = 0;
        loop {
            if let Some(end) = self.buffer[searched..self.filled].iter().position(|byte| *byte == b'\n') {
                self.lent = searched + end + 1;
                return Ok(Some(&self.buffer[..searched + end]));
            }
            searched = self.filled;
            if self.filled == self.buffer.len() {
                self.grow()?;
            }
            match self.from.read(&mut self.buffer[self.filled..]) {
                Ok(0) if self.filled == 0 => return Ok(None),
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn grow(&mut self) -> io::Result<()> {
        if self.buffer.len() >= self.limit {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the line is too long"));
        }
        let mut larger = Zeroizing::new(vec![0; (self.buffer.len() * 2).min(self.limit)]);
        larger[..self.filled].copy_from_slice(&self.buffer[..self.filled]);
        self.buffer = larger;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time, as a slow peer does.
    struct Dripping<'a>(&'a [u8]);

    impl Read for Dripping<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.0.read(&mut into[..1])
        }
    }

    #[test]
    fn lines_come_whole_however_they_arrive() {
        let text = &b"one\n\nthree\n"[..];
        let mut at_once = LineReader::new(text, 64);
        let mut dripping = LineReader::new(Dripping(text), 64);
        for expected in [Some(&b"one"[..]), Some(b""), Some(b"three"), None] {
            assert_eq!(at_once.next_line().unwrap(), expected);
            assert_eq!(dripping.next_line().unwrap(), expected);
        }
    }

    #[test]
    fn a_line_may_fill_the_limit_and_not_pass_it() {
        let line = |length: usize| [vec![b'x'; length - 1], vec![b'\n']].concat();
        let fits = line(20_000);
        assert_eq!(LineReader::new(&fits[..], 20_000).next_line().unwrap().map(<[u8]>::len), Some(19_999));
        let too_long = line(20_001);
        let error = LineReader::new(&too_long[..], 20_000).next_line().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn a_line_without_its_end_is_an_error_and_not_a_line() {
        let error = LineReader::new(&b"{\"v\":1"[..], 64).next_line().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
