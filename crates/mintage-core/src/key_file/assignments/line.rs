//! A **line** that assigns something: its name, what precedes it, and where its value ends.

use crate::key_file::buffer::Buffer;
use crate::key_file::relaxed;

/// A name and the rest of its line.
pub(super) struct Assignment<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a str,
    pub(super) is_yaml: bool,
}

/// The name of a section: `[name]` or `[[name]]`, on its own line.
pub(super) fn section(content: &str) -> Option<&str> {
    let inner = content.trim_end().strip_prefix('[')?.strip_suffix(']')?;
    let inner = inner.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(inner).trim();
    is_name(inner).then_some(inner)
}

fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./$:\"' ".contains(c);
    !text.is_empty() && text.len() <= 128 && text.chars().all(plain)
}

/// Splits `NAME=value`, `name: value`, `NAME<<END` and whatever shells put in front of them.
pub(super) fn assignment(content: &str) -> Option<Assignment<'_>> {
    const BEFORE: &[&str] = &["export ", "set ", "setx ", "declare -x ", "ENV ", "ARG ", "$env:", "env."];
    let content = BEFORE.iter().find_map(|word| content.strip_prefix(word)).unwrap_or(content).trim_start();
    let (name, rest) = match content.strip_prefix(['"', '\'']) {
        Some(_) => {
            let (name, after) = relaxed::python_text(content)?;
            (name, after.trim_start())
        }
        None => {
            let plain = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
            let end = content.find(|c| !plain(c))?;
            (&content[..end], content[end..].trim_start())
        }
    };
    if !is_name(name) {
        return None;
    }
    if rest.starts_with("<<") {
        return Some(Assignment { name, value: rest, is_yaml: false });
    }
    if let Some(value) = rest.strip_prefix('=') {
        return Some(Assignment { name, value, is_yaml: false });
    }
    let value = rest.strip_prefix(':')?;
    // A JSON member in a document that is broken earlier: not an assignment.
    if content.starts_with('"') && (value.trim_start().starts_with(['{', '[']) || value.trim_end().ends_with(',')) {
        return None;
    }
    (value.is_empty() || value.starts_with([' ', '\t'])).then_some(Assignment { name, value, is_yaml: true })
}

/// Where a double-quoted string ends, and where the text after it begins.
pub(super) fn end_of_double(text: &str) -> Option<(usize, usize)> {
    let mut escaping = false;
    let end = text.char_indices().find(|(_, c)| {
        let ends = *c == '"' && !escaping;
        escaping = *c == '\\' && !escaping;
        ends
    });
    end.map(|(at, _)| (at, at + 1))
}

/// Writes the unescaped content of a double-quoted string.
pub(super) fn push_unescaped(out: &mut Buffer, text: &str) {
    out.push('"');
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => out.push_escaped('\n'),
                Some('r') => out.push_escaped('\r'),
                Some('t') => out.push_escaped('\t'),
                Some(escaped @ ('"' | '\\' | '$' | '`' | '/')) => out.push_escaped(escaped),
                Some(other) => {
                    out.push_escaped('\\');
                    out.push_escaped(other);
                }
                None => out.push_escaped('\\'),
            },
            (c, false) => out.push_escaped(c),
        }
    }
    out.push('"');
}
