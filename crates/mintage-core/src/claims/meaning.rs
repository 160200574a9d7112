//! The meanings of **registered members** in plain words, and how a provider's own meanings are looked up.

use crate::provider::ClaimMeaning;

/// Payload claims: RFC 7519 §4.1, RFC 9068 §2.2, RFC 8693 §4, RFC 7800 §3.1, OpenID Connect Core §2 and §5.1.
const CLAIMS: &[(&str, &str)] = &[
    ("iss", "who issued the token"),
    ("sub", "subject: the user or client the token is about"),
    ("aud", "intended audience: who should accept the token"),
    ("exp", "when the token expires"),
    ("nbf", "when the token becomes valid"),
    ("iat", "when the token was issued"),
    ("jti", "unique id of this token"),
    ("client_id", "the client the token was issued to"),
    ("azp", "the client the token was issued to"),
    ("scope", "what the token allows"),
    ("scp", "what the token allows"),
    ("auth_time", "when the user signed in"),
    ("acr", "how strongly the user was authenticated"),
    ("amr", "which methods the user authenticated with"),
    ("roles", "roles of the subject"),
    ("groups", "groups of the subject"),
    ("entitlements", "what the subject may use"),
    ("nonce", "ties the token to one sign-in request"),
    ("sid", "id of the session"),
    ("at_hash", "fingerprint of the access token issued with it"),
    ("c_hash", "fingerprint of the authorization code"),
    ("s_hash", "fingerprint of the request's state"),
    ("cnf", "the key that the presenter of the token must have"),
    ("act", "who acts for the subject"),
    ("may_act", "who may act for the subject"),
    ("name", "full name"),
    ("given_name", "given name"),
    ("family_name", "family name"),
    ("middle_name", "middle name"),
    ("nickname", "nickname"),
    ("preferred_username", "preferred username"),
    ("profile", "address of the profile page"),
    ("picture", "address of the profile picture"),
    ("website", "address of the website"),
    ("email", "e-mail address"),
    ("email_verified", "whether the e-mail address was verified"),
    ("gender", "gender"),
    ("birthdate", "date of birth"),
    ("zoneinfo", "time zone"),
    ("locale", "language and region"),
    ("phone_number", "telephone number"),
    ("phone_number_verified", "whether the telephone number was verified"),
    ("address", "postal address"),
    ("updated_at", "when the profile was last changed"),
];

/// Header members: RFC 7515 §4.1, RFC 7516 §4.1, RFC 7797 §3.
const HEADER: &[(&str, &str)] = &[
    ("alg", "how the token is signed"),
    ("kid", "id of the signing key"),
    ("typ", "what kind of token it is"),
    ("cty", "what kind of content it has"),
    ("crit", "extensions that must be understood"),
    ("b64", "whether the payload is encoded"),
    ("jku", "where the token says its key set is (never fetched)"),
    ("jwk", "the key the token says it was signed with (never used)"),
    ("x5u", "where the token says its certificate is (never fetched)"),
    ("x5c", "certificates that come with the token (never used)"),
    ("x5t", "SHA-1 fingerprint of the signing certificate"),
    ("x5t#S256", "SHA-256 fingerprint of the signing certificate"),
    ("enc", "how the content is encrypted"),
    ("zip", "how the content is compressed"),
];

/// What a header member means.
pub(super) fn of_header(name: &str) -> Option<String> {
    find(HEADER, name)
}

/// What a registered claim means.
pub(super) fn of_registered(name: &str) -> Option<String> {
    find(CLAIMS, name)
}

fn find(table: &[(&str, &str)], name: &str) -> Option<String> {
    table.iter().find(|(known, _)| *known == name).map(|(_, meaning)| (*meaning).to_owned())
}

/// The provider's entry for a claim: an exact name before one with `*`, earlier entries before later ones.
pub(super) fn in_glossary<'g>(glossary: &'g [ClaimMeaning], name: &str) -> Option<&'g ClaimMeaning> {
    let exact = glossary.iter().find(|entry| entry.claim == name);
    exact.or_else(|| glossary.iter().find(|entry| matches(&entry.claim, name)))
}

/// Whether a name matches a pattern in which `*` stands for any run of characters, including none.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|start| name.strip_prefix(start)) else { return false };
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        // The first match leaves the most text for the remaining pieces.
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::ClaimForm;

    #[test]
    fn a_star_stands_for_any_run_of_characters() {
        let check = |pattern: &str, name: &str, expected: bool| {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}")
        };
        check("urn:a:*:roles", "urn:a:1005:roles", true);
        check("urn:a:*:roles", "urn:a::roles", true);
        check("urn:a:*:roles", "urn:a:x:y:roles", true);
        check("urn:a:*:roles", "urn:a:roles", false);
        check("urn:a:*:roles", "urn:a:1005:roles:x", false);
        check("urn:a:*:roles", "xurn:a:1005:roles", false);
        check("a*b*c", "a-b-b-c", true);
        check("a*b*c", "a-c", false);
        check("a*a", "a", false);
        check("*", "", true);
        check("*", "anything", true);
        check("groups", "groups", true);
        check("groups", "groups2", false);
        check("é*", "éa", true);
    }

    #[test]
    fn exact_names_come_before_patterns() {
        let entry = |claim: &str, meaning: &str| ClaimMeaning {
            claim: claim.into(),
            meaning: meaning.into(),
            form: ClaimForm::Plain,
        };
        let glossary = [entry("x:*", "any"), entry("x:1", "one")];
        assert_eq!(in_glossary(&glossary, "x:1").map(|found| found.meaning.as_str()), Some("one"));
        assert_eq!(in_glossary(&glossary, "x:2").map(|found| found.meaning.as_str()), Some("any"));
        assert_eq!(in_glossary(&glossary, "y"), None);
    }
}
