//! A **copy form** is the shape in which a token is copied: bare, or ready to paste somewhere.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::secret::Secret;

/// The shape in which a token is copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum CopyForm {
    /// The token alone.
    #[default]
    Token,
    /// `Authorization: Bearer …` (RFC 6750 §2.1).
    Header,
    /// A curl line that asks the userinfo endpoint, as something that works at once.
    Curl,
    /// `export ACCESS_TOKEN=…` for a POSIX shell.
    Export,
    /// A JSON object with `access_token` and `token_type`.
    Json,
}

impl CopyForm {
    /// What it is called in the record, for example `as curl`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "as token",
            Self::Header => "as Authorization header",
            Self::Curl => "as curl",
            Self::Export => "as export",
            Self::Json => "as JSON",
        }
    }

    /// Writes the token in this form. `url` is where the curl line goes.
    ///
    /// A token is from a server and might hold anything, so what goes into a shell line is quoted: in
    /// single quotes nothing but the quote itself has a meaning to a POSIX shell.
    /// `header` is the whole value of the `Authorization` header that the token is sent with.
    pub fn write(self, token: &Secret, header: &Secret, url: &str) -> Secret {
        let (token, header) = (token.expose(), header.expose());
        Secret::new(match self {
            Self::Token => token.to_owned(),
            Self::Header => format!("Authorization: {header}"),
            Self::Curl => {
                format!("curl -H {} {}", quoted(&format!("Authorization: {header}")), quoted(url))
            }
            Self::Export => format!("export ACCESS_TOKEN={}", quoted(token)),
            Self::Json => serde_json::json!({ "access_token": token, "token_type": "Bearer" }).to_string(),
        })
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_ready_to_paste() {
        let (token, header) = (Secret::new("abc.def".into()), Secret::new("Bearer abc.def".into()));
        for (form, expected) in [
            (CopyForm::Token, "abc.def"),
            (CopyForm::Header, "Authorization: Bearer abc.def"),
            (CopyForm::Curl, "curl -H 'Authorization: Bearer abc.def' 'https://a.b/userinfo'"),
            (CopyForm::Export, "export ACCESS_TOKEN='abc.def'"),
            (CopyForm::Json, r#"{"access_token":"abc.def","token_type":"Bearer"}"#),
        ] {
            assert_eq!(form.write(&token, &header, "https://a.b/userinfo").expose(), expected);
        }
    }

    #[test]
    fn a_hostile_token_cannot_break_out_of_its_quotes() {
        let token = Secret::new("a'; rm -rf ~ #".into());
        assert_eq!(CopyForm::Export.write(&token, &token, "").expose(), r"export ACCESS_TOKEN='a'\''; rm -rf ~ #'");
    }
}
