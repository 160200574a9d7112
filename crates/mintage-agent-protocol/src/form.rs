//! A **form** is the shape in which a token is printed or copied, with one meaning wherever its name is typed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::TokenAnswer;
use crate::text::quoted;

/// The shape of a token's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// The token alone.
    #[default]
    Token,
    /// `Authorization: Bearer …`, for `curl -H @-`.
    Header,
    /// A line of curl's configuration, for `curl -K -`.
    Curl,
    /// `export MINTAGE_TOKEN=…` for a shell.
    Export,
    /// The token with everything that's known about it.
    Json,
}

/// The properties of a token; serialised, it is the JSON form. It has no `Debug`.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts<'a> {
    /// The token.
    pub token: &'a str,
    /// The scheme of its `Authorization` header.
    pub token_type: &'a str,
    /// For `Basic`, the half of the pair that isn't secret.
    #[serde(skip)]
    pub token_id: Option<&'a str>,
    /// When it expires, as RFC 3339 in UTC.
    pub expires_at: Option<String>,
    /// The same in seconds since 1970.
    pub expires_at_epoch: Option<i64>,
    /// The scopes that were granted.
    pub scopes: &'a [String],
    /// Who issued it.
    pub issuer: &'a str,
    /// The service user's name.
    pub service_user: &'a str,
    /// The environment's name.
    pub environment: &'a str,
    /// Whether it was handed out before.
    pub reused: bool,
}

impl<'a> From<&'a TokenAnswer> for Facts<'a> {
    fn from(answer: &'a TokenAnswer) -> Self {
        Self {
            token: answer.value.expose(),
            token_type: &answer.token_type,
            token_id: answer.token_id.as_deref(),
            expires_at: answer.expires_at.clone(),
            expires_at_epoch: answer.expires_at_epoch,
            scopes: &answer.scopes,
            issuer: &answer.issuer,
            service_user: &answer.service_user,
            environment: &answer.environment,
            reused: answer.reused,
        }
    }
}

impl Facts<'_> {
    /// What follows the scheme in the `Authorization` header (RFC 6750 §2.1, RFC 7617 §2).
    pub fn credentials(&self) -> Zeroizing<String> {
        match self.token_id {
            Some(id) if self.token_type.eq_ignore_ascii_case("basic") => {
                let pair = Zeroizing::new(format!("{id}:{}", self.token));
                Zeroizing::new(STANDARD.encode(pair.as_bytes()))
            }
            _ => Zeroizing::new(self.token.to_owned()),
        }
    }

    /// The whole value of the `Authorization` header.
    pub fn header_value(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{} {}", self.token_type, *self.credentials()))
    }
}

impl Form {
    /// Every form.
    pub const ALL: [Self; 5] = [Self::Token, Self::Header, Self::Curl, Self::Export, Self::Json];

    /// Finds a form by its name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// Its name on the command line and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Header => "header",
            Self::Curl => "curl",
            Self::Export => "export",
            Self::Json => "json",
        }
    }

    /// What a help text says about it.
    pub fn help(self) -> &'static str {
        match self {
            Self::Token => "The token alone",
            Self::Header => "`Authorization: Bearer …`, for `curl -H @-`",
            Self::Curl => "A line of curl's configuration, for `curl -K -`",
            Self::Export => "`export MINTAGE_TOKEN=…` for a shell",
            Self::Json => "The token with everything that's known about it",
        }
    }

    /// Writes a token in this form, as one line without its end.
    pub fn write(self, facts: &Facts<'_>) -> Zeroizing<String> {
        Zeroizing::new(match self {
            Self::Token => facts.token.to_owned(),
            Self::Header => format!("Authorization: {}", *facts.header_value()),
            // In curl's configuration a quoted value has backslashes before quotes and backslashes.
            Self::Curl => {
                let header = Zeroizing::new(facts.header_value().replace('\\', "\\\\").replace('"', "\\\""));
                format!("header = \"Authorization: {}\"", *header)
            }
            Self::Export => format!("export MINTAGE_TOKEN={}", *Zeroizing::new(quoted(facts.token))),
            Self::Json => serde_json::to_string(facts).expect("strings, numbers and lists of strings are JSON"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(token: &str) -> Facts<'_> {
        Facts {
            token,
            token_type: "Bearer",
            token_id: None,
            expires_at: Some("2026-11-29T16:00:00Z".into()),
            expires_at_epoch: Some(1_795_968_000),
            scopes: &[],
            issuer: "https://auth.example",
            service_user: "ci-bot",
            environment: "staging",
            reused: true,
        }
    }

    #[test]
    fn every_form_is_one_line() {
        for (form, line) in [
            (Form::Token, "a'\"b"),
            (Form::Header, "Authorization: Bearer a'\"b"),
            (Form::Curl, "header = \"Authorization: Bearer a'\\\"b\""),
            (Form::Export, "export MINTAGE_TOKEN='a'\\''\"b'"),
        ] {
            assert_eq!(*form.write(&facts("a'\"b")), line);
            assert_eq!(Form::find(form.name()), Some(form));
        }
        let basic = Facts { token_type: "Basic", token_id: Some("id7"), ..facts("abc") };
        assert_eq!(*Form::Header.write(&basic), "Authorization: Basic aWQ3OmFiYw==");
        let other = Facts { token_type: "DPoP", ..basic };
        assert_eq!(*other.header_value(), "DPoP abc");
    }

    #[test]
    fn json_has_times_twice_and_where_the_token_comes_from() {
        let scopes = ["openid".to_owned()];
        let known = Facts { scopes: &scopes, ..facts("abc") };
        assert_eq!(
            *Form::Json.write(&known),
            concat!(
                r#"{"token":"abc","tokenType":"Bearer","expiresAt":"2026-11-29T16:00:00Z","expiresAtEpoch":1795968000,"#,
                r#""scopes":["openid"],"issuer":"https://auth.example","serviceUser":"ci-bot","environment":"staging","#,
                r#""reused":true}"#
            )
        );
        let endless = Facts { expires_at: None, expires_at_epoch: None, ..known };
        assert!(Form::Json.write(&endless).contains(r#""expiresAt":null,"expiresAtEpoch":null,"#));
    }
}
