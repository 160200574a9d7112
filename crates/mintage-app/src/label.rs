//! **Labels** outside the window. Names come from key files and servers, so they are untrusted: there is no page here
//! that would reveal hidden characters.

/// Longer names would make a menu as wide as the screen.
const LONGEST: usize = 48;

/// A name without what would hide or turn around the words beside it, and not too long.
pub fn plain(name: &str) -> String {
    let mut shown: String = name.chars().map(|c| if is_hidden(c) { '\u{FFFD}' } else { c }).take(LONGEST).collect();
    if name.chars().count() > LONGEST {
        shown.push('…');
    }
    shown
}

/// Control characters, and characters that are invisible or change the direction of text.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}')
        || matches!(c, '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_hides_nothing_and_is_not_too_long() {
        let check = |name: &str, expected: &str| assert_eq!(plain(name), expected);
        check("deploy-bot", "deploy-bot");
        check("Ärger & Söhne שלום", "Ärger & Söhne שלום");
        check("\u{202E}tob", "\u{FFFD}tob");
        check("a\nb\u{200B}", "a\u{FFFD}b\u{FFFD}");
        check(&"é".repeat(48), &"é".repeat(48));
        check(&"é".repeat(49), &format!("{}…", "é".repeat(48)));
    }
}
