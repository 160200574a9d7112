//! What can be wrong with a key or a key file.

/// A key or key file is not usable.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// RSA below 2048 bits.
    #[error("the key has {bits} bits; RSA keys need 2048 or more")]
    TooSmall {
        /// The modulus size.
        bits: u32,
    },
    /// Not RSA.
    #[error("the key is of type `{found}`, which this kind of server does not accept")]
    Unsupported {
        /// The key type found, for example `EC P-256`.
        found: String,
    },
    /// The key does not parse, or its signature does not verify.
    #[error("the private key is damaged: {why}")]
    Broken {
        /// Why, as a sentence part.
        why: &'static str,
    },
    /// An encrypted key without its passphrase, or with a wrong one.
    #[error("{}", if *.wrong { "the passphrase does not open this key" } else { "the key is encrypted with a passphrase" })]
    PassphraseNeeded {
        /// Whether one was given and is wrong.
        wrong: bool,
    },
    /// The assertion could not be signed.
    #[error("the key did not sign: {why}")]
    SigningFailed {
        /// Why, as a sentence part.
        why: &'static str,
    },
    /// The file cannot be opened or read.
    #[error("`{name}` cannot be read")]
    FileUnreadable {
        /// The file's name.
        name: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A folder, FIFO, socket or device.
    #[error("`{name}` is not a regular file")]
    FileNotRegular {
        /// The file's name.
        name: String,
    },
    /// Larger than any key file.
    #[error("`{name}` is larger than 256 kB, so it is no key file")]
    FileTooLarge {
        /// The file's name.
        name: String,
    },
}

impl KeyError {
    /// A stable kebab-case word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooSmall { .. } => "key-too-small",
            Self::Unsupported { .. } => "key-unsupported",
            Self::Broken { .. } => "key-broken",
            Self::PassphraseNeeded { wrong: false } => "passphrase-needed",
            Self::PassphraseNeeded { wrong: true } => "passphrase-wrong",
            Self::SigningFailed { .. } => "signing-failed",
            Self::FileUnreadable { .. } => "file-unreadable",
            Self::FileNotRegular { .. } => "file-not-regular",
            Self::FileTooLarge { .. } => "file-too-large",
        }
    }

    /// The next step.
    pub fn help(&self) -> String {
        match self {
            Self::TooSmall { .. } => "Create a new key in your provider's console and import that".into(),
            Self::Unsupported { .. } => "Create an RSA key in your provider's console and import that".into(),
            Self::Broken { .. } => "Download the key file again, or create a new key".into(),
            Self::PassphraseNeeded { .. } => "Enter the passphrase of the key".into(),
            Self::SigningFailed { .. } => "Import the key file again".into(),
            Self::FileUnreadable { .. } => "Check that the file exists and that you may read it".into(),
            Self::FileNotRegular { .. } => "Choose the key file itself".into(),
            Self::FileTooLarge { .. } => "Choose the file that your provider's console let you download".into(),
        }
    }
}
