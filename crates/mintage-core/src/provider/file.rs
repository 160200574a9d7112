//! A **profile file** is a provider that a user wrote or exported: TOML or JSON, never with a secret.
//!
//! Rule: strict. An unknown member, an unknown placeholder or a combination that can't work is an error that names it,
//! because a profile decides what is sent where.

use super::{KeyFileRule, KeyFiles, Method, Provider, ProviderError};

mod address;
mod check;
mod key_files;
mod member;
mod place;
mod recipes;
mod refusals;

pub use check::check;
pub use member::with_member;
pub use place::line_of;

/// The largest profile file that is accepted, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;

/// The format of a profile file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, specta::Type)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// TOML, with one table per noun.
    Toml,
    /// JSON.
    Json,
}

/// Reads a profile: JSON if it begins with a brace, TOML otherwise.
///
/// # Errors
/// [`ProviderError::TooLarge`], [`ProviderError::Unreadable`] with line and reason (an unknown member is
/// one), and all of [`check`].
pub fn read(text: &str) -> Result<Provider, ProviderError> {
    if text.len() > MAX_BYTES {
        return Err(ProviderError::TooLarge);
    }
    let text = text.trim_start_matches('\u{feff}');
    if let Some(at) = place::too_deep(text) {
        return Err(ProviderError::Unreadable {
            line: place::line_at(text, at),
            why: "it is nested too deeply".into(),
        });
    }
    let mut provider: Provider = if is_json(text) {
        serde_json::from_str(text)?
    } else {
        toml::from_str(text).map_err(|error| ProviderError::Unreadable {
            line: error.span().map_or(0, |span| place::line_at(text, span.start)),
            why: error.message().trim().replace('\n', ", "),
        })?
    };
    take_in_meanings(&mut provider);
    check(&provider)?;
    Ok(provider)
}

/// Merges the rules that earlier profiles wrote as `meanings`, which take precedence, into today's.
fn take_in_meanings(provider: &mut Provider) {
    let earlier = std::mem::take(&mut provider.meanings);
    provider.refusals.rules.splice(..0, earlier);
}

/// Whether a text is meant to be JSON.
fn is_json(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// Reads a profile from the catalogue. One from an earlier version may be rejected by today's rules.
///
/// # Errors
/// As [`read`], whatever its size.
pub fn read_stored(document: &str) -> Result<Provider, ProviderError> {
    let mut provider: Provider = serde_json::from_str(document)?;
    take_in_meanings(&mut provider);
    check(&provider)?;
    Ok(provider)
}

/// Writes a profile as text with every member, so that it serves as its own documentation. In TOML, the members of a
/// key-file rule are written as comments if there is none.
pub fn write(provider: &Provider, format: Format) -> String {
    match format {
        Format::Toml => {
            let text = toml::to_string_pretty(provider).expect("a provider is tables, lists, texts and numbers");
            text.replacen("\nrules = []\n", &format!("\n{}", rule_in_remarks()), 1)
        }
        Format::Json => serde_json::to_string_pretty(provider).expect("a provider is plain data"),
    }
}

fn rule_in_remarks() -> String {
    let matches = [("/kind".to_owned(), "acme-robot".to_owned())].into();
    let rules = vec![KeyFileRule { matches, ..KeyFileRule::default() }];
    let sketch = Provider { key_files: KeyFiles { rules, ..KeyFiles::default() }, ..Provider::default() };
    let text = toml::to_string_pretty(&sketch).expect("a provider is tables, lists, texts and numbers");
    let at = text.find("[[keyFiles.rules]]").expect("it was just written");
    let rule = text[at..].split("\n[").take(2).collect::<Vec<_>>().join("\n[");
    rule.lines().map(|line| format!("# {line}").trim_end().to_owned() + "\n").collect()
}

impl From<serde_json::Error> for ProviderError {
    /// The parser's message without its position, which the error has in a separate field.
    fn from(error: serde_json::Error) -> Self {
        let message = error.to_string();
        let why = message.split(" at line ").next().unwrap_or_default().to_owned();
        Self::Unreadable { line: error.line(), why }
    }
}

impl Method {
    /// The method's name (RFC 9110 §9).
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

fn impossible(member: &'static str, why: &'static str) -> ProviderError {
    ProviderError::Impossible { member, why }
}

#[cfg(test)]
mod tests;
