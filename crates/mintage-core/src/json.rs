//! **JSON** as it was written: members in order, numbers as their exact text, duplicate names rejected.
//!
//! Rule: for untrusted documents whose exact content is shown or whose ambiguity is dangerous (key files, tokens,
//! userinfo). Everything else uses plain serde types.

use std::fmt;

use serde_json::value::RawValue;
use zeroize::Zeroize;

mod scan;

use scan::Scan;

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

/// Why a document didn't parse. Contains positions and names, never a value.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Not JSON (RFC 8259), or cut off.
    Syntax(serde_json::Error),
    /// A member name that occurs twice in its object.
    Twice(String),
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// A string with `\u` escapes that aren't a character (RFC 8259 §8.2).
    BadText,
}

/// As a sentence part, without parser jargon.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(error) if error.is_eof() => f.write_str("it is cut off"),
            Self::Syntax(error) => {
                write!(f, "it has a syntax error at line {}, column {}", error.line(), error.column())
            }
            Self::Twice(_) => f.write_str("a member appears more than once"),
            Self::TooDeep => f.write_str("it is nested too deeply"),
            Self::BadText => f.write_str("a string in it has an invalid escape"),
        }
    }
}

/// How deeply a document may be nested.
const MAX_DEPTH: u8 = 64;

/// A document that contains a secret: its strings are wiped on drop.
pub(crate) struct SecretJson(Json);

impl SecretJson {
    /// Parses one document. Its strings are decoded into buffers of their final size, so that no copy of them is left
    /// behind, even if parsing fails half-way.
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let mut root = Self(Json::Null);
        // The library checks the whole syntax without recursion; reading then takes one more pass.
        let raw: &RawValue = serde_json::from_str(text).map_err(Fault::Syntax)?;
        Scan::new(raw.get()).fill(&mut root.0, MAX_DEPTH)?;
        Ok(root)
    }

    /// Lends the document.
    pub(crate) fn expose(&self) -> &Json {
        &self.0
    }

    /// Replaces a member of the document, or removes it; does nothing if it isn't an object.
    pub(crate) fn set(&mut self, name: &str, value: Option<Json>) {
        let Json::Object(members) = &mut self.0 else { return };
        members.iter_mut().filter(|(found, _)| found == name).for_each(|(_, old)| old.wipe());
        members.retain(|(found, _)| found != name);
        members.extend(value.map(|value| (name.to_owned(), value)));
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

    /// Overwrites every string and number in it.
    fn wipe(&mut self) {
        match self {
            Self::Text(text) | Self::Number(text) => text.zeroize(),
            Self::List(items) => items.iter_mut().for_each(Self::wipe),
            Self::Object(members) => members.iter_mut().for_each(|(_, value)| value.wipe()),
            Self::Null | Self::Bool(_) => {}
        }
    }

    /// The member with this name, if this is an object that has it.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(found, _)| found == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Whether this is an object with one of these members.
    pub(crate) fn has(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.get(name).is_some())
    }

    /// Whether this is an object without any other member.
    pub(crate) fn has_only(&self, names: &[&str]) -> bool {
        matches!(self, Self::Object(members) if members.iter().all(|(name, _)| names.contains(&name.as_str())))
    }

    /// The value at a JSON Pointer (RFC 6901); an empty pointer finds nothing here, since it would be the whole
    /// document.
    pub(crate) fn at(&self, pointer: &str) -> Option<&Self> {
        steps(pointer)?.try_fold(self, |value, step| match value {
            Self::Object(_) => value.get(&step),
            Self::List(items) => items.get(index(&step)?),
            _ => None,
        })
    }

    /// The string, if this is one.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// How many values it contains, itself included.
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::List(items) => 1 + items.iter().map(Self::count).sum::<usize>(),
            Self::Object(members) => 1 + members.iter().map(|(_, value)| value.count()).sum::<usize>(),
            _ => 1,
        }
    }

    /// What it is, with its article, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "an array",
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

/// The array index that a step names (RFC 6901 §4): digits without leading zeros.
pub(crate) fn index(step: &str) -> Option<usize> {
    let plain = step.bytes().all(|byte| byte.is_ascii_digit()) && (step == "0" || !step.starts_with('0'));
    if plain { step.parse().ok() } else { None }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a string always serialises")
}

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
    fn whatever_white_space_stands_between_them_members_and_items_keep_their_order() {
        let json = Json::parse(
            "\r\n { \"b\" :\t[ 1 ,\n-2.5e+3, \"],}\" , { } , [ ] , null ] , \"a\" : { \"\\\"\" : true } } ",
        )
        .expect("valid");
        let list = [
            Json::Number("1".into()),
            Json::Number("-2.5e+3".into()),
            Json::Text("],}".into()),
            Json::Object(Vec::new()),
            Json::List(Vec::new()),
            Json::Null,
        ];
        let inner = Json::Object(vec![("\"".into(), Json::Bool(true))]);
        assert_eq!(json, Json::Object(vec![("b".into(), Json::List(list.into())), ("a".into(), inner)]));
        for (text, expected) in [("1", Json::Number("1".into())), (" \"\\\\\" ", Json::Text("\\".into()))] {
            assert_eq!(Json::parse(text).expect(text), expected);
        }
    }

    #[test]
    fn every_value_counts_and_no_name_does() {
        for (text, expected) in [("1", 1), ("[]", 1), (r#"{"a":[1,2,{"b":{}}],"c":null}"#, 7)] {
            assert_eq!(Json::parse(text).expect(text).count(), expected, "{text}");
        }
    }

    #[test]
    fn documents_may_be_64_deep_and_no_deeper() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Json::parse(&nested(64)).is_ok());
        for depth in [65, 300_000] {
            assert!(matches!(Json::parse(&nested(depth)), Err(Fault::TooDeep)), "{depth}");
        }
        assert!(matches!(Json::parse(&"[".repeat(300_000)), Err(Fault::Syntax(_))));
    }

    #[test]
    fn duplicates_depth_and_rubbish_are_refused() {
        let deep = format!("{}1{}", "[".repeat(70), "]".repeat(70));
        for text in [r#"{"a":1,"a":2}"#, r#"{"x":{"a":1,"\u0061":2}}"#, &deep, "", "{", "{} x", "nul"] {
            assert!(Json::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn hostile_documents_are_read_wiped_and_printed_on_a_small_stack() {
        crate::hostile::on_a_small_stack(|| {
            let mut read = 0;
            for text in crate::hostile::json() {
                let Ok(document) = SecretJson::parse(&text) else { continue };
                let printed = document.expose().pretty();
                assert!(Json::parse(&printed).is_ok_and(|again| again == *document.expose()));
                read += 1;
            }
            assert!(read >= 8, "many of them are sound JSON: {read}");
        });
    }
}
