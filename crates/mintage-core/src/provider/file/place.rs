//! The **place** of an error in a profile's text: the line of the member that it names.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use toml::de::{DeTable, DeValue};

use crate::provider::ProviderError;

/// A part of the text, and where it begins, in bytes.
struct Part {
    at: usize,
    value: Value,
}

/// A part's content, as far as errors refer to it.
enum Value {
    Members(Vec<(String, Part)>),
    Items(Vec<Part>),
    Text(String),
    Other,
}

/// The line of a profile's text that an error refers to, from 1: an error of [`super::read`], or one about its id.
pub fn line_of(text: &str, error: &ProviderError) -> Option<usize> {
    let profile = || parts(text.trim_start_matches('\u{feff}'));
    let at = match error {
        ProviderError::Unreadable { line, .. } => return Some(*line).filter(|line| *line > 0),
        ProviderError::Missing { member } | ProviderError::Impossible { member, .. } => profile()?.member(member),
        ProviderError::PlaceholderUnknown { text, .. } => profile()?.text(text),
        ProviderError::BuiltIn { .. } | ProviderError::IdTaken { .. } => profile()?.member("id"),
        _ => None,
    };
    Some(line_at(text.trim_start_matches('\u{feff}'), at?))
}

/// The line that contains a byte of a text, from 1.
pub(super) fn line_at(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// How many brackets and braces may be open at once. A profile needs a handful, and the TOML library uses a lot of
/// stack for each.
const MOST_OPEN: usize = 32;

/// Where a text opens more brackets and braces than a profile may have. Those in strings and comments count too,
/// although they are rarely left open: only a parser can tell what is between quotes.
pub(super) fn too_deep(text: &str) -> Option<usize> {
    let mut open: usize = 0;
    text.bytes().position(|byte| {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        open > MOST_OPEN
    })
}

/// The whole text in parts; `None` if it isn't valid TOML or JSON.
fn parts(text: &str) -> Option<Value> {
    if too_deep(text).is_some() {
        return None;
    }
    if super::is_json(text) {
        let whole: &RawValue = serde_json::from_str(text).ok()?;
        return Some(of_json(text, whole).value);
    }
    Some(of_table(DeTable::parse(text).ok()?.get_ref()))
}

fn of_table(table: &DeTable<'_>) -> Value {
    let part = |(name, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
        let name: &toml::Spanned<std::borrow::Cow<'_, str>> = name;
        (name.get_ref().to_string(), Part { at: name.span().start, value: of_toml(value.get_ref()) })
    };
    Value::Members(table.iter().map(part).collect())
}

fn of_toml(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::Table(table) => of_table(table),
        DeValue::Array(items) => {
            let part =
                |item: &toml::Spanned<DeValue<'_>>| Part { at: item.span().start, value: of_toml(item.get_ref()) };
            Value::Items(items.iter().map(part).collect())
        }
        DeValue::String(text) => Value::Text(text.to_string()),
        _ => Value::Other,
    }
}

fn of_json(text: &str, raw: &RawValue) -> Part {
    let part = raw.get();
    let value = if let Ok(members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(part) {
        Value::Members(members.into_iter().map(|(name, member)| (name, of_json(text, member))).collect())
    } else if let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(part) {
        Value::Items(items.into_iter().map(|item| of_json(text, item)).collect())
    } else {
        serde_json::from_str(part).map_or(Value::Other, Value::Text)
    };
    // A raw value is a slice of the text that it was read from.
    Part { at: part.as_ptr() as usize - text.as_ptr() as usize, value }
}

impl Value {
    /// Where the member at this path begins, or else the innermost one that would contain it. Which of several items is
    /// meant isn't known, so it points to the array.
    fn member(&self, path: &str) -> Option<usize> {
        let Self::Members(members) = self else { return None };
        let (name, rest) = path.split_once('.').unwrap_or((path, ""));
        let (_, part) = members.iter().find(|(found, _)| found == name)?;
        Some(part.value.member(rest).unwrap_or(part.at))
    }

    /// Where this text first occurs.
    fn text(&self, wanted: &str) -> Option<usize> {
        let parts: Vec<&Part> = match self {
            Self::Members(members) => members.iter().map(|(_, part)| part).collect(),
            Self::Items(items) => items.iter().collect(),
            Self::Text(_) | Self::Other => Vec::new(),
        };
        let here = |part: &&Part| matches!(&part.value, Value::Text(text) if text == wanted).then_some(part.at);
        parts.iter().filter_map(|part| here(part).or_else(|| part.value.text(wanted))).min()
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    const TOML: &str = "id = \"acme\"\nname = \"ACME\"\n\n[endpoints]\ntoken = \"{base}/token\"\n[privateKey]\n";

    #[test]
    fn the_line_of_a_member_is_found_however_it_is_written() {
        for (added, expected) in [
            ("lifetime = 5", 7),
            ("fields = {}\nclaims = { iss = \"me\" }", 8),
            ("[privateKey.claims]\niss = \"me\"", 7),
            ("[privateKey.header]\n\n[response]\ntoken = []", 10),
            ("[[parameters]]\nname = \"a\"\n[[parameters]]\nname = \"a b\"", 7),
            ("audience = [\n  \"{issuer}\",\n  \"{who}\",\n]", 9),
            ("[introspection]\naudience = [\"x/{where}\"]", 8),
            ("[provisioning]\ncreateKey.method = \"POST\"", 8),
            ("[userinfo]\nsubject = \"sub\"", 8),
            ("colour = \"red\"", 7),
        ] {
            let text = format!("{TOML}{added}\n");
            let error = read(&text).expect_err(added);
            assert_eq!(line_of(&text, &error), Some(expected), "{added}: {error}");
        }
    }

    #[test]
    fn the_line_of_a_member_is_found_in_json_and_behind_a_byte_order_mark() {
        let head = "\u{feff}{\n \"id\": \"a\",\n \"name\": \"A\",\n \"endpoints\": {\"token\": \"{base}/t\"},\n";
        for (rest, expected) in [
            (" \"privateKey\": {\n  \"lifetime\": 5\n }\n}", 6),
            (" \"privateKey\": {},\n \"response\": {\n  \"token\": []}\n}", 7),
            (" \"privateKey\": {\n  \"audience\":\n   [\"{who}\"]}\n}", 7),
            (" \"privateKey\": {},\n \"colour\": 1\n}", 6),
        ] {
            let text = format!("{head}{rest}");
            let error = read(&text).expect_err(rest);
            assert_eq!(line_of(&text, &error), Some(expected), "{rest}: {error}");
        }
    }

    #[test]
    fn what_is_not_there_stands_at_what_it_would_stand_in_or_nowhere() {
        let line = |from: &str, to: &str| {
            let text = TOML.replacen(from, to, 1);
            line_of(&text, &read(&text).expect_err(to))
        };
        assert_eq!(line("token = \"{base}/token\"\n", ""), Some(4), "the table of endpoints");
        assert_eq!(line("[privateKey]\n", ""), None);
        let taken = ProviderError::IdTaken { id: "acme".into() };
        assert_eq!(line_of(&TOML.replacen("id", "\n\nid", 1), &taken), Some(3));
        assert_eq!(line_of(TOML, &ProviderError::TooLarge), None);
    }
}
