//! What can be wrong with a key.
//!
//! Rule: facts are numbers, our own names, and short plain words from the file; nothing that could be part of a key.
//! Bytes that are something else entirely are identified by [`WrongKind`].

use crate::error_table::error_table;
use crate::jose::Flaw;

mod conversion;
mod wrong_kind;

pub use conversion::Conversion;
pub use wrong_kind::WrongKind;

error_table! {
    /// A key isn't usable.
    #[derive(Debug, thiserror::Error)]
    pub enum KeyError {
        /// RSA below 2048 bits.
        #[error("the key has {bits} bits; RSA keys need at least 2048")]
        [code = "key-too-small", help = "Create a new key in your provider's console and import it"]
        TooSmall {
            /// The modulus size.
            bits: u32,
        },
        /// A type of key that Mintage doesn't sign with.
        #[error("the key is of type `{found}`, which Mintage can't sign with")]
        [
            code = "key-unsupported",
            help = "Create an RSA, P-256, P-384 or Ed25519 key, whichever your provider accepts, and import it"
        ]
        Unsupported {
            /// The key type found, for example `EC secp256k1`.
            found: String,
        },
        /// An algorithm that this type of key can't use.
        #[error("a key of type `{key_type}` can't sign with `{algorithm}`")]
        [
            code = "algorithm-unfit",
            help = "Choose an algorithm that fits the key, or import a key of a type that your provider accepts"
        ]
        AlgorithmUnfit {
            /// The algorithm, for example `RS256`.
            algorithm: &'static str,
            /// The key's type, for example `P-256`.
            key_type: String,
        },
        /// The key doesn't parse, or its signature doesn't verify.
        #[error("the private key is damaged: {why}")]
        [code = "key-broken", help = "Download the key file again, or create a new key"]
        Broken {
            /// Why, as a sentence part.
            why: &'static str,
        },
        /// A key that must not be trusted, although its numbers match.
        #[error("the private key is unsafe: it {why}")]
        [
            code = "key-unsound",
            help = "Create a new key with another tool or device, import it, and remove this one in your provider's console"
        ]
        Unsound {
            /// Why, as a sentence part with the key as its subject.
            why: String,
        },
        /// An encrypted key without its passphrase, or with a wrong one.
        #[error("{}", if *.wrong { "this passphrase doesn't open the key" } else { "the key is encrypted with a passphrase" })]
        [
            code(wrong) = if *wrong { "passphrase-wrong" } else { "passphrase-needed" },
            help(wrong) = if *wrong { "Enter the passphrase again; it's case-sensitive" } else { "Enter the key's passphrase" }
        ]
        PassphraseNeeded {
            /// Whether one was given but is wrong.
            wrong: bool,
        },
        /// The assertion couldn't be signed.
        #[error("the key couldn't sign: {why}")]
        [code = "signing-failed", help = "Import the key file again"]
        SigningFailed {
            /// Why, as a sentence part.
            why: &'static str,
        },
        /// The provider accepts none of the algorithms that the key supports.
        #[error("the provider accepts only {takes}, which a key of type {key_type} can't use")]
        [code = "algorithm-not-taken", help = "Create a key of another type in your provider's console and import it"]
        AlgorithmNotTaken {
            /// The key's type, for example `P-256`.
            key_type: String,
            /// The algorithms that the provider accepts, joined by commas.
            takes: String,
        },
        /// A key that is bound to an algorithm (RFC 7517 §4.4) which the provider doesn't accept.
        #[error("the key is only for `{algorithm}`, but the provider accepts only {takes}")]
        [
            code = "algorithm-bound",
            help = "Add that algorithm to a copy of the provider's profile if your server accepts it, or create another key"
        ]
        AlgorithmBound {
            /// The algorithm, for example `PS256`.
            algorithm: &'static str,
            /// The algorithms that the provider accepts, joined by commas.
            takes: String,
        },
        /// Another well-known kind of file.
        #[error("this is {}", .0.name())]
        [code(0: kind) = kind.code(), help(0: kind) = kind.help()]
        WrongKind(WrongKind),
    }
}

impl From<WrongKind> for KeyError {
    fn from(kind: WrongKind) -> Self {
        Self::WrongKind(kind)
    }
}

impl From<Flaw> for KeyError {
    fn from(flaw: Flaw) -> Self {
        match flaw {
            Flaw::TooSmall { bits } => Self::TooSmall { bits },
            Flaw::TooLarge { bits } => Self::Unsupported { found: format!("RSA with {bits} bits") },
            Flaw::Length => Self::Broken { why: "a coordinate has the wrong length" },
            Flaw::OffCurve => Self::Broken { why: "its public key isn't a point on its curve" },
            Flaw::Exponent | Flaw::SmallFactor | Flaw::Roca | Flaw::SmallOrder => {
                Self::Unsound { why: flaw.to_string() }
            }
        }
    }
}
