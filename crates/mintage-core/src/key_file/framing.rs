//! The **frame** of a PEM, its `BEGIN` and `END` lines, repaired if a word processor, chat or wiki changed or dropped
//! the dashes.
//!
//! Rule: only the dashes are fixed. What is between the lines stays as strict as ever.

use zeroize::Zeroizing;

/// What a PEM's first line begins with.
pub(super) const BEGIN: &str = "-----BEGIN ";

/// Characters that replace hyphens: U+2010 to U+2015, the minus sign, and what East Asian keyboards type.
const DASHES: [char; 9] = ['‐', '‑', '‒', '–', '—', '―', '−', '﹣', '－'];

/// The dashes of a repaired frame, at each end.
const FRAME: &str = "-----";

/// The longest label that is searched for, in bytes, including its `BEGIN`.
const MAX_LABEL: usize = 64;

/// The text with its frames repaired; `None` if there is nothing to repair.
pub(super) fn repaired(text: &str) -> Option<Zeroizing<String>> {
    if text.contains(BEGIN) && !text.contains(DASHES) {
        return None;
    }
    // Each frame grows by at most ten dashes, so the buffer never reallocates.
    let frames = text.matches("BEGIN ").count() + text.matches("END ").count();
    let mut repaired = Zeroizing::new(String::with_capacity(text.len() + frames * 2 * FRAME.len()));
    let mut rest = text;
    while let Some(frame) = next_frame(rest) {
        for part in [frame.before, FRAME, frame.label, FRAME] {
            repaired.push_str(part);
        }
        rest = frame.after;
    }
    let changed = !repaired.is_empty();
    repaired.push_str(rest);
    changed.then_some(repaired)
}

/// A `BEGIN` or `END` line, without its dashes.
struct Frame<'a> {
    before: &'a str,
    label: &'a str,
    after: &'a str,
}

fn next_frame(text: &str) -> Option<Frame<'_>> {
    text.match_indices(['B', 'E']).find_map(|(at, _)| frame_at(text, at))
}

/// The frame around the word at this position; `None` if there is none, or if it is part of a sentence.
fn frame_at(text: &str, at: usize) -> Option<Frame<'_>> {
    let (head, tail) = text.split_at(at);
    if !tail.starts_with("BEGIN ") && !tail.starts_with("END ") {
        return None;
    }
    let in_label = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b' ';
    let (label, tail) = tail.split_at(tail.bytes().take(MAX_LABEL).take_while(in_label).count());
    let label = label.trim_end();
    let named = ["KEY", "CERTIFICATE", "REQUEST", "PARAMETERS", "CRL"].iter().any(|last| label.ends_with(last));
    named.then_some(Frame { before: before_dashes(head)?, label, after: after_dashes(tail)? })
}

/// The text before a frame's dashes, or before its line if they were dropped.
fn before_dashes(text: &str) -> Option<&str> {
    let text = text.trim_end_matches(' ');
    let before = text.trim_end_matches(is_dash);
    let begins_a_line = before.is_empty() || before.ends_with(['\n', '\r']) || before.ends_with("\\n");
    (before.len() < text.len() || begins_a_line).then_some(before)
}

fn after_dashes(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(' ');
    let after = text.trim_start_matches(is_dash);
    let ends_a_line = after.is_empty() || after.starts_with(['\n', '\r', '\\']);
    (after.len() < text.len() || ends_a_line).then_some(after)
}

fn is_dash(c: char) -> bool {
    c == '-' || DASHES.contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_put_right_and_nothing_else() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(repaired(text).as_ref().map(|text| text.as_str()), expected, "{text}");
        };
        let good = "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----";
        check(good, None);
        check("—–BEGIN PRIVATE KEY—–\nAA==\n—–END PRIVATE KEY—–", Some(good));
        check("———–BEGIN PRIVATE KEY——-\nAA==\n———–END PRIVATE KEY——-", Some(good));
        check("BEGIN PRIVATE KEY\nAA==\nEND PRIVATE KEY", Some(good));
        check("--BEGIN PRIVATE KEY--\nAA==\n--END PRIVATE KEY--", Some(good));
        check("— BEGIN PRIVATE KEY —\nAA==\n— END PRIVATE KEY —", Some(good));
        check(&good.replace("-----END", "—–END"), Some(good));
        let prose = format!("The bot’s key — keep it safe.\n{good}");
        check(&prose, Some(&prose));
        let one_line = "-----BEGIN RSA PRIVATE KEY-----\\nAA\\n-----END RSA PRIVATE KEY-----";
        check("—–BEGIN RSA PRIVATE KEY—–\\nAA\\n—–END RSA PRIVATE KEY—–", Some(one_line));
        check("BEGIN RSA PRIVATE KEY\\nAA\\nEND RSA PRIVATE KEY", Some(one_line));
        check("Dear all — BEGIN with the PRIVATE KEY tomorrow.", None);
        check("in the END KEY figures decide", None);
        check("", None);
    }

    #[test]
    fn a_repaired_text_never_moves_in_memory() {
        for text in ["BEGIN KEY\n".repeat(10_000), "END KEY".repeat(10_000), "BEGIN END KEY ".repeat(10_000)] {
            let room = text.len() + 10 * (text.matches("BEGIN ").count() + text.matches("END ").count());
            assert!(repaired(&text).is_none_or(|repaired| repaired.len() <= room));
        }
    }
}
