//! Why introspection says that a token is **not active** although it was just minted (RFC 7662 §2.2: the server gives
//! no reason, on purpose).

use super::{Cause, NextStep};

/// What is known about a token that introspection calls inactive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inactive {
    /// Whether it has expired by the local clock.
    pub expired: bool,
    /// Whether the provider has a scope that adds a project to the token's audience.
    pub audience_scope_known: bool,
    /// Whether that scope was requested, for the application's project if it is known.
    pub audience_scope_asked: bool,
    /// The client id of the application that asked.
    pub client_id: String,
}

/// Causes of an inactive token, the likeliest first; never empty.
pub fn inactive(known: &Inactive) -> Vec<Cause> {
    let cause = |code: &str, sentence: String, help: &str, next: NextStep| Cause {
        code: code.to_owned(),
        sentence,
        dated: None,
        help: help.to_owned(),
        next,
    };
    let mut causes = Vec::new();
    if known.expired {
        let sentence = "The token has expired".to_owned();
        causes.push(cause("token-expired", sentence, "Mint a new one", NextStep::TryAgain));
    }
    if known.audience_scope_known && !known.audience_scope_asked {
        let sentence = format!(
            "The token isn't meant for the project of `{}`: its audience scope wasn't requested",
            known.client_id
        );
        let help = "Mint again with this project's audience scope, then introspect";
        causes.push(cause("audience-scope-missing", sentence, help, NextStep::MintWithAudience));
    }
    let sentence = format!("`{}` belongs to a different project or server than the token", known.client_id);
    let help = "Choose the credential of the application that receives the token";
    causes.push(cause("other-application", sentence, help, NextStep::None));
    let sentence = "The token was revoked, or its service user has been deactivated since".to_owned();
    causes.push(cause("token-revoked", sentence, "Mint a new one", NextStep::TryAgain));
    causes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_missing_audience_scope_stands_first_unless_the_token_has_expired() {
        let check = |expired, audience_scope_known, audience_scope_asked, expected: &[&str]| {
            let known = Inactive { expired, audience_scope_known, audience_scope_asked, client_id: "a".into() };
            let codes: Vec<String> = inactive(&known).into_iter().map(|cause| cause.code).collect();
            assert_eq!(codes, expected);
        };
        check(false, true, false, &["audience-scope-missing", "other-application", "token-revoked"]);
        check(true, true, false, &["token-expired", "audience-scope-missing", "other-application", "token-revoked"]);
        check(false, true, true, &["other-application", "token-revoked"]);
        check(false, false, false, &["other-application", "token-revoked"]);
    }
}
