//! Finds **JWTs in running text** and reassembles them if line breaks, blanks or quotes split them.
//!
//! Rule: a piece belongs to the token until the signature has a length that its algorithm can have; text after a
//! complete token is left alone.

use zeroize::Zeroizing;

use super::{SHORTEST, Wiped};
use crate::json::Json;
use crate::token::compact;

/// How base64 of `{"`, `{ ` and `{` with a line break or tab begins.
const BEGINNINGS: [&str; 6] = ["eyJ", "eyA", "eyI", "ewo", "ew0", "ewk"];
/// More candidates than this are ignored: one token is wanted, not a list.
const MAX_FOUND: usize = 16;

/// Whether a text begins like a JWT.
pub(super) fn begins(text: &str) -> bool {
    BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
}

/// All texts that begin like a JWT, each reassembled.
pub(super) fn tokens(text: &str) -> Vec<Wiped> {
    let mut found = Vec::new();
    let mut from = 0;
    for _ in 0..MAX_FOUND {
        let Some(start) = next_beginning(text, from) else { break };
        let pieces = Pieces::gather(&text[start..]);
        let (token, consumed) = pieces.choose();
        if token.len() >= SHORTEST {
            found.push(token);
        }
        from = start + consumed;
    }
    found
}

fn next_beginning(text: &str, from: usize) -> Option<usize> {
    let at = |beginning: &&str| {
        let mut places = text[from..].match_indices(*beginning).map(|(at, _)| from + at);
        places.find(|&at| !text[..at].ends_with(|c: char| is_part_char(c) && c != '='))
    };
    BEGINNINGS.iter().filter_map(at).min()
}

fn is_part_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.+/=".contains(c)
}

/// Where a token may end: after one of the pieces.
struct Stop {
    /// Length of the joined text up to here.
    joined: usize,
    /// Position in the text up to here.
    consumed: usize,
    /// Dots up to here.
    dots: usize,
    /// Characters since the last of them.
    last_part: usize,
    /// Whether a line break and no quote precedes this piece.
    after_line_break: bool,
    /// Whether a quote or the end of the text follows.
    closes: bool,
}

/// The run of pieces from a start, with only whitespace, quotes, backslashes and lone plus signs between them.
struct Pieces {
    joined: Wiped,
    stops: Vec<Stop>,
}

impl Pieces {
    fn gather(text: &str) -> Self {
        let mut pieces = Self { joined: Zeroizing::new(String::with_capacity(text.len())), stops: Vec::new() };
        let (mut at, mut dots, mut last_part, mut after_line_break) = (0, 0, 0, false);
        loop {
            let rest = &text[at..];
            let word = &rest[..rest.find(|c| !is_part_char(c)).unwrap_or(rest.len())];
            if word.is_empty() || (dots >= 2 && begins(word)) {
                break;
            }
            at += word.len();
            dots += word.matches('.').count();
            last_part = word.rfind('.').map_or(last_part + word.len(), |dot| word.len() - dot - 1);
            let rest = &text[at..];
            let gap = &rest[..rest.find(|c: char| !c.is_whitespace() && !"'\"\\+".contains(c)).unwrap_or(rest.len())];
            at += gap.len();
            let quoted = gap.contains(['\'', '"']);
            pieces.joined.push_str(word);
            let (joined, consumed) = (pieces.joined.len(), at - gap.len());
            let closes = quoted || at == text.len();
            pieces.stops.push(Stop { joined, consumed, dots, last_part, after_line_break, closes });
            after_line_break = gap.contains('\n') && !quoted;
        }
        pieces
    }

    /// The token and how much of the text it spans.
    fn choose(self) -> (Wiped, usize) {
        let header = self.header();
        let encrypted = header.as_ref().is_some_and(|header| header.get("enc").is_some());
        let wanted = if encrypted { 4 } else { 2 };
        let lengths = last_part_lengths(header.as_ref(), encrypted);
        // The last match: a shorter length may match by chance at a line break.
        let whole = self.stops.iter().rev().find(|stop| stop.dots == wanted && lengths.contains(&stop.last_part));
        let stop = whole.unwrap_or_else(|| self.longest_likely(wanted));
        let mut token = Zeroizing::new(String::with_capacity(stop.joined));
        token.push_str(&self.joined[..stop.joined]);
        (token, stop.consumed)
    }

    /// For a token that is never complete: everything the missing dots need, and further lines only if only lines
    /// follow.
    fn longest_likely(&self, wanted: usize) -> &Stop {
        let first = self.stops.iter().position(|stop| stop.dots >= wanted).unwrap_or(0);
        let lines = self.stops[first + 1..].iter().take_while(|stop| stop.after_line_break && stop.dots == wanted);
        let last = first + lines.count();
        if self.stops[last].closes { &self.stops[last] } else { &self.stops[first] }
    }

    fn header(&self) -> Option<Json> {
        let (header, _) = self.joined.split_once('.')?;
        compact::header_of(header)
    }
}

/// Lengths in base64url that the last part of a complete token can have: by algorithm (RFC 7518 §3), or those of an
/// authentication tag (RFC 7518 §5).
fn last_part_lengths(header: Option<&Json>, encrypted: bool) -> &'static [usize] {
    if encrypted {
        return &[22, 32, 43];
    }
    match header.and_then(|header| header.get("alg")).and_then(Json::as_text) {
        Some("RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512") => &[342, 512, 683, 1366],
        Some("ES256" | "ES256K" | "EdDSA" | "Ed25519" | "HS512") => &[86],
        Some("ES384") => &[128],
        Some("ES512") => &[176],
        Some("HS256") => &[43],
        Some("HS384") => &[64],
        Some("none") => &[0],
        _ => &[],
    }
}
