//! **Scanning** JSON text into values, in one pass.
//!
//! Rule: the text is already known to be JSON, so its syntax isn't checked here. Values are filled in place, so that
//! the owner of the root can wipe what a failure leaves, and each string is decoded into a buffer of its final size.

use std::collections::HashSet;

use zeroize::Zeroizing;

use super::{Fault, Json};

/// A cursor over text that is known to be JSON.
pub(super) struct Scan<'a> {
    rest: &'a str,
}

impl<'a> Scan<'a> {
    /// Starts before the text's one value.
    pub(super) fn new(json: &'a str) -> Self {
        Self { rest: json }
    }

    /// Reads the next value into this one, nested at most `depth` deep.
    pub(super) fn fill(&mut self, value: &mut Json, depth: u8) -> Result<(), Fault> {
        let below = depth.checked_sub(1).ok_or(Fault::TooDeep)?;
        match self.peek() {
            b'{' => {
                *value = Json::Object(Vec::new());
                let Json::Object(members) = value else { unreachable!("just assigned") };
                self.members(members, below)?;
            }
            b'[' => {
                *value = Json::List(Vec::new());
                let Json::List(items) = value else { unreachable!("just assigned") };
                self.items(items, below)?;
            }
            b'"' => *value = Json::Text(self.text()?),
            _ => *value = self.word(),
        }
        Ok(())
    }

    fn members(&mut self, members: &mut Vec<(String, Json)>, below: u8) -> Result<(), Fault> {
        self.skip();
        while self.peek() == b'"' {
            members.push((self.text()?, Json::Null));
            self.skip_one(b':');
            let Some((_, value)) = members.last_mut() else { unreachable!("just pushed") };
            self.fill(value, below)?;
            self.skip_one(b',');
        }
        self.skip();
        first_twice(members).map_or(Ok(()), |name| Err(Fault::Twice(name.to_owned())))
    }

    fn items(&mut self, items: &mut Vec<Json>, below: u8) -> Result<(), Fault> {
        self.skip();
        while !matches!(self.peek(), b']' | END) {
            items.push(Json::Null);
            let Some(item) = items.last_mut() else { unreachable!("just pushed") };
            self.fill(item, below)?;
            self.skip_one(b',');
        }
        self.skip();
        Ok(())
    }

    /// Reads a string token (RFC 8259 §7).
    fn text(&mut self) -> Result<String, Fault> {
        self.skip();
        let (mut end, bytes) = (0, self.rest.as_bytes());
        while let Some(byte) = bytes.get(end).filter(|byte| **byte != b'"') {
            end += if *byte == b'\\' { 2 } else { 1 };
        }
        let (inner, after) = self.rest.split_at_checked(end).ok_or(Fault::BadText)?;
        self.rest = after;
        self.skip();
        unescaped(inner).ok_or(Fault::BadText)
    }

    /// Reads a number, or one of the three literal names (RFC 8259 §3).
    fn word(&mut self) -> Json {
        let end = self.rest.find(|c: char| ",]}".contains(c) || c.is_ascii_whitespace()).unwrap_or(self.rest.len());
        let (word, after) = self.rest.split_at(end);
        self.rest = after;
        match word {
            "null" => Json::Null,
            "true" => Json::Bool(true),
            "false" => Json::Bool(false),
            number => Json::Number(number.to_owned()),
        }
    }

    /// The next byte that isn't whitespace; [`END`] if there is none.
    fn peek(&mut self) -> u8 {
        self.rest = self.rest.trim_ascii_start();
        self.rest.bytes().next().unwrap_or(END)
    }

    /// Skips the next byte, which is a punctuation mark.
    fn skip(&mut self) {
        self.rest = self.rest.get(1..).unwrap_or_default();
    }

    /// Skips whitespace, and this mark if it follows.
    fn skip_one(&mut self, mark: u8) {
        if self.peek() == mark {
            self.skip();
        }
    }
}

/// Marks the end of the text; no UTF-8 byte has this value.
const END: u8 = 0xff;

fn first_twice(members: &[(String, Json)]) -> Option<&str> {
    let mut seen = HashSet::new();
    members.iter().map(|(name, _)| name.as_str()).find(|name| !seen.insert(*name))
}

/// Decodes the content of a string token; `None` for half a surrogate pair.
fn unescaped(inner: &str) -> Option<String> {
    // An escape is never shorter than what it stands for, so this buffer never reallocates.
    let mut out = Zeroizing::new(String::with_capacity(inner.len()));
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let escape = *rest.as_bytes().get(at + 1)?;
        rest = rest.get(at + 2..)?;
        out.push(match escape {
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => unicode_escape(&mut rest)?,
            same => char::from(same),
        });
    }
    out.push_str(rest);
    Some(std::mem::take(&mut *out))
}

/// Decodes what follows a `\u`: four hex digits, or a surrogate pair of two such escapes.
fn unicode_escape(rest: &mut &str) -> Option<char> {
    let high = four_digits(rest)?;
    if !(0xd800..0xdc00).contains(&high) {
        return char::from_u32(u32::from(high));
    }
    *rest = rest.strip_prefix("\\u")?;
    char::decode_utf16([high, four_digits(rest)?]).next()?.ok()
}

fn four_digits(rest: &mut &str) -> Option<u16> {
    let (digits, after) = rest.split_at_checked(4)?;
    *rest = after;
    u16::from_str_radix(digits, 16).ok()
}
