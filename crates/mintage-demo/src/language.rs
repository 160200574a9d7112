//! The **language** of an error's text, which a client asks for by `Accept-Language` (RFC 9110 §12.5.4).

/// The languages of the texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// `en`
    #[default]
    English,
    /// `de`
    German,
}

impl Language {
    /// The known language with the greatest weight, otherwise the server's default.
    pub(crate) fn asked_for(header: Option<&str>, own: Self) -> Self {
        let mut best = (own, 0.0);
        for range in header.unwrap_or_default().split(',') {
            let (tag, parameter) = range.split_once(';').unwrap_or((range, ""));
            let weight = match parameter.trim().strip_prefix("q=") {
                Some(weight) => weight.parse().unwrap_or(0.0),
                None => 1.0,
            };
            // With equal weights, the first counts.
            if let Some(language) = Self::of_tag(tag.trim()).filter(|_| weight > best.1) {
                best = (language, weight);
            }
        }
        best.0
    }

    fn of_tag(tag: &str) -> Option<Self> {
        match tag.split('-').next()?.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "de" => Some(Self::German),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_language_with_the_greatest_weight_is_taken() {
        let check = |header: Option<&str>, expected: Language| {
            assert_eq!(Language::asked_for(header, Language::English), expected, "{header:?}");
        };
        check(None, Language::English);
        check(Some(""), Language::English);
        check(Some("de"), Language::German);
        check(Some("DE-at"), Language::German);
        check(Some("fr, de;q=0.8, en;q=0.9"), Language::English);
        check(Some("fr, de;q=0.9,en;q=0.8"), Language::German);
        check(Some("de;q=0"), Language::English);
        check(Some("de;q=nonsense, ;;;,=, q=1"), Language::English);
        assert_eq!(Language::asked_for(Some("fr"), Language::German), Language::German, "the server's own");
    }
}
