//! A **copy form** is the format in which a token is copied: bare, or ready to paste somewhere.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::provider::Method;
use crate::secret::Secret;
use crate::token::{Authorization, Token};

/// The format in which a token is copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum CopyForm {
    /// The token alone.
    #[default]
    Token,
    /// `Authorization: Bearer …` (RFC 6750 §2.1).
    Header,
    /// A curl line that calls the userinfo endpoint, so that it works right away.
    Curl,
    /// `export ACCESS_TOKEN=…` for a POSIX shell.
    Export,
    /// A JSON object with `access_token` and `token_type`; for a token sent as Basic, its `id` as well.
    Json,
}

impl CopyForm {
    /// Its name in the activity record, for example `as curl`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "as token",
            Self::Header => "as Authorization header",
            Self::Curl => "as curl",
            Self::Export => "as export",
            Self::Json => "as JSON",
        }
    }

    /// Writes the token in this form. `method` and `url` are for the curl line.
    ///
    /// A token comes from a server and might contain anything, so everything in a shell line is quoted: inside single
    /// quotes, only the quote itself has a meaning to a POSIX shell.
    pub fn write(self, token: &Token, method: Method, url: &str) -> Secret {
        let text = token.access_token.expose();
        let header = || format!("Authorization: {}", token.header().expose());
        Secret::new(match self {
            Self::Token => text.to_owned(),
            Self::Header => header(),
            Self::Curl => format!("curl{} -H {} {}", asking(method), quoted(&header()), quoted(url)),
            Self::Export => format!("export ACCESS_TOKEN={}", quoted(text)),
            Self::Json => match &token.authorization {
                Authorization::Bearer => serde_json::json!({ "access_token": text, "token_type": "Bearer" }),
                Authorization::Basic { id } => {
                    serde_json::json!({ "access_token": text, "token_type": "Basic", "id": id })
                }
            }
            .to_string(),
        })
    }
}

/// curl's options for a method. A POST without content sends an empty object, as Connect requires and as Mintage does
/// itself.
fn asking(method: Method) -> &'static str {
    match method {
        Method::Get => "",
        Method::Post => " -H 'Content-Type: application/json' -d '{}'",
        Method::Put => " -X PUT",
        Method::Patch => " -X PATCH",
        Method::Delete => " -X DELETE",
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;
    use crate::ids::CredentialId;
    use crate::token::{MintTrace, TokenForm};

    fn token(text: &str, authorization: Authorization) -> Token {
        Token {
            access_token: Secret::new(text.into()),
            form: TokenForm::Opaque,
            minted_at: datetime!(2026-11-22 12:00 UTC),
            expires_at: None,
            requested_scopes: Vec::new(),
            granted_scopes: None,
            authorization,
            also_said: Vec::new(),
            scopes: Vec::new(),
            credential: CredentialId(Uuid::nil()),
            subject: None,
            trace: MintTrace::default(),
        }
    }

    #[test]
    fn each_form_is_ready_to_paste() {
        let token = token("abc.def", Authorization::Bearer);
        for (form, expected) in [
            (CopyForm::Token, "abc.def"),
            (CopyForm::Header, "Authorization: Bearer abc.def"),
            (CopyForm::Curl, "curl -H 'Authorization: Bearer abc.def' 'https://a.b/userinfo'"),
            (CopyForm::Export, "export ACCESS_TOKEN='abc.def'"),
            (CopyForm::Json, r#"{"access_token":"abc.def","token_type":"Bearer"}"#),
        ] {
            assert_eq!(form.write(&token, Method::Get, "https://a.b/userinfo").expose(), expected);
        }
    }

    #[test]
    fn a_token_that_goes_as_basic_to_a_procedure_is_copied_as_that() {
        let token = token("abc", Authorization::Basic { id: "7".into() });
        for (form, expected) in [
            (CopyForm::Header, "Authorization: Basic NzphYmM="),
            (
                CopyForm::Curl,
                "curl -H 'Content-Type: application/json' -d '{}' -H 'Authorization: Basic NzphYmM=' 'https://a.b/Get'",
            ),
            (CopyForm::Json, r#"{"access_token":"abc","id":"7","token_type":"Basic"}"#),
        ] {
            assert_eq!(form.write(&token, Method::Post, "https://a.b/Get").expose(), expected);
        }
    }

    #[test]
    fn a_hostile_token_cannot_break_out_of_its_quotes() {
        let token = token("a'; rm -rf ~ #", Authorization::Bearer);
        let line = CopyForm::Export.write(&token, Method::Get, "");
        assert_eq!(line.expose(), r"export ACCESS_TOKEN='a'\''; rm -rf ~ #'");
    }
}
