//! Finding the **rule** that matches a response: the profile's first, then the standards', then those of a library that
//! many servers are built on, then everyday words; and if none of them matches, what is left by status and code alone.

use super::reasons::{self, Precedence};
use super::{Attempt, Case, Cause, everyday, standard};
use crate::issuer::Refusal;
use crate::provider::{ContentKind, Provider, Reason, RefusalRule, RequestKind, Sent, library_rules};

/// The rule that was found.
pub(super) struct Found<'a>(&'a RefusalRule);

impl Found<'_> {
    /// Its causes, the likeliest first; never empty.
    pub(super) fn causes(&self, case: &Case<'_>) -> Vec<Cause> {
        let RefusalRule { means, explains, help, .. } = self.0;
        let mut causes: Vec<Cause> = means.0.iter().flat_map(|reason| reasons::causes(*reason, case)).collect();
        if causes.is_empty() {
            // Every cause depends on something that wasn't sent: only the server's own words are left.
            causes = reasons::causes(Reason::Named, case);
        }
        let own = means.0.first().and_then(|reason| reasons::own_code(*reason, case));
        if let Some(first) = causes.first_mut().filter(|first| Some(&first.code) == own.as_ref()) {
            first.sentence = Some(explains).filter(|text| !text.is_empty()).unwrap_or(&first.sentence).clone();
            first.help = Some(help).filter(|text| !text.is_empty()).unwrap_or(&first.help).clone();
        }
        causes
    }

    /// The rule itself.
    #[cfg(test)]
    pub(super) fn rule(&self) -> &RefusalRule {
        self.0
    }

    /// Whether it means this, among other things.
    pub(super) fn means(&self, reason: Reason) -> bool {
        self.0.means.0.contains(&reason)
    }

    /// Where its causes go among the locally known ones.
    pub(super) fn precedence(&self) -> Precedence {
        self.0.means.0.first().map_or(Precedence::Vague, |reason| reasons::precedence(*reason))
    }
}

/// What the server says, by the most specific rules.
pub(super) fn named<'a>(
    provider: &'a Provider,
    request: RequestKind,
    sent: &[Sent],
    said: &Refusal,
) -> Option<Found<'a>> {
    let own = of_profile(provider, request, sent, said);
    let shared = [&*standard::NAMED, library_rules(), &*everyday::WORDS];
    let answer = Answer::of(said).without_lists();
    let of_all = || shared.into_iter().flatten().find(|rule| answer.fits(rule, request, sent));
    own.or_else(of_all).map(Found)
}

/// What only the profile recognises, if the response isn't the server's own.
pub(super) fn known<'a>(
    provider: &'a Provider,
    request: RequestKind,
    sent: &[Sent],
    said: &Refusal,
) -> Option<Found<'a>> {
    of_profile(provider, request, sent, said).map(Found)
}

/// What the profile's own rules make of it.
pub(super) fn of_profile<'a>(
    provider: &'a Provider,
    request: RequestKind,
    sent: &[Sent],
    said: &Refusal,
) -> Option<&'a RefusalRule> {
    first(&provider.refusals.rules, request, sent, said)
}

/// What is left if no rule matches.
pub(super) fn left<'a>(attempt: &Attempt<'a>, said: &Refusal) -> Found<'a> {
    let find = |rules: &'a [RefusalRule]| first(rules, attempt.request, &attempt.sent(), said);
    Found(find(&attempt.provider.refusals.otherwise).or_else(|| find(&standard::LEFT)).unwrap_or(&standard::UNKNOWN))
}

fn first<'a>(rules: &'a [RefusalRule], request: RequestKind, sent: &[Sent], said: &Refusal) -> Option<&'a RefusalRule> {
    let answer = Answer::of(said);
    rules.iter().find(|rule| answer.fits(rule, request, sent))
}

/// A response with its texts in lower case, once for all rules.
struct Answer<'a> {
    said: &'a Refusal,
    text: String,
}

impl<'a> Answer<'a> {
    fn of(said: &'a Refusal) -> Self {
        let texts = [&said.parent, &said.description, &said.error].into_iter().flatten();
        let texts = texts.chain(said.members.iter().map(|(_, value)| value)).chain([&said.body]);
        Self { said, text: texts.map(|text| text.to_lowercase()).collect::<Vec<_>>().join("\n") }
    }

    /// The same for rules that don't recognise a server by its sentences.
    fn without_lists(self) -> Self {
        Self { text: everyday::without_lists(&self.text), ..self }
    }

    /// Whether every condition in the rule is true of this response.
    fn fits(&self, rule: &RefusalRule, request: RequestKind, sent: &[Sent]) -> bool {
        let said = self.said;
        let is = |wanted: &str, found: Option<&str>| {
            wanted.is_empty() || found.is_some_and(|found| found.eq_ignore_ascii_case(wanted))
        };
        // A page is written for people, and may contain any word: only a rule about pages reads it.
        let readable = said.content != ContentKind::Page || rule.content == Some(ContentKind::Page);
        let among = |wanted: &str, found: &[String]| {
            wanted.is_empty() || found.iter().any(|found| found.eq_ignore_ascii_case(wanted))
        };
        (rule.on.is_empty() || rule.on.contains(&request))
            && (rule.sent.is_empty() || rule.sent.iter().any(|one| sent.contains(one)))
            && (rule.status.is_empty() || rule.status.iter().any(|one| [said.status, said.status / 100].contains(one)))
            && rule.content.is_none_or(|content| content == said.content)
            && (rule.error == "*" && said.error.is_some() || is(&rule.error, said.error.as_deref()))
            && is(&rule.code, said.code.as_deref())
            && among(&rule.header, &said.headers)
            && among(&rule.cookie, &said.cookies)
            && rule.at.iter().all(|(place, value)| self.holds(place, value))
            && !rule.lacks.iter().any(|place| self.has(place))
            && (rule.id.is_empty() || readable && self.has_word(&rule.id.to_lowercase()))
            && (rule.says.is_empty() || readable && self.text.contains(&rule.says.to_lowercase()))
    }

    fn holds(&self, place: &str, value: &str) -> bool {
        let found = self.said.members.iter().find(|(found, _)| found == place);
        found.is_some_and(|(_, found)| value.is_empty() || found.eq_ignore_ascii_case(value))
    }

    /// Whether anything is at a path or below it.
    fn has(&self, place: &str) -> bool {
        let below = format!("{place}/");
        self.said.members.iter().any(|(found, _)| found == place || found.starts_with(&below))
    }

    /// Whether an id occurs in the texts as a separate word.
    fn has_word(&self, word: &str) -> bool {
        let of_word = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        self.text.match_indices(word).any(|(at, _)| {
            let before = self.text[..at].chars().next_back();
            let after = self.text[at + word.len()..].chars().next();
            !before.is_some_and(of_word) && !after.is_some_and(of_word)
        })
    }
}
