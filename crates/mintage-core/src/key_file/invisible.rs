//! **Invisible** characters, which get copied along and make two ids that look alike differ.

/// Characters that show nothing, or change the direction of the text around them (Unicode's
/// `Default_Ignorable_Code_Point` and characters drawn as blanks). Whitespace and control characters aren't included.
const RANGES: &[(char, char)] = &[
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{202a}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

pub(super) fn is_invisible(c: char) -> bool {
    RANGES.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

/// What is invisible about a text, as a sentence part.
pub(super) fn fault(text: &str) -> Option<&'static str> {
    if !text.contains(is_invisible) {
        return None;
    }
    if text.chars().all(is_invisible) {
        return Some("it consists of invisible characters");
    }
    if text.starts_with(is_invisible) {
        return Some("it begins with an invisible character");
    }
    if text.ends_with(is_invisible) {
        return Some("it ends with an invisible character");
    }
    Some("it contains an invisible character")
}
