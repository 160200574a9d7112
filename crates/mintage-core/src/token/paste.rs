//! A **paste** is any text from a user that contains a token: a header, a curl line, a response.
//!
//! Rule: lenient about the wrapping, never about the choice. Quotes, whitespace, line breaks and invisible characters
//! are removed; if two different tokens remain, none is picked. Whether the token is any good is decided elsewhere.

use zeroize::Zeroizing;

use super::TokenError;
use super::compact::MAX_TOKEN;
use crate::secret::Secret;

mod jwt;
mod response;

/// The largest paste that is searched, in bytes: a response may contain several tokens.
const MAX_PASTE: usize = 4 * MAX_TOKEN;
/// Shorter words than this are prose, not tokens.
const SHORTEST: usize = 8;

/// Text that is wiped on drop.
type Wiped = Zeroizing<String>;

/// Finds the token in pasted text: a bare token, `Bearer …`, an Authorization header, a curl line, a JSON token
/// response, an `export NAME=…` line; lenient about quotes and whitespace.
///
/// # Errors
/// [`TokenError::NotFound`] if there is none or several different ones, [`TokenError::TooLarge`].
pub fn extract(pasted: &str) -> Result<Secret, TokenError> {
    if pasted.len() > MAX_PASTE {
        return Err(TokenError::TooLarge);
    }
    let text = plain(pasted);
    // The clearest indication of a token is tried first; a later one only if the earlier ones found nothing.
    let ways: [fn(&str) -> Vec<Wiped>; 4] = [response::tokens, in_headers, in_assignments, bare];
    let mut found = ways.iter().map(|way| way(&text)).find(|found| !found.is_empty()).unwrap_or_default();
    let Some(mut first) = found.pop() else {
        return Err(TokenError::NotFound { several: false });
    };
    if found.iter().any(|other| *other != first) {
        return Err(TokenError::NotFound { several: true });
    }
    if first.len() > MAX_TOKEN {
        return Err(TokenError::TooLarge);
    }
    Ok(Secret::new(std::mem::take(&mut *first)))
}

/// The text with typographic quotes replaced and invisible characters removed, since chats and word processors add
/// both.
fn plain(pasted: &str) -> Wiped {
    // No replacement is longer than what it replaces, so the buffer never reallocates and leaves no copy.
    let mut text = Zeroizing::new(String::with_capacity(pasted.len()));
    for c in pasted.chars() {
        match c {
            '\u{2018}'..='\u{201B}' | '\u{2032}' | '\u{2035}' => text.push('\''),
            '\u{201C}'..='\u{201F}' | '\u{AB}' | '\u{BB}' | '\u{2033}' | '\u{2036}' => text.push('"'),
            '\u{2010}' | '\u{2011}' => text.push('-'),
            '\u{2028}' | '\u{2029}' => text.push('\n'),
            '\n' | '\r' | '\t' => text.push(c),
            _ if is_invisible(c) => {}
            _ if c.is_whitespace() => text.push(' '),
            _ => text.push(c),
        }
    }
    text
}

/// Control, zero-width and direction characters.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
        || c.is_control()
}

/// Characters of a bearer token (RFC 6750 §2.1).
fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~+/=".contains(c)
}

/// The whole text as one bearer token, if it is one.
fn whole(text: &str) -> Option<Wiped> {
    let unpadded = text.trim_end_matches('=');
    let fits = unpadded.len() >= SHORTEST && unpadded.chars().all(|c| is_token_char(c) && c != '=');
    fits.then(|| Zeroizing::new(text.to_owned()))
}

/// Tokens after the word `Bearer`, and JWTs anywhere.
fn in_headers(text: &str) -> Vec<Wiped> {
    let mut found = jwt::tokens(text);
    let lower = Zeroizing::new(text.to_ascii_lowercase());
    for (position, word) in lower.match_indices("bearer") {
        let before = text[..position].chars().next_back();
        let at_start = before.is_none_or(|c| matches!(c, ':' | '=' | '\'' | '"' | '-' | '\n' | '`'))
            || text[..position].trim_end().ends_with([':', '=']);
        let after = &text[position + word.len()..];
        if !at_start || !after.starts_with([' ', '\t', '\n', '\r']) {
            continue;
        }
        let after = after.trim_start().trim_start_matches(['\'', '"', '\\']);
        let end = after.find(|c| !is_token_char(c)).unwrap_or(after.len());
        let ends_well = after[end..].trim_start_matches([' ', '\t']).chars().next();
        let ends_well = ends_well.is_none_or(|c| !is_token_char(c) && c != ':' && c != '<' && c != '{');
        // JWTs were found above, and reassembled if they are wrapped.
        if ends_well && !jwt::begins(&after[..end]) {
            found.extend(whole(&after[..end]));
        }
    }
    found
}

/// Values of `NAME=value` and `NAME: value` if the name mentions a token, as in shells, `.env` files and redirects; any
/// name counts in a single `export` line.
fn in_assignments(text: &str) -> Vec<Wiped> {
    let trimmed = text.trim();
    let single = !trimmed.contains('\n');
    trimmed.split(['\n', '&', '?', '#', ';']).filter_map(|piece| assigned(piece.trim(), single)).collect()
}

fn assigned(piece: &str, single: bool) -> Option<Wiped> {
    let stripped = ["export ", "set ", "$env:", "declare -x "].iter().find_map(|start| piece.strip_prefix(start));
    let (name, value) = stripped.unwrap_or(piece).split_once(['=', ':'])?;
    let name = name.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
        return None;
    }
    let speaks_of_a_token = ["token", "bearer", "jwt"].iter().any(|word| name.contains(word));
    let of_another_kind = ["refresh", "type", "expires", "url", "uri"].iter().any(|word| name.contains(word));
    let any_name_will_do = single && stripped.is_some();
    if of_another_kind || !(speaks_of_a_token || any_name_will_do) {
        return None;
    }
    whole(value.trim().trim_start_matches('$').trim_matches(['"', '\'', ',', '\\']))
}

/// The text itself, if it is one word.
fn bare(text: &str) -> Vec<Wiped> {
    let unwrapped = text.trim_matches(|c: char| c.is_whitespace() || "\"'`,;<>()[]".contains(c));
    whole(unwrapped).into_iter().collect()
}

#[cfg(test)]
mod tests;
