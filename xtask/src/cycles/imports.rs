//! The **imports** of one file: every path that starts at `crate`, `super`, `self` or a name from a `use` line.
//!
//! A reader of tokens, not of Rust: comments, strings and everything after `#[cfg(test)] mod` are left out, and the
//! rest is scanned for paths. That is enough for imports, since a path looks the same everywhere.

use std::collections::{BTreeMap, BTreeSet};

/// What a file uses.
#[derive(Debug, Default)]
pub(super) struct Imports {
    /// Every path, as its segments.
    pub(super) paths: Vec<Vec<String>>,
    /// What its `use` lines name, and the path behind each name.
    pub(super) names: BTreeMap<String, Vec<String>>,
    /// The paths of its `use …::*` lines.
    pub(super) globs: Vec<Vec<String>>,
    /// What it defines; methods too, which nothing imports.
    pub(super) defined: BTreeSet<String>,
}

/// The name of a glob import.
const ALL: &str = "*";

/// Reads a file's text.
pub(super) fn of(text: &str) -> Imports {
    let tokens = tokens(&without_tests(&code(text)));
    let mut imports = Imports { defined: defined(&tokens), ..Imports::default() };
    let mut at = 0;
    while at < tokens.len() {
        let in_use = tokens[at] == "use";
        let start = at + usize::from(in_use);
        let begins = tokens.get(start).is_some_and(|token| is_name(token));
        let rooted = begins && matches!(tokens[start].as_str(), "crate" | "super" | "self");
        let inner = start > 0 && tokens[start - 1] == "::";
        let is_path = rooted && !inner && tokens.get(start + 1).is_some_and(|token| token == "::");
        if !(begins && in_use || is_path) {
            at += 1;
            continue;
        }
        let mut leaves = Vec::new();
        at = tree(&tokens, start, &[], &mut leaves).max(at + 1);
        for (path, name) in leaves {
            match name.as_str() {
                _ if !in_use => {}
                ALL => imports.globs.push(path.clone()),
                _ => drop(imports.names.insert(name, path.clone())),
            }
            imports.paths.push(path);
        }
    }
    imports
}

/// The names after the words that define something.
fn defined(tokens: &[String]) -> BTreeSet<String> {
    const WORDS: &[&str] = &["fn", "struct", "enum", "trait", "type", "const", "static", "union", "mod"];
    let pairs = tokens.windows(2).filter(|pair| WORDS.contains(&pair[0].as_str()));
    pairs.map(|pair| pair[1].clone()).filter(|name| is_name(name)).collect()
}

/// Reads a `use` tree from a token on; returns each leaf with its local name, and what follows.
fn tree(tokens: &[String], mut at: usize, before: &[String], leaves: &mut Vec<(Vec<String>, String)>) -> usize {
    let mut path = before.to_vec();
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("{") => return list(tokens, at + 1, &path, leaves),
            Some(ALL) => {
                leaves.push((path, ALL.to_owned()));
                return at + 1;
            }
            Some(name) if is_name(name) => {
                path.push(name.to_owned());
                at += 1;
                if tokens.get(at).is_some_and(|token| token == "::") {
                    at += 1;
                    continue;
                }
            }
            _ => {}
        }
        // `a::{self}` names `a` itself.
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let mut name = path.last().cloned().unwrap_or_default();
        if tokens.get(at).is_some_and(|token| token == "as") {
            name = tokens.get(at + 1).cloned().unwrap_or_default();
            at += 2;
        }
        leaves.push((path, name));
        return at;
    }
}

fn list(tokens: &[String], mut at: usize, path: &[String], leaves: &mut Vec<(Vec<String>, String)>) -> usize {
    while let Some(token) = tokens.get(at) {
        match token.as_str() {
            "}" => return at + 1,
            "," => at += 1,
            _ => at = tree(tokens, at, path, leaves).max(at + 1),
        }
    }
    at
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::`, and every other character on its own.
fn tokens(code: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut characters = code.chars().peekable();
    while let Some(c) = characters.next() {
        if c.is_alphanumeric() || c == '_' {
            let mut name = String::from(c);
            while let Some(next) = characters.next_if(|next| next.is_alphanumeric() || *next == '_') {
                name.push(next);
            }
            tokens.push(name);
        } else if c == ':' && characters.next_if_eq(&':').is_some() {
            tokens.push("::".to_owned());
        } else if !c.is_whitespace() {
            tokens.push(c.to_string());
        }
    }
    tokens
}

/// The text without its test modules, which come last in a file.
fn without_tests(code: &str) -> String {
    let marked = code.match_indices("#[cfg(test)]").map(|(at, mark)| (at, code[at + mark.len()..].trim_start()));
    let mut ends =
        marked.filter(|(_, rest)| rest.starts_with("mod ") && !rest.split('{').next().unwrap_or("").contains(';'));
    ends.next().map_or(code, |(at, _)| &code[..at]).to_owned()
}

/// The text without comments, and with string and character literals emptied.
fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = text_at(rest) {
            code.push(' ');
            length
        } else {
            code.push(c);
            c.len_utf8()
        };
        rest = &rest[skipped..];
    }
    code
}

/// The length of the string or character literal that begins here, if one does.
fn text_at(rest: &str) -> Option<usize> {
    if let Some(raw) = rest.strip_prefix('r').filter(|raw| raw.starts_with(['#', '"'])) {
        let marks = raw.len() - raw.trim_start_matches('#').len();
        let end = format!("\"{}", "#".repeat(marks));
        let body = raw[marks..].strip_prefix('"')?;
        return Some(1 + marks + 1 + body.find(&end)? + end.len());
    }
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut characters = rest.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => drop(characters.next()),
            c if c == quote => return Some(at + 1),
            // A lifetime isn't a character literal: `'a` has no closing quote.
            _ if quote == '\'' && !rest[at + c.len_utf8()..].starts_with('\'') && !rest[1..].starts_with('\\') => {
                return None;
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_wherever_they_stand() {
        let check = |text: &str, expected: &[&str]| {
            let found: Vec<String> = of(text).paths.iter().map(|path| path.join("::")).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("use crate::a::{b, c::{self, D as E}};", &["crate::a::b", "crate::a::c", "crate::a::c::D"]);
        check("pub(crate) use self::x::*;", &["self::x"]);
        check(
            "fn f(v: &'a str) -> super::T { crate::g::h('\"', '\\'', \"use crate::no;\") }",
            &["super::T", "crate::g::h"],
        );
        check("/* use crate::no; */ // use crate::no;\nlet x = r#\"crate::no\"#;", &[]);
        check("use std::fmt; pub(in crate::a) fn f() {}", &["std::fmt", "crate::a"]);
        check("impl X for super::super::Y {}", &["super::super::Y"]);
    }

    #[test]
    fn names_lead_to_their_paths() {
        let imports = of("pub use b::{B, C as D, e::*}; struct S; impl S { fn f() {} }");
        assert_eq!(imports.names.keys().collect::<Vec<_>>(), ["B", "D"]);
        assert_eq!(imports.names["D"], ["b", "C"]);
        assert_eq!(imports.globs, [["b", "e"]]);
        assert_eq!(imports.defined.iter().collect::<Vec<_>>(), ["S", "f"]);
    }
}
