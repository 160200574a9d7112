//! What a provider's **refusals** mean, as data: rules that recognise an answer and say what it stands for.
//!
//! Rule: the first rule that fits counts. A rule fits when everything that it names is true of the answer,
//! so rules go by status, code and id where the server gives any, and by text only where nothing else
//! tells: texts may be translated. What a reason means to the user is not here (diagnosis).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

mod reading;
mod reason;

pub use reason::{Reason, Reasons};

/// How a provider's servers refuse.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Refusals {
    /// What the server is called in sentences, for example `ZITADEL`; empty for `this server`.
    pub server_name: String,
    /// Whether each host is an issuer of its own, so that an assertion for one is refused at another.
    pub host_is_issuer: bool,
    /// Whether an assertion is certain to be refused whose audience lacks the issuer, where the profile's
    /// rule has the issuer in it. Elsewhere another audience may be the user's better knowledge.
    pub issuer_in_audience: bool,
    /// What to do where a path is unknown because the server is of another version: one imperative sentence.
    pub version_help: String,
    /// What the server's answers name, asked before the standards; the first that fits counts.
    pub rules: Vec<RefusalRule>,
    /// What is left where neither these nor the standards nor everyday words name anything.
    pub otherwise: Vec<RefusalRule>,
}

/// Recognises an answer, and says what it means. Members that are left out are true of every answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RefusalRule {
    /// What was asked: one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<RequestKind>,
    /// What proved the caller: one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<Sent>,
    /// The HTTP status: one of these; 4 and 5 stand for all of their class.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<u16>,
    /// What the body is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<ContentKind>,
    /// The `error` (RFC 6749 §5.2), whole, whatever its case; `*` for any.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub error: String,
    /// The gRPC or Connect code as its word, for example `not_found`, also where the answer has its number.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// An id of the server's own, which stands as a word anywhere in the answer, for example `E0000011`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// What must be at which place, as JSON Pointers (RFC 6901); `""` for anything.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub at: BTreeMap<String, String>,
    /// Places where nothing may be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<String>,
    /// The name of a header that must be there.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub header: String,
    /// The name of a cookie that must be set.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cookie: String,
    /// A part of what the server says, anywhere in the answer, whatever its case.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub says: String,
    /// What it means: a reason, or several, the likeliest first.
    pub means: Reasons,
    /// The first cause in the provider's own words, as a sentence without its final period; empty for
    /// Mintage's.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub explains: String,
    /// Its next step in the provider's own words, as one imperative sentence; empty for Mintage's.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub help: String,
}

/// What was asked of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum RequestKind {
    /// A token (RFC 6749 §3.2).
    Token,
    /// Introspection as a client (RFC 7662 §2.1).
    Introspection,
    /// Revocation as a client (RFC 7009 §2.1).
    Revocation,
    /// Whose token it is (OpenID Connect Core §5.3).
    Userinfo,
    /// A call of the server's API: making and removing credentials.
    Api,
    /// The public half of a key.
    KeyComparison,
    /// The server's own keys (RFC 7517 §5).
    KeySet,
    /// The discovery document (RFC 8414 §3).
    Discovery,
}

/// What proved the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Sent {
    /// An assertion (RFC 7523).
    Assertion,
    /// A client secret (RFC 6749 §2.3.1), alone or beside an assertion.
    ClientSecret,
    /// A token that was minted (RFC 6750).
    Token,
    /// A token that nobody minted: the credential itself.
    ReadyToken,
}

/// What a body is, by its content, whatever its media type says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ContentKind {
    /// Nothing.
    #[default]
    Empty,
    /// A JSON document.
    Json,
    /// Plain text.
    Text,
    /// A page for people, HTML or XML.
    Page,
}

impl RefusalRule {
    /// Whether it names anything at all; a rule that does not would fit every answer.
    pub(crate) fn names_something(&self) -> bool {
        let texts = [&self.error, &self.code, &self.id, &self.header, &self.cookie, &self.says];
        let lists = self.status.is_empty() && self.at.is_empty() && self.content.is_none();
        !lists || texts.into_iter().any(|text| !text.is_empty())
    }
}

/// Short ways of writing rules down.
pub(crate) mod write {
    use super::{BTreeMap, ContentKind, Reason, Reasons, RefusalRule, RequestKind, Sent};

    fn empty() -> RefusalRule {
        RefusalRule::default()
    }

    pub(crate) fn says(text: &str, means: Reason) -> RefusalRule {
        RefusalRule { says: text.to_owned(), ..empty() }.means(&[means])
    }

    pub(crate) fn id(id: &str, means: Reason) -> RefusalRule {
        RefusalRule { id: id.to_owned(), ..empty() }.means(&[means])
    }

    pub(crate) fn error(error: &str, means: Reason) -> RefusalRule {
        RefusalRule { error: error.to_owned(), ..empty() }.means(&[means])
    }

    pub(crate) fn code(code: &str, means: Reason) -> RefusalRule {
        RefusalRule { code: code.to_owned(), ..empty() }.means(&[means])
    }

    pub(crate) fn status(status: &[u16], means: Reason) -> RefusalRule {
        RefusalRule { status: status.to_vec(), ..empty() }.means(&[means])
    }

    impl RefusalRule {
        pub(crate) fn on(self, on: &[RequestKind]) -> Self {
            Self { on: on.to_vec(), ..self }
        }

        pub(crate) fn sent(self, sent: &[Sent]) -> Self {
            Self { sent: sent.to_vec(), ..self }
        }

        pub(crate) fn with_status(self, status: &[u16]) -> Self {
            Self { status: status.to_vec(), ..self }
        }

        pub(crate) fn content(self, content: ContentKind) -> Self {
            Self { content: Some(content), ..self }
        }

        pub(crate) fn lacks(self, place: &str) -> Self {
            Self { lacks: vec![place.to_owned()], ..self }
        }

        pub(crate) fn at(self, place: &str, value: &str) -> Self {
            Self { at: BTreeMap::from([(place.to_owned(), value.to_owned())]), ..self }
        }

        pub(crate) fn cookie(self, name: &str) -> Self {
            Self { cookie: name.to_owned(), ..self }
        }

        pub(crate) fn says(self, text: &str) -> Self {
            Self { says: text.to_owned(), ..self }
        }

        pub(crate) fn means(self, means: &[Reason]) -> Self {
            Self { means: Reasons(means.to_vec()), ..self }
        }

        pub(crate) fn explains(self, sentence: &str) -> Self {
            Self { explains: sentence.to_owned(), ..self }
        }

        pub(crate) fn help(self, help: &str) -> Self {
            Self { help: help.to_owned(), ..self }
        }
    }
}
