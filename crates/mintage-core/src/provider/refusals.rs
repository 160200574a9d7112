//! What a provider's **refusals** mean, as data: rules that recognise a response and say what it means.
//!
//! Rule: the first rule that matches wins. A rule matches if every condition in it is true of the response. Rules use
//! status, code and id if the server provides any, and text only if nothing else distinguishes: texts may be
//! translated. What a reason means to the user is defined elsewhere (diagnosis).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

mod reason;

pub use reason::{Reason, Reasons};

/// How a provider's servers refuse requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Refusals {
    /// The server's name in sentences, for example `ZITADEL`; empty for `this server`.
    pub server_name: String,
    /// Whether each host is a separate issuer, so that an assertion for one is rejected by another.
    pub host_is_issuer: bool,
    /// Whether an assertion is certain to be rejected if its audience lacks the issuer, when the profile's default
    /// includes the issuer. Elsewhere the user may have set another audience on purpose.
    pub issuer_in_audience: bool,
    /// What to do if a path is unknown because the server is another version: one imperative sentence.
    pub version_help: String,
    /// Rules for what the server's responses say, tried before the standards; the first match wins.
    pub rules: Vec<RefusalRule>,
    /// Rules for what is left if neither these nor the standards nor everyday words match.
    pub otherwise: Vec<RefusalRule>,
}

/// Recognises a response, and says what it means. Omitted members match every response.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RefusalRule {
    /// The kind of request: one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<RequestKind>,
    /// How the caller authenticated: one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<Sent>,
    /// The HTTP status: one of these; 4 and 5 stand for their whole class.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<u16>,
    /// What the body is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<ContentKind>,
    /// The `error` (RFC 6749 §5.2), whole, in any case; `*` for any.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub error: String,
    /// The gRPC or Connect code as a word, for example `not_found`, even if the response has its number.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// One of the server's own ids, which occurs as a word anywhere in the response, for example `E0000011`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// What must be at which path, as JSON Pointers (RFC 6901); `""` for anything.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub at: BTreeMap<String, String>,
    /// Paths where nothing may be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<String>,
    /// The name of a header that must be present.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub header: String,
    /// The name of a cookie that must be set.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cookie: String,
    /// A part of what the server says, anywhere in the response, in any case.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub says: String,
    /// What it means: a reason, or several, the likeliest first.
    pub means: Reasons,
    /// The first cause in the provider's own words, as a sentence without a final period; empty for Mintage's.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub explains: String,
    /// Its next step in the provider's own words, as one imperative sentence; empty for Mintage's.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub help: String,
}

/// The kind of request.
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
    /// A call of the server's API: creating and removing credentials.
    Api,
    /// The public half of a key.
    KeyComparison,
    /// The server's own keys (RFC 7517 §5).
    KeySet,
    /// The discovery document (RFC 8414 §3).
    Discovery,
}

/// How the caller authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Sent {
    /// An assertion (RFC 7523).
    Assertion,
    /// A client secret (RFC 6749 §2.3.1), alone or with an assertion.
    ClientSecret,
    /// A token that was minted (RFC 6750).
    Token,
    /// A token that wasn't minted: the credential itself.
    ReadyToken,
}

/// What a body is, by its content, regardless of its media type.
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
    /// Whether it has any condition at all; a rule without one would match every response.
    pub(crate) fn names_something(&self) -> bool {
        let texts = [&self.error, &self.code, &self.id, &self.header, &self.cookie, &self.says];
        let lists = self.status.is_empty() && self.at.is_empty() && self.content.is_none();
        !lists || texts.into_iter().any(|text| !text.is_empty())
    }
}

/// Short constructors for rules.
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
