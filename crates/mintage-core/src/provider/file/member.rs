//! Changing one **member** of a profile's text, so that comments, order and whatever else a person wrote around it
//! stay.
//!
//! Rule: the edited text is used only if it reads as the profile that was meant. Otherwise the profile is written anew.

use std::ops::Range;

use serde_json::Value;
use toml::de::{DeTable, DeValue};

use super::{Format, is_json, place, read, write};
use crate::provider::{Provider, ProviderError};

/// The text of a profile in which the member at this path has another value, given as JSON. Items of lists are named by
/// their number.
///
/// # Errors
/// As [`read`], of the text and of what it becomes; [`ProviderError::Unreadable`] if the value isn't JSON.
pub fn with_member(text: &str, path: &[String], value: &str) -> Result<String, ProviderError> {
    let value: Value = serde_json::from_str(value)?;
    let mut document = serde_json::to_value(read(text)?).expect("a provider is plain data");
    if let Some(member) = member_of(&mut document, path) {
        *member = value.clone();
    }
    let wanted = read(&document.to_string())?;
    let edited = edited(text, path, &value).filter(|edited| read(edited).is_ok_and(|found: Provider| found == wanted));
    Ok(edited.unwrap_or_else(|| write(&wanted, Format::Toml)))
}

fn member_of<'a>(document: &'a mut Value, path: &[String]) -> Option<&'a mut Value> {
    path.iter().try_fold(document, |within, name| match within {
        Value::Object(members) => Some(members.entry(name).or_insert(Value::Null)),
        Value::Array(items) => items.get_mut(name.parse::<usize>().ok()?),
        _ => None,
    })
}

/// The text after the change, as far as its form is one that can be changed in place.
fn edited(text: &str, path: &[String], value: &Value) -> Option<String> {
    if is_json(text) || place::too_deep(text).is_some() {
        return None;
    }
    let (name, parents) = path.split_last()?;
    let document = DeTable::parse(text).ok()?;
    let written = |value: &Value| toml::Value::try_from(value).ok().map(|value| value.to_string());
    let parent = parents.iter().try_fold(Within::Table(document.get_ref(), None), |within, name| within.member(name));
    match (parent.as_ref().and_then(|parent| parent.span(name)), value) {
        (Some(span), Value::Null) => without_line(text, name, &span),
        (Some(span), value) => Some(format!("{}{}{}", &text[..span.start], written(value)?, &text[span.end..])),
        (None, Value::Null) => None,
        (None, value) => {
            let line = format!("{name} = {}\n", written(value)?);
            let Some(parent) = parent else {
                return Some(format!("{}\n\n[{}]\n{line}", text.trim_end(), parents.join(".")));
            };
            let end =
                parent.end_of_members().map_or(0, |at| text[at..].find('\n').map_or(text.len(), |to| at + to + 1));
            let gap = if end > 0 && !text[..end].ends_with('\n') { "\n" } else { "" };
            Some(format!("{}{gap}{line}{}", &text[..end], &text[end..]))
        }
    }
}

/// Text without the line of a member, if the member has lines of its own.
fn without_line(text: &str, name: &str, value: &Range<usize>) -> Option<String> {
    let start = text[..value.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[value.end..].find('\n').map_or(text.len(), |at| value.end + at + 1);
    let is_own = text[start..value.start].trim_start().starts_with(name) && text[value.end..end].trim().is_empty();
    is_own.then(|| format!("{}{}", &text[..start], &text[end..]))
}

/// A table of the text and where it begins, or a list.
#[derive(Clone, Copy)]
enum Within<'a> {
    Table(&'a DeTable<'a>, Option<usize>),
    List(&'a toml::de::DeArray<'a>),
}

impl<'a> Within<'a> {
    fn member(self, name: &str) -> Option<Self> {
        let found = match self {
            Self::Table(table, _) => table.get(name)?,
            Self::List(items) => items.get(name.parse::<usize>().ok()?)?,
        };
        match found.get_ref() {
            DeValue::Table(table) => Some(Self::Table(table, Some(found.span().start))),
            DeValue::Array(items) => Some(Self::List(items)),
            _ => None,
        }
    }

    /// Where a member's value is.
    fn span(self, name: &str) -> Option<Range<usize>> {
        match self {
            Self::Table(table, _) => table.get(name).map(toml::Spanned::span),
            Self::List(items) => items.get(name.parse::<usize>().ok()?).map(toml::Spanned::span),
        }
    }

    /// Where the last of its plain members ends, or its header begins: another member can follow there.
    fn end_of_members(self) -> Option<usize> {
        let Self::Table(table, start) = self else { return None };
        let plain = table.values().filter(|value| !holds_tables(value.get_ref()));
        plain.map(|value| value.span().end).max().or(start)
    }
}

fn holds_tables(value: &DeValue<'_>) -> bool {
    match value {
        DeValue::Table(_) => true,
        DeValue::Array(items) => items.iter().any(|item| matches!(item.get_ref(), DeValue::Table(_))),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEXT: &str = "# Ours, since 2024\nid = \"acme\" # never change\nname = \"ACME\"\n\n# Where tokens come from\n\
                        [endpoints]\ntoken = \"{base}/token\"\n\n[privateKey] # RFC 7523\n# In seconds\nlifetime = 300\n\
                        audience = [\n  \"{issuer}\", # theirs\n]\n\n[[parameters]]\n# Asked for\nname = \"tenant\"\n";

    fn check(path: &str, value: Value, from: &str, to: &str) {
        let path: Vec<String> = path.split('.').map(str::to_owned).collect();
        let expected = TEXT.replacen(from, to, 1);
        assert_ne!(expected, TEXT, "{from}");
        assert_eq!(with_member(TEXT, &path, &value.to_string()).unwrap(), expected);
    }

    #[test]
    fn a_member_changes_and_what_stands_around_it_stays() {
        check("name", json!("Acme \"Two\""), "\"ACME\"", "'Acme \"Two\"'");
        check("privateKey.lifetime", json!(600), "300", "600");
        check("endpoints.token", json!("{base}/t"), "{base}/token", "{base}/t");
        check("parameters.0.name", json!("realm"), "\"tenant\"", "\"realm\"");
    }

    #[test]
    fn a_new_member_comes_after_the_others_of_its_table() {
        check(
            "issuerExample",
            json!("https://a.example"),
            "\"ACME\"\n",
            "\"ACME\"\nissuerExample = \"https://a.example\"\n",
        );
        check("endpoints.jwks", json!("{base}/keys"), "/token\"\n", "/token\"\njwks = \"{base}/keys\"\n");
        check(
            "userinfo.subject",
            json!("/sub"),
            "name = \"tenant\"\n",
            "name = \"tenant\"\n\n[userinfo]\nsubject = \"/sub\"\n",
        );
    }

    #[test]
    fn what_it_would_become_is_checked() {
        let lifetime = ["privateKey".to_owned(), "lifetime".to_owned()];
        assert!(with_member(TEXT, &lifetime, "\"soon\"").is_err());
        assert!(with_member("id = ", &lifetime, "1").is_err());
    }

    #[test]
    fn json_is_written_anew() {
        let text = write(&read(TEXT).unwrap(), Format::Json);
        let changed = with_member(&text, &["name".to_owned()], "\"Two\"").unwrap();
        assert_eq!(read(&changed).unwrap(), Provider { name: "Two".into(), ..read(TEXT).unwrap() });
    }
}
