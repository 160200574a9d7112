//! What can be wrong with a token, a key set or a response that is read.

/// A token, key set or response is not readable.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TokenError {
    /// What was pasted holds no token, or several.
    #[error("{}", if *.several { "there is more than one token in this text" } else { "there is no token in this text" })]
    NotFound {
        /// Whether there were several different ones.
        several: bool,
    },
    /// Over 64 kB, or a header over 16 kB.
    #[error("the token is larger than 64 kB, or its header larger than 16 kB")]
    TooLarge,
    /// Opaque or encrypted: there is nothing to decode.
    #[error("{}", if *.encrypted { "the token is encrypted for its issuer" } else { "the token is opaque: it has no claims to read" })]
    NotJwt {
        /// Whether it is a five-part JWE.
        encrypted: bool,
    },
    /// Three parts that do not decode.
    #[error("the token is malformed: {why}")]
    Malformed {
        /// Why, as a sentence part.
        why: String,
    },
    /// No JSON object, or one with duplicate names.
    #[error("the answer is not a JSON object: {why}")]
    NotJsonObject {
        /// Why, as a sentence part.
        why: String,
    },
    /// No JWK set.
    #[error("the key set is not readable: {why}")]
    KeySetUnreadable {
        /// Why, as a sentence part.
        why: String,
    },
}

impl TokenError {
    /// A stable kebab-case word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { several: false } => "token-not-found",
            Self::NotFound { several: true } => "token-ambiguous",
            Self::TooLarge => "token-too-large",
            Self::NotJwt { encrypted: false } => "token-opaque",
            Self::NotJwt { encrypted: true } => "token-encrypted",
            Self::Malformed { .. } => "token-malformed",
            Self::NotJsonObject { .. } => "answer-not-json",
            Self::KeySetUnreadable { .. } => "key-set-unreadable",
        }
    }

    /// The next step.
    pub fn help(&self) -> String {
        match self {
            Self::NotFound { several: false } => {
                "Paste an access token, an Authorization header or a token response".into()
            }
            Self::NotFound { several: true } => "Paste one token at a time".into(),
            Self::TooLarge => "Paste only the token".into(),
            Self::NotJwt { .. } => "Ask the issuer about it: use Userinfo or Introspect".into(),
            Self::Malformed { .. } => "Copy the token again, whole and unchanged".into(),
            Self::NotJsonObject { .. } => "Check the endpoint's address in the environment".into(),
            Self::KeySetUnreadable { .. } => "Check the address of the key set in the environment".into(),
        }
    }
}
