//! A **form** is the shape in which a token is printed.

use secrecy::ExposeSecret;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::output::Moment;
use crate::token::Token;

/// The shape in which `mintage token` prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "full", derive(clap::ValueEnum))]
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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AsJson<'a> {
    token: &'a str,
    token_type: &'a str,
    expires_at: Option<String>,
    expires_at_epoch: Option<i64>,
    scopes: &'a [String],
    issuer: &'a str,
    service_user: &'a str,
    environment: &'a str,
    reused: bool,
}

impl Form {
    const ALL: [Self; 5] = [Self::Token, Self::Header, Self::Curl, Self::Export, Self::Json];

    /// Finds a form by its name on the command line.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// Gives its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Header => "header",
            Self::Curl => "curl",
            Self::Export => "export",
            Self::Json => "json",
        }
    }

    /// Writes the token in this form, with a line break at the end.
    pub fn write(self, token: &Token) -> Zeroizing<String> {
        let text = token.access_token.expose_secret();
        Zeroizing::new(match self {
            Self::Token => format!("{text}\n"),
            Self::Header => format!("Authorization: {}\n", *token.header_value()),
            // In curl's configuration a quoted value has backslashes before quotes and backslashes.
            Self::Curl => {
                let header = Zeroizing::new(token.header_value().replace('\\', "\\\\").replace('"', "\\\""));
                format!("header = \"Authorization: {}\"\n", *header)
            }
            // In single quotes nothing but the quote itself means anything to a shell.
            Self::Export => format!("export MINTAGE_TOKEN='{}'\n", *Zeroizing::new(text.replace('\'', r"'\''"))),
            Self::Json => json(token, text),
        })
    }
}

fn json(token: &Token, text: &str) -> String {
    let (origin, end) = (&token.origin, token.expires_at.map(Moment));
    let value = AsJson {
        token: text,
        token_type: token.scheme(),
        expires_at: end.map(Moment::rfc3339),
        expires_at_epoch: end.map(Moment::epoch),
        scopes: &origin.scopes,
        issuer: &origin.issuer,
        service_user: &origin.service_user,
        environment: &origin.environment,
        reused: origin.reused,
    };
    serde_json::to_string(&value).expect("strings, numbers and lists of strings are JSON") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::token;
    use crate::token::Authorization;

    #[test]
    fn every_form_is_one_line() {
        for (form, line) in [
            (Form::Token, "a'\"b\n"),
            (Form::Header, "Authorization: Bearer a'\"b\n"),
            (Form::Curl, "header = \"Authorization: Bearer a'\\\"b\"\n"),
            (Form::Export, "export MINTAGE_TOKEN='a'\\''\"b'\n"),
        ] {
            assert_eq!(*form.write(&token("a'\"b")), line);
        }
        let mut basic = token("abc");
        basic.authorization = Authorization::Basic { id: "id7".into() };
        assert_eq!(*Form::Header.write(&basic), "Authorization: Basic aWQ3OmFiYw==\n");
    }

    #[test]
    fn json_has_times_twice_and_where_the_token_comes_from() {
        assert_eq!(
            *Form::Json.write(&token("abc")),
            concat!(
                r#"{"token":"abc","tokenType":"Bearer","expiresAt":"2026-11-29T16:00:00Z","expiresAtEpoch":1795968000,"#,
                r#""scopes":["openid"],"issuer":"https://auth.example","serviceUser":"ci-bot","environment":"staging","#,
                r#""reused":true}"#,
                "\n"
            )
        );
        let mut endless = token("abc");
        endless.expires_at = None;
        assert!(Form::Json.write(&endless).contains(r#""expiresAt":null,"expiresAtEpoch":null,"#));
    }

    #[cfg(feature = "full")]
    #[test]
    fn the_fast_path_knows_the_names_of_the_full_one() {
        use clap::ValueEnum;
        for form in Form::value_variants() {
            let name = form.to_possible_value().unwrap();
            assert_eq!(Form::find(name.get_name()), Some(*form));
        }
    }
}
