//! What can be wrong with the **encryption** of a key; a passphrase that is missing or wrong is a
//! [`KeyError`](crate::private_key::KeyError).

use crate::error_table::error_table;
use crate::private_key::Conversion;

error_table! {
    /// An encrypted key that Mintage can't decrypt, whatever its passphrase.
    #[derive(Debug, thiserror::Error)]
    pub enum EncryptionError {
        /// An encrypted key whose encryption is too rare or too slow for Mintage, but which OpenSSL opens.
        #[error("the key is encrypted with {scheme}, which Mintage can't decrypt")]
        [code = "key-encryption-unsupported", help = Conversion::Encrypted.help()]
        Unsupported {
            /// The scheme found, for example `PBES2 (Camellia-256)`.
            scheme: String,
        },
        /// An encrypted key whose encryption is so old that OpenSSL 3 opens it only on request.
        #[error("the key is encrypted with {scheme}, which Mintage can't decrypt")]
        [code = "key-encryption-outdated", help = Conversion::OldEncrypted.help()]
        Outdated {
            /// The scheme found, for example `PBES1 (RC4)` or `DEK-Info (DES-CBC)`.
            scheme: String,
        },
        /// An encrypted key that OpenSSL doesn't open either.
        #[error("the key is encrypted with {scheme}, which neither Mintage nor OpenSSL can decrypt")]
        [
            code = "key-encryption-unknown",
            help = "Save it again with the program that encrypted it, without a passphrase or with AES encryption, or create a new key"
        ]
        Unknown {
            /// The scheme found, for example `an unknown scheme`.
            scheme: String,
        },
        /// An encrypted key whose passphrase would take longer than about two seconds, or too much memory, to try.
        #[error("the key is encrypted with {scheme}, which would take too long to decrypt")]
        [
            code = "key-encryption-too-slow",
            help(openssl) = if *openssl { Conversion::Encrypted.help() } else { "Save it again with the program that encrypted it, using that program's default cost, or create a new key" }
        ]
        TooSlow {
            /// The key derivation and its cost, for example `PBKDF2 with 20000000 rounds`.
            scheme: String,
            /// Whether OpenSSL opens it, which has its own limit on the memory that a key may need.
            openssl: bool,
        },
        /// A PEM encrypted by its `DEK-Info` header, as before PKCS#8 (RFC 1421).
        #[error("the key uses the old PEM encryption (`DEK-Info`), which Mintage can't decrypt")]
        [code = "key-encrypted-legacy", help = Conversion::Encrypted.help()]
        Legacy,
    }
}
