//! A **token** as the owner of the keys hands it out: the access token, how it is sent, and what is known about it.

use mintage_agent_protocol::form::{Facts, Form};
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::output::Moment;

/// An access token with what a program needs to send it and to know when it ends.
#[derive(Clone, Debug)]
pub struct Token {
    /// The token itself.
    pub access_token: SecretString,
    /// How it goes into an `Authorization` header.
    pub authorization: Authorization,
    /// When it expires, if the server said so.
    pub expires_at: Option<OffsetDateTime>,
    /// The owner's name for this token. It isn't secret, and says which token a server refused.
    pub handle: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a token comes from, as `--json` tells it.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The service user's name.
    pub service_user: String,
    /// The environment's name.
    pub environment: String,
    /// The issuer's URL.
    pub issuer: String,
    /// The scopes that were granted.
    pub scopes: Vec<String>,
    /// Whether this token was handed out before.
    pub reused: bool,
}

/// The scheme of the `Authorization` header (RFC 9110 §11.6.2) that a token goes into.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Authorization {
    /// `Bearer TOKEN` (RFC 6750 §2.1).
    #[default]
    Bearer,
    /// `Basic base64(id:token)`: API keys that have an id.
    Basic {
        /// The half that isn't secret.
        id: String,
    },
    /// Another scheme, followed by the token.
    Other(String),
}

impl Token {
    /// Gives the scheme's name.
    pub fn scheme(&self) -> &str {
        match &self.authorization {
            Authorization::Bearer => "Bearer",
            Authorization::Basic { .. } => "Basic",
            Authorization::Other(scheme) => scheme,
        }
    }

    /// Gives what follows the scheme in the header.
    pub fn credentials(&self) -> Zeroizing<String> {
        self.facts().credentials()
    }

    /// Gives the whole value of the header.
    pub fn header_value(&self) -> Zeroizing<String> {
        self.facts().header_value()
    }

    /// Writes it in a form, as one line without its end.
    pub fn write(&self, form: Form) -> Zeroizing<String> {
        form.write(&self.facts())
    }

    fn facts(&self) -> Facts<'_> {
        let (origin, end) = (&self.origin, self.expires_at.map(Moment));
        Facts {
            token: self.access_token.expose_secret(),
            token_type: self.scheme(),
            token_id: match &self.authorization {
                Authorization::Basic { id } => Some(id),
                Authorization::Bearer | Authorization::Other(_) => None,
            },
            expires_at: end.map(Moment::rfc3339),
            expires_at_epoch: end.map(Moment::epoch),
            scopes: &origin.scopes,
            issuer: &origin.issuer,
            service_user: &origin.service_user,
            environment: &origin.environment,
            reused: origin.reused,
        }
    }

    /// Gives the user name for tools that only know names and passwords. Servers that take a token as a password
    /// ignore the name, so `otherwise` is what's sent unless the token has an id.
    pub fn user_name<'a>(&'a self, otherwise: &'a str) -> &'a str {
        match &self.authorization {
            Authorization::Basic { id } => id,
            _ => otherwise,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::token;

    #[test]
    fn the_header_follows_the_scheme() {
        let mut token = token("abc");
        assert_eq!(*token.header_value(), "Bearer abc");
        token.authorization = Authorization::Basic { id: "id7".into() };
        assert_eq!(*token.header_value(), "Basic aWQ3OmFiYw==");
        token.authorization = Authorization::Other("DPoP".into());
        assert_eq!(*token.header_value(), "DPoP abc");
    }

    #[test]
    fn debug_output_never_shows_the_token() {
        assert!(!format!("{:?}", token("canary-token")).contains("canary"));
    }
}
