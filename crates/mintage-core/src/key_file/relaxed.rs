//! **Relaxed** JSON: JSON inside a string of another language, rewritten as JSON.
//!
//! Rule: only the notation changes, never a value; if the result isn't JSON, the JSON reader rejects it.

use super::buffer::Buffer;

/// Whether this is JSON whose quotes are escaped, as in a string in JSON, a shell or a `.env` file.
pub(super) fn is_escaped(text: &str) -> bool {
    let mut rest = text.trim_start();
    while let Some(after) = rest.strip_prefix(['{', '[']) {
        rest = after.trim_start();
        // Line endings between the members are escaped along with the quotes.
        while let Some(after) = rest.trim_start_matches('\\').strip_prefix(['n', 'r', 't'])
            && rest.starts_with('\\')
        {
            rest = after.trim_start();
        }
    }
    rest.starts_with('\\') && rest.trim_start_matches('\\').starts_with('"')
}

/// Removes one level of escapes.
///
/// Line endings within a member's string may be escaped as often as the quotes, or once less if a program escaped only
/// the quotes; between the members an escaped line ending is whitespace.
pub(super) fn unescaped(text: &str) -> Buffer {
    let mut out = Buffer::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let (mut within, mut escaping) = (false, false);
    while let Some(c) = chars.next() {
        let meant = match (c, chars.peek()) {
            ('\\', Some('"' | '\\' | '/')) => chars.next().unwrap_or(c),
            ('\\', Some('n' | 'r' | 't')) if !within => {
                chars.next();
                ' '
            }
            _ => c,
        };
        out.push(meant);
        if escaping {
            escaping = false;
        } else if meant == '\\' {
            escaping = within;
        } else if meant == '"' {
            within = !within;
        }
    }
    out
}

/// Whether this is a dictionary or list as Python prints it: single quotes, or Python's keywords.
pub(super) fn is_python(text: &str) -> bool {
    let inner = text.trim_start().trim_start_matches(['{', '[', '(']).trim_start();
    text.starts_with(['{', '[', '(']) && (inner.starts_with('\'') || inner.starts_with("b'"))
}

/// Rewrites what Python prints.
pub(super) fn of_python(text: &str) -> Buffer {
    let mut out = Buffer::with_capacity(text.len() + text.len() / 8);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some((value, after)) = python_text(rest) {
            out.push_str("\"");
            python_escapes(value, &mut out);
            out.push_str("\"");
            rest = after;
            continue;
        }
        if matches!(c, '\'' | '"') {
            // It never ends, so it is neither Python nor JSON; continuing from each character would take ages.
            out.push_str(rest);
            break;
        }
        let word = [("True", "true"), ("False", "false"), ("None", "null")]
            .into_iter()
            .find_map(|(python, json)| Some((json, rest.strip_prefix(python)?)));
        rest = match word {
            Some((json, after)) => {
                out.push_str(json);
                after
            }
            None => {
                let after = &rest[c.len_utf8()..];
                let is_last = c == ',' && after.trim_start().starts_with(['}', ']', ')']);
                match c {
                    '(' => out.push('['),
                    ')' => out.push(']'),
                    _ if is_last => {}
                    c => out.push(c),
                }
                after
            }
        };
    }
    out
}

/// The content of the string literal at the start of the text, and what follows it.
pub(super) fn python_text(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('b').filter(|rest| rest.starts_with(['\'', '"'])).unwrap_or(text);
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let inside = &text[1..];
    let mut escaping = false;
    let end = inside.char_indices().find(|(_, c)| {
        let ends = *c == quote && !escaping;
        escaping = *c == '\\' && !escaping;
        ends
    });
    let (end, _) = end?;
    Some((&inside[..end], &inside[end + 1..]))
}

/// Translates the escapes of a Python string to JSON.
fn python_escapes(inside: &str, out: &mut Buffer) {
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push_escaped(c);
            continue;
        }
        match chars.next() {
            Some('\'') => out.push('\''),
            Some('x') => out.push_str("\\u00"),
            Some(escaped @ ('"' | '\\' | 'n' | 'r' | 't' | 'b' | 'f' | 'u')) => {
                out.push('\\');
                out.push(escaped);
            }
            // Python keeps a backslash before anything else.
            Some(other) => {
                out.push_str("\\\\");
                out.push_escaped(other);
            }
            None => out.push_str("\\\\"),
        }
    }
}

/// What makes JSON invalid at a line and column, both from 1, if it is a common mistake.
pub(super) fn why_invalid(text: &str, line: usize, column: usize) -> Option<&'static str> {
    let lines = || text.split('\n').take(line);
    let at: usize = lines().take(line.saturating_sub(1)).map(|line| line.len() + 1).sum();
    let before = text.get(..(at + column.saturating_sub(1)).min(text.len()))?;
    let rest = text.get(before.len()..)?;
    let comment = |text: &str| text.starts_with("//") || text.starts_with("/*") || text.starts_with('#');
    // The parser may stop at the comment's second character.
    let from = before.strip_suffix('/').map_or(rest, |shorter| &text[shorter.len()..]);
    if comment(rest) || comment(from) {
        return Some("JSON has no comments");
    }
    if rest.starts_with(['}', ']']) && before.trim_end().ends_with(',') {
        return Some("there is a comma before the closing bracket");
    }
    if rest.starts_with('\'') {
        return Some("JSON requires double quotes, not single quotes");
    }
    if rest.starts_with(['“', '”', '„', '‘', '’', '«']) {
        return Some("an editor replaced the quotes with typographic ones");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Json;

    #[test]
    fn escaped_json_is_the_same_after_one_level() {
        let json = Json::parse(r#"{"a": "-----BEGIN\nMII/\n", "b": {"c": "d \"e\" \\ f"}, "g": ""}"#).expect("JSON");
        for escaped in [
            r#"{\"a\": \"-----BEGIN\\nMII/\\n\", \"b\": {\"c\": \"d \\\"e\\\" \\\\ f\"}, \"g\": \"\"}"#,
            r#"{\n  \"a\": \"-----BEGIN\\nMII\/\\n\",\n\t\"b\": {\"c\": \"d \\\"e\\\" \\\\ f\"},\r\n \"g\": \"\"\n}"#,
            r#"{ \"a\": \"-----BEGIN\nMII/\n\", \"b\": {\"c\": \"d \\\"e\\\" \\\\ f\"}, \"g\": \"\"}"#,
        ] {
            assert!(is_escaped(escaped), "{escaped}");
            let found = unescaped(escaped);
            assert_eq!(Json::parse(found.as_str()).ok(), Some(json.clone()), "{}", found.as_str());
        }
        for other in [r#"{"a": "b"}"#, "{}", "", "{", "prose \\\" more"] {
            assert!(!is_escaped(other), "{other}");
        }
    }

    #[test]
    fn what_python_prints_is_read_as_the_same_json() {
        for (python, json) in [
            ("{'a': 'b', 'c': [True, False, None, 1.5, ('x',)]}", r#"{"a":"b","c":[true,false,null,1.5,["x"]]}"#),
            (r#"{'a': "it's", 'b': 'say "hi"', 'c': 'it\'s'}"#, r#"{"a":"it's","b":"say \"hi\"","c":"it's"}"#),
            (r"{'a': '-----BEGIN\nMII\n', 'b': 'x\\y\x41\u00e9'}", r#"{"a":"-----BEGIN\nMII\n","b":"x\\yA\u00e9"}"#),
            ("{'a': 'None', }", r#"{"a":"None"}"#),
        ] {
            assert!(is_python(python), "{python}");
            let found = of_python(python);
            assert_eq!(Json::parse(found.as_str()).ok(), Json::parse(json).ok(), "{}", found.as_str());
        }
        assert!(!is_python(r#"{"a": 'b'}"#));
    }

    #[test]
    fn usual_faults_of_json_are_named_where_they_stand() {
        for (text, line, column, expected) in [
            ("{ // from the console\n}", 1, 3, Some("JSON has no comments")),
            ("{\n  /* a */ \"b\": 1}", 2, 3, Some("JSON has no comments")),
            ("{\n# a\n}", 2, 1, Some("JSON has no comments")),
            ("{\"a\": 1,}", 1, 9, Some("there is a comma before the closing bracket")),
            ("{“a”: 1}", 1, 2, Some("an editor replaced the quotes with typographic ones")),
            ("{\"a\": 1 2}", 1, 9, None),
            ("{}", 40, 7, None),
        ] {
            assert_eq!(why_invalid(text, line, column), expected, "{text}");
        }
    }
}
