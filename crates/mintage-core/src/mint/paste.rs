//! **Pasting** anything: a key or secret goes to review, a token to the Inspector, an address to a new environment.
//!
//! Rule: a key wins over everything else, since a file with a key may also name a token or an address. Nothing is
//! stored or fetched.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Mint, Review};
use crate::claims;
use crate::credential::Source;
use crate::error::Error;
use crate::issuer_url::IssuerUrl;
use crate::secret::Secret;
use crate::token::{TokenForm, extract};

/// Codes of reviews that hold a key which only waits for something.
const WAITING: [&str; 2] = ["passphrase-needed", "passphrase-wrong"];
/// What follows the issuer in the addresses of well-known endpoints. `/oauth2/` alone may be the issuer's: an Okta
/// authorization server is `https://acme.okta.com/oauth2/default`.
const ENDPOINTS: [&str; 14] = [
    "/oauth/v2/",
    "/oauth2/v1/",
    "/oauth2/v2.0/",
    "/oauth2/token",
    "/oauth2/authorize",
    "/oauth2/introspect",
    "/oauth2/revoke",
    "/oauth2/userinfo",
    "/services/oauth2/",
    "/oauth/",
    "/protocol/openid-connect/",
    "/connect/token",
    "/v1/token",
    "/.well-known/oauth-authorization-server",
];

/// What pasted text is, and so where it belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Pasted {
    /// A key, a secret, or something that Mintage can't place: under review.
    Key {
        /// The review.
        review: Box<Review>,
    },
    /// A token to inspect.
    Token,
    /// The address of an issuer, to create an environment.
    Issuer {
        /// The address as an issuer identifier.
        issuer: String,
    },
}

impl Mint {
    /// Decides where pasted text belongs.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn paste(&self, text: Secret) -> Result<Pasted, Error> {
        let otherwise = if is_token(text.expose()) {
            Some(Pasted::Token)
        } else {
            address_in(text.expose()).map(|issuer| Pasted::Issuer { issuer })
        };
        let review = self.review_text(text, Source::Paste).await?;
        let holds_key =
            review.facts.is_some() || review.problem.as_ref().is_some_and(|why| WAITING.contains(&why.code.as_str()));
        match otherwise {
            Some(elsewhere) if !holds_key => {
                self.discard_reviews(&[review.id]);
                Ok(elsewhere)
            }
            _ => Ok(Pasted::Key { review: Box::new(review) }),
        }
    }
}

/// The issuer that a token in a text names, if that is an address: to propose. Nothing is asked there before the user
/// says so.
pub fn issuer_named_in(text: &str) -> Option<String> {
    let token = extract(text).ok()?;
    let claims = claims::decode(token.expose(), &[]).ok()?;
    let named = claims.payload.into_iter().find(|claim| claim.name == "iss")?.value;
    named.contains("://").then(|| IssuerUrl::parse(&named).ok()).flatten().map(String::from)
}

/// Whether a text is a token, or says that it contains one. An opaque word alone could be anything.
fn is_token(text: &str) -> bool {
    let Ok(token) = extract(text) else { return false };
    let readable = TokenForm::of(token.expose()) != TokenForm::Opaque;
    readable || text.to_ascii_lowercase().contains("bearer ") || text.contains("access_token")
}

/// The issuer of an address that is the whole text, or the first of a curl line.
fn address_in(text: &str) -> Option<String> {
    let text = text.trim();
    let is_address = |word: &&str| word.starts_with("https://") || word.starts_with("http://");
    let quotes = ['\'', '"'];
    let address = if text.starts_with("curl ") {
        text.split_whitespace().map(|word| word.trim_matches(quotes)).find(is_address)?
    } else {
        Some(text.trim_matches(quotes)).filter(|text| is_address(text) && !text.contains(char::is_whitespace))?
    };
    let address = address.split(['?', '#']).next()?;
    let end = ENDPOINTS.iter().filter_map(|known| address.find(known)).min().unwrap_or(address.len());
    IssuerUrl::parse(&address[..end]).ok().map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_its_issuer() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(address_in(text).as_deref(), expected, "{text}");
        check(" https://auth.example.com \n", Some("https://auth.example.com"));
        check("https://auth.example.com/.well-known/openid-configuration", Some("https://auth.example.com"));
        check("http://127.0.0.1:18080", Some("http://127.0.0.1:18080"));
        check(
            "curl -X POST 'https://id.example.com/realms/a/protocol/openid-connect/token' -d a=b",
            Some("https://id.example.com/realms/a"),
        );
        check("curl https://auth.example.com/oauth/v2/token?x=1", Some("https://auth.example.com"));
        check("https://acme.okta.com/oauth2/default", Some("https://acme.okta.com/oauth2/default"));
        check("https://acme.okta.com/oauth2/default/v1/token", Some("https://acme.okta.com/oauth2/default"));
        check(
            "https://acme.okta.com/oauth2/default/.well-known/openid-configuration",
            Some("https://acme.okta.com/oauth2/default"),
        );
        check("https://acme.okta.com/oauth2/v1/token", Some("https://acme.okta.com"));
        check("https://auth.example.com/oauth2/token", Some("https://auth.example.com"));
        check("https://login.salesforce.com/services/oauth2/token", Some("https://login.salesforce.com"));
        check("see https://auth.example.com", None);
        check("http://auth.example.com", None);
        check("auth", None);
    }

    #[test]
    fn a_token_is_told_from_a_word_that_could_be_anything() {
        let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZS5jb20ifQ.c2lnbmF0dXJl";
        for text in [
            jwt.to_owned(),
            format!("Bearer {jwt}"),
            format!("curl -H 'Authorization: Bearer {jwt}' https://a.example"),
            "Authorization: Bearer mF_9.B5f-4.1JqM".to_owned(),
        ] {
            assert!(is_token(&text), "{text}");
        }
        assert!(!is_token("mF_9.B5f-4.1JqM"));
        assert_eq!(issuer_named_in(jwt).as_deref(), Some("https://auth.example.com"));
        assert_eq!(issuer_named_in("nothing"), None);
    }
}
