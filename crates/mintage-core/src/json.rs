//! **JSON** as it was written: members in order, numbers as their exact text, duplicate names refused.
//!
//! Rule: for untrusted documents whose exact content is shown or whose ambiguity is dangerous (key
//! files, tokens, userinfo). Everything else uses plain serde types.

use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use zeroize::{Zeroize, Zeroizing};

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// The number's text, for example `1795444622` or `1.10`.
    Number(String),
    Text(String),
    List(Vec<Json>),
    /// Members in the document's order; names are unique.
    Object(Vec<(String, Json)>),
}

/// Why a document did not parse. Holds positions and names, never a value.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Not JSON (RFC 8259), or cut off.
    Syntax(serde_json::Error),
    /// A member name that occurs twice in its object.
    Twice(String),
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// A string with `\u` escapes that are no character (RFC 8259 §8.2).
    BadText,
}

/// As a sentence part, in no parser's own words.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(error) if error.is_eof() => f.write_str("it ends before it is complete"),
            Self::Syntax(error) => write!(f, "it stops being JSON in line {}, column {}", error.line(), error.column()),
            Self::Twice(_) => f.write_str("a member stands in it twice"),
            Self::TooDeep => f.write_str("it is nested too deeply"),
            Self::BadText => f.write_str("a text in it holds half a character"),
        }
    }
}

/// How deep a document may be nested.
const MAX_DEPTH: u8 = 64;

/// A document that holds a secret: its texts are wiped when it is dropped.
pub(crate) struct SecretJson(Json);

impl SecretJson {
    /// Parses one document. Its texts are decoded into buffers of their final size, so that no copy of
    /// them is left behind, also where parsing fails half-way.
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let mut root = Self(Json::Null);
        let raw: &RawValue = serde_json::from_str(text).map_err(Fault::Syntax)?;
        root.0.fill(raw, MAX_DEPTH)?;
        Ok(root)
    }

    /// Lends the document.
    pub(crate) fn expose(&self) -> &Json {
        &self.0
    }
}

impl Drop for SecretJson {
    fn drop(&mut self) {
        self.0.wipe();
    }
}

impl Json {
    /// Parses one document (RFC 8259), nested at most 64 deep.
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let mut root = SecretJson::parse(text)?;
        Ok(std::mem::replace(&mut root.0, Self::Null))
    }

    /// Fills this value in place, so that whoever holds the root can wipe what a failure leaves.
    fn fill(&mut self, raw: &RawValue, depth: u8) -> Result<(), Fault> {
        let text = raw.get();
        let below = depth.checked_sub(1).ok_or(Fault::TooDeep)?;
        match text.as_bytes().first() {
            Some(b'{') => {
                // The syntax was checked as a whole; what is left to fail is a name with half a surrogate pair.
                let Members(raws) = serde_json::from_str(text).map_err(|_| Fault::BadText)?;
                if let Some(name) = first_twice(&raws) {
                    return Err(Fault::Twice(name.to_owned()));
                }
                *self = Self::Object(Vec::with_capacity(raws.len()));
                let Self::Object(members) = self else { unreachable!("just assigned") };
                for (name, raw) in raws {
                    members.push((name, Self::Null));
                    members.last_mut().expect("just pushed").1.fill(raw, below)?;
                }
            }
            Some(b'[') => {
                let Items(raws) = serde_json::from_str(text).map_err(|_| Fault::BadText)?;
                *self = Self::List(Vec::with_capacity(raws.len()));
                let Self::List(items) = self else { unreachable!("just assigned") };
                for raw in raws {
                    items.push(Self::Null);
                    items.last_mut().expect("just pushed").fill(raw, below)?;
                }
            }
            Some(b'"') => *self = Self::Text(unescaped(text).ok_or(Fault::BadText)?),
            Some(b't') => *self = Self::Bool(true),
            Some(b'f') => *self = Self::Bool(false),
            Some(b'n') => *self = Self::Null,
            _ => *self = Self::Number(text.to_owned()),
        }
        Ok(())
    }

    /// Overwrites every text and number in it.
    fn wipe(&mut self) {
        match self {
            Self::Text(text) | Self::Number(text) => text.zeroize(),
            Self::List(items) => items.iter_mut().for_each(Self::wipe),
            Self::Object(members) => members.iter_mut().for_each(|(_, value)| value.wipe()),
            Self::Null | Self::Bool(_) => {}
        }
    }

    /// The member of this name, where this is an object that has it.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(found, _)| found == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The value at a JSON Pointer (RFC 6901); an empty pointer is none here, as it would be the whole.
    pub(crate) fn at(&self, pointer: &str) -> Option<&Self> {
        steps(pointer)?.try_fold(self, |value, step| match value {
            Self::Object(_) => value.get(&step),
            Self::List(items) => items.get(index(&step)?),
            _ => None,
        })
    }

    /// The text, where this is a string.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What it is, with its article, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }

    /// Pretty-printed with two spaces, numbers as they were written.
    pub(crate) fn pretty(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, 0);
        text
    }

    fn write(&self, out: &mut String, depth: usize) {
        let indent = |out: &mut String, depth: usize| {
            out.push('\n');
            out.push_str(&"  ".repeat(depth));
        };
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(text) => out.push_str(text),
            Self::Text(text) => out.push_str(&quoted(text)),
            Self::List(items) if items.is_empty() => out.push_str("[]"),
            Self::Object(members) if members.is_empty() => out.push_str("{}"),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { "," });
                    indent(out, depth + 1);
                    item.write(out, depth + 1);
                }
                indent(out, depth);
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { "," });
                    indent(out, depth + 1);
                    out.push_str(&quoted(name));
                    out.push_str(": ");
                    value.write(out, depth + 1);
                }
                indent(out, depth);
                out.push('}');
            }
        }
    }
}

/// The steps of a JSON Pointer with their escapes resolved (RFC 6901 §4); `None` for the empty one.
pub(crate) fn steps(pointer: &str) -> Option<impl Iterator<Item = String>> {
    Some(pointer.strip_prefix('/')?.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")))
}

/// The place in a list that a step names (RFC 6901 §4): digits without leading zeros.
pub(crate) fn index(step: &str) -> Option<usize> {
    let plain = step.bytes().all(|byte| byte.is_ascii_digit()) && (step == "0" || !step.starts_with('0'));
    if plain { step.parse().ok() } else { None }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a string always serialises")
}

/// Decodes a string token (RFC 8259 §7) that was found to be valid JSON; `None` for half a surrogate pair.
fn unescaped(token: &str) -> Option<String> {
    let inner = token.strip_prefix('"')?.strip_suffix('"')?;
    // An escape is never shorter than what it stands for, so this buffer never moves.
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

fn first_twice<'a>(members: &'a [(String, &RawValue)]) -> Option<&'a str> {
    let mut seen = HashSet::new();
    members.iter().map(|(name, _)| name.as_str()).find(|name| !seen.insert(*name))
}

/// An object's members with their raw values, borrowed from the document.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(MembersVisitor).map(Members)
    }
}

/// An array's items, raw.
#[derive(Deserialize)]
struct Items<'a>(#[serde(borrow)] Vec<&'a RawValue>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_beyond_2_to_the_53_and_decimals_keep_their_text() {
        let json =
            Json::parse(r#"{"a":9007199254740993,"b":1.10,"c":[true,null,"é\n"],"d":{},"e":[]}"#).expect("valid");
        assert_eq!(json.get("a"), Some(&Json::Number("9007199254740993".into())));
        assert_eq!(
            json.pretty(),
            "{\n  \"a\": 9007199254740993,\n  \"b\": 1.10,\n  \"c\": [\n    true,\n    null,\n    \"é\\n\"\n  ],\n  \"d\": {},\n  \"e\": []\n}"
        );
    }

    #[test]
    fn every_escape_decodes_as_serde_json_decodes_it() {
        for token in [
            r#""""#,
            r#""plain é 😀""#,
            r#""\"\\\/\b\f\n\r\t""#,
            r#""\u0041\u00e9\u20AC\uFFFF\u0000""#,
            r#""a\ud83d\ude00b\uD83D\uDE00""#,
            r#""\u0041\n\u0042""#,
            r#""\\u0041""#,
            r#""\ud83d""#,
            r#""\ud83dx""#,
            r#""\ude00\ud83d""#,
            r#""\ud83d\u0041""#,
            r#""\ud83d\n""#,
        ] {
            let expected = serde_json::from_str::<String>(token).ok();
            let found = Json::parse(token).ok().map(|json| json.as_text().expect("text").to_owned());
            assert_eq!(found, expected, "{token}");
        }
    }

    #[test]
    fn wiping_reaches_every_text() {
        let mut json = Json::parse(r#"{"a":"secret","b":[["secret"],{"c":"secret","d":12345}]}"#).expect("valid");
        json.wipe();
        let shown = format!("{json:?}");
        assert!(!shown.contains("secret") && !shown.contains("12345"), "{shown}");
    }

    #[test]
    fn duplicates_depth_and_rubbish_are_refused() {
        let deep = format!("{}1{}", "[".repeat(70), "]".repeat(70));
        for text in [r#"{"a":1,"a":2}"#, r#"{"x":{"a":1,"\u0061":2}}"#, &deep, "", "{", "{} x", "nul"] {
            assert!(Json::parse(text).is_err(), "{text}");
        }
    }
}
