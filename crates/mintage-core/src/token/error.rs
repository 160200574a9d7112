//! What can be wrong with a token, a key set or a response.

use crate::error_table::error_table;

error_table! {
    /// A token, key set or response isn't readable.
    #[derive(Debug, PartialEq, Eq, thiserror::Error)]
    pub enum TokenError {
        /// The pasted text contains no token, or several.
        #[error("{}", if *.several { "this text contains more than one token" } else { "there is no token in this text" })]
        [
            code(several) = if *several { "token-ambiguous" } else { "token-not-found" },
            help(several) = if *several { "Paste one token at a time" } else { "Paste an access token, an Authorization header or a token response" }
        ]
        NotFound {
            /// Whether there were several different ones.
            several: bool,
        },
        /// Over 64 kB, or a header over 16 kB.
        #[error("the token is larger than 64 kB, or its header is larger than 16 kB")]
        [code = "token-too-large", help = "Paste only the token"]
        TooLarge,
        /// Opaque or encrypted: there is nothing to decode.
        #[error("{}", if *.encrypted { "the token is encrypted for its issuer" } else { "the token is opaque: it has no claims to read" })]
        [
            code(encrypted) = if *encrypted { "token-encrypted" } else { "token-opaque" },
            help = "Ask the issuer about it: use Userinfo or Introspect"
        ]
        NotJwt {
            /// Whether it is a five-part JWE.
            encrypted: bool,
        },
        /// Three parts that don't decode.
        #[error("the token is malformed: {why}")]
        [code = "token-malformed", help = "Copy the whole token again, unchanged"]
        Malformed {
            /// Why, as a sentence part.
            why: String,
        },
        /// Not a JSON object, or one with duplicate names.
        #[error("the response isn't a JSON object: {why}")]
        [code = "answer-not-json", help = "Check the endpoint's address in the environment"]
        NotJsonObject {
            /// Why, as a sentence part.
            why: String,
        },
        /// Not a JWK set.
        #[error("couldn't read the key set: {why}")]
        [code = "key-set-unreadable", help = "Check the environment's key set address"]
        KeySetUnreadable {
            /// Why, as a sentence part.
            why: String,
        },
    }
}
